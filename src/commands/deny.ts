import { move } from './moving.js';
import type { VerbHandler } from './request.js';

export const deny: VerbHandler = {
  verb: 'deny',
  usage: 'deny [rollout] [reason]',
  does: 'refuse the open request; the rollout stays where it is',
  run: (request, desk) =>
    move(request, desk, 'deny', (rest) => {
      const { button, messageTs } = request;
      const requestId = button && 'request' in button ? button.request : '';
      return { type: 'deny', requestId, reason: rest, messageTs };
    }),
};
