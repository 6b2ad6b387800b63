import { describe, expect, test } from 'vitest';
import type { Limit } from '../../src/rollout/plan/plan.js';
import { HOUR, MINUTE, SECOND } from './fixture.js';
import { planWith, Watched } from './watched.js';

const OVER = 9;
const above = (value: number, more: Partial<Limit> = {}): Limit => ({ op: 'above', value, ...more });

/** Baking the first stage, with the check `errors` judged by this. */
function baking(errors: Parameters<typeof planWith>[0]): Watched {
  return new Watched(planWith(errors)).raised().round(MINUTE);
}

describe('a bake', () => {
  test('starts over when a warning comes, once for each', () => {
    const plan = planWith({ warning: above(2) }, { stages: { restartsOn: ['warning'] } });
    const story = new Watched(plan).raised().rounds(10, MINUTE);
    expect(story.watch?.observedMs).toBe(9 * MINUTE);
    story.rounds(2, 10 * SECOND, { errors: 3 });
    expect(story.story.added).toContain('bake_restarted');
    expect(story.watch?.observedMs).toBe(0);
    expect(story.rounds(3, 10 * SECOND, { errors: 3 }).watch?.observedMs).toBe(30 * SECOND);
    expect(story.rollout.bake.restarts).toBe(1);
  });

  test('goes on over a warning where the plan says nothing', () => {
    const story = baking({ warning: above(2) }).rounds(10, MINUTE, { errors: 3 });
    expect(story.watch?.observedMs).toBe(10 * MINUTE);
  });

  test.each(['no_data', 'drift'] as const)('starts over for %s', (cause) => {
    const story = new Watched(planWith({ critical: above(5) }, { stages: { restartsOn: [cause] } })).raised();
    story.rounds(10, MINUTE);
    if (cause === 'drift') story.targets = 30;
    story.rounds(cause === 'drift' ? 1 : 3, 10 * SECOND, cause === 'drift' ? {} : { errors: 'unknown' });
    expect(story.watch?.observedMs).toBe(0);
    expect(story.rollout.bake.restarts).toBe(1);
  });

  test('that takes longer than the plan allows is held', () => {
    const story = new Watched(planWith({ critical: above(5, { forMs: HOUR }) }, { stages: { maxBakeMs: HOUR } }));
    story.raised().rounds(59, MINUTE, { errors: OVER });
    expect(story.phase).toBe('baking');
    expect(story.round(MINUTE).rollout).toMatchObject({ phase: 'held', held: { cause: 'bake_too_long' } });
  });

  test('that somebody goes on with may take as long again', () => {
    const story = new Watched(planWith({ critical: above(5, { forMs: 99 * HOUR }) }, { stages: { maxBakeMs: HOUR } }));
    story.raised().rounds(60, MINUTE, { errors: OVER });
    expect(story.phase).toBe('held');
    story.story.waits(9 * HOUR).resumes();
    expect(story.rounds(59, MINUTE, { errors: OVER }).phase).toBe('baking');
    expect(story.round(MINUTE, { errors: OVER }).phase).toBe('held');
  });

  test('that an extension made longer may take longer by as much', () => {
    const story = new Watched(planWith({ critical: above(5, { forMs: 9 * HOUR }) }, { stages: { maxBakeMs: HOUR } }));
    story.raised().story.extends(30 * MINUTE);
    expect(story.rounds(89, MINUTE, { errors: OVER }).phase).toBe('baking');
    expect(story.round(MINUTE).phase).toBe('held');
  });
});
