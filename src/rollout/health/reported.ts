/** What is measured of a rollout besides its verdicts: the baseline, whole bakes, and what people report. */

import type { Plan, ProbeConfig } from '../plan/plan.js';
import type { Report } from './baseline.js';
import type { CheckReading } from './streak.js';

/** What people have reported, by check. Numbers from before the bake began say nothing of it. */
export interface Reported {
  readonly health: { readonly reports: Readonly<Record<string, Report>> };
  readonly bake?: { readonly startedAt: Date | null };
}

/** A report still counts for half its rhythm after the next one is due: people are late. */
const GRACE = 1.5;

/** What a check that people report says now. An old report is no number. */
export function reported(
  check: { readonly name: string; readonly probe: Extract<ProbeConfig, { kind: 'manual' }> },
  { health: { reports }, bake }: Reported,
  now: Date,
): CheckReading {
  const report = Object.hasOwn(reports, check.name) ? reports[check.name] : undefined;
  if (!report) return { unknown: 'not_reported', detail: '', tookMs: 0 };
  if (bake?.startedAt && report.at < bake.startedAt) {
    return { unknown: 'reported_before', detail: '', tookMs: 0 };
  }
  if (now.getTime() - report.at.getTime() > check.probe.everyMs * GRACE) {
    return { unknown: 'report_too_old', detail: '', tookMs: 0 };
  }
  return { value: report.value, tookMs: 0, at: report.at };
}

/** Checks whose report is due and was not asked for yet since then. */
export function reportsDue(
  rollout: Reported & {
    readonly plan: Pick<Plan, 'checks'>;
    readonly health: { readonly asked: Readonly<Record<string, { readonly at: Date }>> };
  },
  now: Date,
): string[] {
  return rollout.plan.checks.flatMap(({ name, probe }) => {
    if (probe.kind !== 'manual') return [];
    const begun = rollout.bake?.startedAt ?? null;
    const due = (at: Date | undefined) =>
      at === undefined || (begun !== null && at < begun) || now.getTime() - at.getTime() >= probe.everyMs;
    return due(rollout.health.reports[name]?.at) && due(rollout.health.asked[name]?.at) ? [name] : [];
  });
}

/**
 * When people are shown the next summary of a bake, after the last one; null when the plan wants none. A rhythm that
 * lasts for a while counts from the bake's beginning.
 */
export function nextSummary(
  steps: readonly { readonly everyMs: number; readonly forMs?: number }[] | undefined,
  startedAt: Date,
  last: Date | null,
): Date | null {
  if (!steps || steps.length === 0) return null;
  let ends = startedAt.getTime();
  const from = Math.max(last?.getTime() ?? 0, startedAt.getTime());
  for (const { everyMs, forMs } of steps) {
    ends = forMs === undefined ? Number.POSITIVE_INFINITY : ends + forMs;
    if (from + everyMs <= ends) return new Date(from + everyMs);
  }
  const { everyMs } = steps.at(-1) ?? { everyMs: 0 };
  return new Date(from + everyMs);
}
