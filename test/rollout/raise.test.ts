import { describe, expect, test } from 'vitest';
import { mayRise } from '../../src/rollout/requirements/may-rise.js';
import { LENA, MINUTE, NOON, OLGA, OPEN_PLAN, PLAN, streakOf, streaksOf } from './fixture.js';
import { applyingStage, inPhase, started } from './phases.js';

/** One bad reading, after good ones: not yet a verdict. */
const oneCritical = streakOf('errors', 'pass', { level: 'critical', value: 9, since: NOON });

describe('the check just before a raise goes out', () => {
  test('lets it go when all is as the approver saw it', () => {
    const story = applyingStage(3).raiseChecked(streaksOf());
    expect(story.answer).toBe('nothing');
    expect(story.rollout).toMatchObject({ phase: 'applying', exposure: { wanted: 50 } });
  });

  test('rolls back when a check is critical and users are exposed', () => {
    const story = applyingStage(3).raiseChecked(streaksOf({ errors: 'critical' }));
    expect(story.rollout).toMatchObject({
      phase: 'rolling_back',
      exposure: { wanted: 0 },
      rollback: { from: 50, to: 0, cause: { reason: 'check_critical', check: 'errors', value: 9 } },
    });
    expect(story.effects('lower')).toMatchObject([{ to: 0 }]);
  });

  test('holds when a check is critical and nobody is exposed yet', () => {
    const story = applyingStage(1).raiseChecked(streaksOf({ errors: 'critical' }));
    expect(story.rollout).toMatchObject({
      phase: 'held',
      exposure: { wanted: 0 },
      held: { cause: 'health_worse' },
    });
  });

  test.each([
    ['one critical reading', oneCritical, { verdict: 'critical', value: 9 }],
    ['a warning', streakOf('errors', 'warning'), { verdict: 'warning', value: 3 }],
    ['no reading', streakOf('errors', 'unknown'), { verdict: 'unknown', value: null }],
  ])('holds on %s the approver did not see, and the approval is spent', (_what, errors, said) => {
    const detail = { kind: 'check', check: 'errors', ...said };
    const story = applyingStage(3).raiseChecked({ ...streaksOf(), errors });
    expect(story.rollout).toMatchObject({
      phase: 'held',
      exposure: { wanted: 25, confirmed: 25 },
      held: { cause: 'health_worse', note: '', detail },
    });
    expect(story.effects('lower')).toMatchObject([{ to: 25 }]);
    expect(story.alerts).toMatchObject([
      {
        slot: 'alerts:1',
        subject: 'raise',
        no: 1,
        kind: 'raise_failed',
        reason: 'health_worse',
        detail,
        exposure: 50,
      },
    ]);
    expect(story.alerts[0]).toMatchObject({ value: null, since: story.now, open: true });
    expect(story.rollout.alerts.episodes.raise).toMatchObject({ no: 1, kind: 'raise_failed', open: true });
    story.lowered().resumes().advances();
    expect(story.rollout).toMatchObject({
      phase: 'awaiting_approval',
      request: { stageNo: 3, attempt: 2, votes: [] },
    });
  });

  test('lets a warning go that the approver saw', () => {
    const warning = streaksOf({ errors: 'warning' });
    const story = inPhase('ready').assessed({ errors: 'warning' }).advances();
    expect(story.approves(LENA).raiseChecked(warning).rollout.phase).toBe('applying');
  });

  test('compares with the verdicts at the order when no approval was needed', () => {
    expect(
      started()
        .rehearsed(0, { errors: 'unknown' })
        .raiseChecked(streaksOf({ errors: 'unknown' })).answer,
    ).toBe('nothing');
    expect(
      started()
        .rehearsed()
        .raiseChecked(streaksOf({ errors: 'unknown' })).rollout.phase,
    ).toBe('held');
  });

  test('for a raise that was called back changes nothing', () => {
    const story = applyingStage(3);
    const {
      exposure: { movedSeq },
    } = story.rollout;
    story.pauses();
    expect(story.hears({ type: 'raise_checked', movedSeq, streaks: streaksOf({ errors: 'critical' }) }).answer).toBe(
      'nothing',
    );
  });
});

