/** There is a stage to go to. */
import { nextStage } from '../state/rollout.js';
import { met, notAsked, type Requirement, type RequirementAnswer, type Situation, unmet } from './requirement.js';

function hasNext({ rollout }: Situation): RequirementAnswer {
  return nextStage(rollout) ? met() : unmet('last_stage');
}

export const nextStageLeft: Requirement = {
  start: hasNext,
  asked: hasNext,
  auto: hasNext,
  // The request names its stage; it was there when it was asked for, and a plan never changes.
  approved: notAsked,
  raising: notAsked,
};
