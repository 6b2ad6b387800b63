import { isAt, notUnderstood } from '../rollout/moves/orders.js';
import { cautionIn } from '../rollout/spoken/cautions.js';
import { placesIn, readPlace } from '../rollout/spoken/read-place.js';
import { move } from './moving.js';
import type { VerbHandler } from './request.js';

export const resume: VerbHandler = {
  verb: 'resume',
  usage: 'resume [rollout] [reason]',
  does: 'go on after a pause: with the bake, or ready for the next stage',
  run: (request, desk) =>
    move(request, desk, 'resume', (rest, { rollout }) => {
      const { button } = request;
      if (button) return { type: 'resume', reason: 'rollout' in button ? (button.note ?? '') : '' };
      const caution = cautionIn(rest);
      if (caution) return notUnderstood(caution, 'resume');
      // It goes on where it stands: somebody who names another place means something else.
      const read = readPlace(rollout.plan, rest);
      const first = read.kind === 'place' && (read.introduced || read.rest === '') ? [read] : [];
      const further = placesIn(rollout.plan, rest).filter(({ led }) => led);
      const elsewhere = [...first, ...further].find(({ place }) => !isAt(rollout, place));
      if (elsewhere) return notUnderstood({ kind: 'elsewhere', said: elsewhere.said }, 'advance');
      return { type: 'resume', reason: rest };
    }),
};
