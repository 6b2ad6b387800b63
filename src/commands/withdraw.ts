import { move } from './moving.js';
import type { VerbHandler } from './request.js';

export const withdraw: VerbHandler = {
  verb: 'withdraw',
  usage: 'withdraw [rollout]',
  does: 'take your own approval back, until what it allowed is read back',
  run: (request, desk) =>
    move(request, desk, 'withdraw', () => {
      const { button } = request;
      return { type: 'withdraw', requestId: button && 'request' in button ? button.request : '' };
    }),
};
