import type { SlackChannel } from '../types.js';
import { memberOf } from '../values.js';
import type { Call } from './method.js';

function kindOf(channel: SlackChannel | undefined): 'channels' | 'groups' | 'im' {
  if (channel?.im !== undefined) return 'im';
  return channel?.isPrivate ? 'groups' : 'channels';
}

function perChannel(right: 'read' | 'history'): (call: Call) => string[] {
  return ({ args, state }) => [`${kindOf(state.channel(args.text('channel') ?? ''))}:${right}`];
}

const TYPE_SCOPES: Record<string, string> = {
  public_channel: 'channels:read',
  private_channel: 'groups:read',
  im: 'im:read',
  mpim: 'mpim:read',
};

function perListedType({ args }: Call): string[] {
  const types = (args.text('types') ?? 'public_channel').split(',').map((type) => type.trim());
  return types.flatMap((type) => memberOf(TYPE_SCOPES, type) ?? []);
}

/** Every method the local Slack knows, with the bot scopes it needs. */
const NEEDED: Record<string, string[] | ((call: Call) => string[])> = {
  'api.test': [],
  'auth.test': [],
  'auth.teams.list': [],
  'apps.connections.open': [],
  'blocks.validate': [],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.delete': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.getPermalink': [],
  'views.open': [],
  'views.update': [],
  'views.push': [],
  'views.publish': [],
  'users.info': ['users:read'],
  'users.list': ['users:read'],
  'users.lookupByEmail': ['users:read.email'],
  'usergroups.list': ['usergroups:read'],
  'usergroups.users.list': ['usergroups:read'],
  'conversations.info': perChannel('read'),
  'conversations.history': perChannel('history'),
  'conversations.replies': perChannel('history'),
  'conversations.members': perChannel('read'),
  'conversations.open': ['im:write'],
  'conversations.list': perListedType,
  'users.conversations': perListedType,
  'conversations.join': ['channels:join'],
  'reactions.add': ['reactions:write'],
  'team.info': ['team:read'],
};

/** The scopes this call needs and the bot token does not have. */
export function missingScopes(method: string, call: Call): string[] {
  const needed = memberOf(NEEDED, method) ?? [];
  const scopes = typeof needed === 'function' ? needed(call) : needed;
  return scopes.filter((scope) => !call.state.workspace.scopes.includes(scope));
}
