/**
 * What an error means when the bot reads something from Slack: it does not exist, Slack cannot answer now, or Slack will not answer
 * until a person changes something. The table has every error that Slack documents for these methods.
 */

export type ReadingError =
  | { readonly kind: 'absent' }
  | { readonly kind: 'later' }
  /** `fix`: what a person has to do, as a clause. */
  | { readonly kind: 'never'; readonly fix: string };

/** Methods that only read. */
export type ReadingMethod =
  | 'apps.connections.open'
  | 'auth.test'
  | 'auth.teams.list'
  | 'conversations.info'
  | 'conversations.members'
  | 'usergroups.list'
  | 'usergroups.users.list'
  | 'users.conversations'
  | 'users.info'
  | 'users.lookupByEmail';

/** What was asked for is not there, or not for this bot to see. */
const ABSENT: Partial<Record<ReadingMethod, readonly string[]>> = {
  'conversations.info': ['channel_not_found'],
  'conversations.members': ['channel_not_found'],
  'usergroups.users.list': ['no_such_subteam', 'subteam_not_found'],
  'users.info': ['user_not_found', 'user_not_visible'],
  'users.lookupByEmail': ['users_not_found'],
};

/** Passes by itself. */
const LATER: readonly string[] = [
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'fetch_members_failed',
  'org_login_required',
  'team_added_to_org',
  'connection_limit_reached',
  'invalid_cursor',
];

const TOKEN = 'take the token again from OAuth & Permissions, set it, and restart the bot';
const SCOPES = 'give the app the scopes of manifest.yml and install it again';
const ADMIN = 'ask an administrator of Slack to allow the app';
const WORKSPACE = 'install the app in the one workspace it serves, not for a whole organisation';
const CHANNEL = 'name another channel';
const REPORT = 'this is a mistake in the bot; please report it';

const NEVER: Readonly<Record<string, string>> = {
  plan_upgrade_required: 'this workspace has no user groups; list people by id or e-mail address in the plan',
  ...allOf(['invalid_auth', 'not_authed', 'account_inactive', 'token_revoked', 'token_expired'], TOKEN),
  ...allOf(['not_allowed_token_type', 'invalid_token', 'is_bot', 'user_removed_from_team'], TOKEN),
  ...allOf(['missing_scope', 'no_permission', 'invalid_types'], SCOPES),
  ...allOf(['access_denied', 'restricted_action', 'enterprise_is_restricted', 'ekm_access_denied'], ADMIN),
  ...allOf(['forbidden_team', 'app_not_approved', 'team_access_not_granted', 'feature_not_enabled'], ADMIN),
  accesslimited: 'ask an administrator of Slack to allow the address this machine calls from',
  two_factor_setup_required: 'ask an administrator of Slack to set up two-factor authentication for the app’s owner',
  ...allOf(['missing_argument', 'missing_args', 'invalid_team', 'team_not_found'], WORKSPACE),
  ...allOf(['method_not_supported_for_channel_type', 'channel_type_not_supported'], CHANNEL),
  ...allOf(['channel_is_limited_access', 'not_in_channel'], CHANNEL),
  ...allOf(['unknown_method', 'method_deprecated', 'deprecated_endpoint'], 'use a newer version of the bot'),
  ...allOf(['invalid_arguments', 'invalid_arg_name', 'invalid_array_arg', 'invalid_charset'], REPORT),
  ...allOf(['invalid_form_data', 'invalid_post_type', 'missing_post_type', 'invalid_limit', 'limit_required'], REPORT),
  ...allOf(['too_many_users', 'insecure_request'], REPORT),
};

/** An error nobody has heard of, or one that fits no method, is doubt and no answer. */
export function readingOf(method: ReadingMethod, code: string | null): ReadingError {
  if (code === null || LATER.includes(code)) return { kind: 'later' };
  if (ABSENT[method]?.includes(code)) return { kind: 'absent' };
  const fix = Object.hasOwn(NEVER, code) ? NEVER[code] : undefined;
  return fix === undefined ? { kind: 'later' } : { kind: 'never', fix };
}

/** Does this code say that the bot's token itself is of no use? */
export function isTokenError(code: string): boolean {
  return Object.hasOwn(NEVER, code) && NEVER[code] === TOKEN;
}

function allOf(codes: readonly string[], fix: string): Record<string, string> {
  return Object.fromEntries(codes.map((code) => [code, fix]));
}
