import { type Json, memberOf } from '../values.js';
import { appMethods } from './apps.js';
import { chatMethods } from './chat.js';
import { conversationMethods } from './conversations.js';
import type { Call, Method } from './method.js';
import { peopleMethods } from './people.js';
import { missingScopes } from './scopes.js';
import { SlackError } from './slack-error.js';
import { viewMethods } from './views.js';

const METHODS: Record<string, Method> = {
  ...appMethods,
  ...chatMethods,
  ...conversationMethods,
  ...peopleMethods,
  ...viewMethods,
};

/** Works without any token. */
const OPEN_METHODS = new Set(['api.test', 'blocks.validate']);
/** Take the app-level token and no other. */
const APP_METHODS = new Set(['apps.connections.open']);

export interface Tokens {
  bot: string;
  app: string;
}

function authenticate(name: string, token: string | undefined, tokens: Tokens): void {
  if (OPEN_METHODS.has(name)) return;
  if (!token) throw new SlackError('not_authed');
  if (token !== tokens.bot && token !== tokens.app) throw new SlackError('invalid_auth');
  const right = APP_METHODS.has(name) ? tokens.app : tokens.bot;
  if (token !== right) throw new SlackError('not_allowed_token_type');
}

/** What an app of a whole organisation has to say the workspace of. */
const TEAM_METHODS = new Set([
  'conversations.list',
  'users.conversations',
  'users.list',
  'usergroups.list',
  'usergroups.users.list',
]);

function requireTeam(name: string, { args, state: { workspace } }: Call): void {
  if (!TEAM_METHODS.has(name) || !workspace.enterprise?.isOrgInstall) return;
  const team = args.text('team_id');
  if (!team) throw new SlackError('missing_argument');
  if (team !== workspace.teamId) throw new SlackError('team_access_not_granted');
}

/** Answers one Web API call as Slack would: always an object with `ok`. */
export function answerCall(name: string, token: string | undefined, tokens: Tokens, call: Call): Json {
  try {
    const method = memberOf(METHODS, name);
    if (!method) throw new SlackError('unknown_method', { req_method: name });
    authenticate(name, token, tokens);
    const missing = missingScopes(name, call);
    if (missing.length > 0) {
      throw new SlackError('missing_scope', {
        needed: missing.join(','),
        provided: call.state.workspace.scopes.join(','),
      });
    }
    requireTeam(name, call);
    return { ok: true, ...method(call) };
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    return { ok: false, error: error.code, ...error.details };
  }
}
