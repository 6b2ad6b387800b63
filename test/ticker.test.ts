import { describe, expect, test } from 'vitest';
import { createTicker, nextBeat, type Timers } from '../src/ticker.js';

/** Time that a test moves: timers fire when they are due, and once a loop that was blocked goes on. */
function clockwork() {
  let now = 5_000;
  let due: { at: number; fire: () => void }[] = [];
  const timers: Timers = {
    now: () => now,
    after(ms, fire) {
      const one = { at: now + ms, fire };
      due.push(one);
      return () => {
        due = due.filter((other) => other !== one);
      };
    },
  };
  /** The loop turns each ms: whatever is due fires, `lateMs` late. */
  const pass = async (ms: number, lateMs = 0) => {
    const end = now + ms;
    for (;;) {
      const next = due.toSorted((a, b) => a.at - b.at)[0];
      if (!next || next.at + lateMs > end) break;
      due = due.filter((other) => other !== next);
      now = Math.max(now, next.at + lateMs);
      next.fire();
      // What was begun comes to its first wait, and what ended is noted.
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    }
    now = end;
  };
  /** Nothing of this process runs for so long. */
  const block = (ms: number) => {
    now += ms;
  };
  return { timers, pass, block, waiting: () => due.length };
}

function ticking(tick: () => Promise<unknown> = async () => undefined) {
  const world = clockwork();
  const ticker = createTicker(1_000, world.timers);
  const fired: number[] = [];
  ticker.start(() => {
    fired.push(world.timers.now() - 5_000);
    return tick();
  });
  return { ...world, ticker, fired };
}

describe('the timer', () => {
  test('fires at once, and then every second', async () => {
    const { fired, pass } = ticking();
    await pass(3_500);
    expect(fired).toEqual([1, 1_000, 2_000, 3_000]);
  });

  test('does not drift, however late each firing is', async () => {
    const { fired, pass } = ticking();
    await pass(3_600_000, 40);
    expect(fired).toHaveLength(3_600);
    expect(fired.at(-1)).toBe(3_599_040);
  });

  test('waits for no tick: one that never ends holds up none', async () => {
    const { fired, pass, ticker } = ticking(() => new Promise(() => undefined));
    await pass(5_500);
    expect(fired).toHaveLength(6);
    expect(ticker.ages()).toEqual({ firedMs: 500, finishedMs: null });
  });

  test('makes up nothing that a blocked process missed, and keeps its beat', async () => {
    const { fired, pass, block } = ticking();
    await pass(1_500);
    block(20_250);
    await pass(2_000);
    expect(fired).toEqual([1, 1_000, 21_750, 22_000, 23_000]);
  });

  test('says how long ago it fired, and how long ago a tick ended', async () => {
    let end = (): void => undefined;
    const { pass, ticker, block } = ticking(
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    await pass(1_200);
    expect(ticker.ages()).toEqual({ firedMs: 200, finishedMs: null });
    end();
    await Promise.resolve();
    await Promise.resolve();
    block(12_000);
    expect(ticker.ages()).toEqual({ firedMs: 12_200, finishedMs: 12_000 });
  });

  test('before it was started its age counts too', async () => {
    const { timers, block } = clockwork();
    const ticker = createTicker(1_000, timers);
    block(4_000);
    expect(ticker.ages()).toEqual({ firedMs: 4_000, finishedMs: null });
  });

  test('stops, and fires no more', async () => {
    const { fired, pass, ticker, waiting } = ticking();
    await pass(1_500);
    ticker.stop();
    await pass(5_000);
    expect([fired.length, waiting()]).toEqual([2, 0]);
  });
});

test.each([
  ['in time', 1_000, 1_000, 2_000],
  ['a little late', 1_000, 1_040, 2_000],
  ['a beat late to the ms', 1_000, 2_000, 3_000],
  ['many beats late', 1_000, 21_250, 22_000],
  ['early, as timers of Node may be by a fraction of a ms', 1_000, 999.7, 2_000],
])('the next beat after one that was %s', (_what, due, now, next) => {
  expect(nextBeat(due, now, 1_000)).toBe(next);
});
