import type { WebClient } from '@slack/web-api';
import type { Db } from '../store/connect.js';
import { recallPeople, rememberPeople } from '../store/people.js';

interface Self {
  readonly teamId: string;
  readonly botUserId: string;
  readonly botId: string;
}

export interface Identity {
  /**
   * Who the bot is for Bolt. Never fails, and waits for Slack for half a second at most: a Slack that is down or slow
   * while the bot starts must not lock it out.
   */
  authorize(): Promise<{ botToken: string; botId?: string; botUserId?: string }>;
  /** The one workspace this process serves; throws while Slack has never answered, to this process or an earlier one. */
  teamId(): Promise<string>;
}

/** How long a request waits for Slack's answer before it goes by what an earlier process was told. */
const PATIENCE_MS = 500;

/** Asks Slack once who the bot is, remembers it over restarts, and asks again only while nobody knows. */
export function createIdentity(options: { db: Db; client: WebClient; token: string }): Identity {
  let self: Self | undefined;
  let remembered: Self | undefined;
  let asking: Promise<Self> | undefined;

  async function ask(): Promise<Self> {
    const answer = await options.client.auth.test();
    if (!answer.team_id || !answer.user_id) throw new Error('Slack did not say who the bot is');
    self = { teamId: answer.team_id, botUserId: answer.user_id, botId: answer.bot_id ?? '' };
    await rememberPeople(options.db, '', 'self', 'self', self).catch(() => undefined);
    return self;
  }

  function asked(): Promise<Self> {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    // Nobody may be waiting for it any more when it fails.
    asking.catch(() => undefined);
    return asking;
  }

  /** What can be said without waiting for Slack for long. Slack's answer, whenever it comes, takes its place. */
  async function soon(): Promise<Self | undefined> {
    if (self) return self;
    const answer = asked();
    if (remembered) return remembered;
    const inTime = await within(PATIENCE_MS, answer);
    if (inTime) return inTime;
    const known = await recallPeople<Self>(options.db, '', 'self', 'self').catch(() => null);
    remembered = known?.value;
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
    teamId: async () => ((await soon()) ?? (await asked())).teamId,
  };
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
