import { expect, test } from 'vitest';
import { AT_ONCE, createLimit, PER_SECOND } from '../../src/commands/limit.js';

const times = (count: number, what: () => string) => Array.from({ length: count }, what);

test('a person asks as much as a person can, is told once that it is too much, and then goes on', () => {
  let now = 0;
  const limit = createLimit(() => now);
  const ask = () => limit('olga');
  expect(new Set(times(AT_ONCE, ask))).toEqual(new Set(['yes']));
  expect(times(3, ask)).toEqual(['say', 'quiet', 'quiet']);
  expect(limit('anna')).toBe('yes');
  now += 1_000;
  expect(times(PER_SECOND, ask)).toEqual(times(PER_SECOND, () => 'yes'));
  expect(times(2, ask)).toEqual(['say', 'quiet']);
  now += 60_000;
  expect(new Set(times(AT_ONCE, ask))).toEqual(new Set(['yes']));
});

test('a steady flood is answered at the rate it is allowed, however long it lasts', () => {
  let now = 0;
  const limit = createLimit(() => now);
  let taken = 0;
  for (; now < 60_000; now += 10) if (limit('olga') === 'yes') taken += 1;
  expect(taken).toBeLessThanOrEqual(AT_ONCE + 60 * PER_SECOND);
});

test('a crowd of strangers does not use up memory', () => {
  const limit = createLimit(() => 0);
  for (let at = 0; at < 20_000; at += 1) limit(`U${at}`);
  expect(limit('U19999')).toBe('yes');
});
