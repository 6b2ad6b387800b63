import type { WebClient } from '@slack/web-api';
import type { Standing } from '../rollout/actor.js';
import type { Holder } from '../rollout/commands.js';
import type { Member } from '../rollout/rollout.js';
import { askSlack, type Known, type LastKnown, NotFound } from './last-known.js';
import type { Origin } from './origin.js';
import { belongsTo, type Person, personOf, whoIs as whoTheyAre } from './person.js';

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
      const { value, fresh } = await person(teamId, userId);
      return { who: whoTheyAre(value, teamId), fresh };
    } catch (error) {
      return error instanceof NotFound ? { who: 'stranger', fresh: true } : { who: 'unknown', fresh: false };
    }
  }

  /** Throws NotFound for somebody Slack does not know, anything else when Slack never said. */
  function person(teamId: string, userId: string): Promise<LastKnown<Person>> {
    const ask = () => askPerson(client, userId);
    return known({ teamId, kind: 'user', key: userId, maxAgeMs: FRESH_MS, ask });
  }

  /** Is this person both in our workspace and in one of these? False when Slack does not say. */
  async function isInBoth(teamId: string, { userId, workspaces, enterpriseId }: Origin): Promise<boolean> {
    try {
      const { value } = await person(teamId, userId);
      const there = [...workspaces, ...(enterpriseId === null ? [] : [enterpriseId])];
      return belongsTo(value, teamId) && there.some((id) => belongsTo(value, id));
    } catch {
      return false;
    }
  }

  /** Throws NotFound for a group that was deleted or deactivated. */
  function groupMembers(teamId: string, groupId: string) {
    const missing = ['no_such_subteam', 'subteam_not_found'];
    const notFound = () => new NotFound(groupId);
    const ask = async (): Promise<string[]> => {
      const list = () => client.usergroups.users.list({ usergroup: groupId, team_id: teamId });
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

  return { whoIs, isInBoth, groupMembers, holdersOf };
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

async function askPerson(client: WebClient, userId: string): Promise<Person> {
  const missing = ['user_not_found', 'user_not_visible'];
  const notFound = () => new NotFound(userId);
  const { user } = await askSlack(() => client.users.info({ user: userId }), { missing, notFound });
  if (!user) throw notFound();
  return personOf(user);
}
