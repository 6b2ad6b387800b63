import type { WebClientOptions } from '@slack/web-api';

type Fetch = NonNullable<WebClientOptions['fetch']>;

/** A way to make requests that also compares this machine's clock with the one that answers. */
export interface ClockedFetch {
  readonly fetch: Fetch;
  /** How much their clock is ahead of ours, ms, to about a second; null while nothing has answered. */
  aheadMs(): number | null;
  /**
   * What their clock shows now, ms, by each way of knowing it: ours with the difference, which is wrong once ours jumped, and
   * their last answer with the time since, which is wrong once this machine slept. Empty while nothing has answered.
   */
  nows(): number[];
}

/** The `Date` of an answer has whole seconds: on average half of one has passed since. */
const HALF_SECOND_MS = 500;

export function createClockedFetch(
  now: () => number = Date.now,
  ask: Fetch = globalThis.fetch,
  monotonic: () => number = () => performance.now(),
): ClockedFetch {
  let ahead: number | null = null;
  let last: { readonly theirs: number; readonly at: number } | null = null;
  return {
    async fetch(url, init) {
      const asked = now();
      const began = monotonic();
      const answer = await ask(url, init);
      const theirs = Date.parse(answer.headers.get('date') ?? '');
      if (Number.isFinite(theirs)) {
        ahead = theirs + HALF_SECOND_MS - (asked + now()) / 2;
        last = { theirs: theirs + HALF_SECOND_MS, at: (began + monotonic()) / 2 };
      }
      return answer;
    },
    aheadMs: () => ahead,
    nows: () => (ahead === null || last === null ? [] : [now() + ahead, last.theirs + monotonic() - last.at]),
  };
}
