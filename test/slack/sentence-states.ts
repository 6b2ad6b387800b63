/** The states that sentences are drawn from: limits of a stage's own, each act, restarts, holds, limits against a measurement. */
import type { Watch } from '../../src/rollout/health/assess.js';
import { NEW_STREAK } from '../../src/rollout/health/streak.js';
import type { CheckOverride, CheckPlan, Plan, Restart } from '../../src/rollout/plan/plan.js';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import {
  type Changes,
  changed,
  heldFor,
  LEA,
  NOW,
  PLAN,
  requestFor,
  rolloutAt,
  streakAt,
} from '../support/rollouts.js';

const MIN = 60_000;
export const HOUR = 60 * MIN;
const probe = { kind: 'memory', name: 'x' } as const;
export const CHECKS: readonly CheckPlan[] = [
  {
    name: 'errors',
    title: 'Errors',
    unit: '%',
    probe,
    warning: { op: 'above', value: 2 },
    critical: { op: 'above', value: 10 },
  },
  { name: 'success', title: 'Success', unit: '%', probe, critical: { op: 'below', value: 90, forMs: 5 * MIN } },
  {
    name: 'latency',
    title: 'Latency',
    unit: 'ms',
    probe,
    critical: { op: 'above', than: { of: { kind: 'baseline' }, times: 1.5, plus: 0 } },
  },
  {
    name: 'complaints',
    title: 'Complaints',
    unit: '',
    probe: { kind: 'manual', ask: 'How many?', everyMs: 4 * HOUR },
    critical: { op: 'above', value: 5 },
  },
];

/** What the second stage changes. */
const OWN: Readonly<Record<string, Readonly<Record<string, CheckOverride>>>> = {
  nothing: {},
  criterion: {
    errors: { critical: { op: 'above', value: 5, act: { kind: 'post' } } },
    success: { critical: null, warning: { op: 'below', value: 95 } },
  },
  'acts earlier': { errors: { others: [{ op: 'above', value: 7.8, act: { kind: 'rollback' } }] } },
  holds: { errors: { critical: { op: 'above', value: 4, act: { kind: 'hold' } } } },
  'switches off': { errors: { critical: { op: 'at_least', value: 4.5, act: { kind: 'disable' } } } },
  'back a stage': {
    errors: { critical: { op: 'above', value: 6, act: { kind: 'rollback', to: { kind: 'previous' } } } },
  },
  relative: {
    errors: { critical: { op: 'above', than: { of: { kind: 'stage', stage: 'early-access' }, times: 1, plus: 5 } } },
  },
};
const RESTARTS: readonly (readonly Restart[])[] = [[], ['warning'], ['no_data']];
const READINGS = {
  errors: { value: 3.1, at: new Date(NOW.getTime() - 20_000) },
  complaints: { value: 2, at: new Date(NOW.getTime() - 3 * HOUR), by: LEA },
};
export const NUMBERS = { errors: 3.1, success: 97.5, latency: 210, complaints: 2 };
export const VERDICTS = { errors: 'warning', success: 'pass', latency: 'pass', complaints: 'pass' } as const;

const OVER = { ...VERDICTS, errors: 'critical' } as const;
const LAST: Changes = { stage: { no: 3 }, exposure: { confirmed: 100, wanted: 100 } };

export function* states(): Generator<{
  readonly name: string;
  readonly rollout: Rollout;
  readonly watch: Watch | null;
}> {
  for (const [own, checks] of Object.entries(OWN)) {
    for (const restartsOn of RESTARTS) {
      // Only limits against a measurement know the difference.
      for (const measured of own === 'relative' ? [true, false] : [restartsOn.length === 0]) {
        const stages = PLAN.stages.map((stage) => (stage.no === 2 ? { ...stage, checks, restartsOn } : stage));
        const plan: Plan = { ...PLAN, checks: CHECKS, stages };
        const bake = { restarts: restartsOn.length > 0 ? 1 : 0 };
        const baseline = { no: 1, numbers: { latency: 200, errors: 1 }, at: NOW, exposure: 0, by: LEA, reason: '' };
        const means = { 'early-access': { errors: 2 } };
        const health = { verdicts: VERDICTS, numbers: NUMBERS, ...(measured && { baseline, means }) };
        const about: Changes = { plan, health, bake };
        const phases: readonly Rollout[] = [
          rolloutAt('baking', about),
          changed(rolloutAt('held', about), {
            held: heldFor({ cause: 'check_holds', note: '', detail: { kind: 'subject', subject: 'errors' } }),
            health: { holds: ['errors'] },
          }),
          changed(rolloutAt('held', about), { held: heldFor() }),
          changed(rolloutAt('held', about), { held: heldFor({ cause: 'no_data', note: '' }) }),
          changed(rolloutAt('baking', about), { health: { holds: ['errors'] } }),
          rolloutAt('ready', about),
          changed(rolloutAt('baking', about), { bake: { observedMs: 4 * HOUR, extraMs: HOUR } }),
          changed(rolloutAt('awaiting_approval', about), { request: request() }),
          rolloutAt('rolling_back', about),
          rolloutAt('rolled_back', about),
          rolloutAt('applying', about),
          changed(rolloutAt('baking', about), { ...LAST }),
          changed(rolloutAt('held', about), { ...LAST, held: heldFor() }),
          rolloutAt('starting', { plan }),
          rolloutAt('not_started', { plan }),
          rolloutAt('completed', about),
        ];
        for (const rollout of phases) {
          for (const stopped of restartsOn.length === 0
            ? (['no', 'errors', 'over', 'unwatched'] as const)
            : (['no', 'errors', 'over'] as const)) {
            const watch = stopped === 'unwatched' ? null : watchOf(rollout, stopped);
            yield {
              name: `${own}, restarts on ${restartsOn.join()}, ${measured ? 'measured' : 'not measured'}, ${rollout.phase}, stopped ${stopped}`,
              rollout:
                stopped === 'over' && rollout.stage.no > 0
                  ? { ...rollout, health: { ...rollout.health, verdicts: OVER } }
                  : rollout,
              watch,
            };
          }
        }
      }
    }
  }
}

export function request() {
  return requestFor({ verdicts: VERDICTS, numbers: NUMBERS, readings: READINGS });
}

const STOPPED = {
  no: null,
  errors: { subject: 'errors', why: { kind: 'said' as const, text: 'timeout' }, since: NOW },
  over: { subject: 'errors', why: null, since: NOW },
} as const;
const ERRORS = {
  no: streakAt(3.1, { verdict: 'warning', level: 'warning' }),
  errors: {
    ...NEW_STREAK,
    value: 3.1,
    unknownInRow: 3,
    unknownSince: NOW,
    why: { kind: 'said' as const, text: 'timeout' },
    readAt: NOW,
  },
  over: streakAt(11.5, { verdict: 'critical', level: 'critical' }),
};

function watchOf(rollout: Rollout, stopped: 'no' | 'errors' | 'over'): Watch {
  return {
    rolloutId: rollout.id,
    stageNo: rollout.stage.no,
    attempt: 1,
    raisedAt: NOW,
    nextCheckAt: NOW,
    lastCheckAt: NOW,
    observedMs: HOUR,
    fence: 1,
    stopped: STOPPED[stopped],
    streaks: {
      errors: ERRORS[stopped],
      success: streakAt(97.5),
      latency: streakAt(210),
      complaints: streakAt(2),
    },
  };
}
