import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/rollout/state/effects.js';
import { rollbackFrom } from '../support/rollouts.js';
import { unthreading } from './unthreading-slack.js';
import { alert, all, card, LIVE, openWorld, PLACE, type World } from './world.js';

const OPAL = 'U0OPAL';
const EVER = Number.POSITIVE_INFINITY;
const ALERT = 'alerts:1';
const INCIDENT: Message = { template: 'incident', rollback: rollbackFrom(10), tookMs: null, exposure: null };

/** The rollout has its live message. @opal started it. */
async function announced() {
  const world = await openWorld();
  const bot = await world.bot();
  await world.order('live', LIVE);
  await bot.pump();
  return { world, bot };
}

async function passing(world: World, bot: { pump(): Promise<void> }, times: number, stepS = 5): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    await world.store.db.query(`delete from slack_limits where code is null`);
    await world.store.pass(stepS * 1_000);
    await bot.pump();
  }
}

test.each(['thread_not_found', 'message_not_found', 'invalid_thread_ts', 'cant_broadcast_message'])(
  'a reply that Slack refuses as a reply (%s) is said in the channel at once',
  async (error) => {
    const { world, bot } = await announced();
    world.slack.fail({ method: 'chat.postMessage', slot: 'incident:1', error });
    await world.order('incident:1', INCIDENT);
    await bot.pump();
    expect(world.shown(PLACE, 'incident:1')).toHaveLength(1);
    expect(world.shown(OPAL)).toEqual([]);
  },
);

test('a post whose metadata alone is refused keeps its buttons', async () => {
  const { world, bot } = await announced();
  world.slack.fail({ method: 'chat.postMessage', slot: 'incident:1', error: 'metadata_too_large', times: EVER });
  await world.order('incident:1', INCIDENT);
  await bot.pump();
  const said = world.shown(PLACE).at(-1);
  expect(said?.metadata).toBeUndefined();
  expect(all(said)).toContain('rollout_status');
});

describe('a post is made once', () => {
  test('as plain text, though the answer was lost', async () => {
    const { world, bot } = await announced();
    world.slack.fail({ method: 'chat.postMessage', slot: 'incident:1', error: 'invalid_blocks' });
    world.slack.fail({ method: 'chat.postMessage', channel: PLACE, resetAfter: true });
    await world.order('incident:1', INCIDENT);
    await bot.pump();
    await passing(world, bot, 4);
    expect(world.shown(PLACE).filter(({ text }) => text.includes('ROLLBACK'))).toHaveLength(1);
  });

  test('in the channel itself, though the answer was lost and its thread is there by then', async () => {
    const world = await openWorld();
    const bot = await world.bot();
    world.slack.fail({ method: 'chat.postMessage', slot: 'live', reset: true });
    world.slack.fail({ method: 'chat.postMessage', slot: 'incident:1', resetAfter: true });
    await world.order('incident:1', INCIDENT);
    await bot.pump();
    await passing(world, bot, 6);
    expect(world.shown(PLACE, 'live')).toHaveLength(1);
    expect(world.shown(PLACE, 'incident:1')).toHaveLength(1);
  });

  test.each(['cant_delete_message', 'internal_error'])(
    'outside its thread, where Slack put it there and does not take it back (%s)',
    async (error) => {
      const { world } = await announced();
      const bot = await world.bot({ slackApiUrl: await unthreading(world.slack) });
      world.slack.deleteMessage(PLACE, world.shown(PLACE, 'live')[0]?.ts ?? '');
      world.slack.fail({ method: 'chat.delete', error, times: EVER });
      await world.order(ALERT, alert(1));
      await bot.pump();
      await passing(world, bot, 6, 15);
      expect(world.shown(PLACE, ALERT)).toHaveLength(1);
    },
  );
});

