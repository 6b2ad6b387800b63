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
        const seen = { stageNo: button.stage ?? rollout.stage.no, attempt: button.attempt ?? rollout.stage.attempt };
        return { type: 'finish', reason: filled.reason, button: seen };
      }
      // By a mention there is no form to be had; what is said leads to a button that opens one.
      if (!canOpenForm(request) && rest !== '') return { type: 'finish', reason: rest };
      const said = button && 'rollout' in button ? button.note : undefined;
      return { form: { kind: 'finish', rollout, reason: said ?? rest } };
    }),
};
