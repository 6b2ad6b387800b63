import { afterEach, expect, test } from 'vitest';
import { SHOP, WHO } from '../support/scene.js';
import { breach, posts, slotOf } from './on-stage.js';
import { asPosted, leave } from './people-and-places.js';
import { openRoom, planText, type Room } from './room.js';

let room: Room;
afterEach(() => room.close());

/** Four stages, three of them with an approval. */
const FOUR = planText()
  .replace('people:', 'contact: [engineering-lead]\npeople:')
  .replace('stages:\n', 'stages:\n  - { stage: tiny, title: Tiny, exposure: 1, bake: 20s, check_every: 5s }\n')
  .replace(
    'exposure: 10, bake: 20s, check_every: 5s',
    'exposure: 10, bake: 20s, check_every: 5s, approve: [engineering-lead]',
  );

/** Asks for the next stage and lou, who is in the channel, approves it. */
async function next(exposure: number): Promise<void> {
  await room.passUntil('the bake is done', async () => (await room.phase()) === 'ready');
  await room.ask(WHO.opal, 'advance');
  await room.press(WHO.lou, 'rollout_approve');
  expect(room.target.exposure).toBe(exposure);
}

/** Posts in the channel that call somebody other than who started it. */
const calling = () =>
  asPosted(room).filter(
    ({ channel, words }) => channel === SHOP && /<!subteam|<@/.test(words.replaceAll('<@U0OPAL>', '')),
  );
const slots = () => room.posts().map(slotOf).join(' ');

test('four stages with three approvals: at most twelve posts, one call of the role per request, one message to who is outside', async () => {
  room = await openRoom({ transport: 'http', plan: FOUR });
  leave(room, WHO.lea);
  await room.ask(WHO.opal, 'start new-checkout');
  for (const exposure of [10, 50, 100]) await next(exposure);
  await room.passUntil('it is completed', async () => (await room.phase()) === 'completed');
  expect(room.posts().length, slots()).toBeLessThanOrEqual(12);
  expect(room.posts().filter(({ threadTs, broadcast }) => threadTs === undefined || broadcast)).toHaveLength(5);

  expect(calling().map(({ slot }) => slot.replace(/:.*/, ''))).toEqual(['request', 'request', 'request']);
  for (const { words } of calling()) expect(words.split('<!subteam')).toHaveLength(2);
  expect(room.direct(WHO.lea).map(slotOf)).toEqual(posts(room, 'request:').map(slotOf));
  // Who asked is told how each request was decided, and nothing else.
  expect(room.direct(WHO.opal).map((message) => slotOf(message).replace(/:.*/, ''))).toEqual([
    'outcome',
    'outcome',
    'outcome',
  ]);
  for (const user of [WHO.lou, WHO.oscar, WHO.otto]) expect(room.direct(user)).toEqual([]);
});

test('the same with a warning and an incident in the third stage: at most eighteen posts, and the incident calls its contact once', async () => {
  room = await openRoom({ transport: 'http', plan: FOUR });
  await room.ask(WHO.opal, 'start new-checkout');
  for (const exposure of [10, 50]) await next(exposure);
  room.errors.set(3);
  await room.pass(15_000, 5_000);
  await breach(room);
  await room.pass(60_000, 5_000);
  expect(room.target.exposure).toBe(0);
  expect(room.posts().length, slots()).toBeLessThanOrEqual(18);
  expect(posts(room, 'alerts:')).toHaveLength(1);
  expect(posts(room, 'incident:')).toHaveLength(1);
  expect(calling().map(({ slot }) => slot.replace(/:.*/, ''))).toEqual(['request', 'request', 'incident']);
  for (const user of [WHO.lea, WHO.lou, WHO.oscar]) expect(room.direct(user)).toEqual([]);
});
