import type { WebClient } from '@slack/web-api';
import type { Db } from '../store/connect.js';
import { recallPeople, rememberPeople } from '../store/people.js';

interface Self {
  readonly teamId: string;
  readonly botUserId: string;
  readonly botId: string;
}

export interface Identity {
  /** Who the bot is for Bolt. Never fails: a Slack that is down while the bot starts must not lock it out for ever. */
  authorize(): Promise<{ botToken: string; botId?: string; botUserId?: string }>;
  /** The one workspace this process serves; throws while Slack has never answered. */
  teamId(): Promise<string>;
}

/** Asks Slack once who the bot is, remembers it over restarts, and asks again only while nobody knows. */
export function createIdentity(options: { db: Db; client: WebClient; token: string }): Identity {
  let self: Self | undefined;
  let asking: Promise<Self> | undefined;

  async function ask(): Promise<Self> {
    const answer = await options.client.auth.test();
    if (!answer.team_id || !answer.user_id) throw new Error('Slack did not say who the bot is');
    const found = { teamId: answer.team_id, botUserId: answer.user_id, botId: answer.bot_id ?? '' };
    await rememberPeople(options.db, '', 'self', 'self', found).catch(() => undefined);
    return found;
  }

  async function who(): Promise<Self> {
    if (self) return self;
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    try {
      self = await asking;
      return self;
    } catch (error) {
      const known = await recallPeople<Self>(options.db, '', 'self', 'self').catch(() => null);
      if (known) return known.value;
      throw error;
    }
  }

  return {
    async authorize() {
      try {
        const { botId, botUserId } = await who();
        return { botToken: options.token, botUserId, ...(botId ? { botId } : {}) };
      } catch {
        return { botToken: options.token };
      }
    },
    teamId: async () => (await who()).teamId,
  };
}
