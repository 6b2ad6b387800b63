import { describe, expect, test } from 'vitest';
import { checksOf } from '../../src/rollout/health/in-force.js';
import type { Act, Limit, PlannedLimit } from '../../src/rollout/plan/plan.js';
import { MINUTE, SECOND, streakOf } from './fixture.js';
import { planWith, Watched } from './watched.js';

const OVER = 9;
const above = (value: number, more: Partial<Limit> = {}): Limit => ({ op: 'above', value, ...more });
const doing = (act: Act): Limit => above(5, { act });

/** Baking the first stage, with the check `errors` judged by this. */
function baking(errors: Parameters<typeof planWith>[0], more?: Parameters<typeof planWith>[1]): Watched {
  return new Watched(planWith(errors, more)).raised().round(MINUTE);
}

describe('what a broken limit does', () => {
  test('critical rolls back, as before', () => {
    const story = baking({ critical: above(5) }).rounds(2, 10 * SECOND, { errors: OVER });
    expect(story.rollout).toMatchObject({
      phase: 'rolling_back',
      rollback: { to: 0, cause: { check: 'errors', value: 9, limit: { op: 'above', value: 5 } } },
    });
  });

  test('hold stops where it is, tells people, and does not move the targets', () => {
    const story = baking({ critical: doing({ kind: 'hold' }) }).rounds(2, 10 * SECOND, { errors: OVER });
    expect(story.rollout).toMatchObject({
      phase: 'held',
      exposure: { confirmed: 10, wanted: 10 },
      held: { cause: 'check_holds' },
    });
    expect(story.rollout.alerts.episodes.errors).toMatchObject({ kind: 'critical', open: true });
    expect(story.story.effects('lower')).toEqual([]);
    expect(story.story.alerts).toMatchObject([{ kind: 'critical', subject: 'errors' }]);
  });

  test('hold once: whoever goes on has seen it, until it was well in between', () => {
    const story = baking({ critical: doing({ kind: 'hold' }) }).rounds(2, 10 * SECOND, { errors: OVER });
    story.story.resumes();
    expect(story.rounds(3, 10 * SECOND, { errors: OVER }).phase).toBe('baking');
    story.rounds(2, 10 * SECOND);
    expect(story.rounds(2, 10 * SECOND, { errors: OVER }).phase).toBe('held');
  });

  test('hold is heard also where another limit of the check is reported already', () => {
    const others = [above(20, { act: { kind: 'hold' } })];
    const story = baking({ critical: doing({ kind: 'post' }), others }).rounds(3, 10 * SECOND, { errors: OVER });
    expect(story.phase).toBe('baking');
    expect(story.rounds(2, 10 * SECOND, { errors: 50 }).phase).toBe('held');
  });

  test('hold during a raise calls it back', () => {
    const story = new Watched(planWith({ critical: doing({ kind: 'hold' }) })).raised().baked();
    story.story.advances();
    story.rounds(2, 10 * SECOND, { errors: OVER });
    expect(story.rollout).toMatchObject({
      phase: 'held',
      exposure: { wanted: 10 },
      held: { cause: 'health_worse' },
    });
    expect(story.story.effects('lower')).toMatchObject([{ to: 10 }]);
  });

  test('a warning that holds is a warning, and holds', () => {
    const story = baking({ warning: doing({ kind: 'hold' }) }).rounds(2, 10 * SECOND, { errors: OVER });
    expect(story.rollout).toMatchObject({ phase: 'held', health: { verdicts: { errors: 'warning' } } });
  });

  test('hold takes an open request back', () => {
    const story = baking({ critical: doing({ kind: 'hold' }) });
    const asked = new Watched({
      ...story.rollout.plan,
      stages: story.rollout.plan.stages.map((stage) =>
        stage.no === 2 ? { ...stage, approve: { kind: 'each', roles: ['sre'] } as const } : stage,
      ),
    });
    asked.raised().baked();
    asked.story.advances();
    expect(asked.phase).toBe('awaiting_approval');
    asked.rounds(2, 10 * SECOND, { errors: OVER });
    expect(asked.rollout).toMatchObject({ phase: 'held' });
    expect(asked.story.shown('approval_request')).toMatchObject([{ message: { outcome: { kind: 'void' } } }]);
  });

  test('post changes nothing, and no stage is raised while it is critical', () => {
    const story = baking({ critical: doing({ kind: 'post' }) }).rounds(2, 10 * SECOND, { errors: OVER });
    expect(story.rollout).toMatchObject({
      phase: 'baking',
      exposure: { confirmed: 10 },
      health: { verdicts: { errors: 'critical' } },
    });
    expect(story.rollout.alerts.episodes.errors).toMatchObject({ kind: 'critical', open: true });
    const { observedMs } = story.watch ?? { observedMs: 0 };
    expect(story.rounds(5, 10 * SECOND, { errors: OVER }).watch?.observedMs).toBe(observedMs);
    expect(story.rounds(2, 10 * SECOND).rollout.alerts.episodes.errors).toMatchObject({ open: false });
  });

  test('disable goes to off, whatever the plan’s way back is', () => {
    const plan = planWith({ critical: doing({ kind: 'disable' }) }, { plan: { rollback: PREVIOUS } });
    const story = new Watched(plan)
      .raised()
      .baked()
      .raised()
      .round(MINUTE)
      .rounds(2, 10 * SECOND, { errors: OVER });
    expect(story.rollout.rollback).toMatchObject({ from: 25, to: 0, ends: true });
  });

  test.each<[string, Act, number, number]>([
    ['to a percentage', { kind: 'rollback', to: { kind: 'exposure', exposure: 10 } }, 10, 1],
    ['to the stage before', { kind: 'rollback', to: { kind: 'previous' } }, 10, 1],
    ['where the plan says', { kind: 'rollback' }, 0, 0],
    ['never up: a place above is not below, so where the plan says', upTo(50), 0, 0],
    ['never on the spot either', upTo(25), 0, 0],
  ])('rollback %s', (_name, act, to, stageNo) => {
    const story = new Watched(planWith({ critical: doing(act) })).raised().baked().raised().round(MINUTE);
    story.rounds(2, 10 * SECOND, { errors: OVER });
    expect(story.rollout.rollback).toMatchObject({ from: 25, to, stageNo });
  });

  test('of several, the lowest place counts', () => {
    const [mild, hard] = [upTo(10), { kind: 'disable' } as const];
    const others = [above(4, { act: mild }), above(8, { act: hard })];
    const at = (errors: number) => {
      const story = new Watched(planWith({ others })).raised().baked().raised().round(MINUTE);
      return story.rounds(2, 10 * SECOND, { errors }).rollout.rollback;
    };
    expect(at(6)).toMatchObject({ to: 10, cause: { limit: { value: 4 } } });
    expect(at(9)).toMatchObject({ to: 0, cause: { limit: { value: 8 } } });
  });
});

