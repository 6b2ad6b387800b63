import type { Command } from '../rollout/commands.js';
import type { Rollout } from '../rollout/rollout.js';
import type { Loaded } from '../store/rollouts.js';
import { firstWord } from './grammar.js';
import { type Meant, move } from './moving.js';
import type { Request, VerbHandler } from './request.js';

export const advance: VerbHandler = {
  verb: 'advance',
  usage: 'advance [rollout] [next stage or its percent] [reason]',
  does: 'ask for the next stage, or go there when nobody has to approve',
  run: (request, desk) =>
    move(request, desk, 'advance', (rest, loaded) => clicked(request, loaded) ?? typed(rest, loaded.rollout)),
};

function clicked({ button, filled }: Request, { rollout, watch, now }: Loaded): Meant | null {
  if (!button || !('rollout' in button)) return null;
  const seen = { stageNo: button.stage ?? rollout.stageNo, attempt: button.attempt ?? rollout.attempt };
  if (button.form !== 'override') return { type: 'advance', to: '', reason: '', button: seen };
  if (filled) return { type: 'advance', to: '', reason: filled.reason, override: true, button: seen };
  return { form: { kind: 'override', rollout, watch, now, reason: '' } };
}

function typed(rest: string, rollout: Rollout): Command {
  const [word, reason] = firstWord(rest);
  const toEveryone = word === 'on' && rollout.plan.stages.some(({ population }) => population?.kind === 'everyone');
  const percent = toEveryone ? '100' : word.replace(/%$/, '');
  const named = rollout.plan.stages.some((stage) => stage.name === word || String(stage.exposure) === percent);
  // `advance 40` names a stage that does not exist; it must not become a reason.
  const isPlace = named || /^\d+(\.\d+)?%?$/.test(word);
  return {
    type: 'advance',
    to: isPlace ? (rollout.plan.stages.some((stage) => stage.name === word) ? word : percent) : '',
    reason: isPlace ? reason : rest,
  };
}
