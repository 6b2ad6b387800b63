/** The command lines of the exec target: filled for a percentage, and written down for people and as a key. */
import type { ProgramDirs } from '../../programs/run.js';
import type { TargetConfig } from '../../rollout/plan/plan.js';
import type { Says } from '../write-back.js';

/** As in the plan, but with the values of the variables it names. */
export type ExecConfig = Omit<Extract<TargetConfig, { kind: 'exec' }>, 'env'> & {
  readonly env: Readonly<Record<string, string>>;
  readonly dirs?: ProgramDirs;
};

const TEMPLATE = /\{\{\s*(exposure|enabled)\s*\}\}/g;

/** The command line that brings exposure to this percentage. */
export function commandFor({ set, off }: Pick<ExecConfig, 'set' | 'off'>, exposure: number): string[] {
  const values = { exposure: plainly(exposure), enabled: String(exposure > 0) };
  const command = exposure === 0 && off !== undefined ? off : set;
  return command.map((word) => word.replaceAll(TEMPLATE, (_, name: keyof typeof values) => values[name]));
}

/** What `set` can say, and whether there is an `off`. */
export function saysOf({ set, off }: Pick<ExecConfig, 'set' | 'off'>): Says {
  const named = new Set(set.flatMap((word) => [...word.matchAll(TEMPLATE)].map(([, name]) => name)));
  return { exposure: named.has('exposure'), enabled: named.has('enabled'), off: off !== undefined };
}

/** What is moved, in words that stay the same whatever the percentage: the setting command without its templates. */
export function keyOf({ set, cwd }: Pick<ExecConfig, 'set' | 'cwd'>): string {
  const words = set.map((word) => word.replaceAll(TEMPLATE, '')).filter((word) => word !== '');
  return `exec:${words.map(quoted).join(' ')}${cwd === undefined ? '' : ` in ${cwd}`}`;
}

/** One line for a person's shell. */
export function lineByHand(config: Pick<ExecConfig, 'set' | 'off' | 'cwd' | 'env'>, exposure: number): string {
  const there = config.cwd === undefined ? '' : `cd ${quoted(config.cwd)} && `;
  const names = Object.keys(config.env);
  const needs = names.length === 0 ? '' : ` # needs ${names.join(', ')}`;
  return `${there}${commandFor(config, exposure).map(quoted).join(' ')}${needs}`;
}

/** `0.0000001`, never `1e-7`, which few programs read. */
function plainly(exposure: number): string {
  return exposure.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 20 });
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
