import { describe, expect, test } from 'vitest';
import { mayRise, REQUIREMENTS } from '../../../src/rollout/requirements/may-rise.js';
import type { Requirement } from '../../../src/rollout/requirements/requirement.js';
import { type Changes, type ChangesIn, changed } from '../../support/rollouts.js';
import { LENA, MINUTE, streaksOf } from '../fixture.js';
import { applyingStage, asking } from '../phases.js';
import { MOMENTS, momentIn, storyAt } from './asked-at.js';

describe('may exposure rise', () => {
  test('is answered by every requirement at every moment', () => {
    const all: readonly Requirement[] = Object.values(REQUIREMENTS);
    for (const requirement of all) expect(Object.keys(requirement).sort()).toEqual([...MOMENTS].sort());
  });

  test.each(MOMENTS)('at "%s": yes when nothing is in the way', (at) => {
    const { rollout, now } = storyAt(at);
    expect(mayRise(rollout, { now, watch: null }, momentIn(rollout, at)).answer).toBe('yes');
  });

  test('gives the reason of the first requirement that is not met, and keeps all of them', () => {
    const story = storyAt('asked');
    const rollout = changed(story.rollout, { bake: { done: false }, health: { verdicts: { errors: 'critical' } } });
    expect(mayRise(rollout, { now: story.now, watch: null }, { at: 'asked' })).toMatchObject({
      answer: 'no',
      unmet: [{ requirement: 'bake' }, { requirement: 'health' }],
    });
  });
});

/** Answers that are others than when each moment had a list of its own; decision 43 says why. */
describe('an approval that would be the last one needed', () => {
  const clicked = (changes: Changes) => {
    const story = asking(3);
    story.rollout = changed(story.rollout, changes);
    return story.approves(LENA);
  };

  test.each([
    ['the bake is not over and nobody asked to leave it out', { bake: { done: false } }, 'bake_incomplete'],
    ['a check is worse than on its card', { health: { verdicts: { errors: 'warning' } } }, 'health_worse'],
    ['users have something else than on its card', { exposure: { confirmed: 20 } }, 'exposure_moved'],
  ] as const)('is refused while %s, and no vote is kept', (_what, changes, reason) => {
    const story = clicked(changes);
    expect(story.last).toMatchObject({ outcome: 'refused', refusal: { reason, helps: 'why' } });
    expect(story.rollout.request?.votes).toEqual([]);
    expect(clicked({}).rollout.phase).toBe('applying');
  });
});

describe('a raise about to go out', () => {
  const checked = (changes: ChangesIn<'applying'>, waits = 0) => {
    const story = applyingStage(3).waits(waits);
    story.rollout = changed(story.rolloutIn('applying'), changes);
    return story.raiseChecked(streaksOf());
  };
  const { raise } = applyingStage(3).rolloutIn('applying');
  const unvoted = { ...raise, request: raise.request && { ...raise.request, votes: [] } };

  test.each([
    ['its ten minutes are over', {}, 10 * MINUTE, 'raise_expired'],
    ['the bake is not over and nobody asked to leave it out', { bake: { done: false } }, 0, 'bake_incomplete'],
    ['the approvals behind it are not enough', { raise: unvoted }, 0, 'approval_withdrawn'],
  ] as const)('is given up when %s', (_what, changes, waits, reason) => {
    const story = checked(changes, waits);
    expect(story.rollout).toMatchObject({ phase: 'held', held: { cause: reason } });
    expect(story.effects('lower')).toMatchObject([{ to: 25 }]);
    expect(checked({}).answer).toBe('nothing');
  });
});
