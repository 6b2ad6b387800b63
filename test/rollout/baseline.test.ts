import { describe, expect, test } from 'vitest';
import { checksOf } from '../../src/rollout/health/in-force.js';
import { nextSummary, reported, reportsDue } from '../../src/rollout/health/reported.js';
import type { PlannedLimit } from '../../src/rollout/plan/plan.js';
import { evolve, replay } from '../../src/rollout/state/evolve.js';
import { HOUR, MINUTE, NOON, OLGA, PLAN, plus, SAM, SECOND } from './fixture.js';
import type { Story } from './given.js';
import { planWith, Watched } from './watched.js';

const than = { of: { kind: 'baseline' }, times: 1.5, plus: 0 } as const;
const critical: PlannedLimit = { op: 'above', than };
const PERIOD = 10 * MINUTE;

function measuring(more: Parameters<typeof planWith>[1] = {}): Watched {
  return new Watched(planWith({ critical }, { ...more, plan: { baselineMs: PERIOD, ...more.plan } }));
}

describe('the baseline', () => {
  test('is measured before anything is asked for or raised', () => {
    const story = measuring();
    expect(story.rollout).toMatchObject({
      phase: 'starting',
      health: { capture: { no: 1, since: NOON } },
      exposure: { wanted: 0 },
    });
    expect(story.story.effects('raise')).toEqual([]);
    story.rounds(9, MINUTE, { errors: 4 });
    expect(story.phase).toBe('starting');
  });

  test('is the mean of all numbers, posted, and the first stage is asked for then', () => {
    const story = measuring().rounds(5, MINUTE, { errors: 4 }).rounds(5, MINUTE, { errors: 8 });
    expect(story.rollout).toMatchObject({ phase: 'applying', health: { capture: null } });
    expect(story.rollout.health.baseline).toMatchObject({ no: 1, exposure: 0, numbers: { errors: 6, latency: 100 } });
    expect(story.story.shown('baseline')).toMatchObject([{ message: { readings: 10, missed: null } }]);
    expect(checksOf(story.rollout)[0]?.critical).toMatchObject({ value: 9 });
  });

  test('what limits say by it stands on the card', () => {
    const approve = { kind: 'each', roles: ['engineering-lead'] } as const;
    const story = measuring({ stages: { approve } }).rounds(10, MINUTE, { errors: 4 });
    expect(story.rollout.request?.verdicts).toEqual({ errors: 'pass', latency: 'pass', orders: 'pass' });
  });

  test('judges from then on', () => {
    const story = measuring().rounds(10, MINUTE, { errors: 4 }).raised().round(MINUTE, { errors: 4 });
    expect(story.rounds(3, 10 * SECOND, { errors: 5.9 }).phase).toBe('baking');
    expect(story.rounds(2, 10 * SECOND, { errors: 6.1 }).phase).toBe('rolling_back');
  });

  test('a check that is critical by it is not raised to', () => {
    const story = measuring().rounds(9, MINUTE, { errors: 4 }).round(MINUTE, { errors: 90 });
    expect(story.rollout).toMatchObject({ phase: 'not_started', failure: { reason: 'health_critical' } });
    expect(story.story.effects('raise')).toEqual([]);
  });

  test('of 0 makes a limit below it that nothing could break: unknown, not fine', () => {
    const below: PlannedLimit = { op: 'below', than: { ...than, times: 0.5 } };
    const story = new Watched(planWith({ critical: below }, { plan: { baselineMs: PERIOD } }));
    story.rounds(10, MINUTE, { errors: 0 }).raised().rounds(2, MINUTE, { errors: 0 });
    expect(story.rollout.health.verdicts.errors).toBe('unknown');
  });

  test('does not count numbers of one that was given up', () => {
    const story = measuring({ stages: { bakeMs: 9 * HOUR } })
      .rounds(10, MINUTE, { errors: 4 })
      .raised();
    story.story.asks(OLGA, { type: 'baseline', reason: 'first' });
    story.rounds(2, MINUTE, { errors: 5.9 }).rounds(20, MINUTE, { errors: 'unknown' });
    expect(story.rollout.health.capture).toBeNull();
    story.story.asks(OLGA, { type: 'baseline', reason: 'second' });
    story.rounds(10, MINUTE, { errors: 5 });
    expect(story.rollout.health.baseline).toMatchObject({ no: 3, numbers: { errors: 5 } });
  });

  test('that a raise comes into is given up', () => {
    const story = measuring().rounds(10, MINUTE, { errors: 4 }).raised().baked();
    story.story.asks(OLGA, { type: 'baseline', reason: 'again' });
    story.rounds(2, MINUTE, { errors: 4 }).raised();
    expect(story.rollout).toMatchObject({ health: { capture: null, baseline: { no: 1 } } });
    expect(story.story.events.map(({ event }) => event.type)).toContain('baseline_missed');
  });

  test('waits for a check that gives no numbers, and gives up in the end', () => {
    const story = measuring().rounds(20, MINUTE, { errors: 'unknown' });
    expect(story.phase).toBe('starting');
    story.rounds(3, MINUTE, { errors: 'unknown' });
    expect(story.rollout).toMatchObject({ phase: 'not_started', failure: { reason: 'no_baseline' } });
  });

  test('does without a check that is not compared with it', () => {
    const story = measuring().rounds(10, MINUTE, { latency: 'unknown' });
    expect(story.rollout.health.baseline?.numbers).toEqual({ errors: 0, orders: 80 });
  });

  test('is given up by the clock when nobody measures', () => {
    const story = measuring();
    const due = story.rollout.nextWakeAt;
    expect(due).toEqual(plus(2 * PERIOD + 2 * MINUTE));
    story.story.waits(2 * PERIOD + 2 * MINUTE).woke();
    expect(story.rollout).toMatchObject({ phase: 'not_started', failure: { reason: 'no_baseline' } });
  });

  test('a critical check ends it before it begins', () => {
    const story = measuring().rounds(2, 10 * SECOND, { latency: 900 });
    expect(story.rollout).toMatchObject({ phase: 'not_started', failure: { reason: 'health_critical' } });
  });

  test('is called off by a rollback like any start', () => {
    const story = measuring();
    story.story.rollsBack();
    expect(story.phase).toBe('rolling_back');
  });

  test('is measured again with a reason, while the old one stands', () => {
    const story = measuring().rounds(10, MINUTE, { errors: 4 }).raised().round(MINUTE, { errors: 4 });
    const asks = (reason: string) => story.story.asks(OLGA, { type: 'baseline', reason }).answer;
    expect(asks(' ')).toBe('reason_missing');
    expect(asks('it was night')).toBe('accepted');
    expect(asks('again')).toBe('nothing');
    story.rounds(9, MINUTE, { errors: 5 });
    expect(story.rollout.health.baseline?.numbers.errors).toBe(4);
    story.round(MINUTE, { errors: 5 });
    expect(story.rollout.health.baseline).toMatchObject({
      no: 2,
      numbers: { errors: 5 },
      exposure: 10,
      reason: 'it was night',
    });
    expect(story.rollout.health.baseline?.by).toEqual(OLGA.actor);
    expect(replay(story.story.events)).toEqual(story.rollout);
  });

  test('measured again, it voids what was asked by the old one', () => {
    const approve = { kind: 'each', roles: ['engineering-lead'] } as const;
    const story = measuring().rounds(10, MINUTE, { errors: 4 }).raised().baked();
    const plan = { ...story.rollout.plan, stages: story.rollout.plan.stages.map((each) => ({ ...each, approve })) };
    story.story.rollout = { ...story.rollout, plan };
    story.story.advances();
    story.story.asks(OLGA, { type: 'baseline', reason: 'it was night' });
    story.rounds(10, MINUTE, { errors: 4 });
    expect(story.rollout).toMatchObject({
      phase: 'ready',
      health: { baseline: { no: 2 } },
    });
  });

  test('that cannot be measured again leaves the old one, and says so', () => {
    const story = measuring({ stages: { bakeMs: 9 * HOUR } })
      .rounds(10, MINUTE, { errors: 4 })
      .raised();
    story.story.asks(OLGA, { type: 'baseline', reason: 'it was night' });
    story.rounds(22, MINUTE, { errors: 'unknown' });
    expect(story.rollout).toMatchObject({
      phase: 'baking',
      health: { capture: null, baseline: { no: 1, numbers: { errors: 4 } } },
    });
    expect(story.story.shown('baseline')).toMatchObject([{ message: { missed: { detail: { check: 'errors' } } } }]);
  });

  test('measured again before anybody is exposed rolls nothing back', () => {
    const approve = { kind: 'each', roles: ['engineering-lead'] } as const;
    const story = measuring({ stages: { approve } }).rounds(10, MINUTE, { errors: 4 });
    expect(story.rollout).toMatchObject({ phase: 'awaiting_approval', stage: { no: 0 } });
    story.story.asks(OLGA, { type: 'baseline', reason: 'it was night' });
    story.rounds(2, 10 * SECOND, { latency: 900 });
    expect(story.phase).not.toBe('rolling_back');
    expect(story.story.effects('lower')).toEqual([]);
  });

  test('a plan without one has none to measure', () => {
    const story = new Watched().raised();
    expect(story.story.asks(OLGA, { type: 'baseline', reason: 'why not' }).answer).toBe('plan_has_none');
  });
});

