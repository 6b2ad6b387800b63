import { parseDuration } from '../plans/duration.js';
import { refusal } from '../rollout/refusal.js';
import { firstWord } from './grammar.js';
import { move } from './moving.js';
import { canOpenForm, type VerbHandler } from './request.js';

const HOW_LONG = 'how long? for example 30m, 2h or 1h30m';

export const extend: VerbHandler = {
  verb: 'extend',
  usage: 'extend [rollout] <duration> <reason>',
  does: 'bake longer, e.g. extend 30m quiet night',
  run: async (request, desk) => {
    const { filled } = request;
    if (filled && !positive(filled.duration)) {
      const reply = await move(request, desk, 'extend', () => tooShort());
      return { ...reply, field: { name: 'duration', error: `Say ${HOW_LONG}.` } };
    }
    return move(request, desk, 'extend', (rest, { rollout }) => {
      const [word, typed] = filled ? [filled.duration, filled.reason] : firstWord(rest);
      const byMs = positive(word);
      if (filled && byMs) return { type: 'extend', byMs, reason: typed };
      const asks = !byMs && word !== '';
      if (asks || (!canOpenForm(request) && !byMs)) return tooShort();
      if (byMs && typed !== '') return { type: 'extend', byMs, reason: typed };
      return { form: { kind: 'extend', rollout, duration: word, reason: typed } };
    });
  },
};

function positive(word: string): number | undefined {
  const ms = parseDuration(word);
  return ms !== undefined && ms > 0 ? ms : undefined;
}

function tooShort() {
  return refusal('bad_arguments', [], { detail: HOW_LONG, helps: 'extend' });
}
