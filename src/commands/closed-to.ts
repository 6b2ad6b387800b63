import type { Standing } from '../rollout/plan/actor.js';
import type { Reason } from '../rollout/plan/reasons.js';
import { forbids, refusedDetail } from '../rollout/state/authority.js';
import { type Refusal, refusal } from '../rollout/state/refusal.js';
import type { Verb } from '../rollout/state/verbs.js';
import type { Loaded } from '../store/rollouts.js';
import type { Desk, Request } from './request.js';

/**
 * Guests, bots and strangers get nothing, not even an answer to `status`: asked before anything is looked up or shown.
 * Roles are judged later, with the rollout. A rollback does not wait for this question; its own judgement refuses them too.
 */
export async function closedTo(verb: Verb, request: Request, desk: Desk): Promise<Refusal | null> {
  if (verb === 'rollback') return null;
  const standing = await desk.directory.standing(request.actor, {});
  return toOutsider(forbids(verb, standing), standing);
}

/** Before a rollback is answered with a list: who may not even look gets none. Nothing is lowered by a list, so it can wait. */
export async function closedToList(
  verb: Verb,
  request: Request,
  { desk, listed }: { desk: Desk; listed: readonly Loaded[] },
): Promise<Refusal | null> {
  if (verb !== 'rollback') return null;
  const people = Object.fromEntries(
    listed.flatMap(({ rollout }) =>
      Object.entries(rollout.people).map(([role, members]) => [`${rollout.id}:${role}`, members] as const),
    ),
  );
  const standing = await desk.directory.standing(request.actor, people);
  return toOutsider(forbids(verb, standing), standing);
}

/** A refusal for those who are no members, as far as is known; it names nothing. Null for everybody else. */
export function toOutsider(reason: Reason | null, standing: Standing): Refusal | null {
  const isOutside = reason === 'guest_or_stranger' || reason === 'membership_unknown' || reason === 'slack_refuses';
  return isOutside ? refusal(reason, [], refusedDetail(reason, standing)) : null;
}
