import { expect, test } from 'vitest';
import { previewLines, previewStages } from '../../src/cli/preview.js';
import type { Plan } from '../../src/rollout/plan/plan.js';
import { parseChanged } from '../plans/build-plan.js';

function planWith(changes: Readonly<Record<string, unknown>>): Plan {
  const made = parseChanged(changes);
  if (!made.ok) throw new Error(made.problems.map(({ message }) => message).join('\n'));
  return made.plan;
}

const NOW = new Date('2026-10-24T12:00:00Z');
const PLAN = planWith({
  timezone: 'Europe/Berlin',
  contact: ['lead'],
  'people.lead': ['@lead', '@deputies'],
  stages: [
    { stage: 'few', title: 'A few', exposure: 10, bake: '30m', advance: 'auto' },
    { stage: 'half', title: 'Half', exposure: 50, bake: '24h', approve: ['lead'] },
    { stage: 'all', title: 'Everyone', exposure: 100, bake: '2d', approve: { any: 2, of: ['lead', 'operators'] } },
  ],
  reminders: { every: '2h', at_most: 3 },
});

test('each stage ends when all bakes up to it are over', () => {
  expect(previewStages(PLAN, NOW).map(({ endsAt }) => endsAt.toISOString())).toEqual([
    '2026-10-24T12:30:00.000Z',
    '2026-10-25T12:30:00.000Z',
    '2026-10-27T12:30:00.000Z',
  ]);
});

test('the times are those of the plan’s zone, also where its clocks change on the way', () => {
  expect(previewLines(PLAN, NOW)).toEqual([
    'Stages, if it were started Sat 24 Oct 14:00 (Europe/Berlin), approvals not counted:',
    '  1. 10 % · A few: bakes 30 m, over Sat 24 Oct 14:30 at the earliest; no approval; then asks for the next by itself',
    '  2. 50 % · Half: bakes 1 d, over Sun 25 Oct 13:30 at the earliest; approved by lead',
    '  3. 100 % · Everyone: bakes 2 d, over Tue 27 Oct 13:30 at the earliest; approved by 2 of lead or operators',
    'Who is told about each stage and each incident: #shop, lead',
    'Reminders: every 2 h, at most 3 times, then once a day unless it is a request; at any hour (Europe/Berlin)',
    'Rollback: to 0 % (off), promised within 30 seconds',
  ]);
});

test('a plan that names nobody to be told says so', () => {
  expect(previewLines(planWith({}), NOW)).toContain(
    'Who is told about each stage and each incident: #shop, nobody by name',
  );
});

test('a baseline comes first, and a bake says how long it may take and what makes it start over', () => {
  const bake = { for: '2h', max: '6h', restarts_on: ['warning', 'drift'] };
  const stages = [{ stage: 'all', exposure: 100, bake }];
  const lines = previewLines(planWith({ stages, baseline: '30m' }), NOW);
  expect(lines).toContain('  0. The baseline is measured for 30 m');
  expect(lines).toContain(
    '  1. 100 % · all: bakes 2 h (at most 6 h, starts over after a warning or drift), over Sat 24 Oct 14:30 at the earliest; no approval',
  );
});
