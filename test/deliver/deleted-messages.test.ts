import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/rollout/state/effects.js';
import { unthreading } from './unthreading-slack.js';
import { alert, all, card, LIVE, openWorld, PLACE, type World } from './world.js';

const STAGE_START: Message = { template: 'stage_start', stageNo: 1, exposure: 10, bakeMs: 60_000, at: new Date() };

function delete_(world: World, slot: string): string {
  const [message] = world.shown(PLACE, slot);
  if (!message) throw new Error(`nothing shows ${slot}`);
  world.slack.deleteMessage(PLACE, message.ts);
  return message.ts;
}

/** The live message stands, with these posts under it. */
async function posted(posts: Record<string, Message>): Promise<World> {
  const world = await openWorld();
  await world.order('live', LIVE);
  for (const [slot, message] of Object.entries(posts)) await world.order(slot, message);
  await (await world.bot()).pump();
  return world;
}

/** The live message has something new to say. */
async function changed(world: World): Promise<void> {
  await world.store.db.query(
    `update rollouts set phase = 'held', seq = seq + 1, next_wake_at = rollout_now(),
       state = jsonb_set(state, '{held}', '{"cause": "paused_by_person", "by": {"kind": "bot"}, "note": "", "since": "2026-11-20T12:00:00.000Z"}')`,
  );
}

describe('a person deletes the live message', () => {
  test('it is posted once more, says where the messages before it stand, and later ones hang on it', async () => {
    const world = await posted({ 'alerts:1': alert(1) });
    const bot = await world.bot();
    const [reply] = world.shown(PLACE, 'alerts:1');
    const gone = delete_(world, 'live');
    await changed(world);
    await world.order('live', LIVE);
    await bot.pump();
    const [root, ...more] = world.shown(PLACE, 'live');
    expect(more).toEqual([]);
    expect(root?.ts).not.toBe(gone);
    const address = world.slack.permalink(PLACE, reply?.ts ?? '').replaceAll('&', '&amp;');
    expect(all(root)).toContain(address);
    await world.order('start:1:1', STAGE_START);
    await bot.pump();
    expect(world.shown(PLACE, 'start:1:1')[0]?.threadTs).toBe(root?.ts);
  });

  test('a reply to the one before is edited where it stands', async () => {
    const world = await posted({ 'alerts:1': alert(1) });
    const bot = await world.bot();
    const [before] = world.shown(PLACE, 'alerts:1');
    delete_(world, 'live');
    await changed(world);
    await world.order('live', LIVE);
    await world.order('alerts:1', alert(1, { at: new Date(), value: 0.4 }));
    await bot.pump();
    const [after, ...more] = world.shown(PLACE, 'alerts:1');
    expect(more).toEqual([]);
    expect(after?.ts).toBe(before?.ts);
    expect(all(after)).not.toBe(all(before));
  });

  test('that nothing hung on: the new one names no thread before it', async () => {
    const world = await posted({});
    delete_(world, 'live');
    await changed(world);
    await world.order('live', LIVE);
    await (await world.bot()).pump();
    expect(world.shown(PLACE, 'live')).toHaveLength(1);
    expect(all(world.shown(PLACE, 'live')[0])).not.toContain('slack.com/archives');
  });

  test.each([1, 2, 3])('noticed by %i processes at once, while it is drawn and redrawn: there is one', async (n) => {
    const world = await posted({ 'alerts:1': alert(1) });
    const bots = await Promise.all(Array.from({ length: n }, () => world.bot()));
    delete_(world, 'live');
    await changed(world);
    await world.order('live', LIVE);
    await world.store.pass(120_000);
    await Promise.all(bots.flatMap(({ deliver }) => [deliver.pump(), deliver.redraw(), deliver.redraw()]));
    await world.store.pass(60_000);
    await Promise.all(bots.flatMap(({ deliver }) => [deliver.pump(), deliver.redraw()]));
    expect(world.shown(PLACE, 'live')).toHaveLength(1);
  });

  test('killed after the new one was posted: the next process finds it, and posts no third', async () => {
    const world = await posted({ 'alerts:1': alert(1) });
    delete_(world, 'live');
    await changed(world);
    await world.order('live', LIVE);
    let fell: () => void = () => undefined;
    const fallen = new Promise<void>((resolve) => {
      fell = resolve;
    });
    const dying = await world.bot({
      onCrashPoint: (step) => {
        if (step !== 'FP14') return undefined;
        fell();
        return new Promise<never>(() => undefined);
      },
    });
    void dying.pump();
    await fallen;
    await dying.kill();
    await (await world.bot()).pump();
    const [root, ...more] = world.shown(PLACE, 'live');
    expect(more).toEqual([]);
    const rows = await world.store.rows<{ ts: string }>(`select ts from messages where slot = 'live'`);
    expect(rows).toEqual([{ ts: root?.ts }]);
  });

  test('and then the new one too: the next still points to the messages of the first', async () => {
    const world = await posted({ 'alerts:1': alert(1) });
    const bot = await world.bot();
    const [reply] = world.shown(PLACE, 'alerts:1');
    for (let time = 0; time < 2; time += 1) {
      delete_(world, 'live');
      await changed(world);
      await world.store.pass(60_000);
      await bot.deliver.redraw();
      await world.store.pass(60_000);
      await bot.deliver.redraw();
    }
    const address = world.slack.permalink(PLACE, reply?.ts ?? '').replaceAll('&', '&amp;');
    expect(all(world.shown(PLACE, 'live')[0])).toContain(address);
  });
});

