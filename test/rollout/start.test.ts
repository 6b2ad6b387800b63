import { describe, expect, test } from 'vitest';
import type { ExposureReading } from '../../src/rollout/health/assess.js';
import { decideStart } from '../../src/rollout/moves/start.js';
import {
  ANY_TWO,
  BEA,
  HOUR,
  holders,
  LEAD,
  LENA,
  MINUTE,
  NOON,
  OLGA,
  PLAN,
  plus,
  SAM,
  startRequest,
} from './fixture.js';
import { started } from './phases.js';

/** Starts with only these people in roles. */
function startWith(people: readonly (typeof OLGA)[], by = OLGA, plan = PLAN) {
  return decideStart({ ...startRequest(plan, by), holders: holders(...people) }, NOON);
}

function exposures(...readings: ExposureReading[]) {
  return readings.map((reading, at) => ({ target: `flag-${at + 1}`, reading }));
}

const at = (exposure: number, partial = false): ExposureReading => ({ exposure, partial, detail: `${exposure} %` });

describe('start', () => {
  test('by an operator rehearses first and raises nothing', () => {
    const story = started();
    expect(story.rollout).toMatchObject({
      phase: 'starting',
      exposure: { wanted: 0, confirmed: 0, anchor: null },
      seq: 1,
    });
    expect(story.effects('rehearse')).toHaveLength(1);
    expect(story.effects('raise')).toEqual([]);
  });

  test.each([LENA, SAM])('is refused to who is no operator', (person) => {
    expect(startWith([OLGA, LENA, SAM], person)).toMatchObject({
      outcome: 'refused',
      refusal: { reason: 'not_allowed', conditions: [{ kind: 'who', ok: false, needs: ['operators'] }] },
    });
  });

  test('is refused when nobody could approve a stage', () => {
    expect(startWith([OLGA, SAM])).toMatchObject({ outcome: 'refused', refusal: { reason: 'too_few_approvers' } });
  });

  test('names every stage that lacks approvers, and who is left for it', () => {
    const decision = startWith([OLGA, SAM]);
    const conditions = decision.outcome === 'refused' ? decision.refusal.conditions : [];
    expect(conditions).toEqual([
      { kind: 'approvers', ok: false, stage: 'to-25', quorum: ANY_TWO, people: ['USAM'] },
      { kind: 'approvers', ok: false, stage: 'to-50', quorum: LEAD, people: [] },
      { kind: 'approvers', ok: false, stage: 'to-100', quorum: LEAD, people: [] },
    ]);
  });

  test('does not count the requester among the approvers', () => {
    expect(startWith([BEA, SAM], BEA)).toMatchObject({ outcome: 'refused', refusal: { reason: 'too_few_approvers' } });
    expect(startWith([BEA, SAM, LENA], BEA)).toMatchObject({ outcome: 'accepted' });
  });

  test('two of several need two people besides the requester', () => {
    const [first] = PLAN.stages;
    const plan = { ...PLAN, stages: first ? [{ ...first, approve: ANY_TWO }] : [] };
    expect(startWith([OLGA, LENA], OLGA, plan)).toMatchObject({ outcome: 'refused' });
    expect(startWith([OLGA, LENA, SAM], OLGA, plan)).toMatchObject({ outcome: 'accepted' });
  });
});

