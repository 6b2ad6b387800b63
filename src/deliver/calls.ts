/** Single calls to targets: how long each may take, and what is looked at before one is made. */

import { detailOf, type TargetAnswer } from '../read-outside.js';
import { placesOf } from '../rollout/plan/places.js';
import type { Plan } from '../rollout/plan/plan.js';
import type { Fact } from '../rollout/state/commands.js';
import type { TargetEffect } from '../rollout/state/effects.js';
import { placeName } from '../slack/words/places.js';
import {
  LONGEST_TARGET_CALL_MS,
  type RaiseOrder,
  type Target,
  TargetError,
  type TargetReading,
} from '../targets/target.js';

function timeLimit(): AbortSignal {
  return AbortSignal.timeout(LONGEST_TARGET_CALL_MS);
}

/** A target, and what was read from it before the raise was decided. */
export interface SeenTarget {
  readonly target: Target;
  readonly seen: TargetReading;
}

/** Raises all targets side by side and waits for every answer, so that none is still under way after it. Tells those that failed. */
export async function raiseAll(
  targets: readonly SeenTarget[],
  exposure: number,
  { signal, mayWrite }: Pick<RaiseOrder, 'signal' | 'mayWrite'>,
): Promise<{ readonly target: Target; readonly error: unknown }[]> {
  const results = await Promise.all(
    targets.map(async ({ target, seen }) => {
      try {
        await target.raise(exposure, { signal: AbortSignal.any([signal, timeLimit()]), seen, mayWrite });
        return [];
      } catch (error) {
        return [{ target, error }];
      }
    }),
  );
  return results.flat();
}

/** The targets with what was read of them. Throws TargetError `rejected` when one could not be read. */
export function seenTargets(targets: readonly Target[], answers: readonly TargetAnswer[]): SeenTarget[] {
  return targets.map((target, index) => {
    const reading = answers[index]?.reading ?? { error: 'not read' };
    if ('error' in reading) throw new TargetError('rejected', reading.error, { target: target.name, retryable: true });
    return { target, seen: reading };
  });
}

/**
 * What a raise starts from must still be there: a switch somebody pulled by hand is not pushed back by an approval that
 * never saw it. Targets that were `tried` before may be anywhere between. Null, or what was read instead.
 */
export function movedMeanwhile(
  seen: readonly SeenTarget[],
  { from, to }: Extract<TargetEffect, { kind: 'raise' }>,
  tried: ReadonlySet<Target>,
): string | null {
  const moved = seen.some(({ target, seen: { exposure, partial } }) => {
    if (tried.has(target)) return exposure < from || exposure > to;
    return exposure !== from || partial;
  });
  return moved ? seen.map(({ seen: { detail } }) => detail).join('; ') : null;
}

/** What the lowerings of all targets came to. */
interface AllLowered {
  /** For people: how it was done where it was not done plainly. */
  readonly notes: readonly string[];
  readonly errors: readonly string[];
  /** One of them will never be at this percentage. */
  readonly refusedForGood: boolean;
}

/** Takes all targets down side by side. Each has its own time: one that hangs or fails holds no other up. */
export async function lowerAll(targets: readonly Target[], to: number): Promise<AllLowered> {
  const results = await Promise.all(
    targets.map(async (target) => {
      try {
        const { note } = await target.lower(to, timeLimit());
        return { note: note === null ? [] : [`${target.name}: ${note}`], error: [], final: false };
      } catch (error) {
        const final = error instanceof TargetError && error.final;
        return { note: [], error: [`${target.name}: ${detailOf(error)}`], final };
      }
    }),
  );
  return {
    notes: results.flatMap(({ note }) => note),
    errors: results.flatMap(({ error }) => error),
    refusedForGood: results.some(({ final }) => final),
  };
}

/** Tries all targets side by side. Throws TargetError with everything that was found, `retryable` when all of it may pass. */
export async function rehearseAll(
  targets: readonly Target[],
  plan: Plan,
): Promise<Extract<Fact, { type: 'rehearsed' }>['exposures']> {
  const results = await Promise.allSettled(targets.map((target) => target.rehearse(placesOf(plan), timeLimit())));
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  if (errors.length > 0) throw asOne(errors, plan);
  return results.flatMap((result, index) => {
    if (result.status === 'rejected') return [];
    const { reading, notes, rungs } = result.value;
    return [{ target: targets[index]?.name ?? '', reading, notes, ...(rungs && { rungs }) }];
  });
}

function asOne(errors: readonly unknown[], plan: Plan): unknown {
  const bug = errors.find((error) => !(error instanceof TargetError));
  if (bug) return bug;
  const all = errors.filter((error) => error instanceof TargetError);
  const final = all.find(({ retryable }) => !retryable);
  const message = all
    .map((error) => (error.place === undefined ? '' : `${placeName(plan, error.place)}: `) + error.message)
    .join('; ');
  const { code } = final ?? all[0] ?? { code: 'rejected' };
  return new TargetError(code, message, { retryable: !final });
}
