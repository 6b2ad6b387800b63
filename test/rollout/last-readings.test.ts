import { expect, test } from 'vitest';
import { NEW_STREAK } from '../../src/rollout/health/streak.js';
import { lastReadings } from '../../src/rollout/state/last-readings.js';
import { NOW, OPAL, PLAN, rolloutAt } from '../support/rollouts.js';

const before = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000);
const manual = {
  name: 'complaints',
  title: 'Complaints',
  unit: '',
  probe: { kind: 'manual', ask: 'How many?', everyMs: 3_600_000 },
} as const;
const rollout = rolloutAt('ready', {
  plan: { ...PLAN, checks: [...PLAN.checks, manual] },
  health: {
    numbers: { 'error-rate': 0.3, memory: 4 },
    numbersAt: before(7_200),
    reports: { complaints: { value: 2, at: before(10_800), by: OPAL, note: '' } },
  },
});

test('given a watch, what was read last counts with its time, and what people reported with their name', () => {
  const streaks = {
    'error-rate': { ...NEW_STREAK, value: 0.5, readAt: before(20), unknownInRow: 0 },
    'p95-latency': { ...NEW_STREAK, value: 412, readAt: before(5), unknownInRow: 3 },
    'login-success': { ...NEW_STREAK, value: null, readAt: before(5), unknownInRow: 3 },
  };
  expect(lastReadings(rollout, streaks)).toEqual({
    'error-rate': { value: 0.5, at: before(20) },
    // No number since: how old the last one is, is not known.
    'p95-latency': { value: 412, at: null },
    memory: { value: 4, at: before(7_200) },
    complaints: { value: 2, at: before(10_800), by: OPAL },
  });
});

test('given no watch, what the start read counts with when that was', () => {
  expect(lastReadings({ ...rollout, health: { ...rollout.health, reports: {} } }, undefined)).toEqual({
    'error-rate': { value: 0.3, at: before(7_200) },
    memory: { value: 4, at: before(7_200) },
  });
});