describe('a number that people report', () => {
  const probe = { kind: 'manual', ask: 'How many complaints?', everyMs: 4 * HOUR } as const;
  const complaints = { name: 'complaints', title: 'Complaints', unit: '', probe };
  const plan = { ...PLAN, checks: [{ ...complaints, critical: { op: 'at_least', value: 5 } as const }] };
  const story = () => {
    const watched = new Watched(planWith({ critical: { op: 'above', value: 5 } })).raised();
    watched.story.rollout = { ...watched.rollout, plan: { ...watched.rollout.plan, checks: plan.checks } };
    return watched.story;
  };
  const says = (told: Story, value: number, check = 'complaints') =>
    told.asks(SAM, { type: 'report', check, value, note: 'from the desk' });

  test('is on record with who said it, and read from then on', () => {
    const told = says(story(), 3);
    expect(told.rollout.health.reports?.complaints).toEqual({
      value: 3,
      at: told.now,
      by: SAM.actor,
      note: 'from the desk',
    });
    expect(reported(complaints, told.rollout, told.now)).toMatchObject({ value: 3 });
    expect(
      evolve(told.rollout, { seq: 99, at: NOON, actor: SAM.actor, event: { type: 'report_asked', check: 'x' } }),
    ).toMatchObject({ health: { reports: { complaints: { value: 3 } } } });
  });

  test('is unknown before anybody said it, and when it is too old', () => {
    const told = story();
    expect(reported(complaints, told.rollout, told.now)).toMatchObject({ unknown: 'not_reported' });
    says(told, 3);
    expect(reported(complaints, told.rollout, plus(6 * HOUR, told.now))).toMatchObject({ value: 3 });
    expect(reported(complaints, told.rollout, plus(6 * HOUR + 1, told.now))).toMatchObject({
      unknown: 'report_too_old',
    });
  });

  test('of before a stage says nothing of it, and is asked for again at once', () => {
    const told = says(story(), 3);
    told.rollout = { ...told.rollout, bake: { ...told.rollout.bake, startedAt: plus(MINUTE, told.now) } };
    told.waits(2 * MINUTE);
    expect(reported(complaints, told.rollout, told.now)).toMatchObject({ unknown: 'reported_before' });
    expect(reportsDue(told.rollout, told.now)).toEqual(['complaints']);
  });

  test.each([
    ['a check that is read by itself', 3, 'latency', 'no_such_check'],
    ['no such check', 3, 'nothing', 'no_such_check'],
    ['no number', Number.NaN, 'complaints', 'bad_arguments'],
  ])('is refused: %s', (_name, value, check, reason) => {
    expect(says(story(), value, check).answer).toBe(reason);
  });

  test('is asked for when it is due, once', () => {
    const told = story();
    expect(reportsDue(told.rollout, told.now)).toEqual(['complaints']);
    told.assessed();
    expect(told.shown('report_due')).toHaveLength(1);
    told.waits(HOUR).assessed();
    expect(told.shown('report_due')).toHaveLength(0);
    says(told, 3);
    told.waits(4 * HOUR - 1).assessed();
    expect(told.shown('report_due')).toHaveLength(0);
    told.waits(1).assessed();
    expect(told.shown('report_due')).toHaveLength(1);
  });
});