describe('an edit', () => {
  test('that Slack wants later as plain text is made later, and not given up for a new post', async () => {
    const { world, bot } = await announced();
    await world.order(ALERT, alert(1));
    await bot.pump();
    world.slack.fail({ method: 'chat.update', slot: ALERT, error: 'invalid_blocks' });
    world.slack.fail({ method: 'chat.update', slot: ALERT, rateLimit: 20 });
    await world.order(ALERT, alert(1, { at: new Date(), value: 0.4 }));
    await bot.pump();
    await passing(world, bot, 8);
    expect(world.shown(PLACE, ALERT)).toHaveLength(1);
  });

  test.each(['restricted_action', 'posting_to_channel_denied'])(
    'that is refused with %s keeps no new post back',
    async (error) => {
      const { world, bot } = await announced();
      world.slack.fail({ method: 'chat.update', error, times: EVER });
      await world.store.db.query(`update messages set shown_hash = 'another' where slot = 'live'`);
      await world.order('live', LIVE);
      await bot.pump();
      await world.order('incident:1', INCIDENT);
      await bot.pump();
      expect(world.shown(PLACE, 'incident:1')).toHaveLength(1);
      expect(world.shown(OPAL)).toEqual([]);
    },
  );
});

test('the direct messages that are remembered of a person are not there any more: others are opened', async () => {
  const { world, bot } = await announced();
  await world.store.db.query(
    `insert into people (team_id, kind, key, value, fetched_at) values ('T0SANDBOX', 'direct', $1, '"D0GONE"', steady_now())`,
    [OPAL],
  );
  world.slack.fail({ method: 'chat.postMessage', channel: PLACE, error: 'restricted_action', times: EVER });
  await world.order('incident:1', INCIDENT);
  await bot.pump();
  expect(world.shown(OPAL, 'incident:1')).toHaveLength(1);
});

test('whether a start can be shown is asked of Slack, not of what it refused before the bot was invited', async () => {
  const world = await openWorld();
  await world.store.db.query(
    `insert into slack_limits (key, at, paused_until, code)
     values ('channel:' || $1::text, rollout_now(), rollout_now() + interval '30 seconds', 'not_in_channel')`,
    [PLACE],
  );
  await world.order('live', LIVE);
  await (await world.bot()).pump();
  expect(world.shown(PLACE, 'live')).toHaveLength(1);
  expect((await world.rollout()).phase).not.toBe('not_started');
});

test('what waits because Slack asked to wait is not said to be without an answer', async () => {
  const { world, bot } = await announced();
  world.slack.fail({ method: 'chat.postMessage', channel: PLACE, rateLimit: 20, times: EVER });
  for (const no of [1, 2]) await world.order(`alerts:${no}`, alert(no));
  for (let n = 0; n < 10; n += 1) {
    await bot.pump();
    await world.store.pass(5_000);
  }
  expect(world.shown(OPAL)).toHaveLength(2);
  for (const said of world.shown(OPAL)) expect(all(said)).toMatch(/Slack asks me to wait|it has to wait there/);
});

describe('of a start from a shell, in a channel that takes no posts', () => {
  const unstarted: Message = {
    template: 'not_started',
    reason: 'channel_refused',
    detail: { kind: 'channel', code: 'restricted_action' },
  };
  test.each<[string, Message]>([
    [ALERT, alert(1)],
    ['request:1.1', card()],
    ['completed', unstarted],
  ])('%s is told to the contacts, and where there are none to the operators', async (slot, message) => {
    const { world, bot } = await announced();
    const define = (path: string, value: unknown) =>
      world.store.db.query('update rollouts set definition = jsonb_set(definition, $1::text[], $2)', [
        path.split('.'),
        JSON.stringify(value),
      ]);
    await define('startedBy', { kind: 'cli', name: 'ci' });
    world.slack.fail({ method: 'chat.postMessage', channel: PLACE, error: 'restricted_action', times: EVER });
    await world.order(slot, message);
    await bot.pump();
    expect(world.shown('U0OSCAR', slot)).toHaveLength(1);
    expect(world.shown(OPAL)).toEqual([]);
    await define('plan.contact', []);
    await world.order(`${slot}:again`, message);
    await bot.pump();
    expect(world.shown(OPAL, `${slot}:again`)).toHaveLength(1);
  });
});