describe('the rehearsal', () => {
  test('takes what the targets read as the anchor and goes on to stage 1', () => {
    const story = started().rehearsed(5);
    expect(story.added).toEqual(['rehearsed', 'raise_ordered']);
    expect(story.rollout).toMatchObject({ phase: 'applying', exposure: { anchor: 5, confirmed: 5, wanted: 10 } });
    expect(story.effects('raise')).toMatchObject([{ from: 5, to: 10, stageNo: 1, attempt: 1 }]);
  });

  test('asks for the approval of stage 1 in the name of whoever started', () => {
    const plan = { ...PLAN, stages: PLAN.stages.map((stage) => ({ ...stage, approve: ANY_TWO })) };
    const story = started(plan).rehearsed(5);
    expect(story.rollout).toMatchObject({
      phase: 'awaiting_approval',
      request: { stageNo: 1, from: 5, to: 10, requestedBy: OLGA.actor, reason: 'version 42', requestedAt: NOON },
      exposure: { wanted: 5, confirmed: 5 },
    });
    expect(story.rollout.request?.expiresAt).toEqual(plus(24 * HOUR));
  });

  test.each([
    ['reads above the first stage', exposures(at(11)), 'target_above_first_stage'],
    ['reads two different things', exposures(at(0), at(5)), 'target_partial'],
    ['has rows that differ', exposures(at(0, true)), 'target_partial'],
    ['does not answer', exposures(at(0), { error: 'refused' }), 'rehearsal_failed'],
    ['is not there at all', [], 'rehearsal_failed'],
  ])('ends the rollout when the target %s', (_what, found, reason) => {
    const checks = Object.fromEntries(PLAN.checks.map(({ name }) => [name, { value: 60, tookMs: 1 }]));
    const story = started().hears({ type: 'rehearsed', exposures: found, checks });
    expect(story.rollout).toMatchObject({ phase: 'not_started', exposure: { wanted: 0 }, failure: { reason } });
    expect(story.shown('not_started')).toMatchObject([{ message: { reason } }]);
    expect(story.effects('raise')).toEqual([]);
  });

  test('named users who have it already are not taken over: off would take what was never given', () => {
    const [first, ...rest] = PLAN.stages;
    if (!first) throw new Error('no stage');
    const plan = {
      ...PLAN,
      stages: [{ ...first, exposure: 0.0001, population: { kind: 'users', users: ['u1'] } as const }, ...rest],
    };
    const story = started(plan).rehearsed(0.0001);
    expect(story.rollout).toMatchObject({ phase: 'not_started', failure: { reason: 'target_above_first_stage' } });
    expect(story.rollout.failure?.detail).toEqual({ kind: 'above_first', found: 0.0001, first: 0.0001 });
    expect(started(plan).rehearsed(0).rollout).toMatchObject({ phase: 'applying', exposure: { wanted: 0.0001 } });
  });

  test('a target that reads exactly the first stage may start', () => {
    expect(started().rehearsed(10).rollout.phase).toBe('applying');
  });

  test('ends the rollout when a check is critical', () => {
    const story = started().rehearsed(0, { errors: 'critical' });
    expect(story.rollout).toMatchObject({ phase: 'not_started', failure: { reason: 'health_critical' } });
    expect(story.rollout.failure?.detail).toEqual({ kind: 'check', check: 'errors', verdict: 'critical', value: 9 });
  });

  test('goes on when a check is unknown, and remembers that it is', () => {
    const story = started().rehearsed(0, { errors: 'unknown', latency: 'warning' });
    expect(story.rollout.phase).toBe('applying');
    expect(story.rollout.health.verdicts).toEqual({ errors: 'unknown', latency: 'warning', orders: 'pass' });
    expect(story.rollout.health.numbers).toEqual({ latency: 600, orders: 80 });
  });

  test('a check that was not measured, or gave no finite number, is unknown', () => {
    const checks = {
      errors: { value: Number.NaN, tookMs: 1 },
      latency: { value: Number.POSITIVE_INFINITY, tookMs: 1 },
    };
    const story = started().hears({ type: 'rehearsed', exposures: exposures(at(0)), checks });
    expect(story.rollout.health.verdicts).toEqual({ errors: 'unknown', latency: 'unknown', orders: 'unknown' });
    expect(story.rollout.health.numbers).toEqual({});
  });

  test('that answers after a rollback changes nothing', () => {
    const story = started().rollsBack().rehearsed();
    expect(story.answer).toBe('nothing');
    expect(story.rollout).toMatchObject({ phase: 'rolling_back', exposure: { wanted: 0 } });
  });

  test('that never answers ends the rollout after two minutes, not before', () => {
    expect(
      started()
        .waits(2 * MINUTE - 1)
        .woke().answer,
    ).toBe('nothing');
    const story = started()
      .waits(2 * MINUTE)
      .woke();
    expect(story.rollout).toMatchObject({ phase: 'not_started', failure: { reason: 'rehearsal_failed' } });
    expect(story.rollout.nextWakeAt).toBeNull();
  });

  test('of targets that are other ones by now ends the rollout', () => {
    const story = started().hears({ type: 'target_changed', detail: 'DB_URL' });
    expect(story.rollout).toMatchObject({ phase: 'not_started', failure: { reason: 'target_changed' } });
  });
});
