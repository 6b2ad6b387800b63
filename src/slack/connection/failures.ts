import webApi from '@slack/web-api';
import { tlsTroubleOf } from '../../web/tls-trouble.js';
import { wayLost, wayWords } from './way-lost.js';

const { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } = webApi;

/**
 * What to do about a refusal of Slack:
 * - `wait` for as long as it says: asked too often;
 * - `again` soon: Slack did not answer, or is out of order;
 * - `post_new`: this message takes no edit (any more), a new one does;
 * - `plain_text`: the content was refused; once more as short plain text, without blocks and metadata;
 * - `tell_people` directly: the channel, or the person, takes no post. What nobody knows is taken for this too;
 * - `token`: nothing works with this token. Nobody can be told through Slack.
 */
export type Remedy = 'wait' | 'again' | 'post_new' | 'plain_text' | 'tell_people' | 'token';

/** Every error that Slack documents for the methods called here, and those of its transport. */
export const REMEDIES: Readonly<Record<string, Remedy>> = {
  ...remedy('wait', 'ratelimited rate_limited'),
  // The last are of a workspace or a channel on its way to an organisation: over after a while.
  ...remedy(
    'again',
    `fatal_error internal_error service_unavailable request_timeout server_error hash_conflict fetch_members_failed
     list_record_comment_fetch_failed team_added_to_org external_channel_migrating`,
  ),
  ...remedy(
    'post_new',
    `message_not_found thread_not_found invalid_thread_ts cant_update_message cant_delete_message edit_window_closed cant_broadcast_message
     no_dual_broadcast_content_update streaming_state_conflict update_failed block_mismatch blocked_file_type file_deleted
     file_is_deleted file_not_found file_share_limit_reached max_file_sharing_exceeded unable_to_share_files`,
  ),
  ...remedy(
    'plain_text',
    `invalid_blocks invalid_blocks_format msg_too_long msg_blocks_too_long no_text invalid_attachments too_many_attachments
     attachment_payload_limit_exceeded too_many_contact_cards invalid_metadata_format invalid_metadata_schema
     metadata_too_large metadata_must_be_sent_from_app markdown_text_conflict missing_file_data invalid_arguments
     invalid_arg_name invalid_array_arg invalid_charset invalid_form_data invalid_post_type missing_post_type
     missing_argument slack_connect_blocked_file_type slack_connect_canvas_sharing_blocked
     slack_connect_clip_sharing_blocked slack_connect_file_link_sharing_blocked slack_connect_file_upload_sharing_blocked
     slack_connect_lists_sharing_blocked`,
  ),
  ...remedy(
    'tell_people',
    // The channel.
    `not_in_channel channel_not_found is_archived is_inactive channel_is_limited_access restricted_action
     restricted_action_read_only_channel restricted_action_thread_only_channel restricted_action_non_threadable_channel
     restricted_action_thread_locked cannot_reply_to_message posting_to_channel_denied no_permission access_denied
     ekm_access_denied app_access_restricted team_not_found message_limit_exceeded method_not_supported_for_channel_type`,
    // The person.
    `user_not_found users_not_found user_disabled user_not_visible user_is_bot cannot_dm_bot user_not_in_channel
     invalid_user_combination messages_tab_disabled not_enough_users too_many_users users_list_not_supplied`,
    // A window or the Home tab: an answer to one person, who is answered another way.
    `duplicate_external_id exchanged_trigger_id expired_trigger_id invalid_trigger_id not_found push_limit_reached
     view_too_large missing_profile_id not_enabled not_implemented`,
    // A look at what is there.
    'invalid_cursor invalid_limit invalid_types invalid_ts_latest invalid_ts_oldest invalid_metadata_filter_keys',
    // A method that Slack has taken away, and what only other ways of posting can meet.
    `deprecated_endpoint method_deprecated unknown_method is_bot as_user_not_supported send_on_behalf_not_allowed
     duplicate_channel_not_found duplicate_message_not_found draft_already_deleted draft_already_sent draft_has_conflict
     draft_not_found`,
  ),
  ...remedy(
    'token',
    `invalid_auth not_authed account_inactive token_revoked token_expired app_uninstalled missing_scope
     not_allowed_token_type team_access_not_granted org_login_required two_factor_setup_required enterprise_is_restricted
     accesslimited`,
  ),
};

