import type { SlackState } from '../state.js';
import type { SlackChannel, SlackMessage } from '../types.js';
import type { Json } from '../values.js';
import { type Arguments, page } from './arguments.js';
import { channelFor, requireMember } from './channels.js';
import { messageJson } from './message-json.js';
import type { Method } from './method.js';
import { SlackError } from './slack-error.js';

function channelJson(state: SlackState, channel: SlackChannel): Json {
  if (channel.im !== undefined) {
    return { id: channel.id, created: 1, is_im: true, is_org_shared: false, user: channel.im, is_archived: false };
  }
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    created: 1,
    creator: state.workspace.users[0]?.id ?? '',
    is_channel: !channel.isPrivate,
    is_group: channel.isPrivate ?? false,
    is_im: false,
    is_mpim: false,
    is_private: channel.isPrivate ?? false,
    is_archived: channel.isArchived ?? false,
    is_general: false,
    is_shared: (channel.isExtShared ?? false) || channel.orgTeams !== undefined,
    is_ext_shared: channel.isExtShared ?? false,
    is_org_shared: channel.orgTeams !== undefined,
    shared_team_ids: channel.orgTeams ?? [state.workspace.teamId],
    is_member: channel.members.includes(state.workspace.botUserId),
    num_members: channel.members.length,
    context_team_id: state.workspace.teamId,
  };
}

const info: Method = ({ args, state }) => {
  const { num_members, ...channel } = channelJson(state, channelFor(state, args.required('channel')));
  return { channel: args.flag('include_num_members') ? { ...channel, num_members } : channel };
};

const members: Method = ({ args, state }) => {
  const { items, metadata } = page(channelFor(state, args.required('channel')).members, args, 100);
  return { members: items, response_metadata: metadata };
};

function typeOf(channel: SlackChannel): string {
  if (channel.im !== undefined) return 'im';
  return channel.isPrivate ? 'private_channel' : 'public_channel';
}

function ofTypes(state: SlackState, args: Arguments): SlackChannel[] {
  const types = (args.text('types') ?? 'public_channel').split(',').map((type) => type.trim());
  const known = ['public_channel', 'private_channel', 'im', 'mpim'];
  if (types.some((type) => !known.includes(type))) throw new SlackError('invalid_types');
  return state.workspace.channels
    .filter((channel) => types.includes(typeOf(channel)))
    .filter((channel) => !(args.flag('exclude_archived') && channel.isArchived));
}

const list: Method = ({ args, state }) => {
  const bot = state.workspace.botUserId;
  const shown = ofTypes(state, args).filter((channel) => !channel.isPrivate || channel.members.includes(bot));
  const { items, metadata } = page(shown, args, 100);
  return { channels: items.map((channel) => channelJson(state, channel)), response_metadata: metadata };
};

/** The bot's own channels; Slack does not say `is_member` of them. */
const ownChannels: Method = ({ args, state }) => {
  const bot = state.workspace.botUserId;
  const { items, metadata } = page(
    ofTypes(state, args).filter((channel) => channel.members.includes(bot)),
    args,
    100,
  );
  const channels = items.map((channel) => {
    const { is_member, num_members, ...json } = channelJson(state, channel);
    return json;
  });
  return { channels, response_metadata: metadata };
};

/** A direct message is resumed by its id. */
function reopened(state: SlackState, args: Arguments): Json {
  const channel = channelFor(state, args.required('channel'));
  if (channel.im === undefined) throw new SlackError('method_not_supported_for_channel_type');
  const shown = args.flag('return_im') ? channelJson(state, channel) : { id: channel.id };
  return { no_op: true, already_open: true, channel: shown };
}

