import { describe, expect, test } from 'vitest';
import type { Plan, RollbackTo } from '../../src/rollout/plan/plan.js';
import { LENA, OLGA, PLAN, plus, SECOND, SHELL } from './fixture.js';
import { applyingStage, bakingStage, bakingStage1, inPhase, started } from './phases.js';

function planTo(to: RollbackTo): Plan {
  return { ...PLAN, rollback: { ...PLAN.rollback, to } };
}

describe('where a rollback goes', () => {
  test.each([
    ['', 'where the plan says', { to: 0, stageNo: 0, ends: true }],
    ['off', 'to zero', { to: 0, stageNo: 0, ends: true }],
    ['0', 'to zero', { to: 0, stageNo: 0, ends: true }],
    ['previous', 'to the stage before', { to: 25, stageNo: 2, ends: false }],
    ['to-10', 'to a stage', { to: 10, stageNo: 1, ends: false }],
    ['17', 'to a free percentage, standing for the highest stage not above it', { to: 17, stageNo: 1, ends: false }],
    ['25', 'to a percentage that is a stage', { to: 25, stageNo: 2, ends: false }],
    ['5', 'below the first stage, but not off', { to: 5, stageNo: 0, ends: false }],
  ])('"%s" from stage 3 goes %s', (to, _where, expected) => {
    const story = bakingStage(3).rollsBack(to);
    expect(story.event('rollback_ordered')).toMatchObject({ from: 50, ...expected });
    expect(story.rollout).toMatchObject({ phase: 'rolling_back', exposure: { wanted: expected.to } });
    expect(story.effects('lower')).toMatchObject([{ to: expected.to, movedSeq: story.rollout.exposure.movedSeq }]);
  });

  test('previous in stage 1 is the exposure found at the start, and ends the rollout', () => {
    const story = bakingStage1(PLAN, 5).rollsBack('previous');
    expect(story.event('rollback_ordered')).toMatchObject({ to: 5, ends: true });
    expect(story.lowered().rollout).toMatchObject({ phase: 'rolled_back', exposure: { confirmed: 5 } });
  });

  test.each([
    ['60', '60%'],
    ['50', '50%'],
    ['to-100', 'to-100'],
    ['next', 'next'],
  ])('"%s" from stage 3 is not lower, so it goes where the plan says, and says so', (words, said) => {
    const story = bakingStage(3).rollsBack(words);
    expect(story.event('rollback_ordered')).toMatchObject({
      from: 50,
      to: 0,
      ends: true,
      cause: { instead: { said, because: 'not_lower' } },
    });
  });

  test('what is no place is the reason', () => {
    expect(bakingStage(3).rollsBack('somewhere').event('rollback_ordered')).toMatchObject({
      to: 0,
      ends: true,
      cause: { note: 'somewhere' },
    });
  });

  test('a plan’s place that is not below goes to off instead', () => {
    const plan = planTo({ kind: 'exposure', exposure: 10 });
    expect(bakingStage(2, plan).rollsBack().event('rollback_ordered')).toMatchObject({ to: 10, ends: false });
    expect(bakingStage(1, plan).rollsBack().event('rollback_ordered')).toMatchObject({ to: 0, ends: true });
    expect(applyingStage(1, plan).rollsBack().event('rollback_ordered')).toMatchObject({ to: 0, ends: true });
  });

  test('a plan’s place counts after completion too, but not once it was rolled back: then it is off', () => {
    const plan = planTo({ kind: 'exposure', exposure: 10 });
    const story = bakingStage(4, plan).baked().rollsBack();
    expect(story.event('rollback_ordered')).toMatchObject({ from: 100, to: 10, ends: false });
    const over = bakingStage(3, planTo({ kind: 'previous' }))
      .rollsBack('off')
      .lowered();
    expect(over.rollsBack().event('rollback_ordered')).toMatchObject({ to: 0, ends: true });
  });

  test('a plan’s place that is not below where it is going already orders nothing', () => {
    const story = bakingStage(3, planTo({ kind: 'exposure', exposure: 10 })).rollsBack('10');
    expect(story.rollsBack().answer).toBe('nothing');
  });

  test('never goes up to the anchor when users are already below it', () => {
    const story = bakingStage1(planTo({ kind: 'previous' }), 5)
      .reads(2)
      .rollsBack();
    expect(story.event('rollback_ordered')).toMatchObject({ to: 0, ends: true });
  });
});

