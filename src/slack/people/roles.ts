import type { WebClient } from '@slack/web-api';
import { actorKey, type Standing } from '../../rollout/plan/actor.js';
import type { Holder } from '../../rollout/state/commands.js';
import type { Member } from '../../rollout/state/rollout.js';
import type { Origin } from '../connection/origin.js';
import { type CrowdBudget, createCrowd } from './crowd.js';
import { AskedTooOften, askSlack, type LastKnown, NotFound, type PeopleMemory, SlackRefuses } from './last-known.js';
import { said } from './members.js';
import { belongsTo, type Person, personOf, whoIs as whoTheyAre } from './person.js';

/** Somebody a plan gives a role to who can never act, and what they are. */
export interface Skipped {
  readonly role: string;
  readonly id: string;
  readonly why: string;
}

/** Everybody who holds roles. */
interface Held {
  readonly holders: Holder[];
  readonly skipped: Skipped[];
  /** Of how many it is not known who they are: Slack did not say, or there are too many to ask in a minute. */
  readonly unjudged: number;
  /** Slack said so lately of the groups and of everybody who was looked up. */
  readonly fresh: boolean;
}

type Who = Standing['who'];
type People = Readonly<Record<string, readonly Member[]>>;

/** What Slack says of one person: `why` it does not. */
export interface JudgedPerson {
  readonly who: Who;
  readonly fresh: boolean;
  readonly why?: unknown;
}

/** Approve and advance need membership this fresh. */
const FRESH_MS = 60_000;

/** Who people are and who is in a group, as Slack says or last said. */
export function createRoles({
  client,
  known,
  crowdBudget: budget,
}: {
  client: WebClient;
  known: PeopleMemory;
  crowdBudget: CrowdBudget;
}) {
  const crowd = createCrowd({ known, freshMs: FRESH_MS, budget });
  /** Groups that were asked for: what is learnt of them by the way is kept. */
  const wanted = new Set<string>();
  let listed: Promise<ReadonlyMap<string, string[]>> | undefined;

  /** A person Slack does not know is a stranger; 'unknown' when Slack does not say. */
  async function whoIs(teamId: string, userId: string): Promise<JudgedPerson> {
    try {
      const { value, fresh, why } = await person(teamId, userId);
      return { who: whoTheyAre(value, teamId), fresh, why };
    } catch (error) {
      return error instanceof NotFound
        ? { who: 'stranger', fresh: true }
        : { who: 'unknown', fresh: false, why: error };
    }
  }

  /** Throws NotFound for somebody Slack does not know, anything else when Slack never said. */
  function person(teamId: string, userId: string): Promise<LastKnown<Person>> {
    const ask = async (): Promise<Person> => {
      const notFound = () => new NotFound(userId);
      const { user } = await askSlack('users.info', () => client.users.info({ user: userId }), notFound);
      if (!user) throw notFound();
      return personOf(user);
    };
    return known.ask({ teamId, kind: 'user', key: userId, maxAgeMs: FRESH_MS, method: 'users.info', ask });
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
  async function groupMembers(teamId: string, groupId: string): Promise<LastKnown<string[]>> {
    wanted.add(groupId);
    try {
      const { value, fresh, why } = await oneGroup(teamId, groupId);
      return why instanceof AskedTooOften ? await fromList(teamId, groupId) : { value, fresh, why };
    } catch (error) {
      if (error instanceof AskedTooOften) return fromList(teamId, groupId);
      throw error;
    }
  }

  function oneGroup(teamId: string, groupId: string): Promise<LastKnown<string[]>> {
    const method = 'usergroups.users.list';
    const ask = async (): Promise<string[]> => {
      const list = () => client.usergroups.users.list({ usergroup: groupId, team_id: teamId });
      return (await askSlack(method, list, () => new NotFound(groupId))).users ?? [];
    };
    return known.ask({ teamId, kind: 'group', key: groupId, maxAgeMs: FRESH_MS, method, ask });
  }

  /** Asked for one by one too often: the list of all groups, with their people, is one question and has a limit of its own. */
  function fromList(teamId: string, groupId: string): Promise<LastKnown<string[]>> {
    const ask = async (): Promise<string[]> => {
      listed ??= listGroups(teamId).finally(() => {
        listed = undefined;
      });
      const users = (await listed).get(groupId);
      if (!users) throw new NotFound(groupId);
      return users;
    };
    return known.ask({ teamId, kind: 'group', key: groupId, maxAgeMs: FRESH_MS, method: 'usergroups.list', ask });
  }

  async function listGroups(teamId: string): Promise<ReadonlyMap<string, string[]>> {
    const list = () => client.usergroups.list({ include_users: true, team_id: teamId });
    const { usergroups } = await askSlack('usergroups.list', list);
    const groups = new Map((usergroups ?? []).flatMap(({ id, users }) => (id ? [[id, users ?? []] as const] : [])));
    const others = [...groups].filter(([id]) => wanted.has(id));
    await Promise.all(others.map(([id, users]) => known.remember(teamId, 'group', id, users)));
    return groups;
  }

  /**
   * Everyone eligible who holds a role, once, with all their roles. A group that is gone is `refused` (NotFound) where a
   * plan names it for the first time, and so is one Slack will never speak of (SlackRefuses); later it holds nobody. Throws
   * when Slack never said who is in a group.
   */
  async function holdersOf(people: People, teamId: string, { gone }: { gone: 'refused' | 'nobody' }): Promise<Held> {
    let fresh = true;
    const idsOf = async (member: Member): Promise<readonly string[]> => {
      if (member.kind === 'user') return [member.id];
      try {
        const group = await groupMembers(teamId, member.id);
        fresh &&= group.fresh;
        return gone === 'refused' ? said(group) : group.value;
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
    const { asked, spared, unjudged } = await crowd.among(teamId, roles);
    const judged = await Promise.all(asked.map(async (id) => ({ id, ...(await whoIs(teamId, id)) })));
    if (gone === 'refused') for (const { why } of judged) if (why instanceof SlackRefuses) throw why;
    const all = [
      ...judged,
      ...spared.map(({ id, person: one }) => ({ id, who: whoTheyAre(one, teamId), fresh: true })),
    ];
    const byId = new Map(all.map((one) => [one.id, one]));
    const inOrder = [...roles].flatMap(([id, held]) => {
      const who = byId.get(id)?.who ?? 'unknown';
      return who === 'unknown' ? [] : [{ id, held, who }];
    });
    const unanswered = judged.filter(({ who }) => who === 'unknown').length;
    return {
      ...sorted(inOrder, teamId),
      unjudged: unjudged + unanswered,
      fresh: fresh && all.every((one) => one.fresh),
    };
  }

  return { whoIs, isInBoth, person, groupMembers, holdersOf };
}

function sorted(judged: readonly { id: string; held: string[]; who: Who }[], teamId: string) {
  return {
    holders: judged
      .filter(({ who }) => who === 'member')
      .map(({ id, held }) => ({ key: actorKey({ kind: 'slack', teamId, userId: id }), userId: id, roles: held })),
    skipped: judged
      .filter(({ who }) => who !== 'member')
      .flatMap(({ id, held, who }) => held.map((role) => ({ role, id, why: who }))),
  };
}
