import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/rollout/state/events.js';
import { evolve } from '../../src/rollout/state/evolve.js';
import { enter, type Phase } from '../../src/rollout/state/rollout.js';
import { NOW, OPAL, requestFor, rolloutAt } from '../support/rollouts.js';
import { LENA } from './fixture.js';
import { applyingStage, asking, inPhase } from './phases.js';

describe('a rollout that comes into another phase', () => {
  test('leaves behind what only the phase before had', () => {
    const asked = rolloutAt('awaiting_approval');
    expect(enter(asked, 'baking', {})).toEqual({ ...rolloutAt('baking'), ...common(asked), phase: 'baking' });
  });

  test('keeps the granted request in its raise, which it is for', () => {
    const story = asking(3);
    const { request } = story.rolloutIn('awaiting_approval');
    const { raise } = story.approves(LENA).rolloutIn('applying');
    expect(raise.request).toMatchObject({ id: request.id, votes: [{ userId: 'ULENA' }] });
    expect(story.rollout).not.toHaveProperty('request');
  });

  test('that ends by itself has no note of an end before, when it was taken back meanwhile', () => {
    const finished = inPhase('held').finishes();
    expect(finished.rolloutIn('completed').finishNote).toBe('good enough');
    const taken = finished.rollsBack('to-10').lowered().rollout;
    expect(taken).toMatchObject({ phase: 'held' });
    expect(taken).not.toHaveProperty('finishNote');
  });
});

describe('a record in which an event stands in a phase that it cannot happen in', () => {
  test.each<[Phase, Event]>([
    ['baking', { type: 'exposure_confirmed', exposure: 50 }],
    ['held', { type: 'rollback_confirmed', exposure: 0, tookMs: 1 }],
    ['rolled_back', { type: 'rollback_overdue' }],
    ['ready', { type: 'approval_withdrawn', requestId: requestFor().id, teamId: 'T1', userId: 'ULEA', raise: false }],
  ])('%s: is refused, and no state is made up', (phase, event) => {
    const before = rolloutAt(phase);
    const recorded = { seq: before.seq + 1, at: NOW, actor: OPAL, event };
    expect(() => evolve(before, recorded)).toThrow(`${event.type} in phase ${phase}`);
  });
});

test('a raise that needed no approval has no request', () => {
  expect(applyingStage(1).rolloutIn('applying').raise.request).toBeNull();
});

function common({
  request: _request,
  reminded: _reminded,
  ...rest
}: ReturnType<typeof rolloutAt<'awaiting_approval'>>) {
  return rest;
}
