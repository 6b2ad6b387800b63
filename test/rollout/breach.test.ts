import { describe, expect, test } from 'vitest';
import { firstStreaks } from '../../src/rollout/health/assess.js';
import { NEW_STREAK } from '../../src/rollout/health/streak.js';
import type { Phase } from '../../src/rollout/state/rollout.js';
import { MINUTE, NOON, plus, streakOf, streaksOf } from './fixture.js';
import { applyingStage, bakingStage1, inPhase, started } from './phases.js';

const WATCHED: readonly Phase[] = ['ready', 'awaiting_approval', 'applying', 'baking', 'held'];

describe('a breach', () => {
  test.each(WATCHED)('rolls back from %s, at once and by itself', (phase) => {
    const story = inPhase(phase).assessed({ errors: 'critical' });
    expect(story.rollout).toMatchObject({
      phase: 'rolling_back',
      exposure: { wanted: 0 },
      rollback: { to: 0, ends: true, cause: { reason: 'check_critical', check: 'errors', value: 9, since: NOON } },
    });
    expect(story.effects('lower')).toEqual([{ kind: 'lower', to: 0, movedSeq: story.rollout.exposure.movedSeq }]);
    expect(story.events.at(-1)?.actor).toEqual({ kind: 'bot' });
  });

  test('seen in a round that was read before the last move rolls back all the same', () => {
    const story = inPhase('baking').assessed({ errors: 'critical' }, { movedSeq: 1 });
    expect(story.rollout.phase).toBe('rolling_back');
  });

  test('while already rolling back orders nothing more', () => {
    const story = inPhase('rolling_back').assessed({ errors: 'critical' });
    expect(story.effects('lower')).toEqual([]);
    expect(story.rollout.rollback?.no).toBe(1);
  });

  test('before anybody is exposed is not judged: the raise re-check is there for it', () => {
    expect(applyingStage(1).assessed({ errors: 'critical' }).answer).toBe('nothing');
  });

  test.each(['completed', 'rolled_back', 'not_started'] as const)('in %s is nobody’s business any more', (phase) => {
    expect(inPhase(phase).assessed({ errors: 'critical' }).answer).toBe('nothing');
  });

  test('waits two seconds with its post, so that it can say how it went', () => {
    const story = inPhase('baking').assessed({ errors: 'critical' });
    expect(story.shown('incident')).toMatchObject([
      { slot: 'incident:1', notBefore: plus(2_000, story.now), message: { tookMs: null, exposure: null } },
    ]);
    expect(story.waits(1_200).lowered().shown('incident')).toMatchObject([
      { slot: 'incident:1', message: { tookMs: 1_200, exposure: 0 } },
    ]);
  });

  test('one reading over the limit changes nothing but the clock', () => {
    const once = streakOf('errors', 'pass', { level: 'critical', value: 9, countedAt: null });
    expect(inPhase('baking').assessed({}, { streaks: { ...streaksOf(), errors: once } }).answer).toBe('nothing');
  });
});

describe('a round of checks', () => {
  test('that changes nothing makes no event, so that no button goes stale', () => {
    const story = inPhase('baking');
    const before = story.rollout;
    expect(story.assessed().answer).toBe('nothing');
    expect(story.rollout).toBe(before);
  });

  test('that changes a verdict records it with its number', () => {
    const story = inPhase('baking').assessed({ latency: 'warning' });
    expect(story.event('verdict_changed')).toMatchObject({ check: 'latency', from: 'pass', to: 'warning', value: 600 });
    expect(story.rollout).toMatchObject({ phase: 'baking', health: { verdicts: { latency: 'warning' } } });
  });

  test('tells people of a warning once, and of its end in the same place', () => {
    const story = inPhase('baking').assessed({ errors: 'warning' });
    expect(story.alerts).toMatchObject([{ slot: 'alerts:1', no: 1, kind: 'warning', exposure: 25, open: true }]);
    expect(story.assessed({ errors: 'warning' }).answer).toBe('nothing');
    story.waits(MINUTE).assessed();
    expect(story.alerts).toMatchObject([{ slot: 'alerts:1', closed: { at: story.now } }]);
    expect(story.rollout.stage.issues).toEqual({ opened: 1, closed: 1 });
    expect(story.assessed({ errors: 'warning' }).shown('alert')).toMatchObject([{ slot: 'alerts:2' }]);
  });

  test.each([
    [1, 0],
    [2, 0],
    [3, 1],
    [4, 1],
  ])('%d times without a number makes %d alert', (times, alerts) => {
    const story = inPhase('baking');
    for (let no = 1; no <= times; no++) {
      const errors = streakOf('errors', 'unknown', { unknownInRow: no });
      story.assessed({}, { streaks: { ...streaksOf(), errors } });
    }
    expect(story.events.filter(({ event }) => event.type === 'alert_opened')).toHaveLength(alerts);
    expect(story.rollout).toMatchObject({
      phase: 'baking',
      health: { verdicts: { errors: 'unknown' } },
      exposure: { wanted: 25 },
    });
  });

  test('that stays without a number keeps its alert; a number again closes it', () => {
    const blind = { ...streaksOf(), errors: streakOf('errors', 'unknown', { unknownInRow: 3 }) };
    const story = inPhase('baking').assessed({}, { streaks: blind });
    const first = { ...streaksOf(), errors: streakOf('errors', 'unknown', { unknownInRow: 0, level: 'critical' }) };
    expect(story.assessed({}, { streaks: first }).answer).toBe('nothing');
    expect(story.assessed().alerts).toMatchObject([{ slot: 'alerts:1', closed: { value: 0 } }]);
  });

  test('that finds a warning where there was no number tells both', () => {
    const blind = { ...streaksOf(), errors: streakOf('errors', 'unknown', { unknownInRow: 3 }) };
    const story = inPhase('baking').assessed({}, { streaks: blind }).assessed({ errors: 'warning' });
    expect(story.alerts).toMatchObject([
      { slot: 'alerts:1', kind: 'no_data', open: false },
      { slot: 'alerts:1', kind: 'warning', open: true },
    ]);
  });

  test('tells people when the targets themselves cannot be read three times', () => {
    const unread = { ...NEW_STREAK, unknownInRow: 3, why: { kind: 'said' as const, text: 'refused' } };
    const story = inPhase('baking').assessed(
      {},
      { streaks: { ...streaksOf(), '@target': unread }, target: { error: 'refused' } },
    );
    expect(story.alerts).toMatchObject([{ slot: 'alerts:1', kind: 'no_data' }]);
    expect(story.rollout.phase).toBe('baking');
  });
});

