import { expect, test } from 'vitest';
import { elapsedMs, thisMoment } from '../../src/store/elapsed.js';

const HOUR = 3_600_000;

test.each([
  ['nothing', { awake: 0, up: 0 }, 0],
  ['a second', { awake: 1_000, up: 1_010 }, 1_000],
  ['half a second by a clock of whole seconds', { awake: 500, up: 1_000 }, 500],
  ['two and a half seconds by a clock of whole seconds', { awake: 2_500, up: 2_000 }, 2_500],
  ['an hour in which the process was stopped', { awake: HOUR, up: HOUR }, HOUR],
  ['an hour in which the machine was suspended', { awake: 12, up: HOUR }, HOUR],
  ['an hour on a system that does not say how long it is up', { awake: HOUR, up: 0 }, HOUR],
  ['a process that was moved to another machine', { awake: 1_000, up: -HOUR }, 1_000],
  ['what cannot be', { awake: -5, up: -5 }, 0],
])('%s', (_what, to, expected) => {
  expect(elapsedMs({ awake: 0, up: 0 }, to)).toBe(expected);
});

test('both clocks of this machine go on', () => {
  const before = thisMoment();
  const { awake, up } = thisMoment();
  expect(awake).toBeGreaterThanOrEqual(before.awake);
  expect(up).toBeGreaterThanOrEqual(before.up);
});
