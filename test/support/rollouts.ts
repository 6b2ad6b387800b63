import type { Watch } from '../../src/rollout/health/assess.js';
import { NEW_STREAK, type Streak } from '../../src/rollout/health/streak.js';
import type { Actor } from '../../src/rollout/plan/actor.js';
import type { CheckPlan, Plan, StagePlan } from '../../src/rollout/plan/plan.js';
import { said } from '../../src/rollout/state/detail.js';
import type { Message } from '../../src/rollout/state/effects.js';
import {
  type AlertPost,
  type ApprovalRequest,
  type Episode,
  enter,
  type Held,
  type OwnKey,
  type Phase,
  type PhaseData,
  type Raise,
  type Rollback,
  type Rollout,
  type RolloutIn,
} from '../../src/rollout/state/rollout.js';

/** Rollouts of one plan in every phase, for tests that render or judge them. Built by hand, so that any of it can be replaced. */
export const OPAL: Actor = { kind: 'slack', teamId: 'T1', userId: 'UOPAL' };
export const LEA: Actor = { kind: 'slack', teamId: 'T1', userId: 'ULEA' };
/** Tuesday, 2026-11-24, 14:02 UTC: when `rolloutAt` was created. */
const STARTED_AT = new Date('2026-11-24T14:02:00Z');
/** When the bake at 50 % began, and when tests look at it. */
const RAISED_AT = new Date('2026-11-24T18:07:00Z');
export const NOW = new Date('2026-11-24T19:19:20Z');

const HOUR = 3_600_000;

function check(name: string, more: Partial<CheckPlan> = {}): CheckPlan {
  return { name, title: name, unit: '%', probe: { kind: 'memory', name }, ...more };
}

export function stage(no: number, exposure: number, more: Partial<StagePlan> = {}): StagePlan {
  return { no, name: `stage-${no}`, title: `Stage ${no}`, exposure, bakeMs: 4 * HOUR, checkEveryMs: 60_000, ...more };
}

export const CHECKS: readonly CheckPlan[] = [
  check('error-rate', {
    title: 'Error rate',
    warning: { op: 'above', value: 1 },
    critical: { op: 'above', value: 5 },
  }),
  check('p95-latency', {
    title: 'p95 latency',
    unit: 'ms',
    warning: { op: 'above', value: 600 },
    critical: { op: 'above', value: 1000 },
  }),
  check('login-success', {
    title: 'Login success',
    warning: { op: 'below', value: 98 },
    critical: { op: 'below', value: 95 },
  }),
  check('memory', { title: 'Memory', warning: { op: 'above', value: 50 }, critical: { op: 'above', value: 100 } }),
];

export const PLAN: Plan = {
  name: 'new-checkout',
  title: 'New checkout',
  channel: '#shop',
  timezone: 'Europe/Berlin',
  links: {
    dashboard: 'https://grafana.example.com/d/shop?a=1&b=2',
    runbook: 'https://wiki.example.com/runbooks/new-checkout',
  },
  contact: ['engineering-lead'],
  people: {
    operators: [{ kind: 'handle', handle: 'release-team' }],
    'engineering-lead': [{ kind: 'handle', handle: 'engineering-lead' }],
  },
  targets: [{ name: 'flag', config: { kind: 'memory', name: 'flag' } }],
  checks: CHECKS,
  stages: [
    stage(1, 10, { name: 'early-access', title: 'Early access' }),
    stage(2, 50, { name: 'half', title: 'Half', approve: { kind: 'each', roles: ['engineering-lead'] } }),
    stage(3, 100, { name: 'everyone', title: 'Everyone', approve: { kind: 'each', roles: ['engineering-lead'] } }),
  ],
  rollback: { to: { kind: 'off' }, withinMs: 30_000 },
};

const FINE = { 'error-rate': 'pass', 'p95-latency': 'pass', 'login-success': 'pass', memory: 'pass' } as const;
export const NUMBERS = { 'error-rate': 0.31, 'p95-latency': 412, 'login-success': 99.6, memory: 4 };

export function requestFor(more: Partial<ApprovalRequest> = {}): ApprovalRequest {
  return {
    id: '12.118',
    stageNo: 2,
    attempt: 1,
    from: 10,
    to: 50,
    planHash: '3f9c1e77aa01',
    verdicts: FINE,
    numbers: NUMBERS,
    bakedMs: 4 * HOUR,
    requestedBy: OPAL,
    reason: 'numbers look good',
    requestedAt: NOW,
    expiresAt: new Date(NOW.getTime() + 24 * HOUR),
    remindAt: new Date(NOW.getTime() + 4 * HOUR),
    votes: [],
    ...more,
  };
}

