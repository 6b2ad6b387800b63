import { parseDestination } from '../rollout/decide-rollback.js';
import type { Plan } from '../rollout/plan.js';
import { firstWord } from './grammar.js';
import { move } from './moving.js';
import type { VerbHandler } from './request.js';

export const rollback: VerbHandler = {
  verb: 'rollback',
  usage: 'rollback [rollout] [to] [off|previous|stage|percent] [reason]',
  does: 'take it back, at once and without a question',
  run: (request, desk) =>
    move(request, desk, 'rollback', (rest, rollout) => {
      return { type: 'rollback', ...readDestination(rollout.plan, rest) };
    }),
};

/** What stands behind the rollout's name: a place (as typed, '' for the plan's own) and a reason, in a command or a shell. */
export function readDestination(plan: Plan, text: string): { to: string; reason: string } {
  const [word, behind] = firstWord(text);
  const [place, reason] = word === 'to' ? firstWord(behind) : [word, behind];
  // After `to` a word must be a place; without it, a word that is none begins the reason: nothing may hold a rollback up.
  if (word === 'to' || parseDestination(plan, place) || /^\d/.test(place))
    return { to: place.replace(/%$/, ''), reason };
  return { to: '', reason: text };
}