/** The bot is not in it, or nothing in it changes any more. */
const CHANNEL_GONE = words('not_in_channel channel_not_found is_archived is_inactive');

/** These are said of the channel as a whole: no other post gets through either, until a person has done something. */
const WHOLE_CHANNEL = words(
  `not_in_channel channel_not_found is_archived is_inactive channel_is_limited_access restricted_action
   restricted_action_read_only_channel posting_to_channel_denied ekm_access_denied`,
);

/** Of a reply alone: the same words may stand in the channel itself. */
const THREAD_ALONE = words(
  'restricted_action_non_threadable_channel restricted_action_thread_locked cannot_reply_to_message',
);

/** A person, or the workspace, takes no direct messages of the bot: trying again is of no use. */
const UNREACHABLE = words(
  `user_not_found users_not_found user_disabled user_not_visible user_is_bot cannot_dm_bot invalid_user_combination
   messages_tab_disabled restricted_action not_in_channel channel_not_found is_archived is_inactive`,
);

const SOON_MS = 2_000;
/** Asked too often, and Slack does not say for how long to wait. */
const WAIT_MS = 30_000;
/** No answer of Slack is believed to ask for more; should it still hold then, it says so once more. */
const LONGEST_WAIT_MS = 300_000;
/** A person has to do something first: invite the bot, unarchive, renew the token. */
const PERSON_MS = 30_000;

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function remedy(what: Remedy, ...codes: readonly string[]): Record<string, Remedy> {
  return Object.fromEntries(words(codes.join(' ')).map((code) => [code, what]));
}

function remedyOf(code: string): Remedy {
  return Object.hasOwn(REMEDIES, code) ? (REMEDIES[code] ?? 'tell_people') : 'tell_people';
}

/** Slack's answers and the bot's own waits: why a message was not shown, and when to try again. */
export class TryLater extends Error {
  readonly afterMs: number;
  /** Slack's own code, or one of the bot's; null when there was no answer. */
  readonly code: string | null;
  /** Null: not Slack but the bot itself waits (for its budget, for another process). */
  readonly remedy: Remedy | null;
  /** Slack answered; else nobody knows whether it did what it was asked. */
  readonly answered: boolean;
  readonly rateLimited: boolean;
  constructor(
    message: string,
    afterMs: number,
    more: { code?: string | null; remedy?: Remedy | null; answered?: boolean; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? {} : { cause: more.cause });
    this.name = 'TryLater';
    this.afterMs = afterMs;
    this.code = more.code ?? null;
    this.remedy = more.remedy ?? null;
    this.answered = more.answered ?? true;
    this.rateLimited = more.remedy === 'wait';
  }
}

/** What an error of Slack's client means. Our own pass as they are. */
export function classify(error: unknown): TryLater {
  if (error instanceof TryLater) return error;
  if (error instanceof WebAPIRateLimitedError) return tooOften(error.retryAfter);
  if (error instanceof WebAPIPlatformError) {
    const { error: code, response_metadata: more } = error.data as { error?: unknown; response_metadata?: unknown };
    // A page of a proxy, or an answer without `ok`: not a word of Slack.
    if (typeof code !== 'string' || !/^[a-z][a-z0-9_]{0,79}$/.test(code)) return notAnswered('not an answer of Slack');
    const seconds = (more as { retryAfter?: unknown } | undefined)?.retryAfter;
    return refusedWith(code, typeof seconds === 'number' ? seconds : undefined);
  }
  if (error instanceof WebAPIHTTPError) {
    const { statusCode } = error;
    return notAnswered(`HTTP ${statusCode}`);
  }
  const message = error instanceof Error ? error.message : 'Slack did not answer';
  // The client's words for a 429 whose Retry-After is missing or no number.
  if (message.startsWith('Retry header did not contain')) return tooOften(undefined);
  const way = wayLost(error);
  return notAnswered(tlsTroubleOf(error)?.words ?? (way === null ? message : wayWords(way)), error);
}

