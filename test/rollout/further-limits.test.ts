import { describe, expect, test } from 'vitest';
import type { CheckPlan, Limit } from '../../src/rollout/plan/plan.js';
import { POST } from './alerting.js';
import { MINUTE, OPEN_PLAN } from './fixture.js';
import { Watched } from './watched.js';

describe('another limit of a check that is reported already', () => {
  const criterion: Limit = { op: 'above', value: 500, act: POST };
  const alarm: Limit = { op: 'above', value: 1_000, act: POST };
  const check = { name: 'errors', title: 'API', unit: 'ms', probe: { kind: 'memory', name: 'errors' } as const };

  test.each<[string, Partial<CheckPlan>]>([
    ['an alarm beside a criterion', { critical: criterion, others: [alarm] }],
    ['an alarm beside a warning', { warning: { ...criterion }, others: [alarm] }],
    ['two alarms', { others: [criterion, alarm] }],
  ])('%s is an alert of its own, and over by itself', (_name, limits) => {
    const story = new Watched({ ...OPEN_PLAN, checks: [{ ...check, ...limits }] }).raised().round(MINUTE);
    const open = () => story.rollout.alerts.episodes.errors;
    story.rounds(3, MINUTE, { errors: 600 });
    expect(open()).toMatchObject({ no: 1, open: true, limit: { value: 500 } });
    story.rounds(3, MINUTE, { errors: 1_100 });
    expect(open()).toMatchObject({ no: 2, open: true, limit: { value: 1_000 } });
    story.rounds(3, MINUTE, { errors: 600 });
    expect(open()).toMatchObject({ no: 2, open: true, limit: { value: 500 }, value: 600 });
    story.rounds(3, MINUTE, { errors: 1_100 });
    expect(open()).toMatchObject({ no: 3, limit: { value: 1_000 } });
    story.rounds(3, MINUTE, { errors: 0 });
    expect(open()).toMatchObject({ no: 3, open: false });
  });

  test('both at once are one', () => {
    const story = new Watched({ ...OPEN_PLAN, checks: [{ ...check, others: [criterion, alarm] }] })
      .raised()
      .round(MINUTE);
    story.rounds(5, MINUTE, { errors: 1_100 });
    expect(story.rollout.alerts.episodes.errors).toMatchObject({ no: 1, limit: { value: 1_000 } });
  });

  test('where low is bad the lower one is the further', () => {
    const [mild, hard]: Limit[] = [
      { op: 'below', value: 99, act: POST },
      { op: 'below', value: 95, act: POST },
    ];
    const others = [mild, hard].filter((limit) => limit !== undefined);
    const story = new Watched({ ...OPEN_PLAN, checks: [{ ...check, others }] })
      .raised()
      .rounds(2, MINUTE, { errors: 100 });
    story.rounds(3, MINUTE, { errors: 97 });
    expect(story.rollout.alerts.episodes.errors).toMatchObject({ no: 1, limit: { value: 99 } });
    story.rounds(3, MINUTE, { errors: 90 });
    expect(story.rollout.alerts.episodes.errors).toMatchObject({ no: 2, limit: { value: 95 } });
  });
});
