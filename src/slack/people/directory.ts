import type { WebClient } from '@slack/web-api';
import type { Actor, Standing } from '../../rollout/plan/actor.js';
import type { Plan } from '../../rollout/plan/plan.js';
import type { Reason } from '../../rollout/plan/reasons.js';
import type { Holder } from '../../rollout/state/commands.js';
import type { Member } from '../../rollout/state/rollout.js';
import type { Db } from '../../store/connect.js';
import { classify } from '../connection/failures.js';
import { isAddressedTo, type Origin } from '../connection/origin.js';
import { createChannels } from './channels.js';
import type { CrowdBudget } from './crowd.js';
import type { Identity } from './identity.js';
import { createLastKnown, NotFound, SlackRefuses } from './last-known.js';
import { createMembers } from './members.js';
import { createRoles, type Skipped } from './roles.js';

export interface ResolvedPlan {
  readonly channelId: string;
  readonly people: Record<string, Member[]>;
  /** Everyone eligible who holds a role now, as `actorKey` spells them. */
  readonly holders: readonly Holder[];
  /** People of the plan who can never act: guests, bots, deactivated, strangers. */
  readonly skipped: readonly Skipped[];
  /** Of how many it is not known yet who they are: Slack did not say, or there are too many to ask in a minute. */
  readonly unjudged: number;
}

export type Resolved =
  | { readonly ok: true; readonly value: ResolvedPlan }
  | { readonly ok: false; readonly reason: Reason; readonly detail: string };

export interface Directory {
  /**
   * Who a request is from: one person is one identity, whichever workspace, channel, window or tab they acted in. Somebody
   * who is not in our workspace keeps the one they came from, and is a stranger here.
   */
  identify(origin: Origin): Promise<SlackActor>;
  /** Who this is and which roles they hold. `fresh`: membership may be at most this old, else roles are 'unknown'. */
  standing(actor: Actor, people: Readonly<Record<string, readonly Member[]>>): Promise<Standing>;
  /** Makes a plan's channel, handles and e-mails into ids, and says who holds which role now. */
  resolve(plan: Plan, teamId: string): Promise<Resolved>;
  /**
   * Everyone eligible who holds a role now; a group that is gone holds nobody. Null: Slack does not say. Where there are too
   * many people to look up at once, some of them will do if they are `enough`.
   */
  holders(
    people: Readonly<Record<string, readonly Member[]>>,
    teamId: string,
    enough?: (holders: readonly Holder[]) => boolean,
  ): Promise<readonly Holder[] | null>;
  /** Who is in a channel now, waited for as long as a big one takes. Null: Slack does not say. */
  membersOf(channelId: string): Promise<readonly string[] | null>;
  /** Those of these people who are not in a channel; none when Slack does not say. */
  outsideOf(channelId: string, userIds: readonly string[]): Promise<string[]>;
}

type SlackActor = Extract<Actor, { kind: 'slack' }>;