describe('a rollback', () => {
  test('does not wait for a raise: it says what users may have by now, and the raise is over', () => {
    const story = applyingStage(3);
    const {
      exposure: { movedSeq },
    } = story.rollout;
    story.rollsBack();
    expect(story.rollout).toMatchObject({
      phase: 'rolling_back',
      exposure: { wanted: 0 },
      rollback: { from: 50, to: 0 },
    });
    expect(story.hears({ type: 'raised', movedSeq, exposure: 50 }).added).not.toContain('exposure_confirmed');
    expect(story.rollout).toMatchObject({ phase: 'rolling_back', exposure: { wanted: 0 } });
  });

  test('closes the warnings that led to it, and leaves other alerts open', () => {
    const story = bakingStage(3)
      .reads(60)
      .assessed({ latency: 'warning' }, { target: { exposure: 60, partial: false, detail: '60 %' } })
      .rollsBack();
    expect(story.alerts).toMatchObject([{ slot: 'alerts:2', closed: { at: story.now, how: 'rolled_back' } }]);
    expect(story.rollout.alerts.episodes).toMatchObject({ latency: { open: false }, '@target': { open: true } });
  });

  test('after another one began counts from where users are, not from where they once were', () => {
    const story = bakingStage(3).rollsBack('25').lowered().rollsBack();
    expect(story.event('rollback_ordered')).toMatchObject({ from: 25, to: 0 });
  });

  test('to where it was read last is legal while a raise is under way', () => {
    expect(applyingStage(3).rollsBack('25').lowered().rollout).toMatchObject({
      phase: 'held',
      stage: { no: 2 },
      exposure: { confirmed: 25 },
    });
  });

  test('while starting cancels, lowers and reads', () => {
    const story = started().rollsBack();
    expect(story.effects('lower')).toMatchObject([{ to: 0 }]);
    expect(story.lowered().rollout.phase).toBe('rolled_back');
  });

  test.each(['completed', 'rolled_back'] as const)('after the end (%s) opens it again', (phase) => {
    const story = inPhase(phase);
    expect(story.rollout.endedAt).toBeDefined();
    story.rollsBack();
    expect(story.rollout).toMatchObject({ phase: 'rolling_back', exposure: { wanted: 0 } });
    expect(story.rollout.endedAt).toBeUndefined();
    expect(story.effects('lower')).toMatchObject([{ to: 0 }]);
  });

  test('after completion may go back to a stage, held there and watched', () => {
    const story = inPhase('completed').rollsBack('to-50').lowered();
    expect(story.rollout).toMatchObject({
      phase: 'held',
      stage: { no: 3 },
      exposure: { confirmed: 50 },
    });
    expect(story.rollout.endedAt).toBeUndefined();
    expect(story.assessed({ errors: 'critical' }).rollout.phase).toBe('rolling_back');
  });

  test('lower still, while one is under way, counts as another; one that is not lower is not', () => {
    const story = bakingStage(3).rollsBack('25');
    expect(story.rollsBack('25').answer).toBe('nothing');
    expect(story.rollsBack('10').rollout).toMatchObject({
      exposure: { wanted: 10 },
      rollback: { no: 2, from: 50, to: 10 },
    });
    expect(story.rollsBack('25').answer).toBe('nothing');
    expect(story.rollsBack().rollout).toMatchObject({ exposure: { wanted: 0 }, rollback: { no: 3, ends: true } });
    expect(story.rollsBack().answer).toBe('nothing');
  });

  test('to a stage is paused there: new attempt, bake from zero, raised again only by approval', () => {
    const story = bakingStage(3).rollsBack('to-25').lowered();
    expect(story.rollout).toMatchObject({
      phase: 'held',
      stage: { no: 2, attempt: 2 },
      exposure: { confirmed: 25, wanted: 25 },
      bake: { done: false, observedMs: 0 },
      held: { cause: 'rolled_back_to_stage', by: OLGA.actor },
    });
    story.resumes();
    expect(story.rollout.phase).toBe('baking');
    story.baked().advances();
    expect(story.rollout.request).toMatchObject({ stageNo: 3, attempt: 2 });
  });

  test.each([
    ['the command line', SHELL],
    ['an approver', LENA],
    [
      'somebody last seen in a role',
      {
        actor: LENA.actor,
        standing: { who: 'unknown', roles: 'unknown', lastKnownRoles: ['sre'] },
      } as const,
    ],
  ])('may be asked by %s', (_who, person) => {
    expect(inPhase('baking').rollsBack('', person).rollout.phase).toBe('rolling_back');
  });

  test('that is read back says so with how long it took; one that was replaced does not', () => {
    const story = bakingStage(3).rollsBack('25');
    const {
      exposure: { movedSeq },
    } = story.rollout;
    story.waits(SECOND).rollsBack();
    expect(story.hears({ type: 'lowered', movedSeq, exposure: 25 }).answer).toBe('nothing');
    expect(story.hears({ type: 'lowered', movedSeq, exposure: 0 }).answer).toBe('nothing');
    story.waits(SECOND).lowered();
    expect(story.event('rollback_confirmed')).toEqual({ type: 'rollback_confirmed', exposure: 0, tookMs: SECOND });
    expect(story.rollout.rollback?.confirmedAt).toEqual(story.now);
  });
});

