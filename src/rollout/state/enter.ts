/** Ways into a phase that several events take. */

import type { Actor } from '../plan/actor.js';
import type { Reason } from '../plan/reasons.js';
import type { Detail } from './detail.js';
import type { Event, Recorded } from './events.js';
import { nextReminder } from './remind.js';
import { enter, type Phase, type Rollout, type RolloutIn } from './rollout.js';

/** Ready for the next stage, or to be finished. */
export function ready(r: Rollout, { at }: Recorded): Rollout {
  return enter(r, 'ready', { remindAt: nextReminder(r.plan, at, 0), reminded: 0 });
}

/** `note`: what a person said. `by`: who made it hold, where that is not who is recorded. */
interface Hold {
  readonly cause: Reason;
  readonly note?: string;
  readonly detail?: Detail | null;
  readonly by?: Actor;
}

/** Held until somebody resumes it. A hold over a hold keeps the count of its reminders. */
export function hold(
  r: Rollout,
  { at, actor }: Recorded,
  { cause, note = '', detail = null, by = actor }: Hold,
): Rollout {
  return enter(r, 'held', {
    held: { cause, since: at, by, note, detail },
    remindAt: nextReminder(r.plan, at, 0),
    reminded: r.phase === 'held' ? r.reminded : 0,
  });
}

/** Events that say something of a phase happen in that phase; a record in which they do not is damaged. */
export function expectPhase<P extends Phase>(r: Rollout, phase: P, event: Event): asserts r is RolloutIn<P> {
  if (r.phase !== phase) throw new Error(`${event.type} in phase ${r.phase}, not ${phase}`);
}
