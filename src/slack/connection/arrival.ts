/** How old a request of a person is, and whether anybody still waits for it: what raises is done at once or not at all. */

/** A request as it reached this process. Times of this process are ms of one monotonic clock. */
export interface Arrival {
  /** When the person or Slack sent it, ms since 1970 by Slack's clock; null where Slack does not say. */
  readonly sentAt: number | null;
  readonly at: number;
  /** How long it may have lain unread before, ms: this process was stopped, or did not come to it. */
  readonly unreadMs: number;
  /** False once the connection that its answer goes back on is gone: the person was told that it failed. */
  isOpen(): boolean;
}

/** What the age is counted from: now on this process's clock, and on Slack's by each way of knowing it. */
export interface Now {
  readonly monotonic: number;
  readonly slack: readonly number[];
}

/** Older than this it was meant for another moment. */
const MOST_AGE_MS = 30_000;

/** Whether what raises must not be done by it any more; in doubt about the age, it is too late. */
export function isTooLate(arrival: Arrival, now: Now): boolean {
  return !arrival.isOpen() || ageMs(arrival, now) > MOST_AGE_MS;
}

/** Slack takes an answer within this time, ms, and then tells the person that there was none. */
const ANSWER_WITHIN_MS = 3_000;

/** Whether an answer on the connection it came by is still shown. What lay unread was given up, though a socket stays open. */
export function isHeard({ isOpen, sentAt, unreadMs }: Arrival): boolean {
  return isOpen() && (sentAt !== null || unreadMs < ANSWER_WITHIN_MS);
}

function ageMs({ sentAt, at, unreadMs }: Arrival, { monotonic, slack }: Now): number {
  const here = monotonic - at;
  // Where Slack says when, how long it lay unread here is part of that.
  if (sentAt === null || slack.length === 0) return unreadMs + here;
  return Math.max(here, ...slack.map((now) => now - sentAt));
}
