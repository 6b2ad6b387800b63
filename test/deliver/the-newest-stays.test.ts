import { expect, test } from 'vitest';
import { addressed } from '../../src/rollout/state/audience.js';
import type { Message } from '../../src/rollout/state/effects.js';
import type { Showing } from '../../src/slack/posting/showing.js';
import type { Rendered } from '../../src/slack/words/blocks.js';
import { all, card, LIVE, openWorld, PLACE, type World } from './world.js';

const SLOT = 'request:1.1';

function saying(words: string): Rendered {
  return { text: words, blocks: [{ type: 'section', text: { type: 'mrkdwn', text: words } }] };
}

/** The live message as one process rendered it when the rollout was at this event. */
async function liveAt(world: World, seq: number, words: string): Promise<Showing> {
  return messageAt(world, { seq, words, slot: 'live', message: LIVE });
}

interface Drawn {
  readonly seq: number;
  readonly words: string;
  readonly slot: string;
  readonly message: Message;
  readonly person?: string;
}

/** A message as one process rendered it. */
async function messageAt(world: World, { seq, words, ...shown }: Drawn): Promise<Showing> {
  const rollout = await world.rollout();
  const effect = { kind: 'show', ...shown } as const;
  const at = { ...effect, addressed: addressed(effect), now: new Date(), mayBePosted: () => false, failures: 0 };
  return { ...at, rollout: { ...rollout, seq }, rendered: saying(words) };
}

test('what a slow process rendered before the end is not drawn over the end by another', async () => {
  const world = await openWorld();
  const [slow, quick] = await Promise.all([world.bot(), world.bot()]);
  await quick.sender.show(await liveAt(world, 5, 'baking'));
  const late = await liveAt(world, 6, 'still baking');
  await quick.sender.show(await liveAt(world, 9, 'completed'));
  await slow.sender.show(late);
  expect(all(world.shown(PLACE, 'live')[0])).toContain('completed');
});

test('the end that looks like what stands there is newer all the same', async () => {
  const world = await openWorld();
  const [slow, quick] = await Promise.all([world.bot(), world.bot()]);
  await quick.sender.show(await liveAt(world, 5, 'the same words'));
  await quick.sender.show(await liveAt(world, 9, 'the same words'));
  await slow.sender.show(await liveAt(world, 6, 'other words'));
  expect(all(world.shown(PLACE, 'live')[0])).toContain('the same words');
});

test('two processes never draw one slot at the same time: the other comes later', async () => {
  const world = await openWorld();
  const [one, other] = await Promise.all([world.bot(), world.bot()]);
  await one.sender.show(await liveAt(world, 5, 'baking'));
  world.slack.fail({ method: 'chat.update', delayMs: 300 });
  const older = one.sender.show(await liveAt(world, 6, 'still baking'));
  await expect.poll(() => held(world)).toBe(true);
  await expect(other.sender.show(await liveAt(world, 9, 'completed'))).rejects.toThrow('another process is drawing it');
  await older;
  await other.sender.show(await liveAt(world, 9, 'completed'));
  expect(all(world.shown(PLACE, 'live')[0])).toContain('completed');
});

async function held(world: World): Promise<boolean> {
  return (await world.store.rows('select 1 from messages where hold is not null')).length > 0;
}

test('who was so slow that the slot was taken from them leaves it to be drawn once more', async () => {
  const world = await openWorld();
  const bot = await world.bot();
  await world.order('live', LIVE);
  await bot.pump();
  const now = all(world.shown(PLACE, 'live')[0]);
  world.slack.fail({ method: 'chat.update', delayMs: 300 });
  const late = bot.sender.show(await liveAt(world, 6, 'still baking'));
  await expect.poll(() => held(world)).toBe(true);
  await world.store.db.query(`update messages set held_by = 'somebody', hold = 'else'`);
  await late;
  await world.store.db.query('update messages set held_until = now(), shown_seq = 0');
  expect(all(world.shown(PLACE, 'live')[0])).toContain('still baking');
  await bot.pump();
  expect(all(world.shown(PLACE, 'live')[0])).toBe(now);
});

test('an open card that comes late is not shown to somebody for whom it was over before they were shown it', async () => {
  const world = await openWorld();
  const bot = await world.bot();
  const show = async (effect: number, message: Message, words: string) =>
    bot.sender.show({ ...(await messageAt(world, { seq: 5, words, slot: SLOT, person: 'U0LEA', message })), effect });
  await show(12, card({ kind: 'expired', at: new Date() }), 'expired');
  await show(10, card(), 'open');
  expect(world.shown('U0LEA')).toEqual([]);
});

test('an older effect that comes late changes nothing that a newer one has shown', async () => {
  const world = await openWorld();
  const bot = await world.bot();
  await bot.sender.show(await liveAt(world, 5, 'baking'));
  const show = async (effect: number, seq: number, words: string) =>
    bot.sender.show({ ...(await messageAt(world, { seq, words, slot: SLOT, message: card() })), effect });
  await show(10, 5, 'open');
  await show(12, 6, 'granted');
  await show(10, 8, 'open');
  expect(all(world.shown(PLACE, SLOT)[0])).toContain('granted');
});
