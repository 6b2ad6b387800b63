import fc from 'fast-check';
import type { Plan } from '../../src/rollout/plan/plan.js';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import { byItself, HOUR, OPEN_PLAN, PLAN } from './fixture.js';
import type { Story } from './given.js';
import { BEFORE_ALL, BEFORE_FIRST, LISTS, startedWith, withBots } from './lists.js';
import { enteringAgain, rolledBackIn, started } from './phases.js';

/** Reminders at the plan's own pace, in working hours far from UTC. */
const AT_WORK: Partial<Plan> = {
  timezone: 'America/Los_Angeles',
  reminders: {
    everyMs: HOUR,
    atMost: 2,
    hours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], fromMinute: 540, toMinute: 1_020 },
  },
};

const PLANS = {
  asks: PLAN,
  open: OPEN_PLAN,
  'asks by itself': { ...byItself(PLAN), ...AT_WORK },
  'open and by itself': { ...byItself(OPEN_PLAN), ...AT_WORK },
} as const satisfies Record<string, Plan>;

/** How a walk begins: with which plan, and whether the run before was rolled back by a false alarm in stage 3. */
interface Start {
  readonly plan: keyof typeof PLANS;
  readonly again: boolean;
  /** Its plan has lists, and begins with one of them. */
  readonly lists: boolean;
}

export const STARTS: fc.Arbitrary<Start> = fc.record({
  plan: fc.constantFrom<Start['plan'][]>('asks', 'open', 'asks by itself', 'open and by itself'),
  again: fc.boolean(),
  lists: fc.boolean(),
});

const rolledBack = new Map<Start['plan'], Rollout>();

export function begin({ plan, again, lists }: Start): Story {
  if (lists) return startedWith(withBots([BEFORE_ALL, BEFORE_FIRST, ...LISTS]), PLANS[plan]);
  if (!again) return started(PLANS[plan]);
  const last = rolledBack.get(plan) ?? rolledBackIn(3, PLANS[plan]).rollout;
  rolledBack.set(plan, last);
  return enteringAgain(last, PLANS[plan]);
}
