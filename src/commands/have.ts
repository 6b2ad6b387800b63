import { move } from './moving.js';
import type { VerbHandler } from './request.js';

export const have: VerbHandler = {
  verb: 'have',
  usage: 'have [rollout]',
  does: 'say "I have it" under an alert or an incident',
  run: (request, desk) => move(request, desk, 'have', () => ({ type: 'have', subject: request.messageTs })),
};