export function rollbackFrom(from: number, more: Partial<Rollback> = {}): Rollback {
  return {
    no: 1,
    from,
    to: 0,
    stageNo: 0,
    ends: true,
    cause: {
      reason: 'check_critical',
      by: { kind: 'bot' },
      note: '',
      check: 'error-rate',
      value: 12,
      since: new Date(NOW.getTime() - 38_600),
    },
    orderedAt: NOW,
    orderSeq: 118,
    overdue: false,
    confirmedAt: null,
    ...more,
  };
}

/** An open warning about the error rate at 50 %, with anything replaced; `closed` also ends it. */
export function episodeOf(more: Partial<Episode> = {}): Episode {
  const about = {
    subject: 'error-rate',
    no: 1,
    kind: 'warning',
    reason: null,
    detail: null,
    value: 1.8,
    exposure: 50,
  } as const;
  return { ...about, since: NOW, beganAt: NOW, open: more.closed === undefined, ...more };
}

/** The post of these alerts, in the thread. */
export function alertPostOf(lines: readonly Episode[], more: Partial<AlertPost> = {}): AlertPost {
  const quiet = { place: 'thread', mentions: [], owed: false, had: [], movedTo: null } as const;
  return { ...quiet, no: 1, at: NOW, lines, ...more };
}

export function alertOf(
  more: Partial<Episode> = {},
  post: Partial<AlertPost> = {},
): Extract<Message, { template: 'alert' }> {
  return { template: 'alert', post: alertPostOf([episodeOf(more)], post) };
}

export function heldFor(more: Partial<Held> = {}): Held {
  return { cause: 'paused_by_person', since: NOW, by: OPAL, note: 'lunch', detail: null, ...more };
}

const RAISE: Raise = {
  stageNo: 2,
  attempt: 1,
  from: 10,
  to: 50,
  request: requestFor({ id: '12.100' }),
  verdicts: FINE,
  orderedBy: LEA,
  orderedAt: NOW,
  expiresAt: new Date(NOW.getTime() + 600_000),
};

type Group = 'exposure' | 'stage' | 'bake' | 'health' | 'alerts';

type Common = RolloutIn<'baking'>;
type OwnOf<P extends Phase> = P extends Phase ? PhaseData[P] : never;

/** What is to be different in a rollout, whatever its phase; of its groups, only the fields that are. */
export type Changes = Partial<Omit<Common, Group | OwnKey | 'phase' | 'rollback'>> & {
  readonly [K in Group]?: Partial<Common[K]>;
};
/** The same of a rollout in this phase, with what only that has. */
export type ChangesIn<P extends Phase> = Changes & Partial<OwnOf<P>> & { readonly rollback?: RolloutIn<P>['rollback'] };

export function changed<R extends Rollout>(rollout: R, changes: ChangesIn<R['phase']>): R {
  const { exposure, stage, bake, health, alerts, ...others } = changes;
  return {
    ...rollout,
    ...others,
    exposure: { ...rollout.exposure, ...exposure },
    stage: { ...rollout.stage, ...stage },
    bake: { ...rollout.bake, ...bake },
    health: { ...rollout.health, ...health },
    alerts: { ...rollout.alerts, ...alerts },
  };
}

/** A rollout of `PLAN` in this phase, with what that phase needs, and anything replaced. */
export function rolloutAt<P extends Phase>(phase: P, changes: ChangesIn<P> = {}): RolloutIn<P> {
  const { own, is } = PHASES[phase];
  return changed(enter(changed(BAKING, is), phase, own), changes);
}

const BAKING: RolloutIn<'baking'> = {
  id: 12,
  teamId: 'T1',
  plan: PLAN,
  planHash: '3f9c1e77aa01',
  run: 1,
  note: 'numbers look good',
  channelId: 'CSHOP',
  startedBy: OPAL,
  createdAt: STARTED_AT,
  targetKeys: ['memory:flag'],
  people: { operators: [{ kind: 'group', id: 'SREL' }], 'engineering-lead': [{ kind: 'group', id: 'SLEAD' }] },
  phase: 'baking',
  phaseSince: RAISED_AT,
  stage: { no: 2, attempt: 1, attempts: { 1: 1, 2: 1 }, issues: { opened: 1, closed: 1 }, autoSpent: true, told: [] },
  seq: 118,
  exposure: { confirmed: 50, wanted: 50, anchor: 0, movedSeq: 110, settled: true, overtaken: null, late: null },
  health: {
    verdicts: FINE,
    numbers: NUMBERS,
    baseline: null,
    capture: null,
    captures: 0,
    means: {},
    reports: {},
    asked: {},
    holds: [],
  },
  bake: {
    done: false,
    startedAt: RAISED_AT,
    observedMs: 0,
    extraMs: 0,
    extension: null,
    last: null,
    summaryAt: null,
    restarts: 0,
  },
  voided: null,
  denied: null,
  lists: [],
  steps: [],
  rollback: null,
  alerts: { episodes: {}, posts: [], called: [], haveIt: [] },
  entry: null,
  nextWakeAt: null,
};

