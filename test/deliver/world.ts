import { WebClient } from '@slack/web-api';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { type RunningSlack, startLocalSlack } from '../../sandbox/slack/index.js';
import type { SlackMessage } from '../../sandbox/slack/types.js';
import { createAdapters } from '../../src/adapters/index.js';
import type { OnCrashPoint } from '../../src/crash-points.js';
import { createDeliver, type Deliver } from '../../src/deliver/index.js';
import { addressed } from '../../src/rollout/state/audience.js';
import type { Message, ShowEffect } from '../../src/rollout/state/effects.js';
import type { ApprovalRequest, Member, Rollout } from '../../src/rollout/state/rollout.js';
import { createCrowdBudget } from '../../src/slack/people/crowd.js';
import { createDirectory } from '../../src/slack/people/directory.js';
import { createSender, type Sender } from '../../src/slack/posting/send.js';
import { freeDead } from '../../src/store/effects.js';
import { startWorker } from '../../src/store/workers.js';
import { holders, member, PLAN } from '../rollout/fixture.js';
import { load, openStore, planNamed, type Store, started } from '../store/store.js';
import { requestFor } from '../support/rollouts.js';

const TEAM = 'T0SANDBOX';
const SELF = { teamId: TEAM, enterpriseId: null, botUserId: 'U0ROLLOUT', botId: 'B0ROLLOUT' };
export const PLACE = 'C0RELEASES';
const OPAL = {
  actor: { kind: 'slack', teamId: TEAM, userId: 'U0OPAL' },
  standing: { who: 'member', roles: ['operators'], lastKnownRoles: ['operators'] },
} as const;
const PEOPLE: Readonly<Record<string, readonly Member[]>> = {
  operators: [{ kind: 'group', id: 'S0RELEASE' }],
  'engineering-lead': [{ kind: 'group', id: 'S0LEADS' }],
  'on-call': [{ kind: 'group', id: 'S0ONCALL' }],
};

/** A bot without its ears: it delivers what is due, and dies when told. */
interface Bot {
  readonly deliver: Deliver;
  readonly sender: Sender;
  /** Delivers until nothing is due. */
  pump(): Promise<void>;
  /** Ends as a process ends that is killed: nothing it holds is given back by itself. */
  kill(): Promise<void>;
}

/** One rollout started by @opal in #releases on its own database, with its own Slack and as many bots as wanted. */
export interface World {
  readonly store: Store;
  readonly slack: RunningSlack;
  readonly rolloutId: number;
  /** Log lines of all bots, from warning up. */
  readonly logged: Record<string, unknown>[];
  /** `slackApiUrl`: another way to the same Slack. */
  bot(options?: { onCrashPoint?: OnCrashPoint; slackApiUrl?: string }): Promise<Bot>;
  rollout(): Promise<Rollout>;
  /** Orders this to be shown, as a decision would; the newest of a slot replaces what waits. The effect's id. */
  order(slot: string, message: Message, more?: Pick<ShowEffect, 'person' | 'notBefore'>): Promise<number>;
  /** What people see in the channel, or in somebody's direct messages with the bot, of one slot or of all. */
  shown(place: string, slot?: string): SlackMessage[];
  effect(id: number): Promise<{ state: string; last_error: string | null }>;
}

