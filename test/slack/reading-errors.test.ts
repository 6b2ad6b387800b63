import { describe, expect, test } from 'vitest';
import { type ReadingError, type ReadingMethod, readingOf } from '../../src/slack/connection/reading-errors.js';

/** What Slack documents for every one of its methods. */
const COMMON: Readonly<Record<string, ReadingError['kind']>> = {
  access_denied: 'never',
  accesslimited: 'never',
  account_inactive: 'never',
  deprecated_endpoint: 'never',
  ekm_access_denied: 'never',
  enterprise_is_restricted: 'never',
  fatal_error: 'later',
  invalid_arg_name: 'never',
  invalid_array_arg: 'never',
  invalid_charset: 'never',
  invalid_form_data: 'never',
  invalid_post_type: 'never',
  is_bot: 'never',
  method_deprecated: 'never',
  missing_post_type: 'never',
  missing_scope: 'never',
  no_permission: 'never',
  not_allowed_token_type: 'never',
  not_authed: 'never',
  org_login_required: 'later',
  ratelimited: 'later',
  request_timeout: 'later',
  service_unavailable: 'later',
  team_access_not_granted: 'never',
  team_added_to_org: 'later',
  token_expired: 'never',
  token_revoked: 'never',
  two_factor_setup_required: 'never',
  unknown_method: 'never',
  internal_error: 'later',
  invalid_auth: 'never',
};

/** What it documents for one of them beside those. */
const OWN: Readonly<Record<ReadingMethod, Readonly<Record<string, ReadingError['kind']>>>> = {
  'apps.connections.open': { forbidden_team: 'never', insecure_request: 'never', missing_args: 'never' },
  'auth.test': {},
  'auth.teams.list': { invalid_cursor: 'later' },
  'conversations.info': { channel_not_found: 'absent', channel_is_limited_access: 'never' },
  'conversations.members': {
    channel_not_found: 'absent',
    fetch_members_failed: 'later',
    invalid_cursor: 'later',
    invalid_limit: 'never',
    method_not_supported_for_channel_type: 'never',
  },
  'usergroups.list': {
    plan_upgrade_required: 'never',
    invalid_cursor: 'later',
    invalid_team: 'never',
    missing_argument: 'never',
    users_not_found: 'later',
  },
  'usergroups.users.list': { plan_upgrade_required: 'never', no_such_subteam: 'absent', invalid_cursor: 'later' },
  'users.conversations': {
    invalid_cursor: 'later',
    invalid_limit: 'never',
    invalid_types: 'never',
    missing_argument: 'never',
    method_not_supported_for_channel_type: 'never',
  },
  'users.info': { user_not_found: 'absent', user_not_visible: 'absent', too_many_users: 'never' },
  'users.lookupByEmail': { users_not_found: 'absent' },
};

describe.each(Object.entries(OWN) as [ReadingMethod, (typeof OWN)[ReadingMethod]][])('%s', (method, own) => {
  test.each(Object.entries({ ...COMMON, ...own }))('%s: %s', (code, kind) => {
    expect(readingOf(method, code).kind).toBe(kind);
  });

  test.each(['a_code_of_tomorrow', 'toString', '', null])('a code nobody has heard of (%s) is doubt', (code) => {
    expect(readingOf(method, code)).toEqual({ kind: 'later' });
  });
});

test.each<[ReadingMethod, string]>([
  ['users.lookupByEmail', 'user_not_found'],
  ['users.info', 'channel_not_found'],
  ['usergroups.list', 'no_such_subteam'],
])('%s: a %s that answers another question is doubt, not an answer', (method, code) => {
  expect(readingOf(method, code).kind).toBe('later');
});

test.each<[string, RegExp]>([
  ['plan_upgrade_required', /no user groups.*by id or e-mail/],
  ['missing_scope', /scopes of manifest\.yml/],
  ['not_allowed_token_type', /token/],
  ['ekm_access_denied', /administrator/],
  ['accesslimited', /address this machine calls from/],
  ['missing_argument', /not for a whole organisation/],
  ['unknown_method', /newer version/],
])('of %s a person is told what to do', (code, words) => {
  expect(readingOf('usergroups.list', code)).toEqual({ kind: 'never', fix: expect.stringMatching(words) });
});
