/** A rollout rises from the phase in which this moment comes, and from no other. */
import type { Phase } from '../state/rollout.js';
import { met, type Requirement, type RequirementAnswer, type Situation, unmet } from './requirement.js';

/** People see the phase only where it is in the way. */
function oneOf(phases: readonly Phase[]) {
  return ({ rollout: { phase } }: Situation): RequirementAnswer =>
    phases.includes(phase) ? met() : unmet('wrong_phase', { kind: 'phase', ok: false, phase });
}

export const phase: Requirement = {
  start: oneOf(['starting']),
  // While it bakes, the bake itself is what is in the way.
  asked: oneOf(['planned', 'ready', 'baking']),
  auto: oneOf(['ready']),
  approved: oneOf(['awaiting_approval']),
  raising: oneOf(['applying']),
};
