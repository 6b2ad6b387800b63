import { afterEach, expect, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { count, HOUR, MINUTE, posts } from './on-stage.js';
import { itIs } from './people-and-places.js';
import { openRoom, planText, type Room } from './room.js';

let room: Room;
afterEach(() => room.close());

const reminders = () => posts(room, 'reminder:').length;

/** At half past two in Berlin, on the last Friday of November; a request is reminded of every four hours, three times at most. */
async function asked(words: string): Promise<void> {
  room = await openRoom({ transport: 'http', plan: planText().replace('people:', `${words}\npeople:`) });
  await itIs(room, '2026-11-27T13:30:00Z');
  await room.toRequest(WHO.opal);
}

test('reminders of a request wait for the working hours of the plan, over a weekend, and there are no more than it says', async () => {
  await asked('approve_within: 10d\nreminders: { every: 4h, at_most: 3, hours: { from: "09:00", to: "18:00" } }');
  // Friday 18:30 is too late; Monday begins at nine.
  await room.pass(66 * HOUR, 6 * HOUR);
  expect(reminders()).toBe(0);
  await room.pass(28 * MINUTE, 28 * MINUTE);
  expect(reminders()).toBe(0);
  await room.pass(2 * MINUTE, 30_000);
  expect(reminders()).toBe(1);
  // Monday one o'clock and five o'clock.
  await room.pass(4 * HOUR, HOUR);
  expect(reminders()).toBe(2);
  await room.pass(4 * HOUR, HOUR);
  expect(reminders()).toBe(3);
  await room.pass(4 * 24 * HOUR, 8 * HOUR);
  expect(reminders()).toBe(3);
  expect(await room.phase()).toBe('awaiting_approval');
});

test('reminders go out at any hour where the plan names no hours', async () => {
  await asked('approve_within: 10d\nreminders: { every: 4h, at_most: 3 }');
  await room.pass(13 * HOUR, HOUR);
  expect(reminders()).toBe(3);
  await room.pass(24 * HOUR, 6 * HOUR);
  expect(reminders()).toBe(3);
});

test('a request that nobody decides in the time the plan gives expires, even at night, and can be asked for again', async () => {
  await asked('approve_within: 9h\nreminders: { every: 4h, hours: { from: "09:00", to: "18:00" } }');
  await room.pass(9 * HOUR - MINUTE, 3 * HOUR);
  expect(await room.phase()).toBe('awaiting_approval');
  await room.pass(MINUTE, 30_000);
  expect(await room.phase()).toBe('ready');
  expect(await count(room, 'approval_expired')).toBe(1);
  expect(reminders()).toBe(0);
  expect(room.target.exposure).toBe(10);
  await room.ask(WHO.opal, 'advance once more');
  expect(await room.phase()).toBe('awaiting_approval');
});
