import { memberOf } from '../values.js';

/** Slack's limits: so many calls of one method in a minute. https://docs.slack.dev/apis/web-api/rate-limits */
const MINUTE_MS = 60_000;

const TIER_2 = 20;
const TIER_3 = 50;
const TIER_4 = 100;

/** What Slack does not count by tiers (posts, `auth.test`, connections) is not limited here. */
const PER_MINUTE: Readonly<Record<string, number>> = {
  'auth.teams.list': TIER_2,
  'chat.postEphemeral': TIER_4,
  'chat.update': TIER_3,
  'conversations.history': TIER_3,
  'conversations.info': TIER_3,
  'conversations.join': TIER_3,
  'conversations.list': TIER_2,
  'conversations.members': TIER_4,
  'conversations.open': TIER_3,
  'conversations.replies': TIER_3,
  'reactions.add': TIER_3,
  'team.info': TIER_3,
  'usergroups.list': TIER_2,
  'usergroups.users.list': TIER_2,
  'users.conversations': TIER_3,
  'users.info': TIER_4,
  'users.list': TIER_2,
  'users.lookupByEmail': TIER_3,
  'views.open': TIER_4,
  'views.publish': TIER_4,
  'views.push': TIER_4,
  'views.update': TIER_4,
};

/** Counts calls, refused ones too. */
export class Limits {
  readonly #windows = new Map<string, { since: number; calls: number }>();

  /** Seconds to wait; 0: the call may be made. `at` in ms since 1970. */
  take(method: string, at: number): number {
    const most = memberOf(PER_MINUTE, method);
    if (most === undefined) return 0;
    const known = this.#windows.get(method);
    const window = known && at - known.since < MINUTE_MS ? known : { since: at, calls: 0 };
    this.#windows.set(method, window);
    window.calls += 1;
    return window.calls <= most ? 0 : Math.max(1, Math.ceil((window.since + MINUTE_MS - at) / 1_000));
  }
}
