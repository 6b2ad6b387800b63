/** A rollout with eleven checks of two sources, and what people hear of them. */

import { NEW_STREAK, type Streak } from '../../src/rollout/health/streak.js';
import { decideStart } from '../../src/rollout/moves/start.js';
import type { CheckPlan, Limit, Plan, ProbeConfig } from '../../src/rollout/plan/plan.js';
import type { Verdict } from '../../src/rollout/plan/verdict.js';
import { nextCallAt } from '../../src/rollout/state/alerts-due.js';
import { isOpen } from '../../src/rollout/state/evolve-alerts.js';
import type { Member, Rollout } from '../../src/rollout/state/rollout.js';
import { MINUTE, NOON, OLGA, OPEN_PLAN, plus, startRequest } from './fixture.js';
import { Story } from './given.js';

export const SRE: Member = { kind: 'group', id: 'SSRE' };
export const POST = { kind: 'post' } as const;
const WARNING: Limit = { op: 'above', value: 2 };
const CRITICAL: Limit = { op: 'above', value: 5, act: POST };

export function checkOf(name: string, probe: ProbeConfig): CheckPlan {
  return { name, title: name, unit: '', probe, warning: WARNING, critical: CRITICAL };
}

export const prom = (url: string): ProbeConfig => ({ kind: 'prometheus', url, query: 'up', headers: {}, timeoutMs: 1 });
/** Nine of one Prometheus, two of another. */
export const NAMES = Array.from({ length: 9 }, (_, i) => `p${i + 1}`);
export const PLAN: Plan = {
  ...OPEN_PLAN,
  contact: ['sre'],
  checks: [
    ...NAMES.map((name) => checkOf(name, prom('http://prom:9090'))),
    ...['q1', 'q2'].map((name) => checkOf(name, prom('http://other:9090'))),
  ],
};

const broken = (limit: Limit) => ({ limit, act: limit.act ?? POST });

export function streak(verdict: Verdict | 'missing'): Streak {
  if (verdict === 'missing')
    return { ...NEW_STREAK, unknownInRow: 3, why: { kind: 'said', text: 'refused' }, readAt: NOON };
  const value = { pass: 0, warning: 3, unknown: 3, critical: 9 }[verdict];
  const counting = { pass: [], unknown: [], warning: [WARNING], critical: [WARNING, CRITICAL] }[verdict];
  const level = verdict === 'unknown' ? null : verdict;
  return { ...NEW_STREAK, level, verdict, value, why: null, readAt: NOON, counting: counting.map(broken) };
}

/** As the store looks again where nothing was due. */
function lookAgainAt(rollout: Rollout, now: Date): Date {
  const call = nextCallAt(rollout);
  return call && call > now && call < plus(MINUTE, now) ? call : plus(MINUTE, now);
}

export type Verdicts = Readonly<Record<string, Verdict | 'missing'>>;

export class Alerting extends Story {
  constructor({ plan = PLAN, people = { sre: [SRE] } as Rollout['people'], by = OLGA, at = NOON } = {}) {
    super(decideStart({ ...startRequest(plan), people, ...by, standing: OLGA.standing }, at));
    this.now = at;
    const checks = Object.fromEntries(plan.checks.map(({ name }) => [name, { value: 0, tookMs: 1 }]));
    const reading = { exposure: 0, partial: false, detail: '0 %' };
    this.hears({ type: 'rehearsed', exposures: [{ target: 'flag', reading }], checks }).raised();
  }

  /** One round `ms` later in which the checks read this, the others fine. */
  round(ms: number, verdicts: Verdicts = {}): this {
    const all = this.rollout.plan.checks.map(({ name }) => [name, streak(verdicts[name] ?? 'pass')] as const);
    return this.waits(ms).assessed({}, { streaks: Object.fromEntries(all) });
  }

  /** The clock looks at the rollout where it says that it must; what the channel was told about until `ms` from now. */
  until(ms: number): string[] {
    const end = this.now.getTime() + ms;
    const heard: string[] = [];
    while (this.rollout.nextWakeAt && this.rollout.nextWakeAt.getTime() <= end) {
      this.now = this.rollout.nextWakeAt;
      this.woke();
      heard.push(...this.heard());
      if (this.last.outcome === 'nothing')
        this.rollout = { ...this.rollout, nextWakeAt: lookAgainAt(this.rollout, this.now) };
    }
    this.now = new Date(end);
    return heard;
  }

  /** The last new post in the channel: `alerts:1 p1 p2`, and who was called. */
  heard(): string[] {
    const before = new Set(
      this.last.outcome === 'accepted' ? (this.last.before?.alerts.posts ?? []).map((p) => p.no) : [],
    );
    return this.shown('alert')
      .filter(({ message }) => message.post.place === 'channel' && !before.has(message.post.no))
      .map(({ slot, message: { post } }) => {
        const called = post.mentions.map(({ id }) => `@${id}`);
        return [slot, ...post.lines.filter(({ open }) => open).map(({ subject }) => subject), ...called].join(' ');
      });
  }

  posts() {
    return (this.rollout.alerts.posts ?? []).filter(isOpen).map(({ no, place, lines }) => {
      return `${no} ${place} ${lines.map(({ subject, open }) => (open ? subject : `(${subject})`)).join(' ')}`;
    });
  }
}
