/** Whose turn it is among tenants, and how long one request may take, so that nobody who hangs holds the others up. */

export type Ending =
  | 'done'
  | 'failed'
  | 'unanswered'
  // The call was over before its own time was: its silence says nothing.
  | 'cut';

interface Past {
  readonly ending: Ending;
  /** Requests in a row that were given all the time they had and did not answer. */
  readonly unanswered: number;
  /** Counts up with every ending. */
  readonly turn: number;
}

/** What earlier tries met at each tenant. */
export interface Turns {
  /** Those not tried yet come first, then those who failed or were cut, then all others, who waits longest first; else as given. */
  toTell(tenants: readonly string[]): string[];
  /** Those who did not answer the last time come last; else as given. */
  toAsk(tenants: readonly string[]): string[];
  note(tenant: string, ending: Ending): void;
  /** Requests in a row without an answer. */
  unanswered(tenant: string): number;
}

const RANKS = { untried: 0, failed: 1, cut: 1, unanswered: 2, done: 2 } as const;

export function createTurns(): Turns {
  const pasts = new Map<string, Past>();
  let turn = 0;
  const rank = (tenant: string) => RANKS[pasts.get(tenant)?.ending ?? 'untried'];
  const turnOf = (tenant: string) => (rank(tenant) === RANKS.done ? (pasts.get(tenant)?.turn ?? 0) : 0);
  const unanswered = (tenant: string) => pasts.get(tenant)?.unanswered ?? 0;
  return {
    toTell: (tenants) => tenants.toSorted((a, b) => rank(a) - rank(b) || turnOf(a) - turnOf(b)),
    toAsk: (tenants) => tenants.toSorted((a, b) => unanswered(a) - unanswered(b)),
    note(tenant, ending) {
      turn += 1;
      const more = { done: 0, failed: 0, unanswered: unanswered(tenant) + 1, cut: unanswered(tenant) };
      pasts.set(tenant, { ending, turn, unanswered: more[ending] });
    },
    unanswered,
  };
}

/** Milliseconds. */
export interface Share {
  /** Until the whole call is over. */
  readonly leftMs: number;
  /** Requests one after the other until everybody who waits had a turn, this one included. */
  readonly rounds: number;
  /** No request has less, and twice as much after every one without an answer: a slow service is given its time in the end. */
  readonly leastMs: number;
  readonly unanswered: number;
  /** No request has more. */
  readonly mostMs: number;
}

/** How long the next request may take. */
export function shareOf({ leftMs, rounds, leastMs, unanswered, mostMs }: Share): number {
  const patience = leastMs * 2 ** Math.min(unanswered, 10);
  return Math.ceil(Math.min(mostMs, Math.max(patience, leftMs / Math.max(1, rounds))));
}
