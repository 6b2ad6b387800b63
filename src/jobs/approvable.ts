import { actorKey } from '../rollout/plan/actor.js';
import { canBeGranted } from '../rollout/plan/quorum.js';
import type { Holder } from '../rollout/state/commands.js';
import { quorumOf } from '../rollout/state/rollout.js';
import type { Directory } from '../slack/people/directory.js';
import type { Db } from '../store/connect.js';
import { loadRollout } from '../store/rollouts.js';

/**
 * Could the people who hold the roles now still grant the open request, votes included? A group may have been emptied, or
 * somebody left, since it was asked. Null: nothing is asked, or Slack does not say.
 */
export function createApprovable({ db, directory }: { db: Db; directory: Directory }) {
  return async (rolloutId: number): Promise<boolean | null> => {
    const loaded = await loadRollout(db, rolloutId);
    const request = loaded?.rollout.request;
    const quorum = loaded && request ? quorumOf(loaded.rollout, request) : null;
    // One that is over does not wait for Slack to be closed.
    if (!loaded || !request || !quorum || request.expiresAt <= loaded.now) return null;
    const asked = actorKey(request.requestedBy);
    const voted = request.votes.map(({ teamId, userId, roles }) => ({ key: `slack:${teamId}:${userId}`, roles }));
    const grantedBy = (holders: readonly Holder[]): boolean => {
      const others = holders.filter(({ key }) => key !== asked && !voted.some((vote) => vote.key === key));
      return canBeGranted(quorum, [...voted, ...others]);
    };
    const holders = await directory.holders(loaded.rollout.people, loaded.rollout.teamId, grantedBy);
    return holders && grantedBy(holders);
  };
}
