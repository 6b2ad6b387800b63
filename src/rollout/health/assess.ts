import type { StagePlan } from '../plan/plan.js';
import { memoryKey, rulesOf, type Verdict } from '../plan/verdict.js';
import type { Capture } from './baseline.js';
import type { JudgedCheck } from './in-force.js';
import { addedTo } from './mean.js';
import { countsFrom, spanRhythmMs } from './patience.js';
import { type CheckReading, NEW_STREAK, nextAnswered, nextStreak, numberRead, type Streak, seenMs } from './streak.js';
import { NOT_MEASURED, type WhyUnknown } from './why-unknown.js';

/** What the checker remembers of one watched rollout. Only the checker writes it; dispatch creates and removes it. */
export interface Watch {
  readonly rolloutId: number;
  readonly stageNo: number;
  readonly attempt: number;
  /** When exposure of this stage was read back; checks are faster for a while after it. */
  readonly raisedAt: Date;
  readonly nextCheckAt: Date;
  readonly lastCheckAt: Date | null;
  readonly observedMs: number;
  /** What the bake stands still for. `why`: null where a number is beyond its limit. */
  readonly stopped: { readonly subject: string; readonly why: WhyUnknown | null; readonly since: Date } | null;
  readonly streaks: Readonly<Record<string, Streak>>;
  readonly fence: number;
}

export type ExposureReading =
  | { readonly exposure: number; readonly partial: boolean; readonly detail: string }
  /**
   * Not to be read as a whole; what could be read of it is exposed at least this much. `remaining`: what the parts say that are there,
   * where the others are certainly gone. That is enough for the way down, never for going on.
   */
  | {
      readonly error: string;
      readonly atLeast?: number;
      readonly remaining?: { readonly exposure: number; readonly detail: string };
    };

/** The name under which readings of the targets themselves are remembered. No check may be called so. */
export const TARGET_SUBJECT = '@target';

const FAST_RHYTHM_MS = 10_000;
const FAST_AFTER_RAISE_MS = 10 * 60_000;
const CREDIT_CAP = 1.5;
/** So many readings without a number in a row, and people are told. */
export const NO_DATA_AFTER = 3;

/** The memory a watch begins with: what was read when the rollout started. */
export function firstStreaks(
  verdicts: Readonly<Record<string, Verdict>>,
  numbers: Readonly<Record<string, number>>,
): Record<string, Streak> {
  const entries = Object.entries(verdicts).map(([name, verdict]): [string, Streak] => {
    const level = verdict === 'unknown' ? null : verdict;
    return [name, { ...NEW_STREAK, level, verdict, value: numbers[name] ?? null }];
  });
  return Object.fromEntries(entries);
}

export interface AssessInput {
  /** As they are judged now. */
  readonly checks: readonly JudgedCheck[];
  readonly stage: StagePlan;
  readonly watch: Watch;
  readonly readings: Readonly<Record<string, CheckReading>>;
  readonly target: ExposureReading;
  /** Since when the rollout has been baking without a break; null when it is not baking: the clock stands still. */
  readonly bakingSince: Date | null;
  /** Where the targets should be, percent. */
  readonly expected: number;
  /** The baseline that is being captured; null when none is. */
  readonly capture: Pick<Capture, 'no' | 'since'> | null;
  readonly now: Date;
}

/** Why a bake starts over: the check or the targets, and what was observed until then, ms. */
export interface Restarted {
  readonly subject: string;
  readonly why: 'warning' | 'critical' | 'no_data' | 'drift';
  readonly observedMs: number;
}

/** A watch after a round, and whether its bake starts over with it. */
export interface Assessed {
  readonly watch: Watch;
  readonly restarted?: Restarted;
}

/** Sums one round of readings into the watch: verdicts, observed healthy time, the next due time. */
export function assess(input: AssessInput): Assessed {
  const { watch, now } = input;
  const streaks = { ...watch.streaks };
  for (const check of input.checks) {
    const reading = input.readings[check.name] ?? NOT_MEASURED;
    const before = streaks[check.name] ?? NEW_STREAK;
    streaks[check.name] = withBase(before, nextStreak(before, check, reading, now), { check, reading, input });
  }
  const { target } = input;
  const answer = 'error' in target ? target.error : target.exposure;
  streaks[TARGET_SUBJECT] = nextAnswered(streaks[TARGET_SUBJECT] ?? NEW_STREAK, answer, now, input.stage.checkEveryMs);
  const credit = input.bakingSince ? creditMs(input, streaks, input.bakingSince) : 0;
  const restarted = input.bakingSince ? restartedBy(input, streaks) : undefined;
  const next: Watch = {
    ...watch,
    streaks,
    observedMs: restarted ? 0 : watch.observedMs + credit,
    stopped: input.bakingSince ? stoppedBy(watch, streaks, now) : null,
    lastCheckAt: now,
    nextCheckAt: nextLook(input, streaks),
  };
  return { watch: next, ...(restarted && restarted.observedMs > 0 && { restarted }) };
}

