import { refusal } from '../rollout/state/refusal.js';
import { renderMessage } from '../slack/words/messages/index.js';
import { move, refuse } from './moving.js';
import type { VerbHandler } from './request.js';
import { which } from './which.js';

/** Clicked it records. Typed it shows the card: an approval binds to what stood before the approver's eyes. */
export const approve: VerbHandler = {
  verb: 'approve',
  usage: 'approve [rollout]',
  does: 'show what waits for approval; the button on it records yours',
  async run(request, desk) {
    const { button } = request;
    if (button && 'request' in button) {
      return move(request, desk, 'approve', () => ({
        type: 'approve',
        requestId: button.request,
        messageTs: request.messageTs,
      }));
    }
    const found = await which(request, desk, 'approve');
    if (!found.ok) return refuse('approve', found.refusal, null, found.candidates);
    const { rollout, watch, now } = found.loaded;
    if (!rollout.request) return refuse('approve', refusal('request_closed', [], { helps: 'status' }), found.loaded);
    const message = {
      template: 'approval_request',
      request: rollout.request,
      outcome: { kind: 'open' },
    } as const;
    return { rendered: renderMessage(message, { rollout, watch, now, lowering: null, byHand: [] }) };
  },
};
