import { move } from './moving.js';
import type { VerbHandler } from './request.js';

export const finish: VerbHandler = {
  verb: 'finish',
  usage: 'finish [rollout] [reason]',
  does: 'end it where it stands; nothing is watched from then on',
  run: (request, desk) => move(request, desk, 'finish', (rest) => ({ type: 'finish', reason: rest })),
};
