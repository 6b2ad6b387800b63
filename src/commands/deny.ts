import { refusal } from '../rollout/state/refusal.js';
import { move } from './moving.js';
import type { VerbHandler } from './request.js';

/** Clicked it asks why; typed with a reason it says no at once. */
export const deny: VerbHandler = {
  verb: 'deny',
  usage: 'deny [rollout] <reason>',
  does: 'refuse the open request; the rollout stays where it is',
  run: (request, desk) =>
    move(request, desk, 'deny', (rest, { rollout }) => {
      const { button, messageTs, filled } = request;
      const requestId = button && 'request' in button ? button.request : '';
      const reason = filled?.reason ?? rest;
      if (filled || reason !== '') return { type: 'deny', requestId, reason, messageTs };
      const open = rollout.request;
      if (!open || (requestId !== '' && open.id !== requestId)) {
        return refusal('request_closed', [], { helps: 'status' });
      }
      return { form: { kind: 'deny', rollout, request: open, reason } };
    }),
};