const PREVIOUS = { to: { kind: 'previous' }, withinMs: 30_000 } as const;

function upTo(exposure: number): Act {
  return { kind: 'rollback', to: { kind: 'exposure', exposure } };
}

test('what is critical is not raised to, whatever stood on the card', () => {
  const story = new Watched(planWith({ critical: above(5) })).story;
  const rollout = story.rolloutIn('applying');
  story.rollout = { ...rollout, raise: { ...rollout.raise, verdicts: { errors: 'critical' } } };
  story.raiseChecked({ errors: streakOf('errors', 'critical') });
  expect(story.rollout).toMatchObject({ phase: 'held', held: { cause: 'health_worse' } });
});

describe('when a limit counts as broken', () => {
  test('for: only when every number broke it for so long', () => {
    const story = baking({ critical: above(5, { forMs: 5 * MINUTE }) });
    story.rounds(5, MINUTE, { errors: OVER });
    expect(story.phase).toBe('baking');
    expect(story.round(MINUTE, { errors: OVER }).phase).toBe('rolling_back');
  });

  test('for: one good number of six does not reset it, three do; a missing one only pauses', () => {
    const patient = () => baking({ critical: above(5, { forMs: 5 * MINUTE }) });
    const one = patient().rounds(2, MINUTE, { errors: OVER }).round(MINUTE).rounds(2, MINUTE, { errors: OVER });
    expect(one.phase).toBe('baking');
    expect(one.round(MINUTE, { errors: OVER }).phase).toBe('rolling_back');
    const three = patient().rounds(2, MINUTE, { errors: OVER }).rounds(3, MINUTE).rounds(5, MINUTE, { errors: OVER });
    expect(three.phase).toBe('baking');
    expect(three.round(MINUTE, { errors: OVER }).phase).toBe('rolling_back');
    const missing = patient().rounds(3, MINUTE, { errors: OVER }).rounds(2, MINUTE, { errors: 'unknown' });
    expect(missing.rounds(2, MINUTE, { errors: OVER }).phase).toBe('baking');
    expect(missing.round(MINUTE, { errors: OVER }).phase).toBe('rolling_back');
  });

  test('for: not by one reading after a long silence', () => {
    const story = baking({ critical: above(5, { forMs: 5 * MINUTE }) }).rounds(10, MINUTE, { errors: 'unknown' });
    expect(story.round(MINUTE, { errors: OVER }).phase).toBe('baking');
  });

  test('3 of 5: bad readings need not follow each other', () => {
    const story = baking({ critical: above(5, { fail: { count: 3, of: 5 } }) });
    for (const errors of [OVER, 0, OVER, 0]) story.round(MINUTE, { errors });
    expect(story.phase).toBe('baking');
    expect(story.round(MINUTE, { errors: OVER }).phase).toBe('rolling_back');
  });

  test('3 of 5: older ones are forgotten', () => {
    const story = baking({ critical: above(5, { fail: { count: 3, of: 5 } }) });
    for (const errors of [OVER, OVER, 0, 0, 0, OVER, OVER, 0, 0, 0, OVER]) story.round(MINUTE, { errors });
    expect(story.phase).toBe('baking');
  });

  test('1 of 1: the first bad reading', () => {
    const story = baking({ critical: above(5, { fail: { count: 1, of: 1 } }) });
    expect(story.round(MINUTE, { errors: OVER }).phase).toBe('rolling_back');
  });

  test('a check whose source has made sure is believed at once', () => {
    const story = baking({ critical: above(5), settled: true });
    expect(story.round(MINUTE, { errors: OVER }).phase).toBe('rolling_back');
  });

  test('limits of one check keep their own memory', () => {
    const story = baking({ warning: above(2), critical: above(5, { forMs: 10 * MINUTE }) });
    story.rounds(2, MINUTE, { errors: OVER });
    expect(story.rollout).toMatchObject({ phase: 'baking', health: { verdicts: { errors: 'warning' } } });
    expect(story.rounds(9, MINUTE, { errors: OVER }).phase).toBe('rolling_back');
  });

  test('while one is only feared the bake stands still', () => {
    const story = baking({ critical: above(5, { forMs: 30 * MINUTE }) }).round(MINUTE);
    const { observedMs } = story.watch ?? { observedMs: -1 };
    expect(story.rounds(5, MINUTE, { errors: OVER }).watch?.observedMs).toBe(observedMs);
  });
});

