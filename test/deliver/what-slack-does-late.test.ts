import { expect, test } from 'vitest';
import type { Message } from '../../src/rollout/state/effects.js';
import { rollbackFrom } from '../support/rollouts.js';
import { alert, all, LIVE, openWorld, PLACE } from './world.js';

const OPAL = 'U0OPAL';
const incident: Message = { template: 'incident', rollback: rollbackFrom(10), tookMs: null, exposure: null };
const stageStart = (exposure: number): Message => ({
  template: 'stage_start',
  stageNo: 1,
  exposure,
  bakeMs: 60_000,
  at: new Date(0),
});

test.each<[string, Message, string]>([
  ['live', LIVE, PLACE],
  ['incident:1', incident, PLACE],
  ['alerts:1', alert(1), PLACE],
  ['paused:1', incident, OPAL],
])(
  'a post of %s that Slack makes after it was looked for and made again is taken away, and the one that is known stays',
  async (slot, message, place) => {
    const world = await openWorld();
    const bot = await world.bot();
    if (slot !== 'live') {
      await world.order('live', LIVE);
      await bot.pump();
    }
    world.slack.fail({ method: 'chat.postMessage', slot, late: true });
    await world.order(slot, message, place === OPAL ? { person: OPAL } : {});
    await bot.pump();
    await world.store.pass(3_000);
    await bot.pump();
    expect(world.shown(place, slot)).toHaveLength(1);
    const [known] = world.shown(place, slot);
    expect(world.slack.carryOutLate()).toBe(1);
    expect(world.shown(place, slot)).toHaveLength(2);
    await world.store.pass(10_000);
    await bot.deliver.lookForLate();
    expect(world.shown(place, slot)).toEqual([known]);
  },
);

test('one that comes half a minute late is taken away too, and after five minutes nobody looks any more', async () => {
  const world = await openWorld();
  const bot = await world.bot();
  world.slack.fail({ method: 'chat.postMessage', slot: 'live', late: true });
  await world.order('live', LIVE);
  await bot.pump();
  await world.store.pass(3_000);
  await bot.pump();
  await world.store.pass(10_000);
  await bot.deliver.lookForLate();
  world.slack.carryOutLate();
  await world.store.pass(50_000);
  await bot.deliver.lookForLate();
  expect(world.shown(PLACE, 'live')).toHaveLength(1);
  await world.store.pass(300_000);
  await bot.deliver.lookForLate();
  const before = world.slack.calls.length;
  await world.store.pass(3_600_000);
  await bot.deliver.lookForLate();
  expect(world.slack.calls.length).toBe(before);
});

test.each([
  ['chat.delete', 'cant_delete_message'],
  ['conversations.history', 'missing_scope'],
])('where %s is refused for good (%s), Slack is not asked for ever', async (method, error) => {
  const world = await openWorld();
  const bot = await world.bot();
  world.slack.fail({ method: 'chat.postMessage', slot: 'live', late: true });
  await world.order('live', LIVE);
  await bot.pump();
  await world.store.pass(3_000);
  await bot.pump();
  world.slack.carryOutLate();
  world.slack.fail({ method, error, times: Number.POSITIVE_INFINITY });
  const refused = () => world.slack.calls.filter((call) => call.method === method && call.error === error).length;
  for (let looks = 0; looks < 20; looks += 1) {
    await world.store.pass(60_000);
    await bot.deliver.lookForLate();
  }
  expect(refused()).toBe(3);
});

test('a post that takes no edit and was said again is no second one of the new', async () => {
  const world = await openWorld();
  const bot = await world.bot();
  await world.order('live', LIVE);
  await bot.pump();
  world.slack.fail({ method: 'chat.update', error: 'cant_update_message', times: Number.POSITIVE_INFINITY });
  await world.order('alerts:1', alert(1));
  await bot.pump();
  world.slack.fail({ method: 'chat.postMessage', slot: 'alerts:1', resetAfter: true });
  await world.order('alerts:1', alert(1, { at: new Date(), value: 0.4 }));
  await bot.pump();
  await world.store.pass(3_000);
  await bot.pump();
  await world.store.pass(10_000);
  await bot.deliver.lookForLate();
  expect(world.shown(PLACE, 'alerts:1')).toHaveLength(2);
});

test('an edit that comes after a newer one does not stay', async () => {
  const world = await openWorld();
  const bot = await world.bot();
  await world.order('live', LIVE);
  await world.order('start:1:1', stageStart(10));
  await bot.pump();
  world.slack.fail({ method: 'chat.update', slot: 'start:1:1', late: true });
  await world.order('start:1:1', stageStart(25));
  await bot.pump();
  await world.order('start:1:1', stageStart(50));
  await bot.pump();
  expect(all(world.shown(PLACE, 'start:1:1')[0])).toContain('50');
  world.slack.carryOutLate();
  expect(all(world.shown(PLACE, 'start:1:1')[0])).not.toContain('50');
  await world.store.pass(10_000);
  await bot.deliver.lookForLate();
  await bot.pump();
  expect(all(world.shown(PLACE, 'start:1:1')[0])).toContain('50');
});
