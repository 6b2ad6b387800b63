/** What made a rollback, and how far it is. */
import type { Actor } from '../plan/actor.js';
import type { Limit } from '../plan/plan.js';
import type { Reason } from '../plan/reasons.js';
import type { Instead } from '../spoken/unclear.js';

/** What made the bot or a person roll back, with the number and its limit where a check did it. */
export interface RollbackCause {
  readonly reason: Reason | 'person';
  readonly by: Actor;
  readonly note: string;
  /** A place in a person's words that it does not go to, and why. */
  readonly instead?: Instead;
  readonly check?: string;
  readonly value?: number;
  /** The limit that it broke. */
  readonly limit?: Limit;
  /** A place on the way that the targets did not take, in their words. */
  readonly refused?: { readonly to: number; readonly text: string };
  /** When the first of the breaching readings was taken. */
  readonly since?: Date;
}

/** A rollback under way or done. */
export interface Rollback {
  readonly no: number;
  readonly from: number;
  readonly to: number;
  /** Stage it ends in when it does not end the rollout. */
  readonly stageNo: number;
  readonly ends: boolean;
  readonly cause: RollbackCause;
  readonly orderedAt: Date;
  readonly orderSeq: number;
  readonly overdue: boolean;
  readonly confirmedAt: Date | null;
  /** For people: how it was done where it was not done plainly, and what is left in the targets. */
  readonly left?: string;
  /** Ordered once more when it had been read back: when it was first, and what that took. */
  readonly first?: { readonly orderedAt: Date; readonly tookMs: number };
}
