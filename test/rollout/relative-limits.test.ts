import { describe, expect, test } from 'vitest';
import { checksOf, type JudgedCheck } from '../../src/rollout/health/in-force.js';
import { levelRead, NEW_STREAK, nextStreak, type Streak } from '../../src/rollout/health/streak.js';
import type { Act, Limit, PlannedLimit, Reference } from '../../src/rollout/plan/plan.js';
import { HOUR, MINUTE, NOON, OLGA, SECOND } from './fixture.js';
import { planWith, Watched } from './watched.js';

const baseline = { kind: 'baseline' } as const;
const OPS: readonly Limit['op'][] = ['above', 'at_least', 'below', 'at_most'];
const ACTS: readonly Act[] = [{ kind: 'post' }, { kind: 'hold' }, { kind: 'rollback' }, { kind: 'disable' }];

/** The check with this limit, after this was measured. */
function judged(op: Limit['op'], than: Partial<Reference>, measured: number, act?: Act) {
  const critical: PlannedLimit = { op, than: { of: baseline, times: 1, plus: 0, ...than }, ...(act && { act }) };
  const numbers = { errors: measured };
  const known = { no: 1, numbers, at: NOON, exposure: 0, by: OLGA.actor, reason: '' };
  const means = { 'to-10': numbers };
  const [check] = checksOf({ plan: planWith({ critical }), stage: { no: 2 }, health: { baseline: known, means } });
  if (!check) throw new Error('no check');
  return check;
}

describe('a part or a multiple of what was 0 or less', () => {
  const parts: readonly Partial<Reference>[] = [{ times: 1.5 }, { times: 0.9 }, { times: 2 }, { times: 0.5 }];

  test.each(OPS.flatMap((op) => [0, -0.1, -10].map((measured) => [op, measured] as const)))(
    '%s a part of %d is unknown, with its reason, whatever it does',
    (op, measured) => {
      for (const than of [
        ...parts,
        ...parts.map((part) => ({ ...part, of: { kind: 'stage', stage: 'to-10' } as const })),
      ]) {
        for (const act of [undefined, ...ACTS]) {
          const check = judged(op, than, measured, act);
          expect(check.unjudged).toEqual({ kind: 'no_part', value: measured });
          expect([-20, -10, 0, 0.01, 5].map((value) => levelRead(check, { value, tookMs: 0 }))).toEqual(
            Array(5).fill(null),
          );
        }
      }
    },
  );

  test('neither refuses a start, nor warns for ever, nor rolls back at 0.01', () => {
    const critical: PlannedLimit = { op: 'at_least', than: { of: baseline, times: 1.5, plus: 0 } };
    const warning: PlannedLimit = { op: 'above', than: { of: baseline, times: 1.2, plus: 0 } };
    const story = new Watched(planWith({ warning, critical }, { plan: { baselineMs: 10 * MINUTE } }));
    story
      .rounds(10, MINUTE, { errors: 0 })
      .raised()
      .rounds(30, 10 * SECOND, { errors: 0.01 });
    expect(story.rollout).toMatchObject({ phase: 'baking', health: { verdicts: { errors: 'unknown' } } });
    expect(story.rollout.alerts.episodes.errors).toMatchObject({ kind: 'no_data', open: true });
    expect(story.rollout.alerts.episodes.errors?.detail).toEqual({
      kind: 'unknown',
      why: { kind: 'no_part', value: 0 },
    });
  });

  test('does not switch off another limit of the check', () => {
    const critical: PlannedLimit = { op: 'above', than: { of: baseline, times: 1.5, plus: 0 } };
    const others: PlannedLimit[] = [{ op: 'above', value: 5, act: { kind: 'rollback' } }];
    const story = new Watched(planWith({ critical, others }, { plan: { baselineMs: 10 * MINUTE } }));
    story
      .rounds(10, MINUTE, { errors: 0 })
      .raised()
      .rounds(3, 10 * SECOND, { errors: 9 });
    expect(story.phase).toBe('rolling_back');
  });
});

describe('points more or less', () => {
  test.each<[Limit['op'], number, number, number]>([
    ['above', 5, 0, 5],
    ['at_least', 5, 0, 5],
    ['above', 5, -10, -5],
    ['below', -5, 90, 85],
    ['at_most', -5, 5, 0],
    ['below', -5, -10, -15],
    ['above', 0, 0, 0],
  ])('%s %d of %d is a limit of %d', (op, plus, measured, value) => {
    expect(judged(op, { plus }, measured)).toMatchObject({ critical: { value } });
    expect(judged(op, { plus }, measured).unjudged).toBeUndefined();
  });

  test.each<[Limit['op'], number, number]>([
    ['below', -5, 3],
    ['below', -5, 5],
    ['at_most', -5, 3],
    ['below', 0, 0],
  ])('%s %d of %d could never be broken: unknown', (op, plus, measured) => {
    expect(judged(op, { plus }, measured).unjudged).toEqual({ kind: 'nothing_below', value: measured });
  });
});

