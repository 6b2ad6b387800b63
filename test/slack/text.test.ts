import { expect, test } from 'vitest';
import {
  clock,
  duration,
  lasted,
  moment,
  number,
  percent,
  soon,
  spoken,
  withUnit,
} from '../../src/slack/words/text.js';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

test.each([
  [0, '0 s'],
  [1_400, '1.4 s'],
  [9_990, '9.9 s'],
  [45_000, '45 s'],
  [59_999, '59 s'],
  [90_000, '1 m 30 s'],
  [180_000, '3 m'],
  [3_599_000, '59 m'],
  [3_600_000, '1 h'],
  [4_320_000, '1 h 12 m'],
  [14_399_999, '3 h 59 m'],
  [183_600_000, '2 d 3 h'],
  [-5, '0 s'],
])('%d ms is %s', (ms, said) => {
  expect(plain(duration(ms))).toBe(said);
});

test('how long something lasted has no seconds once it is minutes', () => {
  expect([plain(lasted(45_000)), plain(lasted(185_000))]).toEqual(['45 s', '3 m']);
});

test.each([
  [0.3123, '0.312'],
  [99.95, '99.95'],
  [412.4, '412.4'],
  [12_480, '12,480'],
  [1_234_567.8, '1,234,568'],
  [-0.5, '-0.5'],
  [0, '0'],
  [0.00012, '0.00012'],
  [1e-9, '1.00e-9'],
  [1e15, '1.00e+15'],
  [Number.NaN, 'no number'],
])('the number %d is %s', (value, said) => {
  expect(number(value)).toBe(said);
});

test('a number never reads as the limit it is not', () => {
  expect(number(5.004)).toBe('5');
  expect(number(5.004, [5])).toBe('5.004');
  expect(number(94.9999996, [95])).toBe('94.9999996');
  expect(number(5, [5])).toBe('5');
});

test('percent and unit do not break from their number', () => {
  expect(percent(33.333)).toBe('33.33\u00a0%');
  expect(withUnit(412, 'ms')).toBe('412\u00a0ms');
  expect(withUnit(412, '')).toBe('412');
});

test('times are in the reader’s zone, with UTC where Slack cannot', () => {
  const at = new Date('2026-11-24T14:02:00Z');
  expect(clock(at)).toBe('<!date^1795528920^{time}|14:02 UTC>');
  expect(moment(at)).toBe('<!date^1795528920^{date_short_pretty} at {time}|2026-11-24 14:02 UTC>');
  expect(soon(at, new Date('2026-11-24T10:00:00Z'))).toBe(clock(at));
  expect(soon(at, new Date('2026-11-20T10:00:00Z'))).toBe(moment(at));
});

test('spoken drops marks and keeps words, also of a product like 2*3*4', () => {
  const at = new Date('2026-11-24T14:02:00Z');
  expect(spoken(`*Bake* ends ${clock(at)} <https://x.example|Runbook> \`/rollout why\` 2*3*4`)).toBe(
    'Bake ends 14:02 UTC Runbook /rollout why 2*3*4',
  );
});
