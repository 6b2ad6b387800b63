/** What is measured of a rollout besides its verdicts: the baseline, whole bakes, and what people report. */
import type { Actor } from './actor.js';
import type { ProbeConfig } from './plan.js';
import type { Rollout } from './rollout.js';
import type { CheckReading } from './streak.js';

/** The mean of every check over the baseline's period, before any exposure or when somebody asked again. */
export interface Baseline {
  /** 1 for the one captured at the start. */
  readonly no: number;
  readonly numbers: Readonly<Record<string, number>>;
  readonly at: Date;
  /** What users had while it was measured, percent. */
  readonly exposure: number;
  readonly by: Actor;
  /** Why it was captured again; '' at the start. */
  readonly reason: string;
}

/** A baseline that is being captured. */
export interface Capture {
  readonly no: number;
  readonly since: Date;
  readonly by: Actor;
  readonly reason: string;
}

/** A number that a person reported. */
export interface Report {
  readonly value: number;
  readonly at: Date;
  readonly by: Actor;
  readonly note: string;
}

/** A report still counts for half its rhythm after the next one is due: people are late. */
const GRACE = 1.5;

/** What a check that people report says now. An old report is no number. */
export function reported(
  check: { readonly name: string; readonly probe: Extract<ProbeConfig, { kind: 'manual' }> },
  { reports, bakeStartedAt }: Pick<Rollout, 'reports'> & { readonly bakeStartedAt?: Date | null },
  now: Date,
): CheckReading {
  const report = reports && Object.hasOwn(reports, check.name) ? reports[check.name] : undefined;
  if (!report) return { unknown: 'no_value', detail: 'nobody has reported it yet', tookMs: 0 };
  if (bakeStartedAt && report.at < bakeStartedAt) {
    return { unknown: 'stale', detail: 'the last report was before this stage', tookMs: 0 };
  }
  if (now.getTime() - report.at.getTime() > check.probe.everyMs * GRACE) {
    return { unknown: 'stale', detail: 'the last report is too old', tookMs: 0 };
  }
  return { value: report.value, tookMs: 0, at: report.at };
}

/** Checks whose report is due and was not asked for yet since then. */
export function reportsDue(rollout: Rollout, now: Date): string[] {
  return rollout.plan.checks.flatMap(({ name, probe }) => {
    if (probe.kind !== 'manual') return [];
    const { bakeStartedAt: begun } = rollout;
    const due = (at: Date | undefined) =>
      at === undefined || (begun !== null && at < begun) || now.getTime() - at.getTime() >= probe.everyMs;
    return due(rollout.reports?.[name]?.at) && due(rollout.asked?.[name]?.at) ? [name] : [];
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
