import type { Watch } from '../../../rollout/health/assess.js';
import { checkIn, checksOf, type JudgedCheck } from '../../../rollout/health/in-force.js';
import type { Streak } from '../../../rollout/health/streak.js';
import { ACTS, POSTS } from '../../../rollout/plan/acts.js';
import type { CheckPlan, Limit, PlannedLimit } from '../../../rollout/plan/plan.js';
import { breaks, isFloor, rulesOf, type Verdict } from '../../../rollout/plan/verdict.js';
import { inDoubt } from '../../../rollout/requirements/doubt.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { escapeText, lasted, number, safe, spark, theirs, unitPlain } from '../text.js';
import { doesWords, isPercent, limitPlain, patience, rounded } from './limits.js';
import { lookup } from './lookup.js';
import { unknownWords } from './why-unknown.js';

/** Lines a message gives to checks before it says how many more there are. */
const MOST_CHECKS = 8;
/** What people compare of a reading below a thousand. */
const SHOWN_DIGITS = 3;
/** Below this change between two readings the trend is level, and not shown: an arrow that points at the limits reads as a missing number. */
const LEVEL_CHANGE = 0.02;
const BADNESS: Readonly<Record<Verdict, number>> = { critical: 0, unknown: 1, warning: 2, pass: 3 };

/** A check with what is known of it now. */
export interface CheckNow {
  readonly check: JudgedCheck;
  readonly verdict: Verdict;
  readonly value: number | null;
  readonly streak: Streak | null;
  /** It passes, but has numbers beyond a limit that does not count yet. */
  readonly doubtful?: boolean;
}

/** A verdict, or that it is one of the fine ones that are in doubt. */
type Shown = Verdict | 'doubtful';

/** All checks as they stand, the worst first. The watch is fresher than the rollout, which only notes changes. */
export function checksNow(rollout: Rollout, watch: Watch | null): CheckNow[] {
  const doubts = inDoubt(rollout, watch);
  return worstFirst(
    checksOf(rollout).map((check) => {
      const streak = (watch && lookup(watch.streaks, check.name)) ?? null;
      const verdict = streak?.verdict ?? lookup(rollout.health.verdicts, check.name) ?? 'unknown';
      const value = streak?.value ?? lookup(rollout.health.numbers, check.name) ?? null;
      const doubtful = verdict === 'pass' && doubts.includes(check.name);
      return { check, verdict, value, streak, ...(doubtful && { doubtful }) };
    }),
  );
}

/** The same, the worst verdict first. */
export function worstFirst<T extends { readonly verdict: Verdict }>(checks: readonly T[]): T[] {
  return checks.toSorted((a, b) => BADNESS[a.verdict] - BADNESS[b.verdict]);
}

/** A check by its name, with its limits as they hold now. */
export function checkAt(rollout: Rollout, name: string): JudgedCheck | undefined {
  return checkIn(rollout, name);
}

export function checkTitle(check: JudgedCheck): string {
  return safe(checkPlain(check));
}

/** The same as plain text. */
export function checkPlain(check: JudgedCheck): string {
  return theirs(check.title, 40);
}

/** `4 of 4 fine`; what is not is counted by its word, the worst first, at most so many words. */
export function healthSummary(verdicts: readonly Shown[]): string {
  return healthParts(verdicts).join(', ');
}

