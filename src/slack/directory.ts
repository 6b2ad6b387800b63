import type { WebClient } from '@slack/web-api';
import type { Actor, Standing } from '../rollout/actor.js';
import type { PersonRef, Plan } from '../rollout/plan.js';
import type { Reason } from '../rollout/reasons.js';
import type { Member } from '../rollout/rollout.js';
import type { Db } from '../store/connect.js';
import { type PeopleKind, recallPeople, rememberPeople } from '../store/people.js';
import { classify } from './failures.js';

/** What Slack says of a person, as far as it matters here. */
interface Person {
  readonly who: Standing['who'];
}

export interface ResolvedPlan {
  readonly channelId: string;
  readonly people: Record<string, Member[]>;
  /** Everyone eligible who holds a role now, as `actorKey` spells them. */
  readonly holders: { key: string; roles: string[] }[];
  /** People of the plan who can never act: guests, bots, deactivated, strangers. */
  readonly skipped: { role: string; id: string; why: string }[];
}

export type Resolved =
  | { readonly ok: true; readonly value: ResolvedPlan }
  | { readonly ok: false; readonly reason: Reason; readonly detail: string };

export interface Directory {
  /** Who this is and which roles they hold. `fresh`: membership may be at most this old, else roles are 'unknown'. */
  standing(actor: Actor, people: Readonly<Record<string, readonly Member[]>>): Promise<Standing>;
  /** Makes a plan's channel, handles and e-mails into ids, and says who holds which role now. */
  resolve(plan: Plan, teamId: string): Promise<Resolved>;
}

/** Approve and advance need membership this fresh. */
const FRESH_MS = 60_000;
/** Names of channels, groups and addresses change rarely. */
const NAMES_MS = 60_000;
/** How long a person waits for Slack before membership counts as unknown. */
const PATIENCE_MS = 1_500;

/** One command asks several times; once Slack was too slow, the rest of it goes by what is known. */
const SLOW_MS = 1_000;

class NotFound extends Error {}
class Slow extends Error {
  constructor() {
    super('Slack did not answer in time');
  }
}

