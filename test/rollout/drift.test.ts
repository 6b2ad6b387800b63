import { describe, expect, test } from 'vitest';
import { inPhase } from './phases.js';

const STEADY = ['ready', 'awaiting_approval', 'baking', 'held'] as const;

describe('targets that read higher than they were told', () => {
  test.each(STEADY)('are lowered again in %s', (phase) => {
    const story = inPhase(phase).reads(40);
    expect(story.event('drift_found')).toMatchObject({ direction: 'up', expected: 25, found: 40 });
    expect(story.effects('lower')).toEqual([{ kind: 'lower', to: 25, movedSeq: story.rollout.exposure.movedSeq }]);
    expect(story.rollout).toMatchObject({ exposure: { wanted: 25, confirmed: 25 } });
  });

  test('are reported once, lowered every time, and the alert is closed when they obey', () => {
    const story = inPhase('baking').reads(40);
    expect(story.alerts).toMatchObject([{ slot: 'alerts:1', kind: 'drift', value: 40 }]);
    story.reads(60);
    expect(story.alerts).toEqual([]);
    expect(story.effects('lower')).toHaveLength(1);
    story.lowered();
    expect(story.alerts).toMatchObject([{ slot: 'alerts:1', closed: { value: 25 } }]);
    expect(story.effects('read').map(({ last }) => last)).toEqual([false, false, true]);
  });

  test('the alert is closed too when a round of checks reads them back in place', () => {
    const story = inPhase('baking').reads(40).reads(25);
    expect(story.alerts).toMatchObject([{ slot: 'alerts:1', closed: { value: 25 } }]);
    expect(story.rollout.alerts.episodes['@target']).toMatchObject({ open: false, no: 1 });
    expect(story.reads(40).shown('alert')).toMatchObject([{ slot: 'alerts:2' }]);
  });

  test('in part only, with none above, are held and reported once: putting them back would be a raise nobody asked for', () => {
    const story = inPhase('baking').reads(25, { partial: true });
    expect(story.event('drift_found')).toMatchObject({ direction: 'down' });
    expect(story.rollout).toMatchObject({ phase: 'held', held: { cause: 'drift_down' } });
    expect(story.effects('lower')).toEqual([]);
    expect(story.reads(25, { partial: true }).added).toEqual([]);
  });

  test('in part above what is wanted, are lowered', () => {
    const story = inPhase('baking').reads(40, { partial: true });
    expect(story.event('drift_found')).toMatchObject({ direction: 'up' });
    expect(story.effects('lower')).toMatchObject([{ to: 25 }]);
  });
});

describe('targets that read lower than they were told', () => {
  test.each(STEADY)('are believed, and the rollout is paused, in %s', (phase) => {
    const story = inPhase(phase).reads(12);
    expect(story.rollout).toMatchObject({
      phase: 'held',
      exposure: { wanted: 12, confirmed: 12 },
      held: { cause: 'drift_down' },
    });
    expect(story.effects('raise')).toEqual([]);
    expect(story.effects('lower')).toEqual([]);
    expect(story.alerts).toMatchObject([{ kind: 'drift' }]);
  });

  test('stand for the highest stage not above them: its bake begins again, none is skipped', () => {
    const story = inPhase('ready').reads(12);
    expect(story.rollout).toMatchObject({ stage: { no: 1, attempt: 2 }, bake: { done: false, observedMs: 0 } });
    expect(story.resumes().rollout.phase).toBe('baking');
    story.baked().advances();
    expect(story.rollout.request).toMatchObject({ stageNo: 2, attempt: 2, from: 12, to: 25 });
  });

  test('are a move: what was read before it says nothing any more', () => {
    const story = inPhase('baking');
    const {
      exposure: { movedSeq },
    } = story.rollout;
    story.reads(12);
    expect(story.reads(40, { movedSeq }).answer).toBe('nothing');
  });

  test('in part, count by the highest row', () => {
    const story = inPhase('baking').reads(12, { partial: true });
    expect(story.event('drift_found')).toMatchObject({ direction: 'down', found: 12 });
  });

  test('below the first stage wait for a new try of it', () => {
    const story = inPhase('baking').reads(0).resumes();
    expect(story.rollout).toMatchObject({ phase: 'ready', stage: { no: 0 }, exposure: { confirmed: 0 } });
    expect(story.advances().event('raise_ordered')).toMatchObject({ stageNo: 1, attempt: 2, from: 0, to: 10 });
  });

  test('are not taken for drift again in the next round', () => {
    const story = inPhase('baking').reads(12);
    expect(story.reads(12).added).toEqual([]);
    expect(story.rollout.phase).toBe('held');
  });
});

describe('a reading of the targets', () => {
  test('taken before the last move says nothing about now', () => {
    const story = inPhase('baking');
    const before = story.rollout.exposure.movedSeq - 1;
    expect(story.reads(40, { movedSeq: before }).answer).toBe('nothing');
    expect(story.reads(0, { movedSeq: before }).answer).toBe('nothing');
  });

  test.each(['applying', 'rolling_back'] as const)('while they are on their way (%s) is no drift', (phase) => {
    expect(inPhase(phase).reads(17).answer).toBe('nothing');
  });

  test('taken while a raise was under way says nothing once that was called back', () => {
    const story = inPhase('applying');
    const {
      exposure: { movedSeq },
    } = story.rollout;
    expect(story.pauses().reads(50, { movedSeq }).answer).toBe('nothing');
  });

  test('that failed is no drift', () => {
    expect(inPhase('baking').assessed({}, { target: { error: 'refused' } }).answer).toBe('nothing');
  });
});