describe('what a stage changes', () => {
  const stages = { checks: { errors: { critical: above(20) } } };

  test('holds in that stage alone', () => {
    const plan = planWith({ critical: above(5) });
    const second = { ...plan, stages: plan.stages.map((each) => (each.no === 2 ? { ...each, ...stages } : each)) };
    const first = new Watched(second)
      .raised()
      .round(MINUTE)
      .rounds(2, 10 * SECOND, { errors: OVER });
    expect(first.phase).toBe('rolling_back');
    const later = new Watched(second).raised().baked().raised().round(MINUTE);
    expect(later.rounds(3, 10 * SECOND, { errors: OVER }).phase).toBe('baking');
    expect(later.rounds(2, 10 * SECOND, { errors: 21 }).phase).toBe('rolling_back');
  });

  test('a limit may be left out, and one that is not named stays', () => {
    const checks = { errors: { critical: null } };
    const story = baking({ warning: above(2), critical: above(5) }, { stages: { checks } });
    expect(story.rounds(3, 10 * SECOND, { errors: OVER }).rollout).toMatchObject({
      phase: 'baking',
      health: { verdicts: { errors: 'warning' } },
    });
  });

  test('its own way back is taken, by the bot and by people', () => {
    const rollbackTo = { kind: 'previous' } as const;
    const plan = planWith({ critical: above(5) }, { stages: { rollbackTo } });
    const bot = new Watched(plan)
      .raised()
      .baked()
      .raised()
      .round(MINUTE)
      .rounds(2, 10 * SECOND, { errors: OVER });
    expect(bot.rollout.rollback).toMatchObject({ to: 10, ends: false });
    const person = new Watched(plan).raised().baked().raised();
    expect(person.story.rollsBack().rollout.rollback).toMatchObject({ to: 10, ends: false });
  });
});