/** What the stage lets its bake start over for, at the moment it turns. */
function restartedBy(
  { stage, watch, target, expected }: AssessInput,
  streaks: Readonly<Record<string, Streak>>,
): Restarted | undefined {
  const on = stage.restartsOn ?? [];
  const why = (name: string, { verdict, unknownInRow }: Streak): Restarted['why'] | undefined => {
    const before = watch.streaks[name];
    const wasBad = before?.verdict === 'warning' || before?.verdict === 'critical';
    if ((verdict === 'warning' || verdict === 'critical') && on.includes('warning') && !wasBad) return verdict;
    return on.includes('no_data') && unknownInRow === NO_DATA_AFTER ? 'no_data' : undefined;
  };
  const { observedMs } = watch;
  for (const [subject, streak] of Object.entries(streaks)) {
    const said = why(subject, streak);
    if (said !== undefined) return { subject, why: said, observedMs };
  }
  const moved = !('error' in target) && (target.exposure !== expected || target.partial);
  return on.includes('drift') && moved ? { subject: TARGET_SUBJECT, why: 'drift', observedMs } : undefined;
}

/** What counts towards a baseline is counted from when it was asked for. */
function withBase(
  before: Streak,
  after: Streak,
  { check, reading, input }: { check: JudgedCheck; reading: CheckReading; input: AssessInput },
): Streak {
  const { capture, now } = input;
  if (!capture) return after;
  const { no, since } = capture;
  const base = before.base?.no === no ? before.base : { no, count: 0, ms: 0, total: 0 };
  const value = numberRead(check, reading);
  // Time before it was asked for is no part of it.
  const from = before.readAt && before.readAt > since ? before.readAt : since;
  return { ...after, base: value === null ? base : { no, ...addedTo(base, value, seenMs(from, check, now)) } };
}

/** Observed healthy time since the last round: the least over all checks, capped, only between two readings that count. */
function creditMs(input: AssessInput, streaks: Readonly<Record<string, Streak>>, bakingSince: Date): number {
  const cap = CREDIT_CAP * input.stage.checkEveryMs;
  const names = [...input.checks.map((check) => check.name), TARGET_SUBJECT];
  const credits = names.map((name) => {
    const counted = input.watch.streaks[name]?.countedAt;
    if (!counted || !streaks[name]?.countedAt) return 0;
    const from = Math.max(counted.getTime(), bakingSince.getTime());
    return Math.max(0, Math.min(input.now.getTime() - from, cap));
  });
  return Math.min(...credits);
}

export function stoppedBy(watch: Watch, streaks: Readonly<Record<string, Streak>>, now: Date): Watch['stopped'] {
  const entry = Object.entries(streaks).find(([, streak]) => streak.countedAt === null && streak.readAt !== null);
  if (!entry) return null;
  const [subject, streak] = entry;
  // On and off is one time: it stands still since the first of it.
  const spell = streak.unknownInRow > 0 ? streak.blind : streak.feared;
  const since = watch.stopped?.since ?? spell?.since ?? streak.since ?? now;
  return { subject, why: streak.unknownInRow > 0 ? streak.why : null, since };
}

/**
 * The plan's rhythm is the slowest; after anything but pass, and for a while after a raise, it is faster. A number that can
 * count towards a limit is not waited for longer than it takes.
 */
function nextLook({ checks, stage, watch, now }: AssessInput, streaks: Readonly<Record<string, Streak>>): Date {
  const calm = Object.values(streaks).every((streak) => streak.level === 'pass' && streak.unknownInRow === 0);
  const fresh = now.getTime() - watch.raisedAt.getTime() < FAST_AFTER_RAISE_MS;
  const rhythm = calm && !fresh ? stage.checkEveryMs : Math.min(stage.checkEveryMs, FAST_RHYTHM_MS);
  const looks = checks.flatMap((check) => looksFor(check, streaks[check.name], now));
  return new Date(Math.min(now.getTime() + rhythm, ...looks));
}

/** When one check wants to be looked at for limits that are broken and do not count yet, ms since 1970. */
function looksFor(check: JudgedCheck, streak: Streak | undefined, now: Date): number[] {
  return rulesOf(check).flatMap((rule) => {
    const { limit } = rule;
    const memory = streak?.memory?.[memoryKey(rule)];
    if (!memory) return [];
    if (limit.forMs !== undefined) return [now.getTime() + spanRhythmMs(limit.forMs, FAST_RHYTHM_MS)];
    const from = countsFrom(memory, check.windowMs);
    return from && from > now ? [from.getTime()] : [];
  });
}