const open: Method = ({ args, state }) => {
  if (args.has('channel')) return reopened(state, args);
  const users = (args.text('users') ?? '').split(',').filter((id) => id !== '');
  const [first] = users;
  if (first === undefined) throw new SlackError('users_list_not_supplied');
  if (users.length > 1) throw new SlackError('missing_scope', { needed: 'mpim:write', provided: '' });
  const user = state.user(first);
  if (!user) throw new SlackError('user_not_found');
  if (user.deleted) throw new SlackError('user_disabled');
  if (state.workspace.forbids?.includes('direct_messages')) throw new SlackError('restricted_action');
  const known = state.workspace.channels.some((channel) => channel.im === first);
  const channel = state.directMessage(first);
  const already = known ? { no_op: true, already_open: true } : {};
  return { ...already, channel: args.flag('return_im') ? channelJson(state, channel) : { id: channel.id } };
};

const join: Method = ({ args, state }) => {
  const channel = channelFor(state, args.required('channel'));
  if (channel.im !== undefined) throw new SlackError('method_not_supported_for_channel_type');
  if (channel.isArchived) throw new SlackError('is_archived');
  if (!channel.members.includes(state.workspace.botUserId)) channel.members.push(state.workspace.botUserId);
  return { channel: channelJson(state, channel) };
};

function bound(args: Arguments, name: 'oldest' | 'latest', standard: number): number {
  if (!args.has(name)) return standard;
  const value = Number(args.text(name));
  if (!Number.isFinite(value)) throw new SlackError(`invalid_ts_${name}`);
  return value;
}

function within(messages: SlackMessage[], args: Arguments): SlackMessage[] {
  const oldest = bound(args, 'oldest', 0);
  const latest = bound(args, 'latest', Number.POSITIVE_INFINITY);
  const inclusive = args.flag('inclusive');
  return messages.filter(({ ts }) => {
    const at = Number(ts);
    return (at > oldest && at < latest) || (inclusive && (at === oldest || at === latest));
  });
}

/** What the free plan keeps back. */
const HIDDEN_AFTER_S = 90 * 86_400;

function isHidden({ workspace, now }: SlackState, { ts }: SlackMessage): boolean {
  return (workspace.isFree ?? false) && Number(ts) < now() / 1_000 - HIDDEN_AFTER_S;
}

const history: Method = ({ args, state }) => {
  const channel = channelFor(state, args.required('channel'));
  requireMember(state, channel);
  const posted = state.visible(channel.id).filter((message) => !message.threadTs || message.broadcast);
  const shown = [...posted, ...state.tombstones(channel.id)].sort((one, other) => Number(other.ts) - Number(one.ts));
  const seen = shown.filter((message) => !isHidden(state, message));
  const { items, metadata, more } = page(within(seen, args), args, 100);
  const messages = items.map((message) => messageJson(state, message, args.flag('include_all_metadata')));
  const limited = seen.length < shown.length ? { is_limited: true } : {};
  return more
    ? { messages, has_more: true, response_metadata: metadata, ...limited }
    : { messages, has_more: false, ...limited };
};

const replies: Method = ({ args, state }) => {
  const channel = channelFor(state, args.required('channel'));
  requireMember(state, channel);
  const ts = args.required('ts');
  const rootTs = state.find(channel.id, ts)?.threadTs ?? ts;
  const root = state.find(channel.id, rootTs) ?? state.tombstone(channel.id, rootTs);
  if (!root || root.ephemeralTo !== undefined || isHidden(state, root)) throw new SlackError('thread_not_found');
  const { items, metadata, more } = page(within(state.replies(channel.id, root.ts), args), args, 1_000);
  const json = [root, ...items].map((one) => messageJson(state, one, args.flag('include_all_metadata')));
  return more ? { messages: json, has_more: true, response_metadata: metadata } : { messages: json, has_more: false };
};

export const conversationMethods: Record<string, Method> = {
  'conversations.info': info,
  'conversations.members': members,
  'conversations.list': list,
  'users.conversations': ownChannels,
  'conversations.open': open,
  'conversations.join': join,
  'conversations.history': history,
  'conversations.replies': replies,
};
