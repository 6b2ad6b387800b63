import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalText, sameValue } from '../../src/rollout/plan/same-value.js';
import { limitKey, memoryKey, rulesOf } from '../../src/rollout/plan/verdict.js';

test.each([
  [
    { a: 1, b: [{ c: 2, d: 3 }] },
    { b: [{ d: 3, c: 2 }], a: 1 },
  ],
  [{ a: 1, b: undefined }, { a: 1 }],
  [[], []],
  [null, null],
  ['x', 'x'],
])('%j says the same as %j', (one, other) => {
  expect(sameValue(one, other)).toBe(true);
  expect(sameValue(other, one)).toBe(true);
});

test.each([
  [{ a: 1 }, { a: '1' }],
  [{ a: 1 }, { a: 1, b: 2 }],
  [
    [1, 2],
    [2, 1],
  ],
  [[1], { 0: 1 }],
  [{}, []],
  [{}, null],
  [undefined, null],
  [0, false],
])('%j does not say the same as %j', (one, other) => {
  expect(sameValue(one, other)).toBe(false);
  expect(sameValue(other, one)).toBe(false);
});

/** The same value with its keys in another order, at every depth. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, turned(item)]),
  );
}

test('the canonical text knows no order of keys, and tells values apart', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      expect(canonicalText(turned(one))).toBe(canonicalText(one));
      const plain: unknown[] = [one, other].map((each) => JSON.parse(JSON.stringify(each)));
      expect(canonicalText(one) === canonicalText(other)).toBe(sameValue(plain[0], plain[1]));
    }),
  );
});

test('what a limit remembers is found again when its plan came back from the database', () => {
  const limit = {
    op: 'above',
    value: 5,
    fail: { count: 2, of: 3 },
    act: { kind: 'rollback', to: { kind: 'exposure', exposure: 10 } },
  } as const;
  const stored = {
    act: { to: { exposure: 10, kind: 'exposure' }, kind: 'rollback' },
    fail: { of: 3, count: 2 },
    value: 5,
    op: 'above',
  } as const;
  const [written] = rulesOf({ critical: limit });
  const [read] = rulesOf({ critical: stored });
  expect(read && memoryKey(read)).toBe(written && memoryKey(written));
  expect(limitKey({ limit: stored, act: stored.act })).toBe(limitKey({ limit, act: limit.act }));
});
