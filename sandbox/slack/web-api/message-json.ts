import type { SlackState } from '../state.js';
import type { SlackMessage } from '../types.js';
import type { Json } from '../values.js';

/** A message as the Web API and payloads show it. Metadata only on request, as in Slack. */
export function messageJson(state: SlackState, message: SlackMessage, withMetadata = false): Json {
  const { workspace } = state;
  const json: Json = {
    type: 'message',
    user: message.user,
    ts: message.ts,
    text: message.text,
    team: state.user(message.user)?.teamId ?? workspace.teamId,
  };
  if (message.botId) Object.assign(json, { bot_id: message.botId, app_id: workspace.appId });
  if (message.blocks) json.blocks = message.blocks;
  if (message.attachments) json.attachments = message.attachments;
  if (message.editedTs) json.edited = { user: message.user, ts: message.editedTs };
  if (message.threadTs) Object.assign(json, { thread_ts: message.threadTs, ...parentOf(state, message) });
  if (message.broadcast) json.subtype = 'thread_broadcast';
  if (message.deleted) Object.assign(json, { subtype: 'tombstone', hidden: true });
  if (withMetadata && message.metadata) json.metadata = message.metadata;
  return { ...json, ...threadSummary(state, message) };
}

function parentOf(state: SlackState, message: SlackMessage): Json {
  const parent = state.find(message.channel, message.threadTs ?? '');
  return parent ? { parent_user_id: parent.user } : {};
}

function threadSummary(state: SlackState, message: SlackMessage): Json {
  if (message.threadTs) return {};
  const replies = state.replies(message.channel, message.ts);
  const latest = replies.at(-1);
  if (!latest) return {};
  return {
    thread_ts: message.ts,
    reply_count: replies.length,
    reply_users: [...new Set(replies.map((reply) => reply.user))],
    latest_reply: latest.ts,
  };
}
