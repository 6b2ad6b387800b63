/** A raise that ended after it was over. */

import { plainExposure } from '../plan/exposure.js';
import type { Fact } from '../state/commands.js';
import { type Context, type Decision, nothing } from '../state/decision.js';
import type { Rollout } from '../state/rollout.js';
import { failRaise } from './advance.js';
import { Draft } from './draft.js';
import { seenLate, tellOfTargets } from './roll-back.js';

/**
 * Whoever raised was held up, and hears only now that the order was taken back: its write may have gone out, read back or not.
 * Users may have more than is wanted, so the targets are lowered at once and read, whatever the phase. Where another
 * rollout moves them by now, its own exposure stands there: nothing is written, and people are told.
 */
export function decideLateRaise(rollout: Rollout, fact: Extract<Fact, { type: 'late_raise' }>, ctx: Context): Decision {
  // Somebody else is at the same raise: it is wanted, and they read it back.
  if (rollout.waiting.raise && fact.movedSeq === rollout.exposure.movedSeq) return nothing('it is being raised');
  if (fact.to <= rollout.exposure.wanted) return nothing('not above what is wanted');
  // Another lowering would only make this one later: it is read back, and again a second after that.
  if (rollout.phase === 'rolling_back' && !fact.elsewhere) return nothing('it is being lowered');
  const draft = new Draft(rollout, { kind: 'bot' }, ctx.now);
  const to = plainExposure(rollout.plan, fact.to);
  const wanted = plainExposure(rollout.plan, rollout.exposure.wanted);
  if (fact.elsewhere) {
    const why = `late_raise: the raise to ${to} ended after it was over, and another rollout moves these targets now; nothing was written, see what users have`;
    tellOfTargets(draft, fact.exposure, why);
    return draft.done('told already');
  }
  if (fact.exposure === null) draft.add({ type: 'late_raise_reported', to: fact.to });
  else seenLate(draft, fact.exposure, `${to} was read after the raise was over, ${wanted} is wanted`);
  const detail = `a raise to ${to} ended after it was over`;
  if (rollout.waiting.raise) return failRaise(draft, 'exposure_moved', detail);
  return draft.voidRequest('exposure_moved', detail).lower().showRollback().done();
}
