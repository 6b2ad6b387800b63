import { describe, expect, test } from 'vitest';
import { mayRise } from '../../../src/rollout/requirements/may-rise.js';
import { LEAD, LEAD_AND_SRE, OPEN_PLAN } from '../fixture.js';
import { bakingStage } from '../phases.js';
import { lacksAt, momentIn, storyAt } from './asked-at.js';

describe('the approval', () => {
  test.each(['asked', 'auto'] as const)('given "%s", is asked next', (at) => {
    const { rollout, now } = bakingStage(2).baked();
    const answer = mayRise(rollout, { now, watch: null }, momentIn(rollout, at));
    expect(answer.conditions.at(-1)).toEqual({ kind: 'approval', ok: 'next', quorum: LEAD });
  });

  test('given a stage that needs nobody, is no row', () => {
    const { rollout, now } = bakingStage(2, OPEN_PLAN).baked();
    const { conditions } = mayRise(rollout, { now, watch: null }, { at: 'asked' });
    expect(conditions.map(({ kind }) => kind)).toEqual(['bake', 'health']);
  });

  test('given a click, counts it with the votes before', () => {
    const { request } = storyAt('approved').rolloutIn('awaiting_approval');
    const two = { ...request, quorum: LEAD_AND_SRE };
    expect(lacksAt('approved')).toEqual({});
    expect(lacksAt('approved', {}, { more: { vote: null } })).toEqual({ approval: null });
    expect(lacksAt('approved', { request: two })).toEqual({ approval: null });
    const voted = { ...two, votes: [{ teamId: 'T1', userId: 'USAM', roles: ['sre'], at: new Date(0) }] };
    expect(lacksAt('approved', { request: voted })).toEqual({});
  });

  test('given a raise, is counted once more', () => {
    const { raise } = storyAt('raising').rolloutIn('applying');
    const without = { ...raise, request: raise.request && { ...raise.request, votes: [] } };
    expect(lacksAt('raising', { raise: without })).toEqual({ approval: 'approval_withdrawn' });
    const unasked = { ...raise, request: null };
    expect(lacksAt('raising', { raise: unasked })).toEqual({ approval: 'approval_withdrawn' });
  });
});
