import type { Act, Limit } from '../plan/plan.js';
import {
  breaks,
  isWorse,
  type Level,
  type LimitInForce,
  levelOfRules,
  memoryKey,
  rulesOf,
  type Verdict,
} from '../plan/verdict.js';
import type { JudgedCheck } from './in-force.js';
import { addedTo, type Mean } from './mean.js';
import { isBroken, type Look, type Memory, paused, remembered } from './patience.js';
import { goesOn, isNow, nextShortSpells, nextSpell, quietMs, type ShortSpells, type Spell } from './spell.js';
import type { ReadingCode, WhyUnknown } from './why-unknown.js';

export type CheckReading =
  | {
      readonly value: number;
      readonly tookMs: number;
      /** When the number was taken, where that is not when it was read: what people report is read many times. */
      readonly at?: Date;
    }
  | { readonly unknown: ReadingCode; readonly detail: string; readonly tookMs: number };

/** A limit that counts as broken. */
export interface BrokenLimit {
  readonly limit: Limit;
  readonly act: Act;
}

/** One check's memory between two assessments. */
export interface Streak {
  /** What the last reading with a number said. */
  readonly level: Level | null;
  /** The debounced verdict people and rules see. */
  readonly verdict: Verdict;
  readonly value: number | null;
  /** When the current run of not-pass numbers began. */
  readonly since: Date | null;
  readonly unknownInRow: number;
  readonly unknownSince: Date | null;
  /** Why the last reading could not be judged; null where it could. */
  readonly why: WhyUnknown | null;
  /** When the last reading was taken, if it counts towards the bake (pass or warning); null if it does not. */
  readonly countedAt: Date | null;
  readonly readAt: Date | null;
  /** When a number was read last. */
  readonly numberAt: Date | null;
  /** When that number was taken, where its reading said so. */
  readonly takenAt?: Date;
  /** The number before the last one, for the trend. */
  readonly before: number | null;
  /** The last numbers, the newest at the end: what people see as a small line beside the number. */
  readonly recent?: readonly number[];
  /** What each limit remembers, by its key. */
  readonly memory?: Readonly<Record<string, Memory>>;
  /** The limits that count as broken, and what they ask for. */
  readonly counting: readonly BrokenLimit[];
  /** Numbers over a limit that does not count yet, on and off. */
  readonly feared?: Spell & { readonly level: Exclude<Level, 'pass'> };
  /** How often that happened in this stage, with breaks in between. */
  readonly shortSpells?: ShortSpells & { readonly level: Exclude<Level, 'pass'> };
  /** Readings without a number, on and off. */
  readonly blind?: Spell;
  /** The mean of all numbers since the watch began. */
  readonly sum?: Mean;
  /** The mean of all numbers since this baseline was asked for, by its number. */
  readonly base?: Mean & { readonly no: number };
}

export const NEW_STREAK: Streak = {
  level: null,
  verdict: 'unknown',
  value: null,
  since: null,
  unknownInRow: 0,
  unknownSince: null,
  why: { kind: 'not_read' },
  countedAt: null,
  readAt: null,
  numberAt: null,
  before: null,
  counting: [],
};

/** Two windows, and at least this long without a number: what was seen before says nothing of what is seen then. */
const FORGET_AFTER_MS = 5 * 60_000;
const FORGET_WINDOWS = 2;
/** So many numbers fit beside a check on a phone. */
const RECENT = 8;
/** A rhythm that is a little late is no gap. */
const LATE = 1.5;
/** Shares come out of divisions: 100.00000000000001 is all of it. */
const ROUNDING = 1e-6;

/** The number of a reading; null when it gave none, or one that cannot be what the check measures. */
export function numberRead(check: Pick<JudgedCheck, 'share'>, reading: CheckReading): number | null {
  if ('unknown' in reading || !Number.isFinite(reading.value)) return null;
  return isNoShare(check, reading.value) ? null : reading.value;
}

function isNoShare({ share }: Pick<JudgedCheck, 'share'>, value: number): boolean {
  return share === true && (value < -ROUNDING || value > 100 + ROUNDING);
}

/**
 * What one reading says; null when it gave no number, or none that can be compared: nothing passes by default. A limit that
 * is known and broken counts, whatever else is not known.
 */
