/** Whether this machine's clock is so far from Slack's that what Slack signs is refused. */
import type { Logger } from 'pino';
import { createJunk } from './junk.js';
import type { UnsignedRequest } from './slack-requests.js';

/** Slack's time may be so far ahead of ours, and so far behind; see `slack-requests`. */
const AHEAD_MS = 60_000;
const BEHIND_MS = 300_000;
/** A request that was refused for its time counts for so long. */
const COUNTS_MS = 120_000;

export interface SkewWatch {
  /** Says it in the log, once a minute for each kind. */
  refused(why: UnsignedRequest): void;
  /** For `/readyz`; null while the clock is right, as far as is known. */
  words(): string | null;
}

/**
 * `slackNows`: what Slack's clock shows now, by each way of knowing it, ms. A refused request alone proves nothing: an old one can be
 * sent again by anybody who has it.
 */
export function watchSkew(options: {
  readonly log: Pick<Logger, 'warn'>;
  readonly slackNows: () => readonly number[];
  readonly now?: () => number;
  readonly monotonic?: () => number;
}): SkewWatch {
  const { log, slackNows, now = Date.now, monotonic = () => performance.now() } = options;
  const junk = createJunk(log, monotonic);
  let refusedAt = Number.NEGATIVE_INFINITY;
  return {
    refused(why) {
      if (why.why === 'signature') {
        junk('signature', {}, 'a request is refused: it is not signed with SLACK_SIGNING_SECRET');
        return;
      }
      refusedAt = monotonic();
      const { aheadSeconds } = why;
      junk(
        'clock',
        { aheadSeconds },
        'a request of Slack is refused: its time is too far from the clock of this machine',
      );
    },
    words() {
      const aheads = slackNows().map((theirs) => theirs - now());
      const off = aheads.filter((ahead) => ahead > AHEAD_MS || ahead < -BEHIND_MS);
      const isSeen = monotonic() - refusedAt < COUNTS_MS;
      const [ahead] = off;
      if (ahead === undefined || !(isSeen || off.length === aheads.length)) return null;
      const seconds = Math.round(Math.abs(ahead) / 1_000);
      return `the clock of this machine is ${seconds} s ${ahead > 0 ? 'behind' : 'ahead of'} Slack’s, so Slack’s requests are refused`;
    },
  };
}
