/** What broken limits make the bot do, when several are broken at once. */

import type { BrokenLimit, Streak } from '../health/streak.js';
import { ACTS, type Does, wayOf } from '../plan/acts.js';
import type { Limit, RollbackTo } from '../plan/plan.js';
import type { Rollout } from '../state/rollout.js';
import { type Destination, destination, safePlace } from './roll-back.js';

/** What the limits of one check ask for; nothing by a check that has no number now. */
function asks(streak: Streak | undefined): readonly BrokenLimit[] {
  return !streak || streak.unknownInRow > 0 ? [] : streak.counting;
}

export function holds(streak: Streak | undefined): boolean {
  return asksTo('holds', streak);
}

export function rollsBack(streak: Streak | undefined): boolean {
  return asksTo('rolls_back', streak);
}

function asksTo(does: Does, streak: Streak | undefined): boolean {
  return asks(streak).some(({ act }) => ACTS[act.kind].does === does);
}

/** Where the limits send a rollout: the lowest place that any of them names. */
export interface RollbackAsked {
  readonly check: string;
  /** The limit that asks for it. */
  readonly limit: Limit;
  /** Absent: where the stage's or the plan's rollback goes. */
  readonly to?: RollbackTo;
}

/** Null when no broken limit rolls back. */
export function wayDown(rollout: Rollout, streaks: Readonly<Record<string, Streak>>): RollbackAsked | null {
  let lowest: { way: RollbackAsked; place: Destination } | null = null;
  for (const { name } of rollout.plan.checks) {
    for (const { act, limit } of asks(streaks[name])) {
      const asked = wayOf(act);
      if (!asked) continue;
      const { to } = asked;
      const down = to && leadsDown(rollout, to);
      const way = { check: name, limit, ...(down && { to }) };
      const place = safePlace(rollout, down ? to : undefined);
      if (!lowest || place.to < lowest.place.to) lowest = { way, place };
    }
  }
  return lowest?.way ?? null;
}

/** A limit may name a place that is not below where users are: then the way is the plan's, never up. */
function leadsDown(rollout: Rollout, to: RollbackTo): boolean {
  const place = destination(rollout, to);
  return place.to < rollout.exposure.confirmed || (place.ends && place.to === rollout.exposure.confirmed);
}
