import type { Actor } from './actor.js';
import type { Rollout } from './rollout.js';
import type { Streak } from './streak.js';

/** The last number of a check, when it was read, and by whom where a person reported it. */
export interface LastReading {
  readonly value: number;
  /** Null: not known. The check has given no number since. */
  readonly at: Date | null;
  readonly by?: Actor;
}

/** What is known of every check when somebody is asked to decide. Checks that never gave a number are not in it. */
export function lastReadings(
  { plan, numbers, numbersAt, reports }: Rollout,
  streaks: Readonly<Record<string, Streak>> | undefined,
): Readonly<Record<string, LastReading>> {
  const found = plan.checks.flatMap(({ name, probe }): [string, LastReading][] => {
    const report = probe.kind === 'manual' && reports && Object.hasOwn(reports, name) ? reports[name] : undefined;
    if (report) return [[name, { value: report.value, at: report.at, by: report.by }]];
    const streak = streaks && Object.hasOwn(streaks, name) ? streaks[name] : undefined;
    if (streak && streak.value !== null && streak.readAt)
      return [[name, { value: streak.value, at: streak.unknownInRow > 0 ? null : streak.readAt }]];
    const value = Object.hasOwn(numbers, name) ? numbers[name] : undefined;
    return value === undefined ? [] : [[name, { value, at: numbersAt ?? null }]];
  });
  return Object.fromEntries(found);
}
