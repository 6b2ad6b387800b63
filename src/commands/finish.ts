import { move } from './moving.js';
import { canOpenForm, type VerbHandler } from './request.js';

/** Nothing is watched from then on, so it is said twice: in a form that shows what stands now. */
export const finish: VerbHandler = {
  verb: 'finish',
  usage: 'finish [rollout] <reason>',
  does: 'end it where it stands, after a question; nothing is watched from then on',
  run: (request, desk) =>
    move(request, desk, 'finish', (rest, { rollout }) => {
      const { button, filled } = request;
      if (filled && button && 'rollout' in button) {
        const seen = { stageNo: button.stage ?? rollout.stageNo, attempt: button.attempt ?? rollout.attempt };
        return { type: 'finish', reason: filled.reason, button: seen };
      }
      // Said in a thread there is no form to be had; the words are all there is.
      if (!canOpenForm(request) && rest !== '') return { type: 'finish', reason: rest };
      return { form: { kind: 'finish', rollout, reason: rest } };
    }),
};