export function levelRead(check: JudgedCheck, reading: CheckReading): Level | null {
  const value = numberRead(check, reading);
  if (value === null) return null;
  const level = levelOfRules(brokenBy(rulesOf(check), value));
  return check.unjudged === undefined || level === 'critical' ? level : null;
}

/** Why a reading could not be judged; null where it can be. */
export function whyUnknown(check: JudgedCheck, reading: CheckReading): WhyUnknown | null {
  if ('unknown' in reading) return { kind: 'reading', code: reading.unknown, said: reading.detail };
  if (!Number.isFinite(reading.value)) return { kind: 'not_a_number' };
  if (isNoShare(check, reading.value)) return { kind: 'not_a_share', value: reading.value };
  return check.unjudged ?? null;
}

/** The same as a code, for what is stored of a reading. */
export function unknownCode(check: JudgedCheck, reading: CheckReading): string {
  if ('unknown' in reading) return reading.unknown;
  if (!Number.isFinite(reading.value)) return 'not_a_number';
  return isNoShare(check, reading.value) ? 'not_a_share' : 'no_limit';
}

function brokenBy(rules: readonly LimitInForce[], value: number): LimitInForce[] {
  return rules.filter(({ limit }) => breaks(limit, value));
}

/** Adds one reading to a check's memory. */
export function nextStreak(streak: Streak, check: JudgedCheck, reading: CheckReading, now: Date): Streak {
  const value = numberRead(check, reading);
  if (value === null) return unread(streak, whyUnknown(check, reading), now, quietOf(check));
  const takenAt = 'at' in reading ? reading.at : undefined;
  const at = takenAt ?? now;
  // A number that was read before is no second one.
  const again = takenAt !== undefined && streak.takenAt !== undefined && takenAt <= streak.takenAt;
  const rules = rulesOf(check);
  const before = afterGap(streak, check, now);
  const looks = rules.map((rule) => {
    const look: Look = { check, value, bad: breaks(rule.limit, value), at };
    const known = before[memoryKey(rule)];
    const memory = again && known ? known : remembered(rule, known, look);
    return { rule, look, memory, broken: isBroken(rule, memory, look) };
  });
  const counting = looks.filter(({ broken }) => broken).map(({ rule }) => rule);
  const kept = looks.flatMap(({ rule, memory }) => (memory ? [[memoryKey(rule), memory] as const] : []));
  // What this number ended is not kept beside it.
  const { memory: _forgotten, feared: _feared, shortSpells: _bouts, ...rest } = streak;
  const read = {
    value,
    before: streak.value,
    readAt: now,
    numberAt: now,
    ...(takenAt && { takenAt }),
    recent: again ? (streak.recent ?? []) : [...(streak.recent ?? []), value].slice(-RECENT),
    sum: addedTo(streak.sum, value, seenMs(streak.readAt, check, now)),
    counting: counting.map(({ limit, act }) => ({ limit, act })),
    ...(kept.length > 0 && { memory: Object.fromEntries(kept) }),
    ...fearedAfter(streak, check, looks, now),
  };
  const level = levelOfRules(looks.filter(({ look }) => look.bad).map(({ rule }) => rule));
  const since = level === 'pass' ? null : (streak.since ?? now);
  const confirmed = levelOfRules(counting);
  // Some limit cannot be told: only what is critical by those that can is known.
  if (check.unjudged !== undefined && confirmed !== 'critical') {
    return { ...unread(rest, whyUnknown(check, reading), now, quietOf(check)), ...read, level, since };
  }
  const { blind: _blind, ...seen } = rest;
  return {
    ...seen,
    ...read,
    ...blindAfter(streak, false, now, quietOf(check)),
    level,
    verdict: verdictAfter(streak, level, confirmed),
    since,
    unknownInRow: 0,
    unknownSince: null,
    why: null,
    countedAt: level === 'critical' ? null : now,
  };
}

/** One bad number takes nothing back: what was not known, or bad, stays that way until a good number or enough bad ones. */
function verdictAfter(streak: Streak, level: Level, confirmed: Level): Verdict {
  if (!isWorse(level, confirmed)) return confirmed;
  if (streak.level === null) return 'unknown';
  if (!isWorse(streak.verdict, confirmed)) return confirmed;
  return streak.verdict === 'unknown' || isWorse(level, streak.verdict) ? streak.verdict : level;
}

