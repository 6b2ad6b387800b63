import type { Handlers } from './handlers.js';
import type { Rollout } from './rollout.js';
import { type Step, type StepState, startedStep, withStep } from './steps.js';

/** How steps on the way into a stage change a rollout. */
export const STEPS = {
  step_started(r, { step }): Rollout {
    return inState(r, step, 'started');
  },
  step_done(r, { step, way }): Rollout {
    return way === 'undo' ? inState(r, step, 'undone') : itsOwnEnd(r, step, 'done');
  },
  step_failed(r, { step, way }): Rollout {
    return way === 'undo' ? inState(r, step, 'undo_failed') : itsOwnEnd(r, step, 'failed');
  },
} satisfies Partial<Handlers>;

/** What is to be undone is undone however its own end turned out. */
function itsOwnEnd(r: Rollout, step: Step, state: StepState): Rollout {
  return startedStep(r, step)?.state === 'undoing' ? r : inState(r, step, state);
}

function inState(r: Rollout, step: Step, state: StepState): Rollout {
  return { ...r, steps: withStep(r.steps, step, state) };
}
