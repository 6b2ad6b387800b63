import { describe, expect, test } from 'vitest';
import { type Arrival, isHeard, isTooLate, type Now } from '../../src/slack/connection/arrival.js';
import { createLoopWatch } from '../../src/slack/connection/loop-watch.js';

const SENT = Date.parse('2026-11-30T12:00:00Z');
const arrival = (more: Partial<Arrival> = {}): Arrival => ({
  sentAt: null,
  at: 1_000,
  unreadMs: 0,
  isOpen: () => true,
  ...more,
});
/** So long after it was sent and had arrived. */
const later = (ms: number): Now => ({ monotonic: 1_000 + ms, slack: [SENT + ms] });

describe('what raises is too late', () => {
  test.each<[string, Partial<Arrival>, Now, boolean]>([
    ['at once', {}, later(0), false],
    ['after 29 s in the queue', {}, later(29_000), false],
    ['after 31 s in the queue', {}, later(31_000), true],
    ['when it may have lain unread for 36 s', { unreadMs: 36_000 }, later(0), true],
    ['when it lay unread for 20 s and in the queue for 11', { unreadMs: 20_000 }, later(11_000), true],
    ['when it lay unread for 20 s', { unreadMs: 20_000 }, later(0), false],
    [
      'when Slack sent it a moment ago, whatever this process did before',
      { sentAt: SENT, unreadMs: 36_000 },
      later(2_000),
      false,
    ],
    ['when Slack sent it 36 s ago', { sentAt: SENT - 36_000 }, later(0), true],
    ['when nobody waits any more', { isOpen: () => false }, later(0), true],
    [
      'when one of two ways of knowing the time says so',
      { sentAt: SENT },
      { monotonic: 1_000, slack: [SENT, SENT + 40_000] },
      true,
    ],
    ['by a clock that is behind: never', { sentAt: SENT }, { monotonic: 1_000, slack: [SENT - 3_600_000] }, false],
    [
      'by a clock that is behind, in the queue for 31 s',
      { sentAt: SENT },
      { monotonic: 32_000, slack: [SENT - 3_600_000] },
      true,
    ],
  ])('%s', (_when, more, now, late) => {
    expect(isTooLate(arrival(more), now)).toBe(late);
  });
});

describe('an answer on the connection of its request', () => {
  test.each<[string, Partial<Arrival>, boolean]>([
    ['is shown', {}, true],
    ['is shown after a pause of a second', { unreadMs: 1_200 }, true],
    ['is not shown once the connection is gone', { isOpen: () => false }, false],
    ['is not shown where it may have lain unread in a socket for longer than Slack waits', { unreadMs: 3_000 }, false],
    ['is shown over a connection of its own that is still open', { sentAt: SENT, unreadMs: 36_000 }, true],
  ])('%s', (_what, more, heard) => {
    expect(isHeard(arrival(more))).toBe(heard);
  });
});

describe('a process that did not run', () => {
  function watched() {
    const now = { monotonic: 0, wall: SENT };
    const watch = createLoopWatch({ monotonic: () => now.monotonic, wall: () => now.wall });
    const pass = (ms: number, on: { monotonic?: number; wall?: number } = {}) => {
      now.monotonic += on.monotonic ?? ms;
      now.wall += on.wall ?? ms;
    };
    return { watch, pass };
  }

  test('says so of what it reads next, and some seconds on, and not of what comes later', () => {
    const { watch, pass } = watched();
    pass(250);
    watch.beat();
    expect(watch.unreadMs()).toBe(0);
    pass(36_000);
    expect(watch.unreadMs()).toBe(36_000);
    pass(250);
    watch.beat();
    expect(watch.unreadMs()).toBe(36_250);
    for (let at = 0; at < 20; at += 1) {
      pass(250);
      watch.beat();
    }
    expect(watch.unreadMs()).toBe(0);
    watch.close();
  });

  test('noticed by its timer first says it too', () => {
    const { watch, pass } = watched();
    pass(36_000);
    watch.beat();
    pass(10);
    expect(watch.unreadMs()).toBe(36_010);
    watch.close();
  });

  test('because its machine slept is known by the clock that went on', () => {
    const { watch, pass } = watched();
    pass(36_000, { monotonic: 100 });
    expect(watch.unreadMs()).toBe(36_000);
    watch.close();
  });

  test('for less than a second was only busy', () => {
    const { watch, pass } = watched();
    pass(900);
    expect(watch.unreadMs()).toBe(0);
    watch.close();
  });
});
