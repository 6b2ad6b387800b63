import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../../src/rollout/plan/verdict.js';
import { mayRise } from '../../../src/rollout/requirements/may-rise.js';
import { changed } from '../../support/rollouts.js';
import { NOON, streakOf, streaksOf } from '../fixture.js';
import { enteringAgain, rolledBackIn } from '../phases.js';
import { lacksAt, lacksOf, momentIn, storyAt } from './asked-at.js';

const said = (errors: Verdict) => ({ health: { verdicts: { errors, latency: 'pass', orders: 'pass' } as const } });

describe('health', () => {
  test.each([
    ['start', 'warning', {}],
    ['start', 'unknown', {}],
    ['start', 'critical', { health: 'health_critical' }],
    ['asked', 'warning', {}],
    ['asked', 'unknown', { health: 'health_not_known' }],
    ['asked', 'critical', { health: 'health_critical' }],
    ['auto', 'warning', { health: null }],
    ['auto', 'unknown', { health: null }],
    ['auto', 'critical', { health: null }],
    ['approved', 'warning', { health: 'health_worse' }],
    ['approved', 'unknown', { health: 'health_worse' }],
    ['approved', 'critical', { health: 'health_worse' }],
  ] as const)('given "%s" and a check that is %s: %o', (at, verdict, lacks) => {
    expect(lacksAt(at, said(verdict))).toEqual(lacks);
  });

  test('before the first stage shows a person what is unknown, and lets them decide', () => {
    expect(lacksAt('asked', { ...said('unknown'), stage: { no: 0 } })).toEqual({});
    expect(lacksAt('asked', { ...said('critical'), stage: { no: 0 } })).toEqual({ health: 'health_critical' });
  });

  test('in a run that begins in a later stage has to be known of every check that is measured', () => {
    const { rollout } = enteringAgain(rolledBackIn(3).rollout);
    const at = (verdict: Verdict) => {
      const now = changed(rollout, said(verdict));
      return lacksOf(mayRise(now, { now: NOON, watch: null }, momentIn(now, 'start')));
    };
    expect(at('pass')).toEqual({});
    expect(at('unknown')).toEqual({ health: 'health_not_known' });
  });

  test('given an approval of what its card showed, is not in the way', () => {
    const { request } = storyAt('approved').rolloutIn('awaiting_approval');
    const warned = { ...request, verdicts: said('warning').health.verdicts };
    expect(lacksAt('approved', { ...said('warning'), request: warned })).toEqual({});
  });

  test('that is in doubt is gone on from by people only', () => {
    const feared = { since: NOON, lastAt: NOON, times: 3, level: 'critical' } as const;
    const streaks = { ...streaksOf(), errors: streakOf('errors', 'pass', { feared }) };
    expect(lacksAt('auto', {}, { more: { streaks } })).toEqual({ health: null });
  });

  test.each([
    ['a warning', streakOf('errors', 'warning'), { verdict: 'warning', value: 3 }],
    ['no number', streakOf('errors', 'unknown'), { verdict: 'unknown', value: null }],
    [
      'one critical number',
      streakOf('errors', 'pass', { level: 'critical', value: 9 }),
      { verdict: 'critical', value: 9 },
    ],
  ])('given a raise and %s the approver did not see, names the check', (_what, errors, fails) => {
    const { rollout, now } = storyAt('raising');
    const { movedSeq } = rollout.exposure;
    const streaks = { ...streaksOf(), errors };
    const answer = mayRise(rollout, { now, watch: null }, { at: 'raising', movedSeq, streaks });
    expect(lacksOf(answer)).toEqual({ health: 'health_worse' });
    expect(answer.conditions.find(({ kind }) => kind === 'health')).toMatchObject({
      ok: false,
      fails: { check: 'errors', ...fails },
    });
  });
});