/** What is still remembered of the numbers before, after a time without any. */
function afterGap(streak: Streak, check: JudgedCheck, now: Date): Readonly<Record<string, Memory>> {
  const { memory = {}, numberAt, unknownInRow, unknownSince } = streak;
  if (numberAt === null) return memory;
  const blind = unknownInRow > 0;
  const gap = now.getTime() - numberAt.getTime();
  const most = Math.max(FORGET_WINDOWS * check.windowMs, FORGET_AFTER_MS);
  // Where nobody looked, as while the bot was off, it is a gap as well.
  if (gap > (blind ? most : Math.max(most, LATE * check.everyMs))) return {};
  const ms = gap - seenMs(numberAt, check, unknownSince ?? now);
  if (ms <= 0) return memory;
  return Object.fromEntries(Object.entries(memory).map(([key, kept]) => [key, paused(kept, ms)]));
}

/** The time a number stands for, ms: since the last reading, as far as that was in time. */
export function seenMs(from: Date | null, { everyMs }: Pick<JudgedCheck, 'everyMs'>, now: Date): number {
  return from === null ? 0 : Math.max(0, Math.min(now.getTime() - from.getTime(), LATE * everyMs));
}

/** Some limit is broken and does not count yet, or was a moment ago and has been before: not fine, whatever the verdict. */
export function isFeared(streak: Pick<Streak, 'feared' | 'readAt'> | undefined): boolean {
  return streak !== undefined && goesOn(streak.feared, streak.readAt);
}

/** The memory of something that only has to answer. */
export function nextAnswered(streak: Streak, answer: number | string, now: Date, everyMs: number): Streak {
  const quiet = quietMs(0, everyMs);
  if (typeof answer === 'string') return unread(streak, { kind: 'said', text: answer }, now, quiet);
  const known = { value: answer, before: streak.value, countedAt: now, readAt: now, numberAt: now };
  const blind = blindAfter(streak, false, now, quiet);
  return { ...NEW_STREAK, ...known, ...blind, level: 'pass', verdict: 'pass', why: null };
}

function quietOf({ windowMs, everyMs }: Pick<JudgedCheck, 'windowMs' | 'everyMs'>): number {
  return quietMs(windowMs, everyMs);
}

function blindAfter({ blind, readAt }: Streak, seen: boolean, now: Date, quiet: number): { blind?: Spell } {
  // Nothing was seen since the reading before, however long ago that was.
  const unbroken = seen && blind && isNow(blind, readAt);
  const next = nextSpell(blind, seen, { now, readAt, quietMs: unbroken ? Number.POSITIVE_INFINITY : quiet });
  return next ? { blind: next } : {};
}

/** A limit that is broken and does not count yet is feared. */
function fearedAfter(
  { feared, shortSpells, readAt }: Streak,
  check: JudgedCheck,
  looks: readonly { readonly rule: LimitInForce; readonly look: Look; readonly broken: boolean }[],
  now: Date,
): Pick<Streak, 'feared' | 'shortSpells'> {
  const open = looks.filter(({ look, broken }) => look.bad && !broken).map(({ rule }) => rule);
  const next = nextSpell(feared, open.length > 0, { now, readAt, quietMs: quietOf(check) });
  const times = nextShortSpells(shortSpells, next, { now, quietMs: quietOf(check) });
  const level = levelOfRules(open);
  const known = level === 'pass' ? (feared?.level ?? 'warning') : level;
  const worst = shortSpells?.level === 'critical' ? 'critical' : known;
  return {
    ...(next && { feared: { ...next, level: known } }),
    ...(times && { shortSpells: { ...times, level: worst } }),
  };
}

function unread(streak: Streak, why: WhyUnknown | null, now: Date, quiet: number): Streak {
  return {
    ...streak,
    ...blindAfter(streak, true, now, quiet),
    verdict: 'unknown',
    unknownInRow: streak.unknownInRow + 1,
    unknownSince: streak.unknownSince ?? now,
    why,
    countedAt: null,
    readAt: now,
  };
}
