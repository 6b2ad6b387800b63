import { move } from './moving.js';
import type { VerbHandler } from './request.js';

export const pause: VerbHandler = {
  verb: 'pause',
  usage: 'pause [rollout] [reason]',
  does: 'pause where it is; checks go on, the bake stands still',
  run: (request, desk) => move(request, desk, 'pause', (rest) => ({ type: 'pause', reason: rest })),
};
