import { describe, expect, test } from 'vitest';
import type { Message } from '../../src/rollout/state/effects.js';
import { requestFor } from '../support/rollouts.js';
import { alert, all, LIVE, openWorld, PLACE } from './world.js';

const PERSON = 'U0OPAL';
const SLOT = 'outcome:12.118';

function outcome(kind: 'granted' | 'expired' = 'granted'): Message {
  const request = requestFor({ stageNo: 3, from: 10, to: 50 });
  return { template: 'outcome', request, outcome: kind === 'granted' ? { kind } : { kind, at: new Date() } };
}

describe('a message to one person', () => {
  test('is shown in their direct messages, in no thread, though the channel shows nothing yet', async () => {
    const world = await openWorld();
    const id = await world.order(SLOT, outcome(), { person: PERSON });
    await (await world.bot()).pump();
    expect(world.shown(PLACE)).toEqual([]);
    expect(world.shown(PERSON)).toHaveLength(1);
    expect(world.shown(PERSON, SLOT)[0]?.threadTs).toBeUndefined();
    expect((await world.effect(id)).state).toBe('done');
  });

  test('is edited in place when there is something new to say', async () => {
    const world = await openWorld();
    const bot = await world.bot();
    await world.order(SLOT, outcome(), { person: PERSON });
    await bot.pump();
    const [before] = world.shown(PERSON);
    await world.order(SLOT, outcome('expired'), { person: PERSON });
    await bot.pump();
    const [after, ...more] = world.shown(PERSON);
    expect(more).toEqual([]);
    expect(after?.ts).toBe(before?.ts);
    expect(all(after)).not.toBe(all(before));
  });

  test('whose answer was lost is found by its metadata, not sent twice', async () => {
    const world = await openWorld();
    const bot = await world.bot();
    world.slack.fail({ method: 'chat.postMessage', resetAfter: true });
    await world.order(SLOT, outcome(), { person: PERSON });
    await bot.pump();
    await world.store.pass(10_000);
    await bot.pump();
    expect(world.shown(PERSON)).toHaveLength(1);
    const [row] = await world.store.rows<{ ts: string }>('select ts from messages where person = $1', [PERSON]);
    expect(row?.ts).toBe(world.shown(PERSON)[0]?.ts);
  });

  test('two processes ask for the direct messages of somebody once in a week', async () => {
    const world = await openWorld();
    await world.order(SLOT, outcome(), { person: PERSON });
    await (await world.bot()).pump();
    await world.order('outcome:12.119', outcome(), { person: PERSON });
    await (await world.bot()).pump();
    expect(world.shown(PERSON)).toHaveLength(2);
    expect(world.slack.calls.filter(({ method }) => method === 'conversations.open')).toHaveLength(1);
  });
});

describe('somebody who cannot be written to', () => {
  test.each(['user_disabled', 'cannot_dm_bot', 'user_not_found', 'messages_tab_disabled'])(
    '(%s) ends that message with the reason, and the channel goes on',
    async (error) => {
      const world = await openWorld();
      world.slack.fail({ method: 'conversations.open', error });
      const id = await world.order(SLOT, outcome(), { person: PERSON });
      await world.order('live', LIVE);
      await (await world.bot()).pump();
      expect(await world.effect(id)).toEqual({ state: 'failed', last_error: error });
      expect(world.shown(PLACE, 'live')).toHaveLength(1);
    },
  );

  test('for a while holds up nothing in the channel, and is tried less and less often', async () => {
    const world = await openWorld();
    const bot = await world.bot();
    world.slack.fail({ method: 'conversations.open', error: 'missing_scope', times: Number.POSITIVE_INFINITY });
    const id = await world.order(SLOT, outcome(), { person: PERSON });
    await world.order('live', LIVE);
    for (let minute = 0; minute < 20; minute += 1) {
      await bot.pump();
      await world.store.pass(60_000);
    }
    expect(world.shown(PLACE, 'live')).toHaveLength(1);
    const tries = world.slack.calls.filter(({ method }) => method === 'conversations.open').length;
    expect(tries).toBeGreaterThan(5);
    expect(tries).toBeLessThan(10);
    for (let hour = 0; hour < 20; hour += 1) {
      await world.store.pass(3_600_000);
      await bot.pump();
    }
    expect(await world.effect(id)).toEqual({ state: 'failed', last_error: 'missing_scope' });
  });
});

test('while the channel takes nothing, what goes to one person goes out all the same', async () => {
  const world = await openWorld();
  const bot = await world.bot();
  world.slack.setChannel(PLACE, { members: [PERSON] });
  await world.order('live', LIVE);
  await world.order('alerts:1', alert(1));
  await bot.pump();
  await world.order(SLOT, outcome(), { person: PERSON });
  await bot.pump();
  expect(world.shown(PERSON, SLOT)).toHaveLength(1);
});
