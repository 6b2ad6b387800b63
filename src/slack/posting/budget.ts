import type { Db } from '../../store/connect.js';
import { leftOf, pause, takeOne } from '../../store/slack-limits.js';
import { closesChannel, refusedWith, TryLater } from '../connection/failures.js';

/**
 * How much all replicas together ask of Slack: posts per channel (one a second after a short burst), edits of the whole
 * workspace (40 a minute; Slack's tier allows 50). Over the budget a message waits in the table of effects.
 */
const POSTS = { burst: 10, perSecond: 1 };
const EDITS = { burst: 20, perSecond: 40 / 60 };
/** Looks for posts whose answer was lost: of the same tier, counted apart. */
const LOOKS = EDITS;

/** Edits kept back for what may not wait: requests, alerts. */
const SPARED = 5;
/** What must be heard now goes out although the budget is used up, as often as this. */
const OVERDRAWN = 5;

/**
 * `spare`: may wait, and leaves the last few to others. `urgent`: an incident. `first`: as `spare`, but Slack itself is to
 * say whether the channel takes it, not what it said a moment ago.
 */
export type Urgency = 'spare' | 'normal' | 'urgent' | 'first';
export type Kind = 'post' | 'edit' | 'look';

export interface Budget {
  /** Throws TryLater when there is none left, when Slack asked to be left alone, and when the channel is known to take no posts. */
  take(kind: Kind, channel: string, now: Date, urgency: Urgency): Promise<void>;
  /** Edits left to what may wait. */
  editsToSpare(): Promise<number>;
  /** Slack was asked too often, or does not answer (`soft`: what is urgent tries all the same). */
  pause(kind: Kind, channel: string, about: { now: Date; ms: number; soft: boolean }): Promise<void>;
  /** The channel takes no posts: nothing is sent there until then, and each post that waits learns why at once. */
  close(channel: string, code: string, about: { now: Date; ms: number }): Promise<void>;
}

const RATES = { post: POSTS, edit: EDITS, look: LOOKS } as const;
const NEEDED: Readonly<Record<Urgency, number>> = {
  spare: SPARED + 1,
  normal: 1,
  urgent: 1 - OVERDRAWN,
  first: SPARED + 1,
};

export function createBudget(db: Db): Budget {
  return {
    async take(kind, channel, now, urgency) {
      const { burst, perSecond } = RATES[kind];
      const taken = await takeOne(db, {
        key: kind === 'post' ? `post:${channel}` : kind,
        burst,
        perSecond,
        needed: NEEDED[urgency],
        pauses: [...(urgency === 'first' ? [] : closedKeys(kind, channel)), pauseKey(kind, channel)],
        now,
        urgent: urgency === 'urgent',
      });
      if (taken.waitMs === 0) return;
      if (!('code' in taken) || taken.code === null)
        throw new TryLater(`Slack is asked no more for now (${kind})`, taken.waitMs);
      const { code, remedy } = refusedWith(taken.code);
      throw new TryLater(taken.code, taken.waitMs, { code, remedy });
    },
    editsToSpare: async () => Math.max(0, Math.floor(await leftOf(db, { key: 'edit', ...EDITS })) - SPARED),
    pause: (kind, channel, about) => pause(db, { key: pauseKey(kind, channel), code: null, ...about }),
    close: (channel, code, about) => {
      const whole = closesChannel(refusedWith(code), 'edit');
      return pause(db, { key: whole ? closedKey(channel) : postsClosedKey(channel), code, soft: false, ...about });
    },
  };
}

function pauseKey(kind: Kind, channel: string): string {
  return kind === 'post' ? `pause:post:${channel}` : `pause:${kind}`;
}

function closedKeys(kind: Kind, channel: string): readonly string[] {
  return kind === 'post' ? [closedKey(channel), postsClosedKey(channel)] : [closedKey(channel)];
}

function closedKey(channel: string): string {
  return `channel:${channel}`;
}

/** It takes no new posts. Messages that are already there can be edited and read. */
function postsClosedKey(channel: string): string {
  return `channel:post:${channel}`;
}