describe('the end of a bake', () => {
  test('comes when the observed time is complete, not a millisecond before', () => {
    const story = inPhase('baking');
    expect(story.assessed({}, { observedMs: 30 * MINUTE - 1 }).answer).toBe('nothing');
    story.waits(45 * MINUTE).assessed({}, { observedMs: 30 * MINUTE });
    expect(story.rollout).toMatchObject({ phase: 'ready', bake: { done: true, observedMs: 30 * MINUTE } });
    expect(story.shown('stage_complete')).toMatchObject([
      { slot: 'complete:2:1', message: { wallMs: 45 * MINUTE, observedMs: 30 * MINUTE, numbers: { errors: 0 } } },
    ]);
  });

  test('raises nothing by itself', () => {
    expect(inPhase('ready').effects('raise')).toEqual([]);
    expect(inPhase('ready').rollout).toMatchObject({
      phase: 'ready',
      exposure: { wanted: 25 },
    });
  });

  test('completes the rollout after the last stage', () => {
    const story = inPhase('completed');
    expect(story.added).toEqual(['bake_passed', 'completed']);
    expect(story.rollout).toMatchObject({ exposure: { confirmed: 100 }, nextWakeAt: null, endedAt: story.now });
    expect(story.shown('completed')).toMatchObject([{ message: { unwatched: null, stageNo: 4 } }]);
  });

  test('does not come while a check is unknown or the targets cannot be read', () => {
    const observedMs = 30 * MINUTE;
    expect(inPhase('baking').assessed({ errors: 'unknown' }, { observedMs }).rollout.phase).toBe('baking');
    expect(inPhase('baking').assessed({}, { observedMs, target: { error: 'refused' } }).rollout.phase).toBe('baking');
    expect(inPhase('baking').assessed({ errors: 'warning' }, { observedMs }).rollout.phase).toBe('ready');
  });

  test('is not reached by the time of another stage or attempt', () => {
    const observedMs = 30 * MINUTE;
    expect(inPhase('baking').assessed({}, { observedMs, stageNo: 1 }).answer).toBe('nothing');
    expect(inPhase('baking').assessed({}, { observedMs, attempt: 2 }).answer).toBe('nothing');
  });

  test('does not come in the round that finds the targets moved', () => {
    const target = { exposure: 40, partial: false, detail: '40 %' };
    const story = inPhase('baking').assessed({}, { observedMs: 30 * MINUTE, target });
    expect(story.rollout).toMatchObject({ phase: 'baking', bake: { done: false } });
  });

  test.each(['held', 'ready', 'awaiting_approval'] as const)('does not come in %s', (phase) => {
    expect(inPhase(phase).assessed({}, { observedMs: 90 * MINUTE }).answer).toBe('nothing');
  });
});

describe('what is remembered when a watch begins', () => {
  test('is what was read at the start, and what was unknown stays unread', () => {
    const {
      health: { verdicts, numbers },
    } = started().rehearsed(0, { errors: 'unknown', latency: 'warning' }).rollout;
    expect(firstStreaks(verdicts, numbers)).toMatchObject({
      errors: { level: null, verdict: 'unknown', value: null },
      latency: { level: 'warning', verdict: 'warning', value: 600 },
      orders: { level: 'pass', verdict: 'pass', countedAt: null },
    });
  });

  test('a stage no check could be read in since the start never passes', () => {
    const story = started().rehearsed(0, { errors: 'unknown' }).raised();
    story.assessed({ errors: 'unknown' }, { observedMs: 60 * MINUTE });
    expect(story.rollout.phase).toBe('baking');
    expect(bakingStage1().assessed({}, { observedMs: 30 * MINUTE }).rollout.phase).toBe('ready');
  });
});