describe('summaries of a bake', () => {
  const steps = [{ everyMs: 15 * MINUTE, forMs: HOUR }, { everyMs: HOUR }];

  test('come at each rhythm for its time', () => {
    const times: number[] = [];
    let last: Date | null = null;
    for (let i = 0; i < 7; i += 1) {
      last = nextSummary(steps, NOON, last);
      times.push(((last?.getTime() ?? 0) - NOON.getTime()) / MINUTE);
    }
    expect(times).toEqual([15, 30, 45, 60, 120, 180, 240]);
  });

  test('are none where the plan wants none', () => {
    expect(nextSummary(undefined, NOON, null)).toBeNull();
    expect(nextSummary([], NOON, null)).toBeNull();
  });

  test('go on at the last rhythm when all have had their time', () => {
    expect(nextSummary([{ everyMs: MINUTE, forMs: HOUR }], NOON, plus(2 * HOUR))).toEqual(plus(2 * HOUR + MINUTE));
  });

  test('are posted while it bakes, and begin again with the next stage', () => {
    const plan = planWith({ critical: { op: 'above', value: 5 } }, { stages: { reportEvery: steps } });
    const story = new Watched(plan).raised();
    let shown = 0;
    for (let i = 0; i < 60 && story.phase === 'baking'; i += 1) {
      story.round(MINUTE);
      shown += story.story.shown('summary').length;
    }
    // 30 minutes of bake: at 15 and perhaps at the very end.
    expect(shown).toBe(2);
    story.raised();
    expect(story.rollout.bake.summaryAt).toBeNull();
  });
});
