import { describe, expect, test } from 'vitest';
import { mayRise } from '../../../src/rollout/requirements/may-rise.js';
import { watchAt } from '../../support/rollouts.js';
import { MINUTE, NOON, plus } from '../fixture.js';
import { bakingStage } from '../phases.js';
import { lacksAt, storyAt } from './asked-at.js';

const UNDONE = { bake: { done: false } };

describe('the bake', () => {
  test.each(['asked', 'auto', 'approved', 'raising'] as const)('given "%s", has to be over', (at) => {
    expect(lacksAt(at, UNDONE)).toEqual({ bake: 'bake_incomplete' });
  });

  test.each(['asked', 'approved', 'raising'] as const)('given "%s" before the first stage, is none', (at) => {
    const { bake, stage } = { bake: { done: false }, stage: { no: 0 } };
    expect(lacksAt(at, { bake, stage })).not.toHaveProperty('bake');
  });

  test('given an override when asked, is shown as not done and not in the way', () => {
    const { rollout, now } = bakingStage(2);
    const answer = mayRise(rollout, { now, watch: null }, { at: 'asked', override: true });
    expect(answer).toMatchObject({ answer: 'yes', conditions: [{ kind: 'bake', ok: false }, {}, {}] });
  });

  test.each(['approved', 'raising'] as const)('given "%s" of an override, is not in the way', (at) => {
    const { request, raise } = storyAt(at).rollout;
    const override = { observedMs: 0, neededMs: MINUTE };
    const asked = request && { request: { ...request, override } };
    const ordered = raise?.request && { raise: { ...raise, request: { ...raise.request, override } } };
    expect(lacksAt(at, { ...UNDONE, ...asked, ...ordered })).toEqual({});
  });

  describe('whose clock runs', () => {
    const { rollout, now } = bakingStage(2);
    const watch = watchAt({ observedMs: 10 * MINUTE, lastCheckAt: NOON });

    test('gives the moment before which it is not over', () => {
      expect(mayRise(rollout, { now, watch }, { at: 'asked' })).toMatchObject({
        answer: 'not_before',
        at: plus(20 * MINUTE, NOON),
      });
    });

    test.each([
      [
        'stopped',
        watchAt({ ...watch, stopped: { subject: 'errors', why: { kind: 'said', text: 'no data' }, since: NOON } }),
      ],
      ['not observed yet', watchAt({ ...watch, lastCheckAt: null })],
      ['not known', null],
    ])('gives no moment while it is %s', (_what, seen) => {
      expect(mayRise(rollout, { now, watch: seen }, { at: 'asked' }).answer).toBe('no');
    });

    test('gives no moment while something else is in the way that time alone does not help', () => {
      const held = bakingStage(2).pauses().rollout;
      expect(mayRise(held, { now, watch }, { at: 'asked' }).answer).toBe('no');
      const ill = bakingStage(2).assessed({ errors: 'unknown' }).rollout;
      expect(mayRise(ill, { now, watch }, { at: 'asked' }).answer).toBe('no');
    });
  });
});
