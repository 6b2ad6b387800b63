import { move } from './moving.js';
import type { VerbHandler } from './request.js';

export const resume: VerbHandler = {
  verb: 'resume',
  usage: 'resume [rollout] [reason]',
  does: 'go on after a hold: with the bake, or ready for the next stage',
  run: (request, desk) => move(request, desk, 'resume', (rest) => ({ type: 'resume', reason: rest })),
};
