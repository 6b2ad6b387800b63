import { type Actor, actorKey } from '../plan/actor.js';
import type { Quorum } from '../plan/plan.js';
import { canBeGranted } from '../plan/quorum.js';
import type { Holder } from '../state/commands.js';
import type { Condition } from '../state/refusal.js';

/** The quorum as a condition with the people who are left for it, when these cannot reach it without who asks; else null. */
export function lackingApprovers(
  stage: string,
  quorum: Quorum,
  { actor, holders }: { actor: Actor; holders: readonly Holder[] },
): Condition | null {
  const own = actorKey(actor);
  const others = holders.filter((holder) => holder.key !== own);
  if (canBeGranted(quorum, others)) return null;
  return { kind: 'approvers', ok: false, stage, quorum, people: idsOf(quorum, others) };
}

/** Who could vote on it, by Slack user id. */
export function idsOf(quorum: Quorum, holders: readonly Holder[]): string[] {
  return holders.filter(({ roles }) => roles.some((role) => quorum.roles.includes(role))).map(({ userId }) => userId);
}
