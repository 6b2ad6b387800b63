import { expect, test } from 'vitest';
import { exposureOf, isExposed } from '../../../sandbox/shop/exposure.js';

const people = Array.from({ length: 5_000 }, (_, index) => `u${index}`);
const among = (percentage: number, flag = 'NEW_CHECKOUT') =>
  people.filter((user) => isExposed({ enabled: true, percentage }, flag, user));

test('a raise only ever adds people', () => {
  const steps = [0.5, 1, 10, 25, 50, 100].map((percentage) => new Set(among(percentage)));
  for (const [index, step] of steps.entries()) {
    for (const user of step) expect(steps[index + 1]?.has(user) ?? true).toBe(true);
  }
});

test('the share of people is the percentage', () => {
  expect(among(0)).toEqual([]);
  expect(among(25).length).toBeGreaterThan(1_150);
  expect(among(25).length).toBeLessThan(1_350);
  expect(among(0.5).length).toBeLessThan(60);
  expect(among(100)).toEqual(people);
});

test('another flag reaches other people', () => {
  expect(among(10, 'NEW_SEARCH')).not.toEqual(among(10));
});

test('a disabled flag exposes nobody, whatever its percentage', () => {
  expect(exposureOf({ enabled: false, percentage: 100 })).toBe(0);
  expect(isExposed({ enabled: false, percentage: 100 }, 'NEW_CHECKOUT', 'u1')).toBe(false);
});
