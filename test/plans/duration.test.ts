import { expect, test } from 'vitest';
import { parseDuration } from '../../src/plans/duration.js';

test.each([
  ['1s', 1_000],
  ['30s', 30_000],
  ['15m', 900_000],
  ['24h', 86_400_000],
  ['7d', 604_800_000],
  ['1h30m', 5_400_000],
  ['1d2h3m4s', 93_784_000],
  ['90m', 5_400_000],
  ['365d', 31_536_000_000],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  '',
  '0s',
  '30',
  's',
  '30 s',
  ' 30s',
  '1.5h',
  '-1s',
  '30S',
  '1m1h',
  '1h1h',
  '10ms',
  '1w',
  '366d',
  '9999999999d',
  '1h\n',
])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});