export function createDirectory(options: { db: Db; client: WebClient; teamId: () => Promise<string> }): Directory {
  const { db, client } = options;
  let slowUntil = 0;

  /** From the cache while fresh; else from Slack; `stale` is what was known before, for those who may accept it. */
  async function known<T>(
    teamId: string,
    kind: PeopleKind,
    key: string,
    maxAgeMs: number,
    ask: () => Promise<T>,
  ): Promise<{ value: T; fresh: boolean }> {
    const cached = await recallPeople<T>(db, teamId, kind, key);
    if (cached && cached.ageMs <= maxAgeMs) return { value: cached.value, fresh: true };
    const lastKnown = (error: unknown) => {
      if (cached) return { value: cached.value, fresh: false };
      throw error;
    };
    if (performance.now() < slowUntil) return lastKnown(new Slow());
    try {
      // An answer that comes too late for this person is there for the next try.
      const asked = ask().then(async (value) => {
        await rememberPeople(db, teamId, kind, key, value);
        return value;
      });
      return { value: await within(PATIENCE_MS, asked), fresh: true };
    } catch (error) {
      if (error instanceof NotFound) throw error;
      if (error instanceof Slow) slowUntil = performance.now() + SLOW_MS;
      return lastKnown(error);
    }
  }

  function person(teamId: string, userId: string) {
    return known<Person>(teamId, 'user', userId, FRESH_MS, async () => {
      const { user } = await slack(() => client.users.info({ user: userId }), {
        missing: ['user_not_found'],
        name: userId,
      });
      if (!user) throw new NotFound(userId);
      if (user.deleted) return { who: 'deactivated' };
      if (user.is_bot || userId === 'USLACKBOT') return { who: 'bot' };
      const stranger =
        Boolean((user as { is_stranger?: boolean }).is_stranger) ||
        (user.team_id !== undefined && user.team_id !== teamId);
      if (stranger) return { who: 'stranger' };
      return { who: user.is_restricted || user.is_ultra_restricted ? 'guest' : 'member' };
    });
  }

  function groupMembers(teamId: string, groupId: string) {
    return known<string[]>(teamId, 'group', groupId, FRESH_MS, async () => {
      const { users } = await slack(() => client.usergroups.users.list({ usergroup: groupId }), {
        missing: ['no_such_subteam', 'subteam_not_found'],
        name: groupId,
      });
      return users ?? [];
    });
  }

  async function standing(actor: Actor, people: Readonly<Record<string, readonly Member[]>>): Promise<Standing> {
    if (actor.kind === 'cli') return { who: 'cli', roles: [], lastKnownRoles: [] };
    if (actor.kind === 'bot') return { who: 'bot', roles: [], lastKnownRoles: [] };
    const home = await options.teamId().catch(() => actor.teamId);
    if (actor.teamId !== home) return { who: 'stranger', roles: [], lastKnownRoles: [] };
    const [who, roles] = await Promise.all([whoIs(actor.teamId, actor.userId), rolesOf(actor, people)]);
    return { who, ...roles };
  }

  async function whoIs(teamId: string, userId: string): Promise<Standing['who']> {
    try {
      return (await person(teamId, userId)).value.who;
    } catch (error) {
      return error instanceof NotFound ? 'stranger' : 'unknown';
    }
  }

  async function rolesOf(
    actor: Extract<Actor, { kind: 'slack' }>,
    people: Readonly<Record<string, readonly Member[]>>,
  ): Promise<Pick<Standing, 'roles' | 'lastKnownRoles'>> {
    let unknown = false;
    const roles: string[] = [];
    const last: string[] = [];
    await Promise.all(
      Object.entries(people).map(async ([role, members]) => {
        const found = await Promise.all(members.map((member) => holds(actor, member)));
        if (found.some((one) => one.holds)) last.push(role);
        if (found.some((one) => one.holds && one.fresh)) roles.push(role);
        else if (found.some((one) => !one.fresh)) unknown = true;
      }),
    );
    return { roles: unknown ? 'unknown' : roles, lastKnownRoles: last };
  }

  async function holds(
    actor: Extract<Actor, { kind: 'slack' }>,
    member: Member,
  ): Promise<{ holds: boolean; fresh: boolean }> {
    if (member.kind === 'user') return { holds: member.id === actor.userId, fresh: true };
    try {
      const { value, fresh } = await groupMembers(actor.teamId, member.id);
      return { holds: value.includes(actor.userId), fresh };
    } catch (error) {
      return { holds: false, fresh: error instanceof NotFound };
    }
  }

  async function resolve(plan: Plan, teamId: string): Promise<Resolved> {
    try {
      const [channelId, roles] = await Promise.all([
        channelOf(plan.channel, teamId),
        Promise.all(
          Object.entries(plan.people).map(
            async ([role, refs]) => [role, await Promise.all(refs.map((ref) => memberOf(ref, teamId)))] as const,
          ),
        ),
      ]);
      const people = Object.fromEntries(roles);
      const { holders, skipped } = await holdersOf(people, teamId);
      return { ok: true, value: { channelId, people, holders, skipped } };
    } catch (error) {
      if (error instanceof NotFound) {
        const reason: Reason = error.message.startsWith('#') ? 'channel_not_found' : 'person_not_found';
        return { ok: false, reason, detail: error.message };
      }
      return { ok: false, reason: 'membership_unknown', detail: classify(error).message };
    }
  }

  async function channelOf(channel: string, teamId: string): Promise<string> {
    if (!channel.startsWith('#')) return channel;
    const { value } = await known<Record<string, string>>(teamId, 'channel', 'all', NAMES_MS, allChannels);
    const id = value[channel.slice(1)] ?? (await refreshed(teamId, channel.slice(1)));
    if (!id) throw new NotFound(channel);
    return id;
  }

  /** A channel made a moment ago is not in the list kept before it. */
  async function refreshed(teamId: string, name: string): Promise<string | undefined> {
    const { value } = await known<Record<string, string>>(teamId, 'channel', 'all', -1, allChannels);
    return value[name];
  }

  async function allChannels(): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    let cursor = '';
    do {
      const page = await slack(() =>
        client.conversations.list({
          types: 'public_channel,private_channel',
          exclude_archived: true,
          limit: 1000,
          ...(cursor ? { cursor } : {}),
        }),
      );
      for (const each of page.channels ?? []) if (each.name && each.id) found[each.name] = each.id;
      cursor = page.response_metadata?.next_cursor ?? '';
    } while (cursor);
    return found;
  }

  async function memberOf(ref: PersonRef, teamId: string): Promise<Member> {
    switch (ref.kind) {
      case 'user':
      case 'group':
        return { kind: ref.kind, id: ref.id };
      case 'email': {
        const { value } = await known<string>(teamId, 'email', ref.email, NAMES_MS, async () => {
          const { user } = await slack(() => client.users.lookupByEmail({ email: ref.email }), {
            missing: ['users_not_found'],
            name: ref.email,
          });
          if (!user?.id) throw new NotFound(ref.email);
          return user.id;
        });
        return { kind: 'user', id: value };
      }
      case 'handle': {
        const { value } = await known<Record<string, string>>(teamId, 'handles', 'all', NAMES_MS, async () => {
          const { usergroups } = await slack(() => client.usergroups.list({}));
          return Object.fromEntries(
            (usergroups ?? []).flatMap((group) => (group.handle && group.id ? [[group.handle, group.id]] : [])),
          );
        });
        const id = value[ref.handle.replace(/^@/, '')];
        if (!id) throw new NotFound(ref.handle);
        return { kind: 'group', id };
      }
      default:
        return ref satisfies never;
    }
  }

  async function holdersOf(people: Record<string, Member[]>, teamId: string) {
    const roles = new Map<string, string[]>();
    for (const [role, members] of Object.entries(people)) {
      const ids = await Promise.all(
        members.map(async (member) =>
          member.kind === 'user' ? [member.id] : (await groupMembers(teamId, member.id)).value,
        ),
      );
      for (const id of new Set(ids.flat())) roles.set(id, [...(roles.get(id) ?? []), role]);
    }
    const judged = await Promise.all(
      [...roles].map(async ([id, held]) => ({ id, held, who: await whoIs(teamId, id) })),
    );
    return {
      holders: judged
        .filter(({ who }) => who === 'member')
        .map(({ id, held }) => ({ key: `slack:${teamId}:${id}`, roles: held })),
      skipped: judged
        .filter(({ who }) => who !== 'member')
        .flatMap(({ id, held, who }) => held.map((role) => ({ role, id, why: who }))),
    };
  }

  /** `missing` are Slack's codes for what is not there; it is then called by its name in the plan. */
  async function slack<T>(ask: () => Promise<T>, about?: { missing: readonly string[]; name: string }): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      const failure = classify(error);
      if (failure.code && about?.missing.includes(failure.code)) throw new NotFound(about.name);
      throw failure;
    }
  }

  return { standing, resolve };
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Slow()), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
    promise.catch(() => undefined);
  }
}
