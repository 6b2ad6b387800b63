import { decideStart } from '../../src/rollout/moves/start.js';
import type { Plan } from '../../src/rollout/plan/plan.js';
import type { Phase, Rollout } from '../../src/rollout/state/rollout.js';
import { LENA, NOON, PLAN, SAM, startRequest } from './fixture.js';
import { Story } from './given.js';

export function started(plan: Plan = PLAN): Story {
  return new Story(decideStart(startRequest(plan), NOON));
}

/** Something is to be done before it begins. */
function planned(plan: Plan): Story {
  const item = { no: 1, name: 'merged', title: 'Merged', work: { kind: 'do' }, needs: [] } as const;
  return new Story(
    decideStart({ ...startRequest(plan), lists: [{ kind: 'before', stageNo: 0, items: [item] }] }, NOON),
  );
}

/** A run that the bot rolled back while it baked in this stage; those before it had passed. */
export function rolledBackIn(stageNo: number, plan: Plan = PLAN): Story {
  const story = bakingStage(stageNo, plan);
  return story.assessed({ errors: 'critical' }).lowered().settleRead(0, true);
}

/** The run after one that was rolled back by a false alarm, begun again in that one's last good stage. */
export function enteringAgain(last: Rollout, plan: Plan = PLAN): Story {
  const again = { kind: 'false_alarm', reason: 'the probe read another shop' } as const;
  return new Story(decideStart({ ...startRequest(plan), id: 8, run: 2, last, again }, NOON));
}

/** Stage 1 is being watched; its raise was ordered without an approval. */
export function bakingStage1(plan: Plan = PLAN, anchor = 0): Story {
  return started(plan).rehearsed(anchor).raised();
}

/** Waiting for the approval of the next stage, or raising to it when it needs none. */
export function asking(stageNo: number, plan: Plan = PLAN): Story {
  const story = stageNo === 2 ? bakingStage1(plan) : bakingStage(stageNo - 1, plan);
  return story.baked().advances();
}

/** The raise to this stage is on its way. */
export function applyingStage(stageNo: number, plan: Plan = PLAN): Story {
  if (stageNo === 1) return started(plan).rehearsed();
  const story = asking(stageNo, plan);
  if (story.rollout.phase === 'awaiting_approval') story.approves(LENA);
  if (story.rollout.phase === 'awaiting_approval') story.approves(SAM);
  return story;
}

export function bakingStage(stageNo: number, plan: Plan = PLAN): Story {
  return applyingStage(stageNo, plan).raised();
}

/** Somewhere in the middle of a rollout, in this phase. */
export function inPhase(phase: Phase, plan: Plan = PLAN): Story {
  switch (phase) {
    case 'planned':
      return planned(plan);
    case 'starting':
      return started(plan);
    case 'ready':
      return bakingStage(2, plan).baked();
    case 'awaiting_approval':
      return asking(3, plan);
    case 'applying':
      return applyingStage(3, plan);
    case 'baking':
      return bakingStage(2, plan);
    case 'held':
      return bakingStage(2, plan).pauses();
    case 'rolling_back':
      return bakingStage(2, plan).rollsBack();
    case 'rolled_back':
      return bakingStage(2, plan).rollsBack().lowered();
    case 'completed':
      return bakingStage(4, plan).baked();
    case 'not_started':
      return started(plan).hears({ type: 'rehearsal_failed', reason: 'rehearsal_failed', detail: 'no answer' });
    default:
      return phase satisfies never;
  }
}
