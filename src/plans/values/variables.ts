/** `${NAME}` in connection values: found when a plan is read, filled when its targets and probes are built. */
import type { Action } from '../../rollout/plan/jobs.js';
import type { Lists, Work } from '../../rollout/plan/lists.js';
import type { CheckPlan, Plan, TargetPlan } from '../../rollout/plan/plan.js';

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** The bot's own secrets; a plan that could read them could post them. */
export const BOT_VARIABLES: readonly string[] = [
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'DATABASE_URL',
  'HOOKS_TOKEN',
  'SENTRY_CLIENT_SECRET',
  'HEARTBEAT_URL',
];

/** What the bot's own connections read beside their address: passwords, keys, and files that hold them. */
const OF_THE_CLIENT = /^PG(?:PASS|SSLKEY|SSLPASS|SERVICE)/;

/** Also what such a name would say the bot has, whatever it is called in a later version. */
export function isBotVariable(name: string): boolean {
  return BOT_VARIABLES.includes(name) || name.startsWith('SLACK_') || OF_THE_CLIENT.test(name);
}

/** The names in one text, in order, repeats included. */
export function variableNames(text: string): string[] {
  return [...text.matchAll(VARIABLE)].flatMap((match) => match[1] ?? []);
}

/** The text with every `${NAME}` replaced by the same word. */
export function withoutVariables(text: string, word: string): string {
  return text.replaceAll(VARIABLE, () => word);
}

/** Every variable the plan's targets and probes need, `env` lists included, each once, in alphabetical order. */
export function variablesIn(plan: Plan, lists: Lists = []): string[] {
  const connections = [...plan.targets.map(({ config }) => config), ...plan.checks.map(({ probe }) => probe)];
  return sorted([
    ...connections.flatMap(needed),
    ...lists.flatMap(({ items }) => items.flatMap(({ work }) => ofWork(work))),
  ]);
}

/** The same of one target or probe. */
export function variablesOf(part: TargetPlan['config'] | CheckPlan['probe']): string[] {
  return sorted(needed(part));
}

function needed(part: TargetPlan['config'] | CheckPlan['probe']): string[] {
  return [...textsIn(part).flatMap(variableNames), ...('env' in part ? part.env : [])];
}

function ofWork(work: Work): string[] {
  switch (work.kind) {
    case 'run':
    case 'request':
    case 'query':
      return [work, ...(work.verify ? [work.verify] : [])].flatMap((action) => [
        ...textsIn(connectionsOf(action)).flatMap(variableNames),
        ...(action.kind === 'run' ? action.env : []),
      ]);
    case 'do':
    case 'test':
    case 'say':
    case 'check':
      return [];
    default:
      return work satisfies never;
  }
}

function connectionsOf(action: Action): readonly string[] {
  switch (action.kind) {
    case 'run':
      return [];
    case 'request':
      return [action.url, ...Object.values(action.headers), action.body ?? ''];
    case 'query':
      return [action.url];
    default:
      return action satisfies never;
  }
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}

/** Every text in a value. `${NAME}` is refused wherever it may not stand, so what is found is meant. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

export type FilledText =
  | { readonly ok: true; readonly value: string }
  /** `spoilt`: what is wrong with a value, by its name and never by the value. */
  | { readonly ok: false; readonly missing: readonly string[]; readonly spoilt?: readonly string[] };

/** Without what files and copying leave around a value: blanks, line breaks, a byte order mark, characters nobody sees. */
function trimmed(value: string | undefined): string {
  return (value ?? '').replace(/^[\s\p{Cf}]+/u, '').replace(/(?<![\s\p{Cf}])[\s\p{Cf}]+$/u, '');
}

/** Why a value cannot be meant as it is; null when it can. */
function spoiltBy(value: string): string | null {
  if (/^(["'`]).*\1$/s.test(value) && value.length > 1) return 'stands in quotes: take them away';
  if (/^[“”„‘’]/u.test(value)) return 'begins with a quote of a word processor: take it away';
  return /[\r\n]/.test(value) ? 'has a line break in it' : null;
}

/** True when the environment gives the variable a value; an empty one is as good as none. */
export function isSet(name: string, env: Readonly<Record<string, string | undefined>>): boolean {
  return Object.hasOwn(env, name) && env[name] !== undefined && env[name] !== '';
}

/**
 * The value with every `${NAME}` filled, or the names that are not set. Filled once: a `${…}` inside a variable's
 * own value stays as it is. The result may hold secrets; it is never logged or shown.
 */
export function fillVariables(value: string, env: Readonly<Record<string, string | undefined>>): FilledText {
  const names = [...new Set(variableNames(value))];
  const missing = names.filter((name) => !isSet(name, env) || trimmed(env[name]) === '');
  if (missing.length > 0) return { ok: false, missing };
  const spoilt = names.flatMap((name) => {
    const why = spoiltBy(trimmed(env[name]));
    return why === null ? [] : [`${name} ${why}`];
  });
  if (spoilt.length > 0) return { ok: false, missing: [], spoilt };
  return { ok: true, value: value.replaceAll(VARIABLE, (_, name: string) => trimmed(env[name])) };
}
