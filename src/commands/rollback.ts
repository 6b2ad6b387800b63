import { parseDestination } from '../rollout/decide-rollback.js';
import { firstWord } from './grammar.js';
import { move } from './moving.js';
import type { VerbHandler } from './request.js';

export const rollback: VerbHandler = {
  verb: 'rollback',
  usage: 'rollback [rollout] [to] [off|previous|stage|percent] [reason]',
  does: 'take it back, at once and without a question',
  run: (request, desk) =>
    move(request, desk, 'rollback', (rest, rollout) => {
      const [word, behind] = firstWord(rest);
      const [place, reason] = word === 'to' ? firstWord(behind) : [word, behind];
      // After `to` a word must be a place; without it, a word that is none begins the reason: nothing may hold a rollback up.
      if (word === 'to' || parseDestination(rollout.plan, place) || /^\d/.test(place))
        return { type: 'rollback', to: place.replace(/%$/, ''), reason };
      return { type: 'rollback', to: '', reason: rest };
    }),
};