describe('a limit against another stage', () => {
  const than = { of: { kind: 'stage', stage: 'to-10' }, times: 1, plus: 5 } as const;
  const critical: PlannedLimit = { op: 'above', than };

  test('does not hold before that stage is over; others do, and without any the check is unknown', () => {
    const both = new Watched(planWith({ warning: above(500), critical })).raised().rounds(5, MINUTE, { errors: 400 });
    expect(both.rollout).toMatchObject({ phase: 'baking', health: { verdicts: { errors: 'pass' } } });
    const alone = new Watched(planWith({ critical })).raised().rounds(5, MINUTE, { errors: 400 });
    expect(alone.rollout.health.verdicts.errors).toBe('unknown');
    expect(alone.watch?.observedMs).toBe(0);
  });

  test('that cannot be told does not switch off the one that can', () => {
    const story = new Watched(planWith({ warning: { ...critical }, critical: above(5) })).raised().baked();
    story.story.rollout = { ...story.story.rollout, health: { ...story.story.rollout.health, means: {} } };
    story.raised().round(MINUTE);
    expect(story.rollout.health.verdicts.errors).toBe('unknown');
    story.rounds(2, 10 * SECOND, { errors: 90 });
    expect(story.phase).toBe('rolling_back');
  });

  test('compares with the mean of its whole bake, frozen at its end', () => {
    const story = new Watched(planWith({ warning: above(500), critical })).raised();
    for (let i = 0; i < 60 && story.phase === 'baking'; i += 1) story.round(MINUTE, { errors: i % 2 === 0 ? 2 : 4 });
    const mean = story.rollout.health.means?.['to-10']?.errors ?? Number.NaN;
    expect(mean).toBeGreaterThan(2.8);
    expect(mean).toBeLessThan(3.2);
    story.raised().round(MINUTE);
    expect(checksOf(story.rollout)[0]?.critical).toMatchObject({ value: mean + 5, than });
    story.rounds(2, 10 * SECOND, { errors: 7.7 });
    expect(story.phase).toBe('baking');
    expect(story.rounds(2, 10 * SECOND, { errors: 8.3 }).phase).toBe('rolling_back');
  });

  test('is unknown, not fine, where that stage was never measured', () => {
    const story = new Watched(planWith({ warning: above(500), critical })).raised().baked();
    story.story.rollout = { ...story.story.rollout, health: { ...story.story.rollout.health, means: {} } };
    story.raised().rounds(2, MINUTE);
    expect(story.rollout.health.verdicts.errors).toBe('unknown');
    expect(story.watch?.streaks.errors?.why).toEqual({ kind: 'stage_not_measured', stage: 'to-10' });
  });
});
