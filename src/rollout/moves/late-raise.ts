/** A raise that ended after it was over. */

import type { Fact } from '../state/commands.js';
import type { Context } from '../state/context.js';
import { type Decision, nothing } from '../state/decision.js';
import type { Rollout } from '../state/rollout.js';
import { failRaise } from './advance.js';
import { Draft } from './draft.js';
import { seenLate, tellOfTargets } from './roll-back.js';

/**
 * A raise that was delayed reports back after its order was cancelled. Its write may have reached the targets, so users may have
 * more than they should: the targets are lowered at once and read, whatever the phase. If another rollout moves them
 * by now, the number in them is that rollout's: nothing is written, and people are told.
 */
export function decideLateRaise(rollout: Rollout, fact: Extract<Fact, { type: 'late_raise' }>, ctx: Context): Decision {
  // Somebody else is at the same raise: it is wanted, and they read it back.
  if (rollout.raise && fact.movedSeq === rollout.exposure.movedSeq) return nothing('raise_goes_on');
  if (fact.to <= rollout.exposure.wanted) return nothing('not_above_wanted');
  // Another lowering would only make this one later: it is read back, and again a second after that.
  if (rollout.phase === 'rolling_back' && !fact.elsewhere) return nothing('being_lowered');
  const draft = new Draft(rollout, { kind: 'bot' }, ctx.now);
  const { to, exposure, elsewhere = false } = fact;
  const detail = { kind: 'late_raise', to, elsewhere } as const;
  if (elsewhere) {
    tellOfTargets(draft, exposure, detail);
    return draft.done('told_already');
  }
  const { wanted } = rollout.exposure;
  if (exposure === null) draft.add({ type: 'late_raise_reported', to });
  else seenLate(draft, { kind: 'read_after', what: 'raise', found: exposure, wanted });
  if (rollout.raise) return failRaise(draft, 'exposure_moved', detail);
  return draft.voidRequest('exposure_moved', detail).lower().showRollback().done();
}
