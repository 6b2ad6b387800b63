import type { Message } from '../state/effects.js';
import type { Event } from '../state/events.js';
import type { Rollout } from '../state/rollout.js';

/** A decision in the making, as the parts of it see it. */
export interface Deciding {
  readonly before: Rollout;
  /** With every event so far. */
  readonly state: Rollout;
  readonly now: Date;
  add(event: Event): unknown;
  show(slot: string, message: Message, notBefore?: Date): unknown;
}
