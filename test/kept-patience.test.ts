import { expect, test } from 'vitest';
import { patienceMs, TARGET_PATIENCE } from '../src/kept/first-answer.js';

test('a kept connection that is silent delays a lowering by 300 ms, and by 700 ms at most, however slow its last call was', () => {
  expect(patienceMs(0, TARGET_PATIENCE)).toBe(300);
  expect(patienceMs(250, TARGET_PATIENCE)).toBe(500);
  expect(patienceMs(60_000, TARGET_PATIENCE)).toBe(700);
});
