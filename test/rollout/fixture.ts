import { TARGET_SUBJECT } from '../../src/rollout/health/assess.js';
import type { JudgedCheck } from '../../src/rollout/health/in-force.js';
import { NEW_STREAK, type Streak } from '../../src/rollout/health/streak.js';
import { type Actor, actorKey, type Standing } from '../../src/rollout/plan/actor.js';
import type { Plan, Quorum, StagePlan } from '../../src/rollout/plan/plan.js';
import type { Level, Verdict } from '../../src/rollout/plan/verdict.js';
import type { Holder, StartRequest } from '../../src/rollout/state/commands.js';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const NOON = new Date('2026-11-20T12:00:00Z');

export function plus(ms: number, from: Date = NOON): Date {
  return new Date(from.getTime() + ms);
}

/** Somebody who acts, and what is known of them. */
export interface Person {
  readonly actor: Actor;
  readonly standing: Standing;
}

export function member(id: string, ...roles: string[]): Person {
  return {
    actor: { kind: 'slack', teamId: 'T1', userId: id },
    standing: { who: 'member', roles, lastKnownRoles: roles },
  };
}

export const OLGA = member('UOLGA', 'operators');
export const LENA = member('ULENA', 'engineering-lead');
export const LARS = member('ULARS', 'engineering-lead');
export const SAM = member('USAM', 'sre');
export const OTTO = member('UOTTO', 'operators');
export const BEA = member('UBEA', 'engineering-lead', 'sre', 'operators');
export const SHELL: Person = {
  actor: { kind: 'cli', name: 'root@web-1' },
  standing: { who: 'cli', roles: [], lastKnownRoles: [] },
};

export const LEAD: Quorum = { kind: 'each', roles: ['engineering-lead'] };
export const ANY_TWO: Quorum = { kind: 'any', count: 2, roles: ['engineering-lead', 'sre'] };
export const LEAD_AND_SRE: Quorum = { kind: 'each', roles: ['engineering-lead', 'sre'] };

/** Looks 10 s apart share no data. */
const TIMING = { windowMs: 10 * SECOND, everyMs: MINUTE };

function check(name: string, limits: Pick<JudgedCheck, 'warning' | 'critical'>): JudgedCheck {
  return { name, title: name, unit: '', probe: { kind: 'memory', name }, ...TIMING, ...limits };
}

export const CHECKS: readonly JudgedCheck[] = [
  check('errors', { warning: { op: 'above', value: 2 }, critical: { op: 'above', value: 5 } }),
  check('latency', { warning: { op: 'at_least', value: 500 }, critical: { op: 'at_least', value: 800 } }),
  check('orders', { critical: { op: 'below', value: 50 } }),
];

export function stage(no: number, exposure: number, approve?: Quorum): StagePlan {
  const name = `to-${exposure}`;
  const timing = { bakeMs: 30 * MINUTE, checkEveryMs: MINUTE };
  return { no, name, title: name, exposure, ...timing, ...(approve ? { approve } : {}) };
}

/** 10, 25 (two of three), 50 and 100 (the engineering lead); each bakes 30 minutes; a rollback goes to off in 30 s. */
export const PLAN: Plan = {
  name: 'checkout',
  title: 'New checkout',
  channel: 'C1',
  timezone: 'UTC',
  links: {},
  contact: [],
  people: { operators: [], 'engineering-lead': [], sre: [] },
  targets: [{ name: 'flag', config: { kind: 'memory', name: 'flag' } }],
  checks: CHECKS,
  stages: [stage(1, 10), stage(2, 25, ANY_TWO), stage(3, 50, LEAD), stage(4, 100, LEAD)],
  rollback: { to: { kind: 'off' }, withinMs: 30 * SECOND },
};

/** The same plan in which no stage needs an approval. */
export const OPEN_PLAN: Plan = { ...PLAN, stages: [stage(1, 10), stage(2, 25), stage(3, 50), stage(4, 100)] };

/** Every stage but the last goes on by itself. */
export function byItself(plan: Plan = PLAN): Plan {
  const last = plan.stages.length;
  return { ...plan, stages: plan.stages.map((each) => (each.no < last ? { ...each, advance: 'auto' } : each)) };
}

/** What is known of who holds a role, when it is known: these people and nobody else. */
export function holders(...people: readonly Person[]): Holder[] {
  return people.map(({ actor, standing }) => ({
    key: actorKey(actor),
    userId: actor.kind === 'slack' ? actor.userId : '',
    roles: standing.roles === 'unknown' ? standing.lastKnownRoles : standing.roles,
  }));
}

export function startRequest(plan: Plan, person: Person = OLGA): StartRequest {
  return {
    id: 7,
    run: 1,
    teamId: 'T1',
    plan,
    planHash: 'hash-1',
    note: 'version 42',
    channelId: 'C1',
    people: {},
    targetKeys: ['flag'],
    holders: holders(OLGA, LENA, LARS, SAM, BEA),
    ...person,
  };
}

/** Numbers that are clearly fine, in warning and over the limit, per check. */
const NUMBERS: Readonly<Record<string, Readonly<Record<Level, number>>>> = {
  errors: { pass: 0, warning: 3, critical: 9 },
  latency: { pass: 100, warning: 600, critical: 900 },
  orders: { pass: 80, warning: 80, critical: 10 },
};

export function numberFor(name: string, level: Level): number {
  return NUMBERS[name]?.[level] ?? 0;
}

/** What the checker remembers when the last readings said this. */
export function streakOf(name: string, verdict: Verdict, more: Partial<Streak> = {}): Streak {
  if (verdict === 'unknown')
    return { ...NEW_STREAK, unknownInRow: 1, why: { kind: 'said', text: 'timed out' }, readAt: NOON, ...more };
  const value = numberFor(name, verdict);
  const countedAt = verdict === 'critical' ? null : NOON;
  const since = verdict === 'pass' ? null : NOON;
  const limit = { op: 'above', value: 5 } as const;
  const counting = verdict === 'critical' ? [{ limit, act: { kind: 'rollback' } as const }] : [];
  return {
    ...NEW_STREAK,
    level: verdict,
    verdict,
    value,
    why: null,
    readAt: NOON,
    countedAt,
    since,
    counting,
    ...more,
  };
}

/** All checks pass, save those named. */
export function streaksOf(verdicts: Readonly<Record<string, Verdict>> = {}): Record<string, Streak> {
  const names = [...CHECKS.map(({ name }) => name), TARGET_SUBJECT];
  return Object.fromEntries(names.map((name) => [name, streakOf(name, verdicts[name] ?? 'pass')]));
}