const PASSED = { done: true, observedMs: 4 * HOUR };
const AWAITED = { remindAt: new Date(NOW.getTime() + 4 * HOUR), reminded: 0 };
const OVER = { endedAt: NOW };
const AT_ONCE = { phaseSince: NOW };

/** What each phase has of its own, and where the rollout then is. */
const PHASES: { readonly [P in Phase]: { readonly own: PhaseData[P]; readonly is: Changes } } = {
  planned: {
    own: AWAITED,
    is: {
      stage: { no: 0, attempt: 0, attempts: {}, issues: { opened: 0, closed: 0 } },
      exposure: { confirmed: 0, wanted: 0, anchor: null },
      bake: { done: true, startedAt: null },
      seq: 1,
      health: { verdicts: {}, numbers: {} },
      phaseSince: STARTED_AT,
    },
  },
  starting: {
    own: {},
    is: {
      stage: { no: 0, attempt: 0, attempts: {}, issues: { opened: 0, closed: 0 } },
      exposure: { confirmed: 0, wanted: 0, anchor: null },
      bake: { done: true, startedAt: null },
      seq: 1,
      health: { verdicts: {}, numbers: {} },
      phaseSince: STARTED_AT,
    },
  },
  ready: { own: AWAITED, is: { ...AT_ONCE, bake: PASSED } },
  awaiting_approval: {
    own: { request: requestFor(), reminded: 0 },
    is: { stage: { no: 1 }, exposure: { confirmed: 10, wanted: 10 }, bake: PASSED },
  },
  applying: {
    own: { raise: RAISE },
    is: { ...AT_ONCE, stage: { no: 1 }, exposure: { confirmed: 10, wanted: 50 }, bake: PASSED },
  },
  baking: { own: {}, is: {} },
  held: { own: { ...AWAITED, held: heldFor() }, is: AT_ONCE },
  rolling_back: {
    own: { remindAt: new Date(NOW.getTime() + PLAN.rollback.withinMs), rollback: rollbackFrom(50) },
    is: { ...AT_ONCE, exposure: { wanted: 0, settled: false } },
  },
  rolled_back: {
    own: { ...OVER, rollback: { ...rollbackFrom(50), confirmedAt: new Date(NOW.getTime() + 1_400) } },
    is: { ...AT_ONCE, exposure: { confirmed: 0, wanted: 0, settled: false } },
  },
  completed: {
    own: { ...OVER, finishNote: null },
    is: { ...AT_ONCE, stage: { no: 3 }, exposure: { confirmed: 100, wanted: 100 }, bake: PASSED },
  },
  not_started: {
    own: { ...OVER, failure: { reason: 'rehearsal_failed', detail: said('flag: connection refused') } },
    is: {
      ...AT_ONCE,
      stage: { no: 0, attempt: 0 },
      exposure: { confirmed: 0, wanted: 0, anchor: null },
      health: { verdicts: {}, numbers: {} },
      bake: { done: true },
    },
  },
};

export function streakAt(value: number, more: Partial<Streak> = {}): Streak {
  return { ...NEW_STREAK, level: 'pass', verdict: 'pass', value, why: null, countedAt: NOW, readAt: NOW, ...more };
}

/** What the checker remembers of `rolloutAt('baking')`: 1 h 12 m baked, checked 20 s ago. */
export function watchAt(overrides: Partial<Watch> = {}): Watch {
  return {
    rolloutId: 12,
    stageNo: 2,
    attempt: 1,
    raisedAt: RAISED_AT,
    fence: 1,
    observedMs: 1.2 * HOUR,
    stopped: null,
    nextCheckAt: new Date(NOW.getTime() + 40_000),
    lastCheckAt: new Date(NOW.getTime() - 20_000),
    streaks: {
      'error-rate': streakAt(0.31, { before: 0.4 }),
      'p95-latency': streakAt(412, { before: 410 }),
      'login-success': streakAt(99.6, { before: 96 }),
      memory: streakAt(4),
    },
    ...overrides,
  };
}
