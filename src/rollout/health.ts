import type { CheckPlan, Plan, StagePlan } from './plan.js';
import { type Level, levelOf, milder, type Verdict } from './verdict.js';

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
}

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
  readonly stopped: { readonly subject: string; readonly why: string; readonly since: Date } | null;
  readonly streaks: Readonly<Record<string, Streak>>;
  readonly fence: number;
}

export type CheckReading =
  | { readonly value: number; readonly tookMs: number }
  | { readonly unknown: string; readonly detail: string; readonly tookMs: number };

export type ExposureReading =
  | { readonly exposure: number; readonly partial: boolean; readonly detail: string }
  /** Not to be read as a whole; what could be read of it is exposed at least this much. */
  | { readonly error: string; readonly atLeast?: number };

/** The name under which readings of the targets themselves are remembered. No check may be called so. */
export const TARGET_SUBJECT = '@target';

const FAST_RHYTHM_MS = 10_000;
const FAST_AFTER_RAISE_MS = 10 * 60_000;
const CREDIT_CAP = 1.5;

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

/** What one reading says; null when it gave no number, or none that can be compared: nothing passes by default. */
export function levelRead(check: CheckPlan, reading: CheckReading): Level | null {
  return 'unknown' in reading || !Number.isFinite(reading.value) ? null : levelOf(check, reading.value);
}

/** Adds one reading to a check's memory. */
export function nextStreak(streak: Streak, level: Level | null, reading: CheckReading, now: Date): Streak {
  if ('unknown' in reading || level === null) {
    const why = 'unknown' in reading ? reading.detail || reading.unknown : 'no value';
    return {
      ...streak,
      ...{ verdict: 'unknown', unknownInRow: streak.unknownInRow + 1, unknownSince: streak.unknownSince ?? now, why },
      ...{ countedAt: null, readAt: now },
    };
  }
  return {
    level,
    // Two in a row: the milder of the last two. One bad number with none before it proves nothing either way.
    verdict: streak.level === null ? (level === 'pass' ? 'pass' : 'unknown') : milder(streak.level, level),
    value: reading.value,
    since: level === 'pass' ? null : (streak.since ?? now),
    unknownInRow: 0,
    unknownSince: null,
    why: '',
    countedAt: level === 'critical' ? null : now,
    readAt: now,
    before: streak.value,
  };
}

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
  readonly plan: Plan;
  readonly stage: StagePlan;
  readonly watch: Watch;
  readonly readings: Readonly<Record<string, CheckReading>>;
  readonly target: ExposureReading;
  /** Since when the rollout has been baking without a break; null when it is not baking: the clock stands still. */
  readonly bakingSince: Date | null;
  readonly now: Date;
}

/** Sums one round of readings into the watch: verdicts, observed healthy time, the next due time. */
export function assess(input: AssessInput): Watch {
  const { watch, now, stage } = input;
  const streaks = { ...watch.streaks };
  for (const check of input.plan.checks) {
    const reading = input.readings[check.name] ?? { unknown: 'no_value', detail: 'not measured', tookMs: 0 };
    streaks[check.name] = nextStreak(streaks[check.name] ?? NEW_STREAK, levelRead(check, reading), reading, now);
  }
  streaks[TARGET_SUBJECT] = nextStreak(streaks[TARGET_SUBJECT] ?? NEW_STREAK, ...targetLevel(input.target), now);
  const credit = input.bakingSince ? creditMs(input, streaks, input.bakingSince) : 0;
  return {
    ...watch,
    streaks,
    observedMs: watch.observedMs + credit,
    stopped: input.bakingSince ? stoppedBy(watch, streaks, now) : null,
    lastCheckAt: now,
    nextCheckAt: new Date(now.getTime() + rhythmMs(stage, watch, streaks, now)),
  };
}

function targetLevel(target: ExposureReading): [Level | null, CheckReading] {
  return 'error' in target
    ? [null, { unknown: 'unreadable', detail: target.error, tookMs: 0 }]
    : ['pass', { value: target.exposure, tookMs: 0 }];
}

/** Observed healthy time since the last round: the least over all checks, capped, only between two readings that count. */
function creditMs(input: AssessInput, streaks: Readonly<Record<string, Streak>>, bakingSince: Date): number {
  const cap = CREDIT_CAP * input.stage.checkEveryMs;
  const names = [...input.plan.checks.map((check) => check.name), TARGET_SUBJECT];
  const credits = names.map((name) => {
    const counted = input.watch.streaks[name]?.countedAt;
    if (!counted || !streaks[name]?.countedAt) return 0;
    const from = Math.max(counted.getTime(), bakingSince.getTime());
    return Math.max(0, Math.min(input.now.getTime() - from, cap));
  });
  return Math.min(...credits);
}

function stoppedBy(watch: Watch, streaks: Readonly<Record<string, Streak>>, now: Date): Watch['stopped'] {
  const entry = Object.entries(streaks).find(([, streak]) => streak.countedAt === null && streak.readAt !== null);
  if (!entry) return null;
  const [subject, streak] = entry;
  const since = watch.stopped?.since ?? streak.unknownSince ?? streak.since ?? now;
  return { subject, why: streak.unknownInRow > 0 ? streak.why : 'over its limit', since };
}

/** The plan's rhythm is the slowest; after anything but pass, and for a while after a raise, it is faster. */
function rhythmMs(stage: StagePlan, watch: Watch, streaks: Readonly<Record<string, Streak>>, now: Date): number {
  const calm = Object.values(streaks).every((streak) => streak.level === 'pass' && streak.unknownInRow === 0);
  const fresh = now.getTime() - watch.raisedAt.getTime() < FAST_AFTER_RAISE_MS;
  return calm && !fresh ? stage.checkEveryMs : Math.min(stage.checkEveryMs, FAST_RHYTHM_MS);
}
