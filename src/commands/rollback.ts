import { type RollbackWords, readRollback } from '../rollout/moves/orders.js';
import { plainExposure } from '../rollout/plan/exposure.js';
import type { Plan } from '../rollout/plan/plan.js';
import { readPlace } from '../rollout/spoken/read-place.js';
import type { Rollout } from '../rollout/state/rollout.js';
import { move } from './moving.js';
import type { VerbHandler } from './request.js';

export const rollback: VerbHandler = {
  verb: 'rollback',
  usage: 'rollback [rollout] [off|previous|stage|percent] or [to <place>] [reason]',
  does: 'take it back, at once and without a question',
  run: (request, desk) =>
    move(request, desk, 'rollback', (rest, { rollout }) => {
      const { button, filled } = request;
      if (filled) return { type: 'rollback', ...chosen(rollout.plan, filled) };
      if (button && 'form' in button && button.form === 'to') {
        return { form: { kind: 'rollback', rollout, destinations: destinationsOf(rollout), reason: '' } };
      }
      if (button && 'rollout' in button)
        return { type: 'rollback', ...chosen(rollout.plan, { to: button.to ?? '', reason: button.note ?? '' }) };
      return { type: 'rollback', ...readRollback(rollout.plan, rest) };
    }),
};

/** The place that every rollout can go back to. */
export const OFF = { value: 'off', label: '0 %, off: this ends the rollout' } as const;

/** Where a form offers to go: off, and every stage below what users have now, highest first. */
function destinationsOf({ plan, exposure: { confirmed } }: Rollout): { value: string; label: string }[] {
  const below = plan.stages.filter(({ exposure }) => exposure < confirmed).reverse();
  const stages = below.map(({ name, exposure, title }) => ({
    value: name,
    label: `${plainExposure(plan, exposure)}, ${title}`,
  }));
  return [OFF, ...stages];
}

/** A place that was chosen apart from its reason. Anything that is not a place goes where the plan says. */
function chosen(plan: Plan, { to, reason }: { to: string; reason: string }): RollbackWords {
  if (to === '') return { to: null, reason };
  const read = readPlace(plan, to);
  return read.kind === 'place'
    ? { to: read.place, reason }
    : { to: null, reason, instead: { said: to, because: 'no_such_place' } };
}
