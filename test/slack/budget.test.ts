import { describe, expect, test } from 'vitest';
import { createBudget } from '../../src/slack/budget.js';
import { TryLater } from '../../src/slack/failures.js';

const START = Date.UTC(2026, 0, 1);

/** How many may go before the budget says no, and how long it then says to wait. */
function drain(take: () => void): { taken: number; waitMs: number } {
  for (let taken = 0; ; taken += 1) {
    try {
      take();
    } catch (error) {
      if (!(error instanceof TryLater)) throw error;
      return { taken, waitMs: error.afterMs };
    }
  }
}

describe('posts', () => {
  test('ten at once, then one a second, per channel', () => {
    const budget = createBudget();
    expect(drain(() => budget.take('post', 'C1', START))).toEqual({ taken: 10, waitMs: 1_000 });
    expect(drain(() => budget.take('post', 'C2', START)).taken).toBe(10);
    expect(drain(() => budget.take('post', 'C1', START + 3_000)).taken).toBe(3);
  });

  test('what was not used is not saved up beyond the burst', () => {
    const budget = createBudget();
    budget.take('post', 'C1', START);
    expect(drain(() => budget.take('post', 'C1', START + 3_600_000)).taken).toBe(10);
  });
});

describe('edits', () => {
  test('of live messages leave the last five to what may not wait', () => {
    const budget = createBudget();
    expect(drain(() => budget.take('edit', 'C1', START, true))).toEqual({ taken: 15, waitMs: 1_500 });
    expect(drain(() => budget.take('edit', 'C1', START)).taken).toBe(5);
  });

  test('at most forty a minute in the whole workspace, once the burst is used', () => {
    const budget = createBudget();
    expect(drain(() => budget.take('edit', 'C1', START))).toEqual({ taken: 20, waitMs: 1_500 });
    expect(drain(() => budget.take('edit', 'C2', START)).taken).toBe(0);
    let taken = 0;
    for (let second = 1; second <= 60; second += 1)
      taken += drain(() => budget.take('edit', 'C3', START + second * 1_000)).taken;
    expect(taken).toBeLessThanOrEqual(40);
    expect(taken).toBeGreaterThanOrEqual(39);
  });

  test('do not use up the budget of posts', () => {
    const budget = createBudget();
    drain(() => budget.take('edit', 'C1', START));
    expect(drain(() => budget.take('post', 'C1', START)).taken).toBe(10);
  });
});

test('a channel Slack asked us to leave alone is left alone for that long, others are not', () => {
  const budget = createBudget();
  budget.pause('C1', START + 30_000);
  expect(drain(() => budget.take('post', 'C1', START))).toEqual({ taken: 0, waitMs: 30_000 });
  expect(drain(() => budget.take('edit', 'C1', START + 10_000)).waitMs).toBe(20_000);
  expect(drain(() => budget.take('post', 'C2', START)).taken).toBe(10);
  expect(drain(() => budget.take('post', 'C1', START + 30_000)).taken).toBe(10);
});

test('a clock that steps back gives nothing away', () => {
  const budget = createBudget();
  drain(() => budget.take('post', 'C1', START));
  expect(drain(() => budget.take('post', 'C1', START - 60_000)).taken).toBe(0);
});
