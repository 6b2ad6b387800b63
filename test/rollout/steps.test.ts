import { describe, expect, test } from 'vitest';
import type { Step } from '../../src/rollout/state/steps.js';
import type { Story } from './given.js';
import { applyingStage, bakingStage, inPhase } from './phases.js';

function step(no: number, stageNo = 3, attempt = 1): Step {
  return { stageNo, attempt, no, name: `step-${no}` };
}
const begins = (story: Story, which: Step) => story.hears({ type: 'step_started', step: which });
const ends = (story: Story, which: Step, failed: string | null = null, way: 'do' | 'undo' = 'do') =>
  story.hears({ type: 'step_ended', step: which, way, failed });
const states = ({ rollout }: Story) =>
  rollout.steps.map(({ step: { stageNo, no }, state }) => `${stageNo}.${no} ${state}`);
const undos = (story: Story) =>
  story.effects('step').map(({ way, step: { stageNo, no } }) => `${way} ${stageNo}.${no}`);

describe('a step', () => {
  test('is on record before it is done, and once', () => {
    const story = begins(bakingStage(2), step(1));
    expect(story.added).toEqual(['step_started']);
    expect(states(story)).toEqual(['3.1 started']);
    expect(begins(story, step(1)).last).toMatchObject({ outcome: 'nothing', because: 'step_begun_before' });
  });

  test.each([
    [null, 'done', 'step_done'],
    ['exit 1', 'failed', 'step_failed'],
  ] as const)('that ended with %s is %s, and does not begin again', (failed, state, event) => {
    const story = ends(begins(bakingStage(2), step(1)), step(1), failed);
    expect(story.added).toEqual([event]);
    expect(states(story)).toEqual([`3.1 ${state}`]);
    expect(ends(story, step(1)).answer).toBe('nothing');
    expect(begins(story, step(1)).last).toMatchObject({ because: 'step_over' });
  });

  test('waits while a person holds the rollout', () => {
    expect(begins(inPhase('held'), step(1)).last).toMatchObject({ outcome: 'nothing', because: 'step_waits' });
  });

  test.each(['rolling_back', 'rolled_back', 'completed'] as const)('does not begin any more in phase %s', (phase) => {
    expect(begins(inPhase(phase), step(1)).last).toMatchObject({ outcome: 'nothing', because: 'step_over' });
  });

  test('of another attempt is another step', () => {
    const story = ends(begins(bakingStage(2), step(1)), step(1));
    expect(states(begins(story, step(1, 3, 2)))).toEqual(['3.1 done', '3.1 started']);
  });
});

describe('a rollback', () => {
  test('undoes every step of the stage that was begun, last first, and lowers beside that', () => {
    const story = applyingStage(3);
    for (const no of [1, 2, 3]) begins(story, step(no));
    ends(ends(story, step(1)), step(2), 'exit 1').rollsBack();
    expect(undos(story)).toEqual(['undo 3.3', 'undo 3.2', 'undo 3.1']);
    expect(story.effects('lower')).toHaveLength(1);
    expect(states(story)).toEqual(['3.1 undoing', '3.2 undoing', '3.3 undoing']);
  });

  test('leaves the steps of earlier stages, and those of earlier attempts', () => {
    const story = begins(begins(bakingStage(2), step(1, 2)), step(1, 3));
    begins(story, step(1, 3, 2)).rollsBack();
    expect(undos(story)).toEqual(['undo 3.1']);
    expect(states(story)).toEqual(['2.1 started', '3.1 started', '3.1 undoing']);
  });

  test('undoes the steps of the stage that users have', () => {
    expect(undos(begins(bakingStage(2), step(1, 2)).rollsBack())).toEqual(['undo 2.1']);
    const past = begins(bakingStage(2), step(1, 2)).baked().advances();
    expect(undos(begins(bakingStage(2), step(1, 1)).rollsBack())).toEqual([]);
    expect(undos(past.rollsBack())).toEqual(['undo 2.1']);
  });

  test('is told what came of each undo', () => {
    const story = begins(applyingStage(3), step(1)).rollsBack();
    expect(ends(story, step(1)).added).toEqual(['step_done']);
    expect(states(story)).toEqual(['3.1 undoing']);
    expect(states(ends(story, step(1), 'exit 1', 'undo'))).toEqual(['3.1 undo_failed']);
    expect(ends(story, step(1), 'exit 1', 'undo').answer).toBe('nothing');
    expect(states(ends(story, step(1), null, 'undo'))).toEqual(['3.1 undone']);
    expect(ends(story, step(1), null, 'undo').answer).toBe('nothing');
  });

  test('that is ordered once more orders only what is not undone yet', () => {
    const story = begins(begins(bakingStage(3), step(1)), step(2)).rollsBack('10');
    ends(story, step(2), null, 'undo');
    expect(undos(story.rollsBack('off'))).toEqual(['undo 3.1']);
  });
});
