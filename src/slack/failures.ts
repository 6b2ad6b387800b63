import webApi from '@slack/web-api';

/** A message that was not shown: when to try again, or that trying again is of no use. */
export class TryLater extends Error {
  readonly afterMs: number;
  readonly code: string | null;
  readonly final: boolean;
  readonly rateLimited: boolean;
  constructor(message: string, afterMs: number, more: { code?: string; final?: boolean; rateLimited?: boolean } = {}) {
    super(message);
    this.name = 'TryLater';
    this.afterMs = afterMs;
    this.code = more.code ?? null;
    this.final = more.final ?? false;
    this.rateLimited = more.rateLimited ?? false;
  }
}

const { WebAPIPlatformError, WebAPIRateLimitedError } = webApi;

/** Slack's answers that no retry mends: the message itself is at fault. A bug of ours, logged as such. */
const FINAL = new Set([
  'invalid_blocks',
  'msg_too_long',
  'msg_blocks_too_long',
  'invalid_arguments',
  'invalid_metadata_schema',
  'metadata_too_large',
]);
/** The bot may not post in the channel any more, until a person invites it again or unarchives it. */
export const CHANNEL_LOST: readonly string[] = ['not_in_channel', 'channel_not_found', 'is_archived', 'is_inactive'];

/** Said of a direct message: this person cannot be written to, and trying again is of no use. */
const UNREACHABLE = new Set([
  'user_not_found',
  'users_not_found',
  'user_disabled',
  'user_not_visible',
  'user_is_bot',
  'cannot_dm_bot',
  'invalid_user_combination',
  'messages_tab_disabled',
  'restricted_action',
  ...CHANNEL_LOST,
]);

/** Can this person not be written to at all? */
export function cannotBeReached(failure: TryLater): boolean {
  return failure.final || (failure.code !== null && UNREACHABLE.has(failure.code));
}

const SOON_MS = 2_000;
/** A person has to do something first: invite the bot, unarchive, renew the token. */
const PERSON_MS = 30_000;

export function classify(error: unknown): TryLater {
  if (error instanceof TryLater) return error;
  if (error instanceof WebAPIRateLimitedError) {
    return new TryLater('rate limited', error.retryAfter * 1000, { code: 'ratelimited', rateLimited: true });
  }
  if (error instanceof WebAPIPlatformError) {
    const code = error.data.error;
    if (FINAL.has(code)) return new TryLater(code, 0, { code, final: true });
    return new TryLater(code, code === 'message_not_found' ? 0 : PERSON_MS, { code });
  }
  return new TryLater(error instanceof Error ? error.message : 'Slack did not answer', SOON_MS);
}
