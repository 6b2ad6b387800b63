import { describe, expect, test } from 'vitest';
import { ANOTHER_OPERATOR } from '../../src/rollout/requirements/approval.js';
import { bakingSince, needsWatch } from '../../src/rollout/state/rollout.js';
import { BEA, HOUR, LENA, MINUTE, OLGA, OPEN_PLAN, OTTO, SAM, SHELL, streakOf, streaksOf } from './fixture.js';
import type { Story } from './given.js';
import { bakingStage, bakingStage1, inPhase } from './phases.js';

/** Stage 2 has baked 12 of its 30 minutes, and somebody asks to go on all the same. */
function early(plan?: typeof OPEN_PLAN): Story {
  const story = inPhase('baking', plan);
  story.observedMs = 12 * MINUTE;
  return story.waits(12 * MINUTE).overrides();
}

describe('an override', () => {
  test('asks for the next stage before the bake is over, and says how much of it is left out', () => {
    const story = early();
    expect(story.added).toEqual(['approval_requested']);
    expect(story.rollout.request).toMatchObject({
      stageNo: 3,
      from: 25,
      to: 50,
      requestedBy: OLGA.actor,
      reason: 'the fair opens at nine',
      override: { observedMs: 12 * MINUTE, neededMs: 30 * MINUTE },
    });
    expect(story.shown('approval_request')).toMatchObject([{ message: { request: { override: {} } } }]);
  });

  test('counts what was added to the bake', () => {
    const story = inPhase('baking')
      .extends(15 * MINUTE)
      .overrides();
    expect(story.rollout.request?.override).toEqual({ observedMs: 0, neededMs: 45 * MINUTE });
  });

  test.each(['', '   '])('without a reason ("%s") is refused', (reason) => {
    const story = inPhase('baking').overrides(OLGA, reason);
    expect(story.answer).toBe('reason_missing');
    expect(story.rollout.phase).toBe('baking');
  });

  test.each([
    ['critical', 'health_critical'],
    ['unknown', 'health_not_known'],
  ] as const)('does not go past a check that is %s', (verdict, reason) => {
    const story = inPhase('baking');
    // Known to be so, and the way down not begun: what the rules are asked in that moment.
    story.rollout = {
      ...story.rollout,
      health: { ...story.rollout.health, verdicts: { ...story.rollout.health.verdicts, errors: verdict } },
    };
    const bake = { kind: 'bake', ok: false };
    expect(story.overrides().last).toMatchObject({
      refusal: { reason, conditions: [bake, { kind: 'health', ok: false }, { kind: 'approval' }] },
    });
    expect(story.rollout.phase).toBe('baking');
  });

  test('goes past a warning, which the request shows', () => {
    const story = inPhase('baking').assessed({ errors: 'warning' }).overrides();
    expect(story.rollout.request?.verdicts).toMatchObject({ errors: 'warning' });
  });

  test.each(['held', 'applying', 'awaiting_approval', 'rolled_back', 'completed'] as const)(
    'does not go past the phase: in %s it is refused',
    (phase) => {
      expect(inPhase(phase).overrides().answer).toBe('wrong_phase');
    },
  );

  test('leads to the next stage only, and there must be one', () => {
    const far = { type: 'advance', to: { kind: 'percent', exposure: 100 }, reason: 'now', override: true } as const;
    expect(inPhase('baking').asks(OLGA, far).answer).toBe('not_next_stage');
    expect(bakingStage(4).overrides().answer).toBe('last_stage');
  });

  test('is for operators: not for other roles, not for the command line', () => {
    expect(inPhase('baking').overrides(SAM).answer).toBe('not_allowed');
    expect(inPhase('baking').overrides(SHELL).answer).toBe('not_allowed');
  });

  test('by a button of another stage is refused as stale', () => {
    const button = { stageNo: 1, attempt: 1 };
    const old = { type: 'advance', to: null, reason: 'now', override: true, button } as const;
    expect(inPhase('baking').asks(OLGA, old).answer).toBe('stale_button');
  });

  test('of a bake that is over is a plain advance: no reason, no approval but the stage’s own', () => {
    const story = inPhase('ready').overrides(OLGA, '');
    expect(story.rollout.request).not.toHaveProperty('override');
    expect(inPhase('ready', OPEN_PLAN).overrides(OLGA, '').rollout.phase).toBe('applying');
  });
});

