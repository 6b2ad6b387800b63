import { readAdvance } from '../rollout/moves/orders.js';
import type { Loaded } from '../store/rollouts.js';
import { type Meant, move } from './moving.js';
import type { Request, VerbHandler } from './request.js';

export const advance: VerbHandler = {
  verb: 'advance',
  usage: 'advance [rollout] [[to] next stage or its percent] [reason]',
  does: 'ask for the next stage, or go there when nobody has to approve',
  run: (request, desk) =>
    move(request, desk, 'advance', (rest, loaded) => {
      const { plan } = loaded.rollout;
      return clicked(request, loaded) ?? { type: 'advance', ...readAdvance(plan, rest) };
    }),
};

function clicked({ button, filled }: Request, { rollout, watch, now }: Loaded): Meant | null {
  if (!button || !('rollout' in button)) return null;
  const seen = { stageNo: button.stage ?? rollout.stage.no, attempt: button.attempt ?? rollout.stage.attempt };
  if (button.form !== 'override') return { type: 'advance', to: null, reason: button.note ?? '', button: seen };
  if (filled) return { type: 'advance', to: null, reason: filled.reason, override: true, button: seen };
  return { form: { kind: 'override', rollout, watch, now, reason: '' } };
}