describe('a lowering that reads higher than it was ordered', () => {
  test('is no success: it goes out again and the rollback is still under way', () => {
    const story = inPhase('rolling_back');
    const {
      exposure: { movedSeq },
    } = story.rollout;
    story.hears({ type: 'lowered', movedSeq, exposure: 25 });
    expect(story.rollout).toMatchObject({
      phase: 'rolling_back',
      exposure: { wanted: 0 },
      rollback: { confirmedAt: null },
    });
    expect(story.effects('lower')).toMatchObject([{ to: 0, movedSeq: story.rollout.exposure.movedSeq }]);
    expect(story.lowered().rollout.phase).toBe('rolled_back');
  });
});

describe('after a lowering', () => {
  test('the targets are read again at 1, 5 and 30 seconds', () => {
    const story = inPhase('rolling_back').lowered();
    const times = story.effects('read').map(({ notBefore, last }) => [notBefore, last]);
    const at = (seconds: number) => plus(seconds * SECOND, story.now);
    expect(times).toEqual([
      [at(1), false],
      [at(5), false],
      [at(30), true],
    ]);
  });

  test('it is settled only when the last read was clean', () => {
    const story = inPhase('rolled_back');
    expect(story.settleRead(0).answer).toBe('nothing');
    expect(story.rollout.exposure.settled).toBe(false);
    expect(story.settleRead(0, true).added).toEqual(['settled']);
    expect(story.rollout).toMatchObject({ phase: 'rolled_back', exposure: { settled: true } });
  });

  test('a raise that lands late is lowered again, reported once, and settled again', () => {
    const story = inPhase('rolled_back').settleRead(50);
    expect(story.event('late_raise_seen')).toMatchObject({ found: 50 });
    expect(story.effects('lower')).toEqual([{ kind: 'lower', to: 0, movedSeq: story.rollout.exposure.movedSeq }]);
    expect(story.alerts).toHaveLength(1);
    story.settleRead(50);
    expect(story.alerts).toEqual([]);
    story.lowered();
    expect(story.added).toEqual(['exposure_restored', 'alert_closed']);
    expect(story.effects('read')).toHaveLength(3);
    expect(story.settleRead(0, true).rollout).toMatchObject({ phase: 'rolled_back', exposure: { settled: true } });
  });

  test('a read from before the last move says nothing about now', () => {
    const story = inPhase('rolled_back');
    const {
      exposure: { movedSeq },
    } = story.rollout;
    story.rollsBack();
    expect(story.hears({ type: 'settle_read', movedSeq, exposure: 50, last: true }).answer).toBe('nothing');
  });

  test('a raise that was read back ends the settling of the lowering before it', () => {
    const story = bakingStage(3).rollsBack('to-25').lowered().resumes().baked().advances().approves(LENA).raised();
    expect(story.rollout).toMatchObject({ phase: 'baking', stage: { no: 3 }, exposure: { settled: true } });
  });
});