describe('the approval of an override', () => {
  test('is the stage’s own where it has one', () => {
    const story = early();
    expect(story.rollout.request).not.toHaveProperty('quorum');
    expect(story.approves(BEA).rollout).toMatchObject({ phase: 'applying', exposure: { wanted: 50 } });
  });

  test('is another operator’s where the stage needs nobody', () => {
    const story = early(OPEN_PLAN);
    expect(story.rollout).toMatchObject({
      phase: 'awaiting_approval',
      request: { quorum: ANOTHER_OPERATOR },
    });
    expect(story.effects('raise')).toEqual([]);
    expect(story.approves(OLGA).answer).toBe('own_request');
    expect(story.approves(LENA).answer).toBe('not_allowed');
    expect(story.approves(OTTO).rollout).toMatchObject({ phase: 'applying', exposure: { wanted: 50 } });
  });

  test('begins the next bake when the move was read back', () => {
    const story = early().approves(LENA).raised();
    expect(story.rollout).toMatchObject({
      phase: 'baking',
      stage: { no: 3 },
      exposure: { confirmed: 50 },
      bake: { done: false },
    });
  });

  test('taken back while the move is under way holds; resume goes on with the bake it cut short', () => {
    const story = early().approves(LENA).withdraws(LENA);
    expect(story.rollout).toMatchObject({ phase: 'held', bake: { done: false } });
    expect(story.lowered().resumes().rollout).toMatchObject({ phase: 'baking', stage: { no: 2 } });
  });
});

describe('the bake, while an override is decided on', () => {
  test('goes on: what is observed counts', () => {
    const story = early();
    expect(bakingSince(story.rollout)).toEqual(story.now);
    expect(needsWatch(story.rollout)).toBe(true);
    expect(bakingSince(inPhase('awaiting_approval').rollout)).toBeNull();
  });

  test('is watched also in a first stage that gives nobody more than before', () => {
    const story = bakingStage1(undefined, 10).overrides();
    expect(story.rollout).toMatchObject({ phase: 'awaiting_approval', exposure: { confirmed: 10, anchor: 10 } });
    expect(needsWatch(story.rollout)).toBe(true);
    expect(story.assessed({ errors: 'unknown' }).rollout).toMatchObject({
      phase: 'baking',
    });
  });

  test('does not end under the eyes of who decides', () => {
    const story = early().assessed({}, { observedMs: 31 * MINUTE });
    expect(story.answer).toBe('nothing');
    expect(story.rollout.phase).toBe('awaiting_approval');
  });

  test.each([
    ['denied', (story: Story) => story.denies(LENA)],
    ['expired', (story: Story) => story.waits(24 * HOUR).woke()],
    ['void', (story: Story) => story.assessed({ errors: 'warning' })],
  ])('goes on when it is %s, and passes when its time is full', (_what, end) => {
    const story = end(early());
    expect(story.rollout).toMatchObject({
      phase: 'baking',
      bake: { done: false },
      stage: { no: 2, attempt: 1 },
    });
    expect(bakingSince(story.rollout)).toEqual(story.now);
    expect(story.rollout.nextWakeAt).not.toBeNull();
    expect(story.assessed({}, { observedMs: 30 * MINUTE - 1 }).rollout.phase).toBe('baking');
    expect(story.assessed({}, { observedMs: 30 * MINUTE }).rollout).toMatchObject({
      phase: 'ready',
      bake: { done: true },
    });
    expect(story.shown('stage_complete')).toMatchObject([{ slot: 'complete:2:1' }]);
  });

  test('that got full meanwhile passes with the next round after a denial', () => {
    const story = early()
      .assessed({}, { observedMs: 40 * MINUTE })
      .denies(LENA);
    expect(story.assessed({}, { observedMs: 41 * MINUTE }).rollout).toMatchObject({
      phase: 'ready',
      bake: { observedMs: 41 * MINUTE },
    });
  });

  test('ends in a rollback when a check breaks', () => {
    const story = early().assessed({ errors: 'critical' });
    expect(story.rollout).toMatchObject({ phase: 'rolling_back', exposure: { wanted: 0 } });
  });

  test('holds when the raise finds health worse than it was shown, and resume bakes on', () => {
    const warned = { ...streaksOf(), errors: streakOf('errors', 'warning') };
    const story = early().approves(LENA).raiseChecked(warned);
    expect(story.rollout).toMatchObject({ phase: 'held', held: { cause: 'health_worse' } });
    expect(story.resumes().rollout.phase).toBe('baking');
  });
});
