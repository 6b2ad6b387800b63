/** The lane of steps: done once, looked at when nobody knows whether they were, undone in order by a rollback. */

import type { Dispatch, DispatchAnswer } from '../dispatch.js';
import { describe } from '../read-outside.js';
import type { StepEffect } from '../rollout/state/effects.js';
import { type Step, startedStep } from '../rollout/state/steps.js';
import type { Db } from '../store/connect.js';
import { type EffectRow, endEffect, renewClaim, retryEffect } from '../store/effects.js';
import { loadRollout } from '../store/rollouts.js';

export type Verified = 'done' | 'not_done' | 'unknown';

/** It certainly failed: nothing of it is still under way. Any other error of `do` says that nobody knows. */
export class StepFailedError extends Error {}

/** Does what a step says. */
export interface StepRunner {
  do(step: Step): Promise<void>;
  /** Was it done? Asked where its end is not known. */
  verify(step: Step): Promise<Verified>;
  /** Harmless where the step did nothing, and where it was undone before. */
  undo(step: Step): Promise<void>;
}

interface Options {
  readonly db: Db;
  readonly dispatch: Pick<Dispatch, 'fact'>;
  readonly runner: StepRunner;
}

export type StepLane = (row: EffectRow, effect: StepEffect) => Promise<void>;

const AGAIN_MS = 10_000;
/** An undo is told to people when it did not go this often; it is tried on, more slowly, because what comes after it waits. */
const UNDO_TRIES = 3;
const UNDO_SLOWLY_MS = 5 * 60_000;

/**
 * States: waiting, begun (recorded before it is done), ended (recorded after). Whoever finds it begun asks `verify`, and does
 * it again only where that says it was not done. A process that lost its fence does nothing and records nothing; only a
 * process that is gone loses it, never one that is slow.
 */
export function createStepLane({ db, dispatch, runner }: Options): StepLane {
  const fact = (row: EffectRow, name: string, value: Parameters<Dispatch['fact']>[2]): Promise<DispatchAnswer> =>
    dispatch.fact(`effect:${row.id}:${name}`, row.rolloutId, value);

  async function ended(row: EffectRow, { step, way }: StepEffect, failed: string | null): Promise<void> {
    if (!(await renewClaim(db, row))) return;
    await fact(row, 'ended', { type: 'step_ended', step, way, failed });
    await endEffect(db, row, failed === null ? 'done' : 'failed', failed);
  }

  /** Whether it is to be done now; what else follows is written. */
  async function begins(row: EffectRow, effect: StepEffect): Promise<boolean> {
    const { step } = effect;
    const answer = await fact(row, 'started', { type: 'step_started', step });
    if (answer.kind === 'accepted' && !answer.repeated) return true;
    if (answer.kind === 'nothing' && answer.because === 'step_over') {
      await endEffect(db, row, 'expired', answer.because);
      return false;
    }
    if (answer.kind === 'refused' || (answer.kind === 'nothing' && answer.because === 'step_waits')) {
      await retryEffect(db, row, AGAIN_MS, answer.kind === 'refused' ? answer.refusal.reason : answer.because);
      return false;
    }
    const verified = await runner.verify(step).catch((): Verified => 'unknown');
    switch (verified) {
      case 'done':
        await ended(row, effect, null);
        return false;
      case 'not_done':
        return true;
      case 'unknown':
        await retryEffect(db, row, AGAIN_MS, 'nobody knows whether it was done');
        return false;
      default:
        return verified satisfies never;
    }
  }

  async function doOnce(row: EffectRow, effect: StepEffect): Promise<void> {
    if (!(await renewClaim(db, row))) return;
    if (!(await begins(row, effect)) || !(await renewClaim(db, row))) return;
    try {
      await runner.do(effect.step);
    } catch (error) {
      if (error instanceof StepFailedError) return await ended(row, effect, describe(error));
      return void (await retryEffect(db, row, AGAIN_MS, describe(error)));
    }
    await ended(row, effect, null);
  }

  async function undo(row: EffectRow, effect: StepEffect): Promise<void> {
    const { step, way } = effect;
    const loaded = await loadRollout(db, row.rolloutId);
    const known = loaded && startedStep(loaded.rollout, step);
    if (!known || known.state === 'undone') return void (await endEffect(db, row, 'done'));
    if (!(await renewClaim(db, row))) return;
    try {
      await runner.undo(step);
    } catch (error) {
      const failed = describe(error);
      const many = row.attempts >= UNDO_TRIES;
      if (many && (await renewClaim(db, row))) await fact(row, 'undo', { type: 'step_ended', step, way, failed });
      return void (await retryEffect(db, row, many ? UNDO_SLOWLY_MS : AGAIN_MS, failed));
    }
    await ended(row, effect, null);
  }

  return async (row, effect) => {
    switch (effect.way) {
      case 'do':
        return await doOnce(row, effect);
      case 'undo':
        return await undo(row, effect);
      default:
        return effect.way satisfies never;
    }
  };
}
