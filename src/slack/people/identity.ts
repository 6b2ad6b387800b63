import type { AuthTestResponse, WebClient } from '@slack/web-api';
import type { Db } from '../../store/connect.js';
import { recallPeople, rememberPeople } from '../../store/people.js';
import { askSlack, SlackRefuses } from './last-known.js';

/** Who the bot is. */
export interface BotIdentity {
  /** The one workspace this process serves; the organisation where the app is installed for several of its workspaces. */
  readonly teamId: string;
  /** The organisation of an Enterprise Grid, if the workspace is part of one. */
  readonly enterpriseId: string | null;
  readonly botUserId: string;
  readonly botId: string;
}

export interface Identity {
  /**
   * Who the bot is for Bolt. Never fails, and waits for Slack for half a second at most: a Slack that is down or slow
   * while the bot starts must not lock it out.
   */
  authorize(): Promise<{ botToken: string; botId?: string; botUserId?: string }>;
  /** Throws while Slack has never answered, to this process or an earlier one. */
  self(): Promise<BotIdentity>;
}

/** How long a request waits for Slack's answer before it goes by what an earlier process was told. */
const PATIENCE_MS = 500;

/** Asks Slack once who the bot is, remembers it over restarts, and asks again only while nobody knows. */
export function createIdentity(options: { db: Db; client: WebClient; token: string }): Identity {
  let self: BotIdentity | undefined;
  let remembered: BotIdentity | undefined;
  let asking: Promise<BotIdentity> | undefined;

  async function ask(): Promise<BotIdentity> {
    self = await askSelf(options.client);
    await rememberPeople(options.db, '', 'self', 'self', self).catch(() => undefined);
    return self;
  }

  function asked(): Promise<BotIdentity> {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    // Nobody may be waiting for it any more when it fails.
    asking.catch(() => undefined);
    return asking;
  }

  /** What can be said without waiting for Slack for long. Slack's answer, whenever it comes, takes its place. */
  async function soon(): Promise<BotIdentity | undefined> {
    if (self) return self;
    const answer = asked();
    if (remembered) return remembered;
    const inTime = await within(PATIENCE_MS, answer);
    if (inTime) return inTime;
    const known = await recallPeople<BotIdentity>(options.db, '', 'self', 'self').catch(() => null);
    remembered = known ? { ...known.value, enterpriseId: known.value.enterpriseId ?? null } : undefined;
    return self ?? remembered;
  }

  return {
    async authorize() {
      const known = await soon();
      if (!known) return { botToken: options.token };
      const { botId, botUserId } = known;
      return { botToken: options.token, botUserId, ...(botId ? { botId } : {}) };
    },
    // Without an answer from any time there is nothing to fall back on: whose workspace this is decides who is a stranger.
    self: async () => (await soon()) ?? (await asked()),
  };
}

/** Asks Slack who the bot is and which workspace it serves. */
async function askSelf(client: WebClient): Promise<BotIdentity> {
  const answer = await client.auth.test();
  if (!answer.team_id || !answer.user_id) throw new Error('Slack did not say who the bot is');
  return { ...(await servedBy(client, answer)), botUserId: answer.user_id, botId: answer.bot_id ?? '' };
}

/** The workspace a token is for, by the answer to `auth.test`. */
export async function servedBy(
  client: WebClient,
  { team_id: teamId = '', enterprise_id, is_enterprise_install }: AuthTestResponse,
): Promise<Pick<BotIdentity, 'teamId' | 'enterpriseId'>> {
  if (!is_enterprise_install) return { teamId, enterpriseId: enterprise_id ?? null };
  const enterpriseId = enterprise_id ?? teamId;
  return { teamId: (await onlyWorkspace(client)) ?? enterpriseId, enterpriseId };
}

/** The workspace an app that is installed for a whole organisation was added to, when it is one and no more, and Slack tells. */
async function onlyWorkspace(client: WebClient): Promise<string | null> {
  try {
    const list = () => client.auth.teams.list({ limit: 2 });
    const { teams = [], response_metadata: more } = await askSlack('auth.teams.list', list);
    return teams.length === 1 && !more?.next_cursor ? (teams[0]?.id ?? null) : null;
  } catch (error) {
    if (error instanceof SlackRefuses) return null;
    throw error;
  }
}

/** The answer, or undefined when it fails or is not there in time. */
async function within<T>(ms: number, answer: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([answer, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}
