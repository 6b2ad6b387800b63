/** Looks at Slack without saying anything there: for whoever installs the bot or writes a plan. */
import type { WebClient } from '@slack/web-api';
import type { PersonRef, Plan } from '../rollout/plan/plan.js';
import type { Holder } from '../rollout/state/commands.js';
import type { Member } from '../rollout/state/rollout.js';
import { createChannels } from './people/channels.js';
import { createCrowdBudget } from './people/crowd.js';
import { servedBy } from './people/identity.js';
import { askSlack, NotFound, type PeopleMemory, type PeopleQuestion } from './people/last-known.js';
import { createMembers } from './people/members.js';
import { createRoles, type Skipped } from './people/roles.js';

export interface SurveyedBot {
  readonly teamId: string;
  readonly team: string;
  /** The bot's name in Slack, without @. */
  readonly bot: string;
  /** What the token may do; null when Slack did not say. */
  readonly scopes: readonly string[] | null;
}

/** Whom a plan gives its roles to. */
export interface PeopleFound {
  /** Everybody who can act, once, with all their roles. */
  readonly holders: readonly Holder[];
  /** People who can never act: guests, bots, deactivated, strangers. */
  readonly skipped: readonly Skipped[];
  /** How many were not looked up: Slack answers for so many in a minute. */
  readonly unjudged: number;
  /** Names of the plan that Slack does not know. */
  readonly missing: readonly { readonly role: string; readonly name: string }[];
}

/** Everything rejects with SlackRefuses when Slack never will, AskedTooOften or TryLater when it does not say now. */
export interface Survey {
  self(): Promise<SurveyedBot>;
  /** Asks for the address of a Socket Mode connection, with the app-level token. */
  socket(): Promise<void>;
  /** The channel's id. Rejects with NotFound, whose message says what to do, when the bot cannot or must not post there. */
  channel(plan: Plan): Promise<string>;
  people(plan: Plan): Promise<PeopleFound>;
  /** What people call somebody; the id when Slack does not say. */
  nameOf(userId: string): Promise<string>;
}

export function createSurvey({ client, appClient }: { client: WebClient; appClient: WebClient | null }): Survey {
  const known = createKnown();
  const channels = createChannels({ client, known });
  const members = createMembers({ client, known });
  const roles = createRoles({ client, known, crowdBudget: createCrowdBudget() });
  let asked: Promise<SurveyedBot> | undefined;

  function self(): Promise<SurveyedBot> {
    asked ??= askSelf(client);
    return asked;
  }

  /** Null: Slack does not know it. */
  async function memberOf(ref: PersonRef, teamId: string): Promise<Member | null> {
    try {
      const member = await members.memberOf(ref, teamId);
      if (member.kind === 'group') await roles.groupMembers(teamId, member.id);
      return member;
    } catch (error) {
      if (error instanceof NotFound) return null;
      throw error;
    }
  }

  async function people(plan: Plan): Promise<PeopleFound> {
    const { teamId } = await self();
    const asked = Object.entries(plan.people).map(async ([role, refs]) => {
      const each = refs.map(async (ref) => ({ role, name: refName(ref), member: await memberOf(ref, teamId) }));
      return { role, each: await Promise.all(each) };
    });
    const found = await Promise.all(asked);
    const members = found.map(({ role, each }) => [role, each.flatMap(({ member }) => member ?? [])] as const);
    const held = await roles.holdersOf(Object.fromEntries(members), teamId, { gone: 'nobody' });
    const { holders, skipped, unjudged } = held;
    const missing = found.flatMap(({ each }) => each.filter(({ member }) => !member));
    return { holders, skipped, unjudged, missing: missing.map(({ role, name }) => ({ role, name })) };
  }

  return {
    self,
    people,
    async socket() {
      await askSlack('apps.connections.open', async () => appClient?.apps.connections.open({}));
    },
    async channel(plan) {
      const { teamId } = await self();
      return channels.channelOf(plan.channel, teamId);
    },
    async nameOf(userId) {
      const { teamId } = await self();
      const found = await roles.person(teamId, userId).catch(() => null);
      return found?.value.name || userId;
    },
  };
}

async function askSelf(client: WebClient): Promise<SurveyedBot> {
  const answer = await askSlack('auth.test', () => client.auth.test());
  return {
    teamId: (await servedBy(client, answer)).teamId,
    team: answer.team ?? answer.team_id ?? '',
    bot: answer.user ?? answer.user_id ?? '',
    scopes: answer.response_metadata?.scopes ?? null,
  };
}

/** Asked once in this run of the command, and kept no longer: what an installer has just changed must show. */
function createKnown(): PeopleMemory {
  const answers = new Map<string, Promise<unknown>>();
  return {
    async ask<T>({ teamId, kind, key, method, ask }: PeopleQuestion<T>) {
      const id = JSON.stringify([teamId, kind, key, method]);
      const answer = (answers.get(id) as Promise<T> | undefined) ?? ask();
      answers.set(id, answer);
      return { value: await answer, fresh: true };
    },
    remembered: async () => new Map(),
    remember: async () => undefined,
  };
}

function refName(ref: PersonRef): string {
  switch (ref.kind) {
    case 'user':
    case 'group':
      return ref.id;
    case 'handle':
      return `@${ref.handle}`;
    case 'email':
      return ref.email;
    default:
      return ref satisfies never;
  }
}
