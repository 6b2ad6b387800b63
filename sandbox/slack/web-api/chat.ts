import type { SlackState } from '../state.js';
import type { SlackMessage } from '../types.js';
import type { Json } from '../values.js';
import { channelFor, destination, requireWritable } from './channels.js';
import { type Content, cutText, readContent, refuseLongText, requireSomething, withBlockIds } from './content.js';
import { messageJson } from './message-json.js';
import type { Call, Method } from './method.js';
import { SlackError } from './slack-error.js';

/** The fields of a new message by the bot, ready to be posted. */
export function botMessage(state: SlackState, channel: string, content: Content): Omit<SlackMessage, 'ts'> {
  const { botUserId, botId } = state.workspace;
  const message: Omit<SlackMessage, 'ts'> = { channel, user: botUserId, botId, text: content.text ?? '' };
  if (content.blocks?.length) message.blocks = withBlockIds(content.blocks, () => state.nextId('b'));
  if (content.attachments?.length) message.attachments = withAttachmentIds(state, content.attachments);
  if (content.metadata) message.metadata = content.metadata;
  return message;
}

function withAttachmentIds(state: SlackState, attachments: Json[]): Json[] {
  return attachments.map((attachment, index) => {
    const own = { id: index + 1, fallback: '[no preview available]', ...attachment };
    const blocks = Array.isArray(attachment.blocks) ? attachment.blocks : undefined;
    return blocks ? { ...own, blocks: withBlockIds(blocks, () => state.nextId('b')) } : own;
  });
}

/** The root of the thread this ts belongs to: a reply to a reply lands in the same thread. */
export function threadRoot(state: SlackState, channel: string, threadTs: string): string {
  if (!/^\d+\.\d{6}$/.test(threadTs)) throw new SlackError('invalid_thread_ts');
  return state.find(channel, threadTs)?.threadTs ?? threadTs;
}

const postMessage: Method = ({ args, state }) => {
  const channel = destination(state, args.required('channel'));
  requireWritable(state, channel);
  const content = readContent(args);
  requireSomething(content);
  const { text, warning } = cutText(content.text ?? '');
  const draft = { ...botMessage(state, channel.id, content), text };
  const threadTs = args.text('thread_ts');
  if (threadTs) draft.threadTs = threadRoot(state, channel.id, threadTs);
  if (threadTs && args.flag('reply_broadcast')) draft.broadcast = true;
  const message = state.post(draft);
  const answer: Json = { channel: channel.id, ts: message.ts, message: messageJson(state, message, true) };
  return warning ? { ...answer, response_metadata: warning } : answer;
};

function ownMessage({ args, state }: Call, refusal: string): SlackMessage {
  const channel = channelFor(state, args.required('channel'));
  const message = state.find(channel.id, args.required('ts'));
  if (!message || message.ephemeralTo !== undefined) throw new SlackError('message_not_found');
  if (message.botId !== state.workspace.botId) throw new SlackError(refusal);
  return message;
}

/** What an edit leaves: a field that was not sent stays, an empty list or object removes it. */
export function edited(
  state: SlackState,
  message: SlackMessage,
  content: Content,
  clearsMetadata = false,
): SlackMessage {
  const { blocks, attachments, metadata, ...rest } = message;
  const draft = botMessage(state, message.channel, content);
  const next: SlackMessage = { ...rest, text: content.text ?? message.text, editedTs: state.nextTs() };
  const nextBlocks = content.blocks ? draft.blocks : blocks;
  const nextAttachments = content.attachments ? draft.attachments : attachments;
  const nextMetadata = clearsMetadata ? undefined : (content.metadata ?? metadata);
  if (nextBlocks) next.blocks = nextBlocks;
  if (nextAttachments) next.attachments = nextAttachments;
  if (nextMetadata) next.metadata = nextMetadata;
  return next;
}

const update: Method = (call) => {
  const { args, state } = call;
  const message = ownMessage(call, 'cant_update_message');
  if (state.channel(message.channel)?.isArchived) throw new SlackError('is_inactive');
  const content = readContent(args);
  requireSomething(content);
  refuseLongText(content);
  if (args.flag('reply_broadcast')) throw new SlackError('no_dual_broadcast_content_update');
  const clearsMetadata = args.has('metadata') && content.metadata === undefined;
  const next = state.keep(edited(state, message, content, clearsMetadata));
  return { channel: next.channel, ts: next.ts, text: next.text, message: messageJson(state, next, true) };
};

const remove: Method = (call) => {
  const message = ownMessage(call, 'cant_delete_message');
  call.state.remove(message);
  return { channel: message.channel, ts: message.ts };
};

const postEphemeral: Method = ({ args, state }) => {
  const channel = channelFor(state, args.required('channel'));
  requireWritable(state, channel);
  const user = args.required('user');
  if (!channel.members.includes(user)) throw new SlackError('user_not_in_channel');
  const content = readContent(args);
  requireSomething(content);
  refuseLongText(content);
  const draft = { ...botMessage(state, channel.id, content), ephemeralTo: user };
  const threadTs = args.text('thread_ts');
  if (threadTs) draft.threadTs = threadRoot(state, channel.id, threadTs);
  return { message_ts: state.post(draft).ts };
};

/** The address of a message; a reply names its thread. */
export function permalink(teamUrl: string, message: SlackMessage): string {
  const thread = message.threadTs ? `?thread_ts=${message.threadTs}&cid=${message.channel}` : '';
  return `${teamUrl}archives/${message.channel}/p${message.ts.replace('.', '')}${thread}`;
}

const getPermalink: Method = ({ args, state, teamUrl }) => {
  const channel = channelFor(state, args.required('channel'));
  const message = state.find(channel.id, args.required('message_ts'));
  if (!message || message.ephemeralTo !== undefined) throw new SlackError('message_not_found');
  return { channel: channel.id, permalink: permalink(teamUrl, message) };
};

export const chatMethods: Record<string, Method> = {
  'chat.postMessage': postMessage,
  'chat.update': update,
  'chat.delete': remove,
  'chat.postEphemeral': postEphemeral,
  'chat.getPermalink': getPermalink,
};
