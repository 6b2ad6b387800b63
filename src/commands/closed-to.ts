import { forbids, type Verb } from '../rollout/authority.js';
import { type Refusal, refusal } from '../rollout/refusal.js';
import type { Desk, Request } from './request.js';

/**
 * Guests, bots and strangers get nothing, not even an answer to `status`: asked before anything is looked up or shown.
 * Roles are judged later, with the rollout. A rollback does not wait for this question; its own judgement refuses them too.
 */
export async function closedTo(verb: Verb, request: Request, desk: Desk): Promise<Refusal | null> {
  if (verb === 'rollback') return null;
  const reason = forbids(verb, await desk.directory.standing(request.actor, {}));
  return reason === 'guest_or_stranger' || reason === 'membership_unknown' ? refusal(reason, []) : null;
}
