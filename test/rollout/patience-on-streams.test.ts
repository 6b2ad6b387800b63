import { describe, expect, test } from 'vitest';
import type { JudgedCheck } from '../../src/rollout/health/in-force.js';
import { MINUTE, SECOND } from './fixture.js';
import { many } from './streams.js';

/** An error rate with a limit of 1 %, over the last `windowS` seconds. */
function errorRate(windowS: number, limit: Partial<JudgedCheck['critical']> = {}): JudgedCheck {
  return {
    name: 'errors',
    title: 'errors',
    unit: '%',
    probe: { kind: 'memory', name: 'errors' },
    share: true,
    windowMs: windowS * SECOND,
    everyMs: MINUTE,
    critical: { op: 'above', value: 1, ...limit },
  };
}

const always = (part: number) => () => part;
/** Healthy at a fifth of the limit, and from the twentieth minute on everything fails. */
const outage = (second: number) => (second < 1_200 ? 0.002 : 1);

describe('a healthy service at half its limit', () => {
  // Two looks ten seconds apart rolled back 94, 100, 86, 94, 91 and 10 % of these hours.
  test.each([
    [10, 60, 20],
    [1_000, 60, 10],
    [10, 300, 60],
    [100, 300, 20],
    [1_000, 300, 5],
  ])('with %i requests a minute, by its last %i s, is seldom taken back', (perMinute, windowS, most) => {
    const { rolledBack } = many({ perMinute, failing: always(0.005), windowS }, errorRate(windowS), { runs: 20 });
    expect(rolledBack).toBeLessThanOrEqual(most);
  });

  test('with 100 a minute, by its last minute, is taken back all the same: one error is over the limit there', () => {
    const stream = { perMinute: 100, failing: always(0.005), windowS: 60 };
    expect(many(stream, errorRate(60), { runs: 20 }).rolledBack).toBeGreaterThan(50);
  });
});

describe('an outage', () => {
  test.each([
    [10, 60, 100],
    [100, 60, 100],
    [1_000, 60, 60],
    [10, 300, 240],
    [100, 300, 240],
    [1_000, 300, 200],
  ])('with %i requests a minute, by its last %i s, is found in less than %i s', (perMinute, windowS, most) => {
    const found = many({ perMinute, failing: outage, windowS }, errorRate(windowS), { runs: 20, from: 1_200 });
    expect(found.rolledBack).toBe(100);
    expect(found.late).toBeLessThan(most);
  });
});

test('five times the limit is found in little more than two windows', () => {
  const stream = { perMinute: 1_000, failing: always(0.05) };
  expect(many({ ...stream, windowS: 60 }, errorRate(60), { runs: 20 }).late).toBeLessThan(130);
  expect(many({ ...stream, windowS: 300 }, errorRate(300), { runs: 20 }).late).toBeLessThan(610);
});

test('`for: 5m` finds an outage in five minutes however little traffic there is', () => {
  const found = many({ perMinute: 10, failing: outage, windowS: 60 }, errorRate(60, { forMs: 5 * MINUTE }), {
    runs: 20,
    from: 1_200,
  });
  expect(found).toMatchObject({ rolledBack: 100, early: 0 });
  expect(found.late).toBeLessThan(400);
});
