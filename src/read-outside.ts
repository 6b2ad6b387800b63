import type { Outside } from './adapters/index.js';
import type { ExposureReading } from './rollout/health/assess.js';
import { type Reported, reported } from './rollout/health/reported.js';
import type { CheckReading } from './rollout/health/streak.js';
import type { Plan } from './rollout/plan/plan.js';
import { LONGEST_TARGET_CALL_MS, TargetError, type TargetReading } from './targets/target.js';

/** Longer than any probe's own timeout: only a probe that broke its contract meets it. */
const PROBE_WALL_MS = 12_000;

/** What is read: a plan's checks, and what people have reported for some of them. */
interface Read extends Reported {
  readonly plan: Pick<Plan, 'checks'>;
}

/** Reads every check of a rollout once, side by side. Never throws: what cannot be read is unknown. */
export async function readChecks(rollout: Read, outside: Outside, now: Date): Promise<Record<string, CheckReading>> {
  const readings = await Promise.all(
    rollout.plan.checks.map(async (check): Promise<[string, CheckReading]> => {
      const { probe: config } = check;
      if (config.kind === 'manual') return [check.name, reported({ name: check.name, probe: config }, rollout, now)];
      const probe = outside.probes.get(check.name);
      if (!probe) return [check.name, { unknown: 'internal', detail: 'no probe', tookMs: 0 }];
      return [check.name, await probe.measure(AbortSignal.timeout(PROBE_WALL_MS))];
    }),
  );
  return Object.fromEntries(readings);
}

/** What one target answered. */
export interface TargetAnswer {
  readonly target: string;
  readonly reading: TargetReading | Extract<ExposureReading, { error: string }>;
}

/** One reading per target, side by side, in the order of the targets; an error is a reading too. */
export async function readEachTarget(outside: Outside): Promise<TargetAnswer[]> {
  return Promise.all(
    outside.targets.map(async (target) => {
      try {
        return { target: target.name, reading: await target.read(AbortSignal.timeout(LONGEST_TARGET_CALL_MS)) };
      } catch (error) {
        const { atLeast, remaining } = error instanceof TargetError ? error : {};
        const known = atLeast === undefined ? {} : { atLeast };
        const rest = remaining ? { remaining } : {};
        return { target: target.name, reading: { error: detailOf(error), ...known, ...rest } };
      }
    }),
  );
}

/** All targets as one: the highest exposure counts, any difference is partial, any error makes it unreadable. */
export function together(readings: readonly { target: string; reading: ExposureReading }[]): ExposureReading {
  const good = readings.flatMap(({ reading }) => ('error' in reading ? [] : [reading]));
  const errors = readings.flatMap(({ target, reading }) => ('error' in reading ? [`${target}: ${reading.error}`] : []));
  const exposure = Math.max(...good.map((reading) => reading.exposure));
  if (errors.length > 0) {
    const known = readings.flatMap(({ reading }) => ('error' in reading ? (reading.atLeast ?? []) : reading.exposure));
    return { error: errors.join('; '), ...(known.length > 0 && { atLeast: Math.max(...known) }) };
  }
  if (good.length === 0) return { error: 'no target' };
  const partial = good.some((reading) => reading.partial || reading.exposure !== exposure);
  return { exposure, partial, detail: good.map((reading) => reading.detail).join('; ') };
}

/** The same for the way down: a part that is gone gives it to nobody, so the parts that are there say it all. */
export function afterLowering(readings: readonly { target: string; reading: ExposureReading }[]): ExposureReading {
  return together(
    readings.map(({ target, reading }) =>
      'error' in reading && reading.remaining
        ? { target, reading: { ...reading.remaining, partial: true } }
        : { target, reading },
    ),
  );
}

/** The same for where the target's name stands beside it. */
export function detailOf(error: unknown): string {
  return error instanceof TargetError ? error.detail : describe(error);
}

/** What went wrong, in the adapter's own words; anything but a TargetError is a bug and says only its name. */
export function describe(error: unknown): string {
  if (error instanceof TargetError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error';
}