test('a reply that Slack posts outside the thread, because its first message is gone, is taken back and said under the new one', async () => {
  const world = await posted({});
  const elsewhere = await unthreading(world.slack);
  const bot = await world.bot({ slackApiUrl: elsewhere });
  const gone = delete_(world, 'live');
  await world.order('start:1:1', STAGE_START);
  await bot.pump();
  const [root, ...more] = world.shown(PLACE, 'live');
  expect(root).toBeDefined();
  expect(more).toEqual([]);
  expect(root?.ts).not.toBe(gone);
  expect(world.shown(PLACE, 'start:1:1').map(({ threadTs }) => threadTs)).toEqual([root?.ts]);
});

describe('a person deletes a reply', () => {
  test('that called somebody: it is said once more, and calls nobody', async () => {
    const called = alert(1);
    if (called.template !== 'alert') throw new Error('not an alert');
    const mentions = [{ kind: 'group', id: 'S0LEADS' }] as const;
    const message: Message = { ...called, post: { ...called.post, mentions } };
    const world = await posted({ 'alerts:1': message });
    const [first] = world.shown(PLACE, 'alerts:1');
    expect(all(first)).toContain('<!subteam^S0LEADS>');
    delete_(world, 'alerts:1');
    await world.order('alerts:1', { ...message, post: { ...message.post, had: [{ kind: 'cli', name: 'a' }] } });
    await (await world.bot()).pump();
    const [again, ...more] = world.shown(PLACE, 'alerts:1');
    expect(more).toEqual([]);
    expect(again?.ts).not.toBe(first?.ts);
    expect(all(again)).not.toContain('<!subteam');
  });

  test.each<[string, Message, Message]>([
    ['an open request', card(), card({ kind: 'open' }, { reason: 'once more' })],
    ['an open alert', alert(1), alert(1, null, 4)],
  ])('%s is said once more, and when that is deleted too, no more', async (_what, message, next) => {
    const world = await posted({ 'request:1.1': message });
    const bot = await world.bot();
    delete_(world, 'request:1.1');
    await world.order('request:1.1', next);
    await bot.pump();
    expect(world.shown(PLACE, 'request:1.1')).toHaveLength(1);
    delete_(world, 'request:1.1');
    await world.order('request:1.1', message);
    await bot.pump();
    await world.order('request:1.1', next);
    await bot.pump();
    expect(world.shown(PLACE, 'request:1.1')).toEqual([]);
  });

  test.each<[string, Message, Message]>([
    ['a closed request', card(), card({ kind: 'expired', at: new Date() })],
    ['an alert that is over', alert(1), alert(1, { at: new Date(), value: 0.4 })],
    ['the begin of a stage', STAGE_START, { ...STAGE_START, exposure: 25 } as Message],
  ])('%s is left alone', async (_what, message, next) => {
    const world = await posted({ 'request:1.1': message });
    delete_(world, 'request:1.1');
    const id = await world.order('request:1.1', next);
    await (await world.bot()).pump();
    expect(world.shown(PLACE, 'request:1.1')).toEqual([]);
    expect((await world.effect(id)).state).toBe('done');
  });
});
