import { describe, expect, test } from 'vitest';
import { said } from '../../src/rollout/state/detail.js';
import type { Message } from '../../src/rollout/state/effects.js';
import { rollbackFrom } from '../support/rollouts.js';
import { alert, all, buttonsOf, card, killedAfterPosts, LIVE, openWorld, PLACE, type World } from './world.js';

const OPAL = 'U0OPAL';
const OSCAR = 'U0OSCAR';
const ALERT = 'alerts:1';
const STAGE_START: Message = { template: 'stage_start', stageNo: 1, exposure: 10, bakeMs: 60_000, at: new Date() };
const REMOVED = `I cannot post in <#${PLACE}>: I was removed. Invite me: \`/invite @rollout\`.`;
const ARCHIVED = `I cannot post in <#${PLACE}>: it is archived. Unarchive it.`;

/** The rollout has its live message; then the bot was removed from the channel. @opal started it, @oscar is on call. */
async function removed(): Promise<World> {
  const world = await openWorld();
  await world.order('live', LIVE);
  await (await world.bot()).pump();
  const { members } = world.slack.channelByName('releases');
  world.slack.setChannel(PLACE, { members: members.filter((id) => id !== 'U0ROLLOUT') });
  return world;
}

function invite(world: World): void {
  world.slack.setChannel(PLACE, { members: [...world.slack.channelByName('releases').members, 'U0ROLLOUT'] });
}

function incident(tookMs: number | null): Message {
  return { template: 'incident', rollback: rollbackFrom(10), tookMs, exposure: tookMs === null ? null : 0 };
}

describe('the bot was removed from the channel', () => {
  test.each([
    [ALERT, alert(1)],
    ['incident:1', incident(null)],
  ])('%s goes at once to who started and to the contacts, with what they can do about it', async (slot, message) => {
    const world = await removed();
    await world.order(slot, message);
    await (await world.bot()).pump();
    for (const person of [OPAL, OSCAR]) {
      expect(world.shown(person), person).toHaveLength(1);
      expect(all(world.shown(person, slot)[0])).toContain(REMOVED);
    }
    expect(world.shown('U0LEA')).toEqual([]);
  });

  test.each<[string, Message]>([
    ['request:1.1', card()],
    ['completed', { template: 'not_started', reason: 'rehearsal_failed', detail: said('flag: connection refused') }],
    ['reminder', { template: 'reminder', waitingFor: 'advance', since: new Date() }],
  ])('%s goes to who started alone', async (slot, message) => {
    const world = await removed();
    await world.order(slot, message);
    await (await world.bot()).pump();
    expect(world.shown(OPAL, slot)).toHaveLength(1);
    expect(world.shown(OSCAR)).toEqual([]);
  });

  test('that a stage began is told to nobody, and does not keep an alert behind it from being told', async () => {
    const world = await removed();
    const bot = await world.bot();
    await world.order('start:1:1', STAGE_START);
    await bot.pump();
    expect(world.shown(OPAL)).toEqual([]);
    await world.order(ALERT, alert(1));
    await bot.pump();
    expect(world.shown(OPAL, ALERT)).toHaveLength(1);
  });

  test('what is over by now is edited there, and each stays one', async () => {
    const world = await removed();
    const bot = await world.bot();
    await world.order('incident:1', incident(null));
    await bot.pump();
    const [before] = world.shown(OPAL);
    await world.order('incident:1', incident(1_400));
    await bot.pump();
    const [after, ...more] = world.shown(OPAL);
    expect(more).toEqual([]);
    expect(after?.ts).toBe(before?.ts);
    expect(all(after)).not.toBe(all(before));
  });

  test('the channel is tried every half minute, and once the bot is back its thread catches up, each post once', async () => {
    const world = await removed();
    const bot = await world.bot();
    await world.order('start:1:1', STAGE_START);
    await world.order(ALERT, alert(1));
    for (let second = 0; second < 120; second += 5) {
      await bot.pump();
      await world.store.pass(5_000);
    }
    const tried = world.slack.calls.filter(({ error }) => error === 'not_in_channel');
    expect(tried.length).toBeGreaterThanOrEqual(4);
    expect(tried.length).toBeLessThanOrEqual(5);
    invite(world);
    await world.store.pass(30_000);
    await bot.pump();
    await bot.pump();
    const [root] = world.shown(PLACE, 'live');
    for (const slot of ['start:1:1', ALERT]) {
      expect(world.shown(PLACE, slot)).toHaveLength(1);
      expect(world.shown(PLACE, slot)[0]?.threadTs).toBe(root?.ts);
    }
    const [copy, ...more] = world.shown(OPAL);
    expect(more).toEqual([]);
    expect(all(copy)).not.toContain('I cannot post');
    expect(all(copy)).toContain('open its thread');
  });

  test.each([1, 2])('killed after %i of the direct messages: everybody has one', async (n) => {
    const world = await removed();
    await world.order(ALERT, alert(1));
    await killedAfterPosts(world, n);
    const next = await world.bot();
    await next.pump();
    await next.pump();
    expect(world.shown(OPAL, ALERT)).toHaveLength(1);
    expect(world.shown(OSCAR, ALERT)).toHaveLength(1);
  });

  test('a card shown to an approver before loses its buttons all the same when it is decided', async () => {
    const world = await openWorld();
    const bot = await world.bot();
    const here = ['U0OPAL', 'U0OSCAR', 'U0LOU'];
    world.slack.setChannel(PLACE, { members: [...here, 'U0ROLLOUT'] });
    await world.order('live', LIVE);
    await world.order('request:1.1', card());
    await bot.pump();
    expect(buttonsOf(world.shown('U0LEA')[0])).toContain('rollout_approve');
    world.slack.setChannel(PLACE, { isArchived: true });
    await world.order('request:1.1', card({ kind: 'expired', at: new Date() }));
    await bot.pump();
    expect(world.shown('U0LEA')).toHaveLength(1);
    expect(buttonsOf(world.shown('U0LEA')[0])).not.toContain('rollout_approve');
  });

  test('who started is told though Slack does not say who the contacts are, and they are as soon as it does', async () => {
    const world = await removed();
    const bot = await world.bot();
    world.slack.fail({ method: 'usergroups.users.list', error: 'internal_error', times: Number.POSITIVE_INFINITY });
    await world.order(ALERT, alert(1));
    await bot.pump();
    expect(world.shown(OPAL)).toHaveLength(1);
    expect(world.shown(OSCAR)).toEqual([]);
    world.slack.clearFaults();
    await world.store.pass(10_000);
    await bot.pump();
    expect(world.shown(OPAL)).toHaveLength(1);
    expect(world.shown(OSCAR)).toHaveLength(1);
  });
});

test('an archived channel is said to be archived', async () => {
  const world = await removed();
  invite(world);
  world.slack.setChannel(PLACE, { isArchived: true });
  await world.order(ALERT, alert(1));
  await (await world.bot()).pump();
  expect(all(world.shown(OPAL, ALERT)[0])).toContain(ARCHIVED);
});

test('an alert that came and went while nobody could be told is told to nobody', async () => {
  const world = await removed();
  await world.order(ALERT, alert(1, { at: new Date(), value: 0.4 }));
  await (await world.bot()).pump();
  expect(world.shown(OPAL)).toEqual([]);
});
