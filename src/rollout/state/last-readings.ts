import type { LastReading } from '../health/baseline.js';
import type { Streak } from '../health/streak.js';
import type { Rollout } from './rollout.js';

/** What is known of every check when somebody is asked to decide. Checks that never gave a number are not in it. */
export function lastReadings(
  { plan, health: { numbers, numbersAt, reports } }: Rollout,
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
