import type { WebClient } from '@slack/web-api';
import type { Actor, Standing } from '../rollout/actor.js';
import type { PersonRef, Plan } from '../rollout/plan.js';
import type { Reason } from '../rollout/reasons.js';
import type { Member } from '../rollout/rollout.js';
import type { Db } from '../store/connect.js';
import { createChannels } from './channels.js';
import { classify } from './failures.js';
import { askSlack, createLastKnown, NotFound } from './last-known.js';

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
/** Handles of groups and addresses change rarely. */
const NAMES_MS = 60_000;

export function createDirectory(options: { db: Db; client: WebClient; teamId: () => Promise<string> }): Directory {
  const { db, client } = options;
  const known = createLastKnown(db);
  const channelOf = createChannels({ client, known });

  function person(teamId: string, userId: string) {
    const missing = ['user_not_found'];
    const notFound = () => new NotFound(userId);
    const ask = async (): Promise<Person> => {
      const { user } = await askSlack(() => client.users.info({ user: userId }), { missing, notFound });
      if (!user) throw notFound();
      if (user.deleted) return { who: 'deactivated' };
      if (user.is_bot || userId === 'USLACKBOT') return { who: 'bot' };
      const stranger =
        Boolean((user as { is_stranger?: boolean }).is_stranger) ||
        (user.team_id !== undefined && user.team_id !== teamId);
      if (stranger) return { who: 'stranger' };
      return { who: user.is_restricted || user.is_ultra_restricted ? 'guest' : 'member' };
    };
    return known({ teamId, kind: 'user', key: userId, maxAgeMs: FRESH_MS, ask });
  }

  function groupMembers(teamId: string, groupId: string) {
    const missing = ['no_such_subteam', 'subteam_not_found'];
    const notFound = () => new NotFound(groupId);
    const ask = async (): Promise<string[]> => {
      const list = () => client.usergroups.users.list({ usergroup: groupId });
      return (await askSlack(list, { missing, notFound })).users ?? [];
    };
    return known({ teamId, kind: 'group', key: groupId, maxAgeMs: FRESH_MS, ask });
  }

  async function standing(actor: Actor, people: Readonly<Record<string, readonly Member[]>>): Promise<Standing> {
    if (actor.kind === 'cli') return { who: 'cli', roles: [], lastKnownRoles: [] };
    if (actor.kind === 'bot') return { who: 'bot', roles: [], lastKnownRoles: [] };
    const home = await options.teamId().catch(() => actor.teamId);
    if (actor.teamId !== home) return { who: 'stranger', roles: [], lastKnownRoles: [] };
    const [{ who, fresh }, held] = await Promise.all([whoIs(actor.teamId, actor.userId), rolesOf(actor, people)]);
    // Who was a member then may be a guest by now: such a person's roles are only the last known ones.
    return { who, ...held, ...(fresh ? {} : { roles: 'unknown' }) };
  }

  async function whoIs(teamId: string, userId: string): Promise<Person & { fresh: boolean }> {
    try {
      const { value, fresh } = await person(teamId, userId);
      return { who: value.who, fresh };
    } catch (error) {
      return error instanceof NotFound ? { who: 'stranger', fresh: true } : { who: 'unknown', fresh: false };
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
      if (error instanceof NotFound) return { ok: false, reason: error.reason, detail: error.message };
      return { ok: false, reason: 'membership_unknown', detail: classify(error).message };
    }
  }

  async function memberOf(ref: PersonRef, teamId: string): Promise<Member> {
    switch (ref.kind) {
      case 'user':
      case 'group':
        return { kind: ref.kind, id: ref.id };
      case 'email': {
        const { value } = await known({
          ...{ teamId, kind: 'email', key: ref.email, maxAgeMs: NAMES_MS },
          ask: () => idOfEmail(ref.email),
        });
        return { kind: 'user', id: value };
      }
      case 'handle': {
        const { value } = await known({ teamId, kind: 'handles', key: 'all', maxAgeMs: NAMES_MS, ask: allHandles });
        const id = value[ref.handle.replace(/^@/, '')];
        if (!id) throw new NotFound(ref.handle);
        return { kind: 'group', id };
      }
      default:
        return ref satisfies never;
    }
  }

  async function idOfEmail(email: string): Promise<string> {
    const missing = ['users_not_found'];
    const notFound = () => new NotFound(email);
    const { user } = await askSlack(() => client.users.lookupByEmail({ email }), { missing, notFound });
    if (!user?.id) throw notFound();
    return user.id;
  }

  async function allHandles(): Promise<Record<string, string>> {
    const { usergroups } = await askSlack(() => client.usergroups.list({}));
    return Object.fromEntries(
      (usergroups ?? []).flatMap((group) => (group.handle && group.id ? [[group.handle, group.id]] : [])),
    );
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
      [...roles].map(async ([id, held]) => ({ id, held, who: (await whoIs(teamId, id)).who })),
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

  return { standing, resolve };
}