describe('a raise', () => {
  test('is believed when it was read back: only then the bake begins', () => {
    const story = applyingStage(3);
    expect(story.rollout).toMatchObject({ exposure: { confirmed: 25, wanted: 50 }, stage: { no: 2 } });
    story.raised();
    expect(story.rollout).toMatchObject({
      phase: 'baking',
      exposure: { confirmed: 50 },
      stage: { no: 3 },
      bake: { done: false },
    });
    expect(story.shown('stage_start')).toMatchObject([
      { slot: 'start:3:1', message: { stageNo: 3, exposure: 50, bakeMs: 30 * MINUTE, at: story.now } },
    ]);
  });

  test('that could not be made holds and puts the targets back', () => {
    const story = applyingStage(3);
    const {
      exposure: { movedSeq },
    } = story.rollout;
    story.hears({ type: 'raise_failed', movedSeq, reason: 'raise_failed', detail: 'refused' });
    expect(story.rollout).toMatchObject({
      phase: 'held',
      exposure: { wanted: 25 },
      held: { cause: 'raise_failed', detail: { kind: 'said', text: 'refused' } },
    });
    expect(story.effects('lower')).toMatchObject([{ to: 25 }]);
  });

  test('not read back within ten minutes expires; before that nothing is due', () => {
    const story = applyingStage(3);
    expect(story.waits(10 * MINUTE - 1).woke().answer).toBe('nothing');
    story.waits(1).woke();
    expect(story.rollout).toMatchObject({
      phase: 'held',
      exposure: { wanted: 25 },
      held: { cause: 'raise_expired' },
    });
    expect(story.effects('lower')).toMatchObject([{ to: 25 }]);
  });

  test('that lands after it was called back is no progress', () => {
    const story = applyingStage(3);
    const {
      exposure: { movedSeq },
    } = story.rollout;
    story.pauses();
    expect(story.effects('lower')).toMatchObject([{ to: 25 }]);
    expect(story.hears({ type: 'raised', movedSeq, exposure: 50 }).added).not.toContain('exposure_confirmed');
    expect(story.rollout).toMatchObject({ phase: 'held', exposure: { confirmed: 25 }, stage: { no: 2 } });
    story.lowered().resumes().advances().approves(LENA);
    expect(story.hears({ type: 'raised', movedSeq, exposure: 50 }).answer).toBe('nothing');
    expect(story.rollout).toMatchObject({ phase: 'applying', exposure: { confirmed: 25 } });
  });

  test('that failed after it was called back is no second failure', () => {
    const story = applyingStage(3);
    const {
      exposure: { movedSeq },
    } = story.rollout;
    const failed = { type: 'raise_failed', movedSeq, reason: 'raise_failed', detail: 'late' } as const;
    expect(story.pauses().hears(failed).answer).toBe('nothing');
    expect(story.lowered().resumes().advances().approves(LENA).hears(failed).answer).toBe('nothing');
    expect(story.rollout.phase).toBe('applying');
  });

  test('is called back when the environment points at other targets', () => {
    const story = applyingStage(3).hears({ type: 'target_changed', detail: 'DB_URL' });
    expect(story.rollout).toMatchObject({
      phase: 'held',
      exposure: { wanted: 25 },
      held: { cause: 'target_changed' },
    });
    expect(story.effects('lower')).toMatchObject([{ to: 25 }]);
  });
});

describe('advance', () => {
  test('asks for the next stage, or orders it when it needs no approval', () => {
    expect(inPhase('ready', PLAN).advances().added).toEqual(['approval_requested']);
    expect(inPhase('ready', OPEN_PLAN).advances().added).toEqual(['raise_ordered']);
  });

  test.each(['', 'to-50', '50'])('to the next stage may be written "%s"', (to) => {
    expect(inPhase('ready').advances(undefined, to).answer).toBe('accepted');
  });

  test.each(['to-100', '100', 'to-25', '51'])('to any other stage (%s) is refused', (to) => {
    const story = inPhase('ready').advances(undefined, to);
    expect(story.last).toMatchObject({
      refusal: {
        reason: 'not_next_stage',
        helps: 'advance',
        conditions: [{ ok: false, next: 'to-50 (50 %)' }, {}, {}, {}],
      },
    });
  });

  test('during the bake is refused with every condition and how far the bake is', () => {
    const story = inPhase('baking');
    story.observedMs = 5 * MINUTE;
    expect(story.advances().last).toMatchObject({
      refusal: {
        reason: 'bake_incomplete',
        helps: 'why',
        conditions: [
          { kind: 'bake', ok: false, observedMs: 5 * MINUTE, neededMs: 30 * MINUTE },
          { kind: 'health', ok: true },
          { kind: 'approval', ok: 'next' },
        ],
      },
    });
  });

  test('during the bake of stage 1 is refused as well', () => {
    expect(applyingStage(1).raised().advances().answer).toBe('bake_incomplete');
  });

  test('before the first stage knows no bake, and names the phase that is in the way', () => {
    expect(mayRise(inPhase('starting').rollout, { now: NOON, watch: null }, { at: 'asked' }).conditions).toMatchObject([
      { kind: 'phase', ok: false, phase: 'starting' },
      { kind: 'health', ok: true },
    ]);
  });

  test('after an extension that is over shows all that was observed', () => {
    const story = inPhase('baking')
      .extends(MINUTE)
      .assessed({}, { observedMs: 40 * MINUTE });
    expect(mayRise(story.rollout, { now: NOON, watch: null }, { at: 'asked' }).conditions).toMatchObject([
      { kind: 'bake', ok: true, observedMs: 40 * MINUTE, neededMs: 31 * MINUTE },
      { kind: 'health', ok: true },
      { kind: 'approval', ok: 'next' },
    ]);
    expect(
      mayRise(story.advances().rollout, { now: NOON, watch: null }, { at: 'asked' }).conditions.at(-1),
    ).toMatchObject({ ok: false });
  });

  test('with a check unknown is refused, with a warning it is not', () => {
    expect(inPhase('ready').assessed({ errors: 'unknown' }).advances().answer).toBe('health_not_known');
    expect(inPhase('ready').assessed({ errors: 'warning' }).advances().answer).toBe('accepted');
  });

  test('by a button of another stage or attempt is refused as stale', () => {
    const click = (stageNo: number, attempt: number) =>
      inPhase('ready').asks(OLGA, { type: 'advance', to: null, reason: '', button: { stageNo, attempt } }).answer;
    expect(click(2, 1)).toBe('accepted');
    expect(click(1, 1)).toBe('stale_button');
    expect(click(2, 2)).toBe('stale_button');
  });

  test('in the last stage is refused: there is none after it', () => {
    expect(applyingStage(4).raised().advances().answer).toBe('last_stage');
  });
});
