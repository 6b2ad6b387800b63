import type { JudgedCheck } from './in-force.js';
import type { Act, Limit } from './plan.js';
import { breaks, isWorse, type Level, levelOfRules, type Rule, rulesOf, type Verdict } from './verdict.js';

export type CheckReading =
  | { readonly value: number; readonly tookMs: number }
  | { readonly unknown: string; readonly detail: string; readonly tookMs: number };

/** The sum of readings with a number, for their mean. */
export interface Sum {
  readonly count: number;
  readonly total: number;
}

/** A limit that counts as broken. */
export interface Broken {
  readonly limit: Limit;
  readonly act: Act;
}

/** One check's memory between two assessments. */
export interface Streak {
  /** What the last reading with a number said; unknown readings neither count towards nor reset two in a row. */
  readonly level: Level | null;
  /** The debounced verdict people and rules see. */
  readonly verdict: Verdict;
  readonly value: number | null;
  /** When the current run of not-pass numbers began. */
  readonly since: Date | null;
  readonly unknownInRow: number;
  readonly unknownSince: Date | null;
  readonly why: string;
  /** When the last reading was taken, if it counts towards the bake (pass or warning); null if it does not. */
  readonly countedAt: Date | null;
  readonly readAt: Date | null;
  /** The number before the last one, for the trend. */
  readonly before: number | null;
  /** Keys of the limits the last number broke. Absent: what its level says. */
  readonly broken?: readonly string[];
  /** What limits of several readings remember: `1` for each of the last numbers that broke it, and since when all did. */
  readonly memory?: Readonly<Record<string, { readonly last: string; readonly since: Date | null }>>;
  /** The limits that count as broken, and what they ask for. */
  readonly counting?: readonly Broken[];
  /** All numbers since the watch began. */
  readonly sum?: Sum;
  /** All numbers since this baseline was asked for, by its number. */
  readonly base?: Sum & { readonly no: number };
}

export const NEW_STREAK: Streak = {
  level: null,
  verdict: 'unknown',
  value: null,
  since: null,
  unknownInRow: 0,
  unknownSince: null,
  why: 'not read yet',
  countedAt: null,
  readAt: null,
  before: null,
};

/** The number of a reading; null when it gave none. */
export function numberRead(reading: CheckReading): number | null {
  return 'unknown' in reading || !Number.isFinite(reading.value) ? null : reading.value;
}

/**
 * What one reading says; null when it gave no number, or none that can be compared: nothing passes by default. A limit that
 * is known and broken counts, whatever else is not known.
 */
export function levelRead(check: JudgedCheck, reading: CheckReading): Level | null {
  const value = numberRead(reading);
  if (value === null) return null;
  const level = levelOfRules(brokenBy(rulesOf(check), value));
  return check.unjudged === undefined || level === 'critical' ? level : null;
}

/** A reading that could not be judged, as people are told. */
export function whyUnknown(check: JudgedCheck, reading: CheckReading): string {
  if ('unknown' in reading) return reading.detail || reading.unknown;
  return Number.isFinite(reading.value) ? (check.unjudged ?? '') : 'no value';
}

function brokenBy(rules: readonly Rule[], value: number): Rule[] {
  return rules.filter(({ limit }) => breaks(limit, value));
}

/** Adds one reading to a check's memory. */
export function nextStreak(streak: Streak, check: JudgedCheck, reading: CheckReading, now: Date): Streak {
  const value = numberRead(reading);
  if (value === null) return unread(streak, whyUnknown(check, reading), now);
  const rules = rulesOf(check);
  const broken = brokenBy(rules, value).map(({ key }) => key);
  const memory = remember(streak, { rules, broken, now });
  const counting = rules.filter((rule) => counts(rule, { streak, check, broken, memory, now }));
  const read = {
    ...{ value, before: streak.value, readAt: now, broken, sum: added(streak.sum, value) },
    ...(Object.keys(memory).length > 0 && { memory }),
    counting: counting.map(({ limit, act }) => ({ limit, act })),
  };
  const level = levelOfRules(rules.filter(({ key }) => broken.includes(key)));
  const confirmed = levelOfRules(counting);
  // Some limit cannot be told: only what is critical by those that can is known.
  if (check.unjudged !== undefined && confirmed !== 'critical') {
    return { ...unread(streak, whyUnknown(check, reading), now), ...read, level };
  }
  return {
    ...read,
    level,
    // One bad number with none before it proves nothing either way.
    verdict: streak.level === null && isWorse(level, confirmed) ? 'unknown' : confirmed,
    since: level === 'pass' ? null : (streak.since ?? now),
    ...{ unknownInRow: 0, unknownSince: null, why: '' },
    countedAt: level === 'critical' ? null : now,
  };
}

/** The memory of something that only has to answer. */
export function nextAnswered(streak: Streak, answer: number | string, now: Date): Streak {
  if (typeof answer === 'string') return unread(streak, answer, now);
  const known = { value: answer, before: streak.value, countedAt: now, readAt: now, since: null };
  return { ...NEW_STREAK, ...known, level: 'pass', verdict: 'pass', why: '' };
}

function unread(streak: Streak, why: string, now: Date): Streak {
  return {
    ...streak,
    ...{ verdict: 'unknown', unknownInRow: streak.unknownInRow + 1, unknownSince: streak.unknownSince ?? now, why },
    ...{ countedAt: null, readAt: now },
  };
}

export function added(sum: Sum | undefined, value: number): Sum {
  return { count: (sum?.count ?? 0) + 1, total: (sum?.total ?? 0) + value };
}

interface Look {
  readonly streak: Streak;
  readonly check: JudgedCheck;
  readonly broken: readonly string[];
  readonly memory: NonNullable<Streak['memory']>;
  readonly now: Date;
}

/** Only limits of several readings have to remember more than the last one. */
function remember(
  streak: Streak,
  { rules, broken, now }: { rules: readonly Rule[]; broken: readonly string[]; now: Date },
): NonNullable<Streak['memory']> {
  const patient = rules.filter(({ limit }) => limit.fail || limit.forMs !== undefined);
  return Object.fromEntries(
    patient.map(({ key, limit }) => {
      const before = streak.memory?.[key];
      const breaksNow = broken.includes(key);
      const last = `${before?.last ?? ''}${breaksNow ? '1' : '0'}`.slice(-(limit.fail?.of ?? 1));
      return [key, { last, since: breaksNow ? (before?.since ?? now) : null }];
    }),
  );
}

/** Whether a limit counts as broken after this reading. */
function counts({ key, limit }: Rule, { streak, check, broken, memory, now }: Look): boolean {
  const { fail, forMs } = limit;
  const kept = memory[key];
  if (fail) return (kept?.last ?? '').split('1').length - 1 >= fail.count;
  if (!broken.includes(key)) return false;
  if (forMs !== undefined) return kept?.since ? now.getTime() - kept.since.getTime() >= forMs : false;
  return check.settled === true || brokenBefore(streak).includes(key);
}

/** Before memories kept every limit, the level said which of the two was broken. */
function brokenBefore({ broken, level }: Streak): readonly string[] {
  if (broken) return broken;
  return level === 'critical' ? ['warning', 'critical'] : level === 'warning' ? ['warning'] : [];
}
