import type { Plan, Reminders } from './plan.js';

/** How long each phase may wait before the clock looks at it again, ms. */
const STARTING_LIMIT_MS = 120_000;
/** A baseline with gaps may take twice its time. */
const CAPTURE_LIMIT = 2;
export const DAY_MS = 24 * 3_600_000;
export const REMIND_EVERY_MS = 4 * 3_600_000;
/** How reminders go where the plan does not say. */
export const DEFAULT_REMINDERS: Reminders = { everyMs: REMIND_EVERY_MS, atMost: 6 };
export const REQUEST_EXPIRES_MS = 24 * 3_600_000;
export const RAISE_EXPIRES_MS = 10 * 60_000;
/** Where another clock does the real work (the watch, the retries of a lowering) the wake only notices that nobody does it. */
export const LOOK_AGAIN_MS = 60_000;

/** A point in time this much later. */
export function later(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms);
}

/** A rollout that has not begun, and whether its baseline is being measured. */
interface Starting {
  readonly plan: Pick<Plan, 'baselineMs'>;
  readonly health: { readonly capture: unknown };
}

/** How long a start may take: the targets and every check are read, and then perhaps a baseline is captured. */
export function startingLimitMs({ plan, health }: Starting): number {
  return STARTING_LIMIT_MS + (health.capture ? CAPTURE_LIMIT * (plan.baselineMs ?? 0) : 0);
}

/** How long a baseline that was asked for again may take. */
export function captureLimitMs({ baselineMs = 0 }: Pick<Plan, 'baselineMs'>): number {
  return STARTING_LIMIT_MS + CAPTURE_LIMIT * baselineMs;
}
