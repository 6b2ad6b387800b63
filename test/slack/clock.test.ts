import { expect, test } from 'vitest';
import { createClockedFetch } from '../../src/slack/connection/clock.js';

const NOON = Date.parse('2026-11-30T12:00:00Z');

test('their clock is known by their answers, also when ours jumps and when this machine sleeps', async () => {
  const ours = { wall: NOON - 3_600_000, monotonic: 0 };
  const headers = { date: new Date(NOON).toUTCString() };
  const clock = createClockedFetch(
    () => ours.wall,
    async () => new Response('{}', { headers }),
    () => ours.monotonic,
  );
  expect(clock.nows()).toEqual([]);
  await clock.fetch('https://slack.example/api/auth.test', {});
  expect(clock.nows()).toEqual([NOON + 500, NOON + 500]);
  ours.wall += 10_000;
  ours.monotonic += 10_000;
  expect(clock.nows()).toEqual([NOON + 10_500, NOON + 10_500]);
  ours.wall += 600_000;
  expect(clock.nows()).toEqual([NOON + 610_500, NOON + 10_500]);
  ours.wall -= 600_000;
  // Asleep, the monotonic clock stands still.
  ours.wall += 36_000;
  expect(clock.nows()).toEqual([NOON + 46_500, NOON + 10_500]);
});
