import { describe, expect, test } from 'vitest';
import { createTurns, shareOf } from '../../src/targets/http/turns.js';

const tenants = ['a', 'b', 'c', 'd', 'e'];

describe('whose turn it is', () => {
  test('at first everybody is told and asked as listed', () => {
    const turns = createTurns();
    expect(turns.toTell(tenants)).toEqual(tenants);
    expect(turns.toAsk(tenants)).toEqual(tenants);
  });

  test('who was not told comes first, then who failed or was cut, then who waits longest', () => {
    const turns = createTurns();
    turns.note('b', 'done');
    turns.note('a', 'unanswered');
    turns.note('c', 'failed');
    turns.note('d', 'cut');
    expect(turns.toTell(tenants)).toEqual(['e', 'c', 'd', 'b', 'a']);
    turns.note('b', 'done');
    expect(turns.toTell(tenants)).toEqual(['e', 'c', 'd', 'a', 'b']);
  });

  test('who hangs is asked last, until it answers', () => {
    const turns = createTurns();
    for (const tenant of ['a', 'a', 'c']) turns.note(tenant, 'unanswered');
    turns.note('b', 'failed');
    turns.note('d', 'cut');
    expect(turns.toAsk(tenants)).toEqual(['b', 'd', 'e', 'c', 'a']);
    turns.note('a', 'done');
    expect(turns.toAsk(tenants)).toEqual(['a', 'b', 'd', 'e', 'c']);
  });
});

describe('how long one request may take', () => {
  const share = { leftMs: 8_000, rounds: 4, leastMs: 500, unanswered: 0, mostMs: 4_000 };

  test.each([
    ['a fair share of what is left', {}, 2_000],
    ['never more than one request may', { rounds: 1 }, 4_000],
    ['never less than the least', { rounds: 20 }, 500],
    ['twice the least after a silence', { rounds: 20, unanswered: 1 }, 1_000],
    ['all it may in the end', { rounds: 20, unanswered: 60 }, 4_000],
    ['the least, when the time is up', { leftMs: -1 }, 500],
  ])('%s', (_what, change, expected) => {
    expect(shareOf({ ...share, ...change })).toBe(expected);
  });
});
