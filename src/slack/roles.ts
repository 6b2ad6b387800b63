import type { WebClient } from '@slack/web-api';
import type { Standing } from '../rollout/actor.js';
import type { Holder } from '../rollout/commands.js';
import type { Member } from '../rollout/rollout.js';
import { askSlack, type Known, NotFound } from './last-known.js';

/** Somebody a plan gives a role to who can never act, and what they are. */
export interface Skipped {
  readonly role: string;
  readonly id: string;
  readonly why: string;
}

/** Everybody who holds roles. `fresh`: Slack said so of each of them within the last minute. */
interface Held {
  readonly holders: Holder[];
  readonly skipped: Skipped[];
  readonly fresh: boolean;
}

type Who = Standing['who'];
type People = Readonly<Record<string, readonly Member[]>>;

/** Approve and advance need membership this fresh. */
const FRESH_MS = 60_000;

/** Who people are and who is in a group, as Slack says or last said. */
export function createRoles({ client, known }: { client: WebClient; known: Known }) {
  /** A person Slack does not know is a stranger; 'unknown' when Slack does not say. */
  async function whoIs(teamId: string, userId: string): Promise<{ who: Who; fresh: boolean }> {
    try {
      const ask = () => askWho(client, teamId, userId);
      const { value, fresh } = await known({ teamId, kind: 'user', key: userId, maxAgeMs: FRESH_MS, ask });
      return { who: value.who, fresh };
    } catch (error) {
      return error instanceof NotFound ? { who: 'stranger', fresh: true } : { who: 'unknown', fresh: false };
    }
  }

  /** Throws NotFound for a group that was deleted or deactivated. */
  function groupMembers(teamId: string, groupId: string) {
    const missing = ['no_such_subteam', 'subteam_not_found'];
    const notFound = () => new NotFound(groupId);
    const ask = async (): Promise<string[]> => {
      const list = () => client.usergroups.users.list({ usergroup: groupId });
      return (await askSlack(list, { missing, notFound })).users ?? [];
    };
    return known({ teamId, kind: 'group', key: groupId, maxAgeMs: FRESH_MS, ask });
  }

  /**
   * Everyone eligible who holds a role, once, with all their roles. A group that is gone is `refused` (NotFound) where a
   * plan names it for the first time; later it holds nobody. Throws when Slack never said who is in a group.
   */
  async function holdersOf(people: People, teamId: string, { gone }: { gone: 'refused' | 'nobody' }): Promise<Held> {
    let fresh = true;
    const idsOf = async (member: Member): Promise<readonly string[]> => {
      if (member.kind === 'user') return [member.id];
      try {
        const group = await groupMembers(teamId, member.id);
        fresh &&= group.fresh;
        return group.value;
      } catch (error) {
        if (gone === 'nobody' && error instanceof NotFound) return [];
        throw error;
      }
    };
    const roles = new Map<string, string[]>();
    for (const [role, members] of Object.entries(people)) {
      const ids = await Promise.all(members.map(idsOf));
      for (const id of new Set(ids.flat())) roles.set(id, [...(roles.get(id) ?? []), role]);
    }
    const judged = await Promise.all(
      [...roles].map(async ([id, held]) => ({ id, held, ...(await whoIs(teamId, id)) })),
    );
    return { ...sorted(judged, teamId), fresh: fresh && judged.every((one) => one.fresh) };
  }

  return { whoIs, groupMembers, holdersOf };
}

function sorted(judged: readonly { id: string; held: string[]; who: Who }[], teamId: string) {
  return {
    holders: judged
      .filter(({ who }) => who === 'member')
      .map(({ id, held }) => ({ key: `slack:${teamId}:${id}`, roles: held })),
    skipped: judged
      .filter(({ who }) => who !== 'member')
      .flatMap(({ id, held, who }) => held.map((role) => ({ role, id, why: who }))),
  };
}

async function askWho(client: WebClient, teamId: string, userId: string): Promise<{ who: Who }> {
  const missing = ['user_not_found'];
  const notFound = () => new NotFound(userId);
  const { user } = await askSlack(() => client.users.info({ user: userId }), { missing, notFound });
  if (!user) throw notFound();
  if (user.deleted) return { who: 'deactivated' };
  if (user.is_bot || userId === 'USLACKBOT') return { who: 'bot' };
  const stranger =
    Boolean((user as { is_stranger?: boolean }).is_stranger) || (user.team_id !== undefined && user.team_id !== teamId);
  if (stranger) return { who: 'stranger' };
  return { who: user.is_restricted || user.is_ultra_restricted ? 'guest' : 'member' };
}
