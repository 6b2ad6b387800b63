import { withoutSecrets } from '../web/secrets.js';

/** What a line is about: a thing, or what of a plan; '' is the plan itself. */
export type Topic = string | { readonly plan: string; readonly what: string };

function topicWords(about: Topic): string {
  if (typeof about === 'string') return about;
  return about.what === '' ? `plan ${about.plan}` : `plan ${about.plan} ${about.what}`;
}

/** What the doctor says: one line for each thing it looked at, and under what is not well, how to fix it. */
export type Diagnosis =
  | { readonly state: 'ok'; readonly about: Topic; readonly found: string }
  | { readonly state: 'warn' | 'fail'; readonly about: Topic; readonly found: string; readonly fix: string }
  | SkippedFinding;

/** Not looked at, because something else that has its own line does not work. */
export interface SkippedFinding {
  readonly state: 'skip';
  readonly about: Topic;
  /** What that other line is about, or the variables it names. */
  readonly needs: string;
}

export function ok(about: Topic, found: string): Diagnosis {
  return { state: 'ok', about, found };
}

/** The bot works, but not as well as it should. */
export function warn(about: Topic, found: string, fix: string): Diagnosis {
  return { state: 'warn', about, found, fix };
}

/** Something that is needed does not work. */
export function fail(about: Topic, found: string, fix: string): Diagnosis {
  return { state: 'fail', about, found, fix };
}

export function skip(about: Topic, needs: string): SkippedFinding {
  return { state: 'skip', about, needs };
}

/** What Slack, a database or a plan calls something; longer words are cut. */
const LINE_CHARS = 400;

/** The one or two lines of a diagnosis, without control characters and without any of these texts. */
export function linesOf(diagnosis: Diagnosis, secrets: readonly string[]): string[] {
  if (diagnosis.state === 'skip')
    return [clean(`skip  ${topicWords(diagnosis.about)}: needs ${diagnosis.needs}`, secrets)];
  const line = `${diagnosis.state.padEnd(4)}  ${topicWords(diagnosis.about)}: ${diagnosis.found}`;
  const lines = diagnosis.state === 'ok' ? [line] : [line, `      fix: ${diagnosis.fix}`];
  return lines.map((each) => clean(each, secrets));
}

/** One line without control characters, without any of these texts, and not without end. */
export function clean(line: string, secrets: readonly string[]): string {
  const shown = withoutSecrets(line, secrets, '…')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trimEnd();
  return shown.length > LINE_CHARS ? `${shown.slice(0, LINE_CHARS)}…` : shown;
}

/** Those that say the same about several things as one, where the first of them stood. */
export function merged(diagnoses: readonly Diagnosis[]): Diagnosis[] {
  const alike = new Map<string, Diagnosis[]>();
  for (const each of diagnoses) {
    const key = each.state === 'ok' ? `ok ${alike.size}` : [each.state, wordsOf(each)].join(' ');
    alike.set(key, [...(alike.get(key) ?? []), each]);
  }
  return [...alike.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    if (others.length === 0) return [first];
    return [{ ...first, about: namesOf([first, ...others].map(({ about }) => about)) }];
  });
}

function wordsOf(diagnosis: Exclude<Diagnosis, { state: 'ok' }>): string {
  return diagnosis.state === 'skip' ? diagnosis.needs : `${diagnosis.found} ${diagnosis.fix}`;
}

/** `plan shop target flag, check p95; plan other check p95`: a plan is named once. */
function namesOf(abouts: readonly Topic[]): string {
  const byPlan = new Map<string | null, string[]>();
  for (const about of abouts) {
    const [plan, what] =
      typeof about === 'string' || about.what === '' ? [null, topicWords(about)] : [about.plan, about.what];
    byPlan.set(plan, [...(byPlan.get(plan) ?? []), what]);
  }
  return [...byPlan]
    .map(([plan, whats]) => {
      const what = whats.join(', ');
      return plan === null ? what : topicWords({ plan, what });
    })
    .join('; ');
}

/** `12 ok, 1 warning, 2 failed, 4 not looked at`. */
export function summary(diagnoses: readonly Diagnosis[]): string {
  const count = (state: Diagnosis['state']) => diagnoses.filter((each) => each.state === state).length;
  const warnings = count('warn');
  const counts = `${count('ok')} ok, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, ${count('fail')} failed`;
  return count('skip') === 0 ? counts : `${counts}, ${count('skip')} not looked at`;
}
