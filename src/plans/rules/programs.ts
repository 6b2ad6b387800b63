/** Rules about programs in targets and probes: what they are told, what they may know, and that there is a way back. */
import { z } from 'zod';
import { canonicalText } from '../../rollout/plan/same-value.js';
import { expected, type Finding, type Path, quote } from '../values/problem.js';
import { isBotVariable } from '../values/variables.js';
import { holdsSecret } from './program-secrets.js';
import { placeholderFindings } from './templates.js';

const KNOWN = ['exposure', 'enabled'];

const words = z.array(z.string()).optional().catch(undefined);
const target = z.object({
  kind: z.literal('exec'),
  set: words,
  off: words,
  read: words,
  env: words,
  cwd: z.string().optional().catch(undefined),
});
const probe = z.object({ kind: z.literal('exec'), run: words, env: words });
const exposures = z.array(z.object({ exposure: z.number() }).optional().catch(undefined)).catch([]);

export function programFindings(plan: object): Finding[] {
  const findings: Finding[] = [];
  const owners = new Map<string, string>();
  for (const [name, value] of entriesOf(plan, 'targets')) {
    const read = target.safeParse(value);
    if (!read.success) continue;
    findings.push(...targetFindings(read.data, { path: ['targets', name], plan }));
    const moved = canonicalText([read.data.set, read.data.cwd]);
    const owner = owners.get(moved);
    if (owner === undefined) owners.set(moved, name);
    else {
      const message = `expected what target ${quote(owner)} does not move already, found the same command`;
      findings.push({ code: 'duplicate', path: ['targets', name, 'set'], message });
    }
  }
  for (const [name, value] of entriesOf(plan, 'checks')) {
    const read = probe.safeParse(Object(value).probe);
    const path = ['checks', name, 'probe'];
    if (!read.success) continue;
    findings.push(...commandFindings(read.data.run, { path: [...path, 'run'], known: [] }));
    findings.push(...envFindings(read.data.env, [...path, 'env']));
  }
  return findings;
}

type ExecTarget = z.output<typeof target>;

function targetFindings({ set, off, read, env }: ExecTarget, at: { path: Path; plan: object }): Finding[] {
  const { path } = at;
  return [
    ...commandFindings(set, { path: [...path, 'set'], known: KNOWN }),
    ...commandFindings(off, { path: [...path, 'off'], known: KNOWN }),
    ...commandFindings(read, { path: [...path, 'read'], known: [] }),
    ...envFindings(env, [...path, 'env']),
    ...(set === undefined ? [] : undoFindings(set, { ...at, hasOff: off !== undefined })),
  ];
}

/** A way back has to be written down, and a percentage that is not said to the program is not set by it. */
function undoFindings(
  set: readonly string[],
  { path, plan, hasOff }: { path: Path; plan: object; hasOff: boolean },
): Finding[] {
  const says = (name: string) => set.some((word) => new RegExp(`\\{\\{\\s*${name}\\s*\\}\\}`).test(word));
  if (says('exposure')) return [];
  if (!hasOff && !says('enabled')) {
    const message =
      'expected {{exposure}} or {{enabled}} in set, or off beside it, found neither: there is no way back';
    return [{ code: 'missing', path: [...path, 'set'], message }];
  }
  const partly = exposures.parse(Reflect.get(plan, 'stages')).find((stage) => stage && stage.exposure !== 100);
  if (!partly) return [];
  const message = `expected {{exposure}} in set, found none: it cannot know the ${partly.exposure} % of a stage`;
  return [{ code: 'missing', path: [...path, 'set'], message }];
}

export function commandFindings(
  command: readonly string[] | undefined,
  { path, known }: { path: Path; known: readonly string[] },
): Finding[] {
  return (command ?? []).flatMap((word, index) => {
    const at = [...path, index];
    const misplaced = known.length > 0 || index === 0 ? [] : noPlaceholders(word, at);
    const unknown = known.length === 0 || index === 0 ? [] : placeholderFindings(word, { path: at, known });
    return [...secretFindings(word, { path: at, before: command?.[index - 1] }), ...misplaced, ...unknown];
  });
}

/** Only what sets is told where to; a program that reads would be told what it is asked for. */
function noPlaceholders(word: string, path: Path): Finding[] {
  const [found] = /\{\{\s*(?:exposure|enabled)\s*\}\}/.exec(word) ?? [];
  if (found === undefined) return [];
  return [{ code: 'placeholder', path, part: found, message: expected('placeholders in set and off only', found) }];
}

function secretFindings(word: string, { path, before }: { path: Path; before: string | undefined }): Finding[] {
  if (!holdsSecret(word, before)) return [];
  const message = 'expected a secret in a variable that env names, where the program finds it, found it written out';
  return [{ code: 'secret_in_clear', path, message }];
}

export function envFindings(env: readonly string[] | undefined, path: Path): Finding[] {
  return (env ?? []).flatMap((name, index): Finding[] => {
    const at = [...path, index];
    if (isBotVariable(name)) {
      const message = `expected a variable of your own, found ${name}, which the bot keeps to itself`;
      return [{ code: 'bot_variable', path: at, message }];
    }
    if (env?.indexOf(name) === index) return [];
    return [{ code: 'duplicate', path: at, message: expected('each variable once', name) }];
  });
}

function entriesOf(plan: object, section: string): [string, unknown][] {
  const value: unknown = Reflect.get(plan, section);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}
