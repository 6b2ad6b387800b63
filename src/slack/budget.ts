import { TryLater } from './failures.js';

/**
 * How much this process may ask of Slack: posts per channel (one a second after a short burst), edits of the whole
 * workspace (40 a minute; Slack's tier allows 50). Over the budget a message waits in the table, not here.
 */
const POSTS = { burst: 10, perSecond: 1 };
const EDITS = { burst: 20, perSecond: 40 / 60 };

/** Edits kept back for what may not wait: incidents, requests, alerts. */
const SPARED = 5;

interface Bucket {
  tokens: number;
  at: number;
}

export interface Budget {
  /** Throws TryLater when there is none left. `spare`: it may wait, and leaves the last few to what may not. */
  take(kind: 'post' | 'edit', channel: string, now: number, spare?: boolean): void;
  /** Slack said how long to leave this channel alone. */
  pause(channel: string, until: number): void;
}

/** Time (ms since 1970) comes with each question: it is the rollout's own, so that nothing here has a clock. */
export function createBudget(): Budget {
  const buckets = new Map<string, Bucket>();
  const paused = new Map<string, number>();
  return {
    take(kind, channel, now, spare = false) {
      const until = paused.get(channel) ?? 0;
      if (until > now) throw new TryLater('Slack asked us to wait', until - now);
      const { burst, perSecond } = kind === 'post' ? POSTS : EDITS;
      const key = kind === 'post' ? `post:${channel}` : 'edit';
      const bucket = buckets.get(key) ?? { tokens: burst, at: now };
      bucket.tokens = Math.min(burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * perSecond);
      bucket.at = now;
      buckets.set(key, bucket);
      const needed = spare ? SPARED + 1 : 1;
      if (bucket.tokens < needed)
        throw new TryLater(`${kind} budget is used up`, Math.ceil(((needed - bucket.tokens) / perSecond) * 1000));
      bucket.tokens -= 1;
    },
    pause(channel, until) {
      paused.set(channel, until);
    },
  };
}