function healthParts(verdicts: readonly Shown[], most = 3): string[] {
  const count = (verdict: Shown): number => verdicts.filter((each) => each === verdict).length;
  const rest: [number, string][] = [
    [count('critical'), 'critical'],
    [count('unknown'), 'unknown'],
    [count('doubtful'), 'in doubt'],
    [count('warning'), count('warning') === 1 ? 'warning' : 'warnings'],
  ];
  const bad = rest.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}`);
  return [`${count('pass')} of ${verdicts.length} fine`, ...bad.slice(0, most)];
}

/** Passes, and is not in doubt. */
function isFine({ verdict, doubtful }: Pick<CheckNow, 'verdict' | 'doubtful'>): boolean {
  return verdict === 'pass' && !doubtful;
}

/** The same of checks as they stand. */
export function healthNow(checks: readonly CheckNow[]): string {
  return healthSummary(checks.map(({ verdict, doubtful }) => (doubtful ? 'doubtful' : verdict)));
}

/** The same of verdicts that were noted, with the doubts there were when. */
export function healthNoted(verdicts: Readonly<Record<string, Verdict>>, doubts: readonly string[]): string {
  return healthNotedParts(verdicts, doubts).join(', ');
}

/** The same in its parts, the worst few of them. */
export function healthNotedParts(
  verdicts: Readonly<Record<string, Verdict>>,
  doubts: readonly string[],
  most?: number,
): string[] {
  const shown = Object.entries(verdicts).map(
    ([name, verdict]): Shown => (verdict === 'pass' && doubts.includes(name) ? 'doubtful' : verdict),
  );
  return healthParts(shown, most);
}

/** One line per check, at most so many, and how many were left out. */
export function checkLines(checks: readonly CheckNow[], now: Date, most = MOST_CHECKS): string[] {
  const shown = checks.slice(0, most).map((check) => checkLine(check, now));
  const left = checks.slice(most);
  return left.length === 0 ? shown : [...shown, `and ${left.length} more, ${leftWords(left)}`];
}

function leftWords(left: readonly CheckNow[]): string {
  return left.every(isFine) ? 'all fine' : healthNow(left);
}

/** `Error rate 0.31 % ↘ (warn 2, limit 5)`; what is not fine begins with its word. */
function checkLine(now: CheckNow, at: Date): string {
  const { check, verdict, value, streak } = now;
  const name = checkTitle(check);
  if (verdict === 'unknown' && (streak === null || streak.unknownInRow > 0 || value === null)) {
    const since = streak?.unknownSince ? ` for ${lasted(at.getTime() - streak.unknownSince.getTime())}` : '';
    const why = streak?.why ? ` (${escapeText(unknownWords(streak.why), 80)})` : '';
    const last = value === null ? '' : `, last ${valueWords(check, value)}`;
    return `○ *No data* ${name}${since}${why}${last}`;
  }
  if (value === null) return `${word(now)}${name}: no number kept`;
  return `${word(now)}${name} ${valueWords(check, value)}${trend(check, value, streak)}${course(check, streak)}${limits(check)}`;
}

/**
 * The last numbers as ` ▁▁▂▁▃`, drawn against the limit: the top is the limit of what must not be high; what must not be low
 * stands high while it is well, and half-way down at its limit.
 */
function course(check: JudgedCheck, streak: Streak | null): string {
  const recent = streak?.recent ?? [];
  const limit = check.critical ?? check.warning;
  const most = Math.max(...recent);
  const least = Math.min(...recent);
  const [bottom, top] =
    limit && isFloor(limit)
      ? [limit.value - Math.max(0, most - limit.value), most]
      : [Math.min(0, least), Math.max(most, limit?.value ?? most)];
  const drawn = spark(recent, bottom, top);
  return drawn === '' ? '' : ` ${drawn}`;
}

function word({ check, verdict, doubtful }: Pick<CheckNow, 'check' | 'verdict' | 'doubtful'>): string {
  switch (verdict) {
    case 'pass':
      return doubtful ? '○ *In doubt* ' : '';
    case 'warning':
      return '*Warning* ';
    // One bad number with none before it: the next reading decides.
    case 'unknown':
      return '○ *Unsure yet* ';
    case 'critical':
      return check.critical && isFloor(check.critical) ? '✖ *Under limit* ' : '✖ *Over limit* ';
    default:
      return verdict satisfies never;
  }
}

function trend({ unit }: Pick<CheckPlan, 'unit'>, value: number, streak: Streak | null): string {
  const before = streak?.before ?? null;
  if (before === null) return '';
  const size = sizeOf(unit, [value, before]);
  if (Math.abs(value - before) <= size * LEVEL_CHANGE) return '';
  return value > before ? ' ↗' : ' ↘';
}

/** Of a percentage the smaller side counts: 97.2 → 97.7 % that succeed are 2.8 → 2.3 % that fail, and read the same. */
function sizeOf(unit: string, numbers: readonly number[]): number {
  const size = Math.max(...numbers.map(Math.abs));
  if (!isPercent(unit) || numbers.some((number) => number < 0 || number > 100)) return size;
  return Math.min(size, Math.max(...numbers.map((number) => 100 - number)));
}

function limitsOf({ warning, critical, others = [] }: JudgedCheck): number[] {
  return [warning, critical, ...others].flatMap((limit) => limit?.value ?? []);
}

/** ` (warn 2, pause 4, limit 5)`, and `min` where low is bad: everything that would happen, in the order it is written. */
function limits({ warning, critical, others = [] }: JudgedCheck): string {
  const parts: string[] = [];
  // A warning alone does not show which side is bad; beside a limit it does.
  if (warning) {
    const side = critical ? '' : isFloor(warning) ? 'under ' : 'over ';
    parts.push(`${nameOf(warning, 'warn')} ${side}${number(rounded(warning.value))}`);
  }
  for (const other of others) parts.push(`${nameOf(other, 'warn')} ${number(rounded(other.value))}`);
  if (critical) parts.push(briefly(critical));
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** `limit 5`, `min 95`, `pause 4`, `to go on ≤ 5`. */
function briefly(critical: Limit): string {
  const value = number(rounded(critical.value));
  if (critical.act && ACTS[critical.act.kind].does === 'tells') return `to go on ${WITHIN[critical.op]} ${value}`;
  return `${nameOf(critical, isFloor(critical) ? 'min' : 'limit')} ${value}`;
}

const WITHIN = { above: '≤', below: '≥', at_least: '<', at_most: '>' } as const;

/** What a limit does, in a word; where it does what its name says, the name. */
function nameOf({ act }: Limit, usual: string): string {
  switch (act?.kind) {
    case 'hold':
      return 'pause';
    case 'post':
      return usual === 'warn' ? 'warn' : 'to go on';
    case 'disable':
      return 'off';
    case 'rollback':
      return act.to ? 'back' : usual === 'warn' ? 'limit' : usual;
    case undefined:
      return usual;
    default:
      return act satisfies never;
  }
}

/** `33.2 ms`: three digits, and as many more as it takes not to read as its limit, or as all of 100 %. */
export function valueWords(check: JudgedCheck, value: number): string {
  return safe(valuePlain(check, value));
}

/** The same as plain text. */
export function valuePlain(check: JudgedCheck, value: number): string {
  const beside = [...limitsOf(check), ...(check.unit === '%' ? [100] : [])];
  const short = Number(value.toPrecision(SHOWN_DIGITS));
  // From a thousand on whole numbers are kept: nobody compares 12,480 by its first three digits.
  const enough = Math.abs(value) < 1_000 && !beside.some((other) => other !== value && other === short);
  return unitPlain(enough ? short : value, check.unit, beside);
}

const BEYOND = { above: 'over', below: 'under', at_least: 'at or over', at_most: 'at or under' } as const;

/** `Error rate 12 % is over its limit 5 %`; the limit itself where it is known which one was broken. */
export function limitBroken(check: JudgedCheck, value: number, level: 'warning' | 'critical', broken?: Limit): string {
  return safe(brokenPlain(check, value, level, broken));
}

/** The same as plain text. */
export function brokenPlain(check: JudgedCheck, value: number, level: 'warning' | 'critical', broken?: Limit): string {
  const limit = broken ?? brokenLimit(check, value, level);
  const shown = `${checkPlain(check)} ${valuePlain(check, value)}`;
  if (!limit) return shown;
  const name = level === 'warning' ? 'warning' : 'limit';
  return `${shown} is ${BEYOND[limit.op]} its ${name} ${limitPlain(limit, check.unit)}${patience(limit)}`;
}

/** The limit of this level that the number breaks, the last one named; else the one the level is named after. */
export function brokenLimit(check: JudgedCheck, value: number, level: 'warning' | 'critical'): Limit | undefined {
  const own = rulesOf(check).filter((rule) => rule.level === level);
  return own.findLast(({ limit }) => breaks(limit, value))?.limit ?? own[0]?.limit;
}

const WRITTEN = { above: 'above', below: 'below', at_least: 'at least', at_most: 'at most' } as const;

/** `warning above 2 %, critical above 1.5 × baseline for 5 m`: every limit as the plan has it, before anything was measured. Plain text. */
export function limitsAsWritten({ warning, critical, others = [], unit }: CheckPlan): string {
  const words = (level: string, limit: PlannedLimit): string => {
    return `${level} ${WRITTEN[limit.op]} ${limitPlain(limit, unit)}${patience(limit)}${limit.act ? `: ${doesWords(limit.act)}` : ''}`;
  };
  return [
    ...(warning ? [words('warning', warning)] : []),
    ...(critical ? [words('critical', critical)] : []),
    ...others.map((limit) => words(ACTS[(limit.act ?? POSTS).kind].level, limit)),
  ].join(', ');
}

/** The numbers against their limits in one line, the worst first: `Error rate 0.31 % (limit 5) · p95 412 ms (limit 1,000)`. */
export function numbersLine(
  rollout: Rollout,
  numbers: Readonly<Record<string, number>>,
  verdicts: Readonly<Record<string, Verdict>> = {},
  most = 6,
): string {
  const known = worstFirst(
    checksOf(rollout).flatMap((check) => {
      const value = lookup(numbers, check.name);
      return value === undefined ? [] : [{ check, value, verdict: lookup(verdicts, check.name) ?? ('pass' as const) }];
    }),
  );
  const shown = known.slice(0, most).map(({ check, value, verdict }) => {
    return `${word({ check, verdict })}${checkNumber(check, value)}`;
  });
  return [...shown, ...(known.length > most ? [`and ${known.length - most} more`] : [])].join(' · ');
}

/** `Error rate 0.31 % (warn 2, limit 5), 20 s old`; without a number that is said first. */
export function numberLine(
  check: JudgedCheck,
  verdict: Verdict,
  { value, age, noData }: { readonly value: number | undefined; readonly age: string; readonly noData: boolean },
): string {
  const more = age === '' ? '' : `, ${age}`;
  const name = checkTitle(check);
  if (value === undefined) return `○ *No data* ${name}: no number yet${limits(check)}`;
  const lead = noData ? `○ *No data* ${name}, last` : `${word({ check, verdict })}${name}`;
  return `${lead} ${valueWords(check, value)}${limits(check)}${more}`;
}

/** `Error rate 12 % (limit 5)`: the number and every limit of it that does something. */
export function checkNumber(check: JudgedCheck, value: number): string {
  const acting = [
    ...(check.critical ? [briefly(check.critical)] : []),
    ...(check.others ?? []).flatMap((other) =>
      ACTS[(other.act ?? POSTS).kind].does === 'tells'
        ? []
        : `${nameOf(other, 'limit')} ${number(rounded(other.value))}`,
    ),
  ];
  const limit = acting.length > 0 ? ` (${acting.join(', ')})` : '';
  return `${checkTitle(check)} ${valueWords(check, value)}${limit}`;
}
