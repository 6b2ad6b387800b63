import { parseDuration } from '../plans/duration.js';
import { refusal } from '../rollout/refusal.js';
import { firstWord } from './grammar.js';
import { move } from './moving.js';
import type { VerbHandler } from './request.js';

export const extend: VerbHandler = {
  verb: 'extend',
  usage: 'extend [rollout] <duration> [reason]',
  does: 'bake longer, e.g. extend 30m quiet night',
  run: (request, desk) =>
    move(request, desk, 'extend', (rest) => {
      const [word, reason] = firstWord(rest);
      const byMs = parseDuration(word);
      if (byMs === undefined || byMs <= 0)
        return refusal('bad_arguments', [], { detail: 'how long? for example 30m, 2h or 1h30m', helps: 'extend' });
      return { type: 'extend', byMs, reason };
    }),
};
