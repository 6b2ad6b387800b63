/** Single calls to targets: how long each may take, and what is looked at before one is made. */

import type { TargetAnswer } from './measure.js';
import type { TargetEffect } from './rollout/effects.js';
import { plainExposure } from './rollout/exposure.js';
import type { ExposureReading } from './rollout/health.js';
import type { Plan } from './rollout/plan.js';
import type { EffectRow } from './store/effects.js';
import {
  LONGEST_TARGET_CALL_MS,
  type RaiseOrder,
  type Target,
  TargetError,
  type TargetReading,
} from './targets/target.js';

export function timeLimit(): AbortSignal {
  return AbortSignal.timeout(LONGEST_TARGET_CALL_MS);
}

/** A target, and what was read of it before the raise was decided. */
export interface SeenTarget {
  readonly target: Target;
  readonly seen: TargetReading;
}

/** Raises all targets side by side and waits for every answer, so that none is still under way when an error is thrown. */
export async function raiseAll(
  targets: readonly SeenTarget[],
  exposure: number,
  { signal, mayWrite }: Pick<RaiseOrder, 'signal' | 'mayWrite'>,
): Promise<void> {
  const results = await Promise.allSettled(
    targets.map(({ target, seen }) =>
      target.raise(exposure, { signal: AbortSignal.any([signal, timeLimit()]), seen, mayWrite }),
    ),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/** The targets with what was read of them. Throws TargetError `rejected` when one could not be read. */
export function seenTargets(targets: readonly Target[], answers: readonly TargetAnswer[]): SeenTarget[] {
  return targets.map((target, index) => {
    const reading = answers[index]?.reading ?? { error: 'not read' };
    if ('error' in reading) throw new TargetError('rejected', `${target.name}: ${reading.error}`, { retryable: true });
    return { target, seen: reading };
  });
}

/** A look before a lowering may not hold it up for long. */
const LOOK_MS = 2_000;

/**
 * What a raise starts from must still be there: a switch somebody pulled by hand is not pushed back by an approval that
 * never saw it. A second try may find its own first one half done. Throws when it cannot be read.
 */
export function movedMeanwhile(
  row: EffectRow,
  effect: Extract<TargetEffect, { kind: 'raise' }>,
  plan: Plan,
  found: ExposureReading,
): string | null {
  if ('error' in found) throw new TargetError('rejected', found.error, { retryable: true });
  const { exposure, partial, detail } = found;
  const again = row.attempts > 1 && exposure >= effect.from && exposure <= effect.to;
  return again || (exposure === effect.from && !partial)
    ? null
    : `expected ${plainExposure(plan, effect.from)}, read ${detail}`;
}

/** Telling a target to be at 10 % would raise one that somebody already took to 0: look first, unless it is off we want. */
export async function isAbove(target: Target, to: number): Promise<boolean> {
  if (to === 0) return true;
  try {
    const reading = await target.read(AbortSignal.timeout(LOOK_MS));
    // Rows that differ, the highest of them right where it should be, are put in order by being told again.
    return reading.exposure > to || (reading.partial && reading.exposure === to);
  } catch {
    return true;
  }
}
