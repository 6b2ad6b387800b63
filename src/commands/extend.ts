import { readDuration } from '../plans/values/duration.js';
import { refusal } from '../rollout/state/refusal.js';
import type { Rollout } from '../rollout/state/rollout.js';
import type { Verb } from '../rollout/state/verbs.js';
import { firstWord } from './grammar.js';
import { move } from './moving.js';
import { canOpenForm, type Request, type VerbHandler } from './request.js';

export const EXAMPLES = '30m, 24 hours or 1h30m';

export const extend: VerbHandler = {
  verb: 'extend',
  usage: 'extend [rollout] <duration> <reason>',
  does: 'bake longer, e.g. extend 30m quiet night',
  run: async (request, desk) => {
    const { filled } = request;
    if (filled && !positive(filled.duration)) {
      const reply = await move(request, desk, 'extend', () => noDuration(filled.duration));
      return { ...reply, field: { name: 'duration', error: `Not a duration; for example ${EXAMPLES}.` } };
    }
    return move(request, desk, 'extend', (rest, { rollout }) => {
      const [byMs, typed] = filled ? [positive(filled.duration), filled.reason] : durationAnd(rest);
      const word = filled ? filled.duration : firstWord(rest)[0];
      if (filled && byMs) return { type: 'extend', byMs, reason: typed, ...seenOn(request, rollout) };
      const asks = !byMs && word !== '';
      if (asks || (!canOpenForm(request) && !byMs)) return noDuration(word);
      if (byMs && typed !== '') return { type: 'extend', byMs, reason: typed };
      return { form: { kind: 'extend', rollout, duration: byMs ? rest : '', reason: '' } };
    });
  },
};

/** The stage the form was opened for. */
function seenOn({ button }: Request, { stage: { no: stageNo, attempt } }: Rollout) {
  if (!button || !('rollout' in button)) return {};
  return { button: { stageNo: button.stage ?? stageNo, attempt: button.attempt ?? attempt } };
}

/** The whole text as a duration, ms. */
export function positive(text: string): number | undefined {
  const [ms, rest] = durationAnd(text);
  return rest === '' ? ms : undefined;
}

function durationAnd(text: string): [ms: number | undefined, rest: string] {
  const read = readDuration(text);
  return read ? [read.ms, read.rest] : [undefined, text];
}

export function noDuration(word: string, helps: Verb = 'extend') {
  const facts = { kind: 'amount', of: 'duration', said: word, example: EXAMPLES } as const;
  return refusal('bad_arguments', [], { facts, helps });
}