export async function openWorld(): Promise<World> {
  const [store, slack] = await Promise.all([openStore(), startLocalSlack()]);
  const ends: (() => Promise<void>)[] = [];
  onTestFinished(async () => {
    await Promise.all(ends.map((end) => end()));
    await slack.close();
    await store.close();
  });
  const { id: rolloutId } = await started(store, {
    ...planNamed('checkout', { plan: { ...PLAN, contact: ['on-call'] } }),
    teamId: TEAM,
    channelId: PLACE,
    people: PEOPLE,
    ...OPAL,
    holders: holders(member('U1', 'engineering-lead', 'sre'), member('U2', 'engineering-lead', 'sre')),
  });
  await store.db.query(`update effects set state = 'done', done_at = now()`);
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level: 'warn' }, { write: (line) => void logged.push(JSON.parse(line)) });

  async function bot({
    slackApiUrl = slack.apiUrl,
    ...options
  }: {
    onCrashPoint?: OnCrashPoint;
    slackApiUrl?: string;
  } = {}): Promise<Bot> {
    const worker = await startWorker(store.url, { wake: () => undefined, error: () => undefined });
    ends.push(() => worker.close());
    const client = new WebClient(slack.botToken, {
      slackApiUrl,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      timeout: 3_000,
    });
    const { db } = store;
    const sender = createSender({ db, client, worker: worker.id, ...options });
    const deliver = createDeliver({
      db,
      worker: worker.id,
      dispatch: store.another({ worker: worker.id }),
      sender,
      log,
      ...options,
      adapters: createAdapters({ fill: (value) => value, network: {} }),
      directory: createDirectory({ db, client, self: async () => SELF, crowdBudget: createCrowdBudget() }),
    });
    const pump = async (): Promise<void> => {
      await freeDead(db, worker.id);
      await deliver.pump();
    };
    return { deliver, sender, pump, kill: () => worker.close() };
  }

  let seq = 10_000;
  async function order(slot: string, message: Message, more: Pick<ShowEffect, 'person' | 'notBefore'> = {}) {
    seq += 1;
    const payload: ShowEffect = { kind: 'show', slot, message, ...more };
    const to = addressed(payload);
    await store.db.query(
      `update effects set state = 'superseded' where lane = 'message' and state = 'pending' and slot = $1`,
      [slot],
    );
    const [row] = await store.rows<{ id: number }>(
      `insert into effects (rollout_id, seq, n, kind, slot, payload, not_before, lane, person, place, must_hear, outside, still, urgent)
       values ($1, $2, 0, 'show', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning id`,
      [
        rolloutId,
        seq,
        slot,
        JSON.stringify(payload),
        more.notBefore ?? null,
        to.lane,
        to.person,
        to.place,
        to.mustHear,
        to.outside,
        to.still,
        to.urgent,
      ],
    );
    if (!row) throw new Error('no row');
    return row.id;
  }

  return {
    store,
    slack,
    rolloutId,
    logged,
    bot,
    order,
    rollout: async () => (await load(store, rolloutId)).rollout,
    shown(place, slot) {
      const channel = place.startsWith('U') ? slack.directMessage(place).id : place;
      return slack
        .messages(channel)
        .filter(({ metadata }) => slot === undefined || metadata?.event_payload.slot === slot);
    },
    async effect(id) {
      const [row] = await store.rows<{ state: string; last_error: string | null }>(
        'select state, last_error from effects where id = $1',
        [id],
      );
      if (!row) throw new Error(`no effect ${id}`);
      return row;
    },
  };
}

/** A bot that is killed the n-th time Slack has taken a post of its; resolves when it is. */
export async function killedAfterPosts(world: World, n: number): Promise<void> {
  let posts = 0;
  let fall: () => void = () => undefined;
  const fallen = new Promise<void>((resolve) => {
    fall = resolve;
  });
  const bot = await world.bot({
    onCrashPoint: (step) => {
      if (step !== 'FP14') return undefined;
      posts += 1;
      if (posts < n) return undefined;
      fall();
      return new Promise<never>(() => undefined);
    },
  });
  const pumped = bot.pump();
  await Promise.race([fallen, pumped]);
  await bot.kill();
}

export const LIVE: Message = { template: 'live' };

/** The card that asks for 10 % → 25 %, in its state. */
export function card(
  outcome: Extract<Message, { template: 'approval_request' }>['outcome'] = { kind: 'open' },
  more: Partial<ApprovalRequest> = {},
): Message {
  const requestedBy = OPAL.actor;
  return {
    template: 'approval_request',
    request: requestFor({ stageNo: 3, from: 10, to: 50, requestedBy, verdicts: {}, ...more }),
    outcome,
  };
}

export function alert(no: number, closed: { at: Date; value: number } | null = null, value = 3): Message {
  const about = { subject: 'errors', no, kind: 'warning', reason: null, detail: null, value, exposure: 10 } as const;
  const at = new Date();
  const line = {
    ...about,
    since: at,
    beganAt: at,
    open: closed === null,
    ...(closed && { closed: { ...closed, how: 'over' as const } }),
  };
  return {
    template: 'alert',
    post: { no, at, place: 'channel', mentions: [], owed: false, had: [], lines: [line], movedTo: null },
  };
}

/** All words and buttons of a message, as one text. */
export function all(message: SlackMessage | undefined): string {
  return JSON.stringify(message?.blocks ?? []);
}

export const buttonsOf = (message: SlackMessage | undefined): string[] =>
  [...all(message).matchAll(/"action_id":"(\w+)"/g)].map(([, action = '']) => action);