describe('a mean', () => {
  const than = { of: baseline, times: 2, plus: 0 };
  const measuring = (baselineMs: number, more: Parameters<typeof planWith>[0] = {}) =>
    new Watched(planWith({ critical: { op: 'above', than }, ...more }, { plan: { baselineMs } }));

  test('is one over time: ten bad minutes of an hour weigh a sixth, however often they were read', () => {
    const story = measuring(HOUR)
      .rounds(60, 10 * SECOND, { errors: 5 })
      .rounds(50, MINUTE, { errors: 0.5 });
    expect(story.rollout.health.baseline?.numbers.errors).toBeCloseTo(1.25, 5);
  });

  test('does not make up for a gap: a number stands for one and a half rhythms at most', () => {
    const story = measuring(HOUR)
      .rounds(20, MINUTE, { errors: 1 })
      .round(20 * MINUTE, { errors: 9 });
    story.rounds(20, MINUTE, { errors: 1 });
    expect(story.rollout.health.baseline?.numbers.errors).toBeCloseTo((40 + 9 * 1.5) / 41.5, 5);
  });

  test('is none of the time in which there was no number', () => {
    const story = measuring(HOUR).rounds(30, MINUTE, { errors: 1 }).rounds(10, MINUTE, { errors: 'unknown' });
    story.rounds(20, MINUTE, { errors: 4 });
    expect(story.rollout.health.baseline?.numbers.errors).toBeCloseTo((30 * 1 + 20 * 4) / 50, 5);
  });

  test('of a whole bake is one over time, too', () => {
    const warning = { op: 'above', value: 90 } as const;
    const story = new Watched(planWith({ warning }, { stages: { bakeMs: HOUR } })).raised();
    story.round(10 * SECOND, { errors: 5 }).rounds(59, 10 * SECOND, { errors: 5 });
    for (let i = 0; i < 60 && story.phase === 'baking'; i += 1) story.round(MINUTE, { errors: 0.5 });
    const mean = story.rollout.health.means?.['to-10']?.errors ?? Number.NaN;
    expect(mean).toBeGreaterThan(1.2);
    expect(mean).toBeLessThan(1.3);
  });

  test('needs five windows: readings that share their data are one', () => {
    const story = measuring(MINUTE, { windowMs: 5 * MINUTE }).rounds(24, MINUTE, { errors: 4 });
    expect(story.rollout).toMatchObject({ phase: 'not_started', failure: { reason: 'no_baseline' } });
    const longer = measuring(25 * MINUTE, { windowMs: 5 * MINUTE }).rounds(24, MINUTE, { errors: 4 });
    expect(longer.phase).toBe('starting');
    expect(longer.round(MINUTE, { errors: 4 }).rollout.health.baseline?.numbers.errors).toBe(4);
  });
});

test('a new baseline: numbers held against the old one count no more towards a limit that follows it, towards others they do', () => {
  const critical: PlannedLimit = { op: 'above', than: { of: baseline, times: 2, plus: 0 } };
  const others: PlannedLimit[] = [{ op: 'above', value: 5, act: { kind: 'hold' } }];
  const plan = planWith({ critical, others });
  const at = (measured: number) => {
    const known = { no: 1, numbers: { errors: measured }, at: NOON, exposure: 0, by: OLGA.actor, reason: '' };
    const [check] = checksOf({ plan, stage: { no: 2 }, health: { baseline: known } });
    if (!check) throw new Error('no check');
    return check;
  };
  const look = (streak: Streak, check: JudgedCheck, minute: number) =>
    nextStreak(streak, check, { value: 9, tookMs: 0 }, new Date(NOON.getTime() + minute * MINUTE));
  const acts = (streak: Streak) => streak.counting.map(({ act }) => act.kind);

  const first = look(NEW_STREAK, at(1), 0);
  expect(acts(look(first, at(1), 1))).toEqual(['rollback', 'hold']);
  const again = look(first, at(2), 1);
  expect(acts(again)).toEqual(['hold']);
  expect(acts(look(again, at(2), 2))).toEqual(['rollback', 'hold']);
});
