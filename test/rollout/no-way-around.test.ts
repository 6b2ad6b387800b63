import { describe, expect, test } from 'vitest';
import { decideStart, lastGoodStage } from '../../src/rollout/moves/start.js';
import { HOUR, LENA, NOON, PLAN, startRequest } from './fixture.js';
import { asking, bakingStage, enteringAgain, rolledBackIn } from './phases.js';

describe('an approval', () => {
  test('of a request whose time is over raises nothing, also before the clock has closed it', () => {
    const story = asking(3).waits(25 * HOUR);
    expect(story.approves(LENA).answer).toBe('request_closed');
    expect(story.effects('raise')).toEqual([]);
  });
});

describe('a false alarm', () => {
  const refusedFor = (plan: typeof PLAN) => {
    const last = rolledBackIn(3).rollout;
    const again = { kind: 'false_alarm', reason: 'the probe' } as const;
    const decision = decideStart({ ...startRequest(plan), id: 8, run: 2, last, again }, NOON);
    return decision.outcome === 'refused' ? decision.refusal.reason : decision.outcome;
  };

  test('enters no higher than where the run stood when it was rolled back', () => {
    const story = bakingStage(3).baked().rollsBack('10').lowered().resumes();
    story.assessed({ errors: 'critical' }).lowered().settleRead(0, true);
    expect(story.rollout.bake.last?.stageNo).toBe(3);
    expect(lastGoodStage(PLAN, story.rollout)?.exposure).toBe(10);
    expect(enteringAgain(story.rollout).rehearsed().rollout.request?.to).toBe(10);
  });

  test('is for what was baked: not with other targets, not without a check that it had', () => {
    const other = [{ name: 'other', config: { kind: 'memory', name: 'other' } as const }];
    expect(refusedFor({ ...PLAN, targets: other })).toBe('no_good_stage');
    expect(refusedFor({ ...PLAN, checks: PLAN.checks.slice(1) })).toBe('no_good_stage');
  });

  test('may come with a mended limit or probe: that is what it is about', () => {
    const checks = PLAN.checks.map((check) => ({ ...check, critical: { op: 'above', value: 9 } as const }));
    expect(refusedFor({ ...PLAN, checks })).toBe('accepted');
  });

  test('begins nothing while a check is unknown: nobody can vouch for what nobody measured', () => {
    const story = enteringAgain(rolledBackIn(3).rollout).rehearsed(0, { errors: 'unknown' });
    expect(story.rollout).toMatchObject({ phase: 'not_started', failure: { reason: 'health_not_known' } });
  });
});
