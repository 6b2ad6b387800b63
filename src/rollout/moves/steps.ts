/** Steps on the way into a stage: what their lane is about to do, and how it ended. */
import type { Fact } from '../state/commands.js';
import type { Context } from '../state/context.js';
import { type Decision, nothing } from '../state/decision.js';
import { isTerminal, type Rollout } from '../state/rollout.js';
import { startedStep } from '../state/steps.js';
import { Draft } from './draft.js';

type Of<T extends Fact['type']> = Extract<Fact, { type: T }>;

/**
 * Recorded before it is done: if the process dies in between, the record says that it may have been done. Once a
 * rollback is ordered nothing begins any more, so what that rollback undoes is all there is.
 */
export function decideStepStarted(rollout: Rollout, { step }: Of<'step_started'>, ctx: Context): Decision {
  const known = startedStep(rollout, step);
  if (known && known.state !== 'started') return nothing('step_over');
  if (isTerminal(rollout.phase) || rollout.phase === 'rolling_back') return nothing('step_over');
  if (known) return nothing('step_begun_before');
  if (rollout.phase === 'held') return nothing('step_waits');
  return new Draft(rollout, { kind: 'bot' }, ctx.now).add({ type: 'step_started', step }).done();
}

export function decideStepEnded(rollout: Rollout, fact: Of<'step_ended'>, ctx: Context): Decision {
  const { step, way, failed } = fact;
  const state = startedStep(rollout, step)?.state;
  const open = way === 'do' ? ['started', 'undoing'] : ['undoing', 'undo_failed'];
  if (!state || !open.includes(state)) return nothing('step_end_known');
  if (failed !== null && state === 'undo_failed') return nothing('step_end_known');
  const draft = new Draft(rollout, { kind: 'bot' }, ctx.now);
  if (failed === null) return draft.add({ type: 'step_done', step, way }).done();
  return draft.add({ type: 'step_failed', step, way, detail: failed }).done();
}
