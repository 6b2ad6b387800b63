import type { CheckPlan, Limit } from './plan.js';

/** Health in four answers. Unknown is neither healthy nor a breach. */
export type Verdict = 'pass' | 'warning' | 'unknown' | 'critical';
/** What a reading that gave a number says. */
export type Level = 'pass' | 'warning' | 'critical';

const ORDER: Readonly<Record<Verdict, number>> = { pass: 0, warning: 1, unknown: 2, critical: 3 };

export function isWorse(a: Verdict, than: Verdict): boolean {
  return ORDER[a] > ORDER[than];
}

/** The worst of several; nothing at all is unknown, never pass. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return verdicts.length === 0 ? 'unknown' : verdicts.reduce((a, b) => (isWorse(b, a) ? b : a));
}

/** The milder of two levels: a breach needs two readings in a row, so the verdict is the milder of the last two. */
export function milder(a: Level, b: Level): Level {
  return isWorse(a, b) ? b : a;
}

export function breaks(limit: Limit, value: number): boolean {
  switch (limit.op) {
    case 'above':
      return value > limit.value;
    case 'below':
      return value < limit.value;
    case 'at_least':
      return value >= limit.value;
    case 'at_most':
      return value <= limit.value;
    default:
      return limit.op satisfies never;
  }
}

/** Compares one finite number with a check's limits. */
export function levelOf(check: CheckPlan, value: number): Level {
  if (check.critical && breaks(check.critical, value)) return 'critical';
  if (check.warning && breaks(check.warning, value)) return 'warning';
  return 'pass';
}
