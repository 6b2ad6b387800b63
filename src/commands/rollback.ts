import { parseDestination } from '../rollout/decide-rollback.js';
import { plainExposure } from '../rollout/exposure.js';
import type { Plan } from '../rollout/plan.js';
import type { Rollout } from '../rollout/rollout.js';
import { firstWord } from './grammar.js';
import { move } from './moving.js';
import type { VerbHandler } from './request.js';

export const rollback: VerbHandler = {
  verb: 'rollback',
  usage: 'rollback [rollout] [to] [off|previous|stage|percent] [reason]',
  does: 'take it back, at once and without a question',
  run: (request, desk) =>
    move(request, desk, 'rollback', (rest, { rollout }) => {
      const { button, filled } = request;
      if (filled) return { type: 'rollback', to: filled.to, reason: filled.reason };
      if (button && 'form' in button && button.form === 'to') {
        return { form: { kind: 'rollback', rollout, destinations: destinationsOf(rollout), reason: '' } };
      }
      return { type: 'rollback', ...readDestination(rollout.plan, rest) };
    }),
};

/** Where a form offers to go: off, and every stage below what users have now, highest first. */
function destinationsOf({ plan, confirmed }: Rollout): { value: string; label: string }[] {
  const below = plan.stages.filter(({ exposure }) => exposure < confirmed).reverse();
  const stages = below.map(({ name, exposure, title }) => ({
    value: name,
    label: `${plainExposure(plan, exposure)}, ${title}`,
  }));
  return [{ value: 'off', label: '0 %, off: this ends the rollout' }, ...stages];
}

/** What stands behind the rollout's name: a place (as typed, '' for the plan's own) and a reason, in a command or a shell. */
export function readDestination(plan: Plan, text: string): { to: string; reason: string } {
  const [word, behind] = firstWord(text);
  const [place, reason] = word === 'to' ? firstWord(behind) : [word, behind];
  // After `to` a word must be a place; without it, a word that is none begins the reason: nothing may hold a rollback up.
  if (word === 'to' || parseDestination(plan, place) || /^\d/.test(place))
    return { to: place.replace(/%$/, ''), reason };
  return { to: '', reason: text };
}