/** A refusal by its code, as Slack would answer it. */
export function refusedWith(code: string, retryAfterS?: number): TryLater {
  const remedy = remedyOf(code);
  switch (remedy) {
    case 'wait':
      return tooOften(retryAfterS);
    case 'again':
      return new TryLater(code, SOON_MS, { code, remedy });
    case 'post_new':
    case 'plain_text':
    case 'token':
      return new TryLater(code, PERSON_MS, { code, remedy });
    case 'tell_people':
      return new TryLater(code, Object.hasOwn(REMEDIES, code) ? PERSON_MS : SOON_MS, { code, remedy });
    default:
      return remedy satisfies never;
  }
}

function tooOften(seconds: number | undefined): TryLater {
  const known = seconds !== undefined && Number.isFinite(seconds) && seconds >= 0;
  const afterMs = known ? Math.min(LONGEST_WAIT_MS, seconds * 1_000) : WAIT_MS;
  return new TryLater('rate limited', afterMs, { code: 'ratelimited', remedy: 'wait' });
}

function notAnswered(message: string, cause?: unknown): TryLater {
  return new TryLater(message, SOON_MS, { remedy: 'again', answered: false, cause });
}

/** Can this person not be written to at all? */
export function cannotBeReached({ code, remedy }: TryLater): boolean {
  return remedy === 'plain_text' || (code !== null && UNREACHABLE.includes(code));
}

/**
 * Nothing of this kind gets into this channel any more. An edit and a look are refused with it where the channel is gone;
 * any other refusal of theirs says nothing of new posts, nor the other way round.
 */
export function closesChannel({ code }: TryLater, kind: 'post' | 'edit' | 'look' = 'post'): boolean {
  return code !== null && (kind === 'post' ? WHOLE_CHANNEL : CHANNEL_GONE).includes(code);
}

/** Refused as a reply; the channel itself may take it. */
export function refusesReply({ code }: TryLater): boolean {
  return code !== null && THREAD_ALONE.includes(code);
}

/** What has been tried so far: failures with this one, and since the first of them, ms. */
export interface TriesSoFar {
  readonly failures: number;
  readonly failingMs: number;
}

const PATIENCE_ANSWERED_MS = 30_000;
const PATIENCE_SILENT_MS = 120_000;
/** What nobody knows may pass by itself: tried twice. */
const FAILURES_UNKNOWN = 2;

/**
 * Is a post taken to be refused by its channel, so that people have to be told directly? A known refusal at once (content
 * has then been refused as plain text too), an unknown one the second time; where Slack only says to wait or is out of
 * order, after half a minute, and after two when it does not answer at all. Trying the channel goes on all the same.
 */
export function isRefused(failure: TryLater, tried: TriesSoFar): boolean {
  const { remedy, code, answered } = failure;
  switch (remedy) {
    case null:
    case 'wait':
    case 'again':
      return tried.failingMs >= (answered ? PATIENCE_ANSWERED_MS : PATIENCE_SILENT_MS);
    case 'post_new':
    case 'plain_text':
      return true;
    case 'tell_people':
      return (code !== null && Object.hasOwn(REMEDIES, code)) || tried.failures >= FAILURES_UNKNOWN;
    case 'token':
      return false;
    default:
      return remedy satisfies never;
  }
}

/** Slack is slow, away or asked too often, or the bot waits for its turn: later it may well go through. */
export function mayPass({ remedy }: TryLater): boolean {
  return remedy === null || remedy === 'wait' || remedy === 'again';
}

/**
 * Is a post refused for good, by Slack's own word? Not by one that is slow, away or asked too often: that passes.
 */
export function isRefusedForGood(failure: TryLater, tried: TriesSoFar): boolean {
  const { remedy } = failure;
  if (remedy === 'token') return true;
  return !mayPass(failure) && isRefused(failure, tried);
}

const EARLY_TRIES = 10;
const SLOW_MS = 15_000;
const PERSON_LATER_MS = 120_000;

/** When to try a post again, ms: more patiently the longer it does not go through; an incident is never left for long. */
export function retryAfterMs({ remedy, afterMs, code }: TryLater, { failures }: TriesSoFar, urgent: boolean): number {
  if (remedy === 'again' && !urgent && failures > EARLY_TRIES) return SLOW_MS;
  const unknown = remedy === 'tell_people' && (code === null || !Object.hasOwn(REMEDIES, code));
  if (unknown && failures >= FAILURES_UNKNOWN) return PERSON_MS;
  if (remedy === 'plain_text' && failures > EARLY_TRIES) return PERSON_LATER_MS;
  return afterMs;
}