export function createDirectory(options: {
  db: Db;
  client: WebClient;
  self: Identity['self'];
  /** Of the process: several directories share it. */
  crowdBudget: CrowdBudget;
}): Directory {
  const { db, client } = options;
  const known = createLastKnown(db);
  const { channelOf, membersIn } = createChannels({ client, known });
  const roles = createRoles({ client, known, crowdBudget: options.crowdBudget });
  const { memberOf } = createMembers({ client, known });

  const ours = options.self;

  async function identify(origin: Origin): Promise<SlackActor> {
    const { userId, workspaces, enterpriseId } = origin;
    const elsewhere: SlackActor = { kind: 'slack', teamId: workspaces[0] ?? enterpriseId ?? '', userId };
    // Without an answer from any time Slack's word is all there is.
    const self = await ours().catch(() => null);
    if (self === null) return elsewhere;
    const { teamId } = self;
    const isOurs = isAddressedTo(origin, self) || (await roles.isInBoth(teamId, origin));
    return isOurs ? { kind: 'slack', teamId, userId } : elsewhere;
  }

  async function standing(actor: Actor, people: Readonly<Record<string, readonly Member[]>>): Promise<Standing> {
    if (actor.kind === 'cli') return { who: 'cli', roles: [], lastKnownRoles: [] };
    if (actor.kind === 'bot') return { who: 'bot', roles: [], lastKnownRoles: [] };
    const ourId = await ours().then(
      ({ teamId }) => teamId,
      () => actor.teamId,
    );
    if (actor.teamId !== ourId) return { who: 'stranger', roles: [], lastKnownRoles: [] };
    const [{ who, fresh, why }, { refused, ...held }] = await Promise.all([
      roles.whoIs(actor.teamId, actor.userId),
      rolesOf(actor, people),
    ]);
    const refuses = refusedBy(why) ?? refused;
    // Who was a member then may be a guest by now: such a person's roles are only the last known ones.
    return { who, ...held, ...(fresh ? {} : { roles: 'unknown' }), ...(refuses !== undefined && { refused: refuses }) };
  }

  async function rolesOf(
    actor: SlackActor,
    people: Readonly<Record<string, readonly Member[]>>,
  ): Promise<Omit<Standing, 'who'>> {
    const unread: string[] = [];
    let refused: string | undefined;
    const held: string[] = [];
    const last: string[] = [];
    await Promise.all(
      Object.entries(people).map(async ([role, members]) => {
        const found = await Promise.all(members.map((member) => holds(actor, member)));
        if (found.some((one) => one.holds)) last.push(role);
        if (found.some((one) => one.holds && one.fresh)) held.push(role);
        else if (found.some((one) => !one.fresh)) unread.push(role);
        refused ??= found.map(({ why }) => refusedBy(why)).find((words) => words !== undefined);
      }),
    );
    // A role that is certain counts, whatever is not known of the others.
    const known = { lastKnownRoles: last, ...(refused !== undefined && { refused }) };
    if (unread.length === 0) return { roles: held, ...known };
    return held.length === 0 ? { roles: 'unknown', ...known } : { roles: held, unsure: true, ...known };
  }

  async function holds(actor: SlackActor, member: Member): Promise<{ holds: boolean; fresh: boolean; why?: unknown }> {
    if (member.kind === 'user') return { holds: member.id === actor.userId, fresh: true };
    try {
      const { value, fresh, why } = await roles.groupMembers(actor.teamId, member.id);
      return { holds: value.includes(actor.userId), fresh, why };
    } catch (error) {
      return { holds: false, fresh: error instanceof NotFound, why: error };
    }
  }

  async function resolve(plan: Plan, teamId: string): Promise<Resolved> {
    try {
      const [channelId, named] = await Promise.all([
        channelOf(plan.channel, teamId),
        Promise.all(
          Object.entries(plan.people).map(
            async ([role, refs]) => [role, await Promise.all(refs.map((ref) => memberOf(ref, teamId)))] as const,
          ),
        ),
      ]);
      const people = Object.fromEntries(named);
      const found = await roles.holdersOf(people, teamId, { gone: 'refused' });
      const { holders, skipped, unjudged } = found;
      return { ok: true, value: { channelId, people, holders, skipped, unjudged } };
    } catch (error) {
      if (error instanceof NotFound) return { ok: false, reason: error.reason, detail: error.message };
      if (error instanceof SlackRefuses) return { ok: false, reason: 'slack_refuses', detail: error.message };
      return { ok: false, reason: 'membership_unknown', detail: classify(error).message };
    }
  }

  const holders: Directory['holders'] = async (people, teamId, enough = () => false) => {
    try {
      const found = await roles.holdersOf(people, teamId, { gone: 'nobody' });
      return found.fresh && (found.unjudged === 0 || enough(found.holders)) ? found.holders : null;
    } catch {
      return null;
    }
  };

  async function membersOf(channelId: string, { patient = true } = {}) {
    try {
      const { value, fresh } = await membersIn(channelId, (await ours()).teamId, { patient });
      return fresh ? value : null;
    } catch {
      return null;
    }
  }

  async function outsideOf(channelId: string, userIds: readonly string[]) {
    const members = await membersOf(channelId, { patient: false });
    return members ? userIds.filter((id) => !members.includes(id)) : [];
  }

  return { identify, standing, resolve, holders, membersOf: (channelId) => membersOf(channelId), outsideOf };
}

/** What a person has to change before Slack says it; undefined where waiting is enough. */
function refusedBy(why: unknown): string | undefined {
  return why instanceof SlackRefuses ? why.message : undefined;
}
