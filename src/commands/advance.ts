import { firstWord } from './grammar.js';
import { move } from './moving.js';
import type { VerbHandler } from './request.js';

export const advance: VerbHandler = {
  verb: 'advance',
  usage: 'advance [rollout] [next stage or its percent] [reason]',
  does: 'ask for the next stage, or go there when nobody has to approve',
  run: (request, desk) =>
    move(request, desk, 'advance', (rest, rollout) => {
      const { button } = request;
      if (button && 'rollout' in button) {
        const seen = { stageNo: button.stage ?? rollout.stageNo, attempt: button.attempt ?? rollout.attempt };
        return { type: 'advance', to: '', reason: '', button: seen };
      }
      const [word, reason] = firstWord(rest);
      const percent = word.replace(/%$/, '');
      const named = rollout.plan.stages.some((stage) => stage.name === word || String(stage.exposure) === percent);
      // `advance 40` names a stage that does not exist; it must not become a reason.
      const isPlace = named || /^\d+(\.\d+)?%?$/.test(word);
      return {
        type: 'advance',
        to: isPlace ? (rollout.plan.stages.some((stage) => stage.name === word) ? word : percent) : '',
        reason: isPlace ? reason : rest,
      };
    }),
};
