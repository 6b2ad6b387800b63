import type { SlackState } from '../state.js';
import type { SlackMessage } from '../types.js';
import type { Json } from '../values.js';
import { messageJson } from '../web-api/message-json.js';
import { homeView, viewJson } from '../web-api/views.js';
import { channelNamed, type Desk, requirePresent, userNamed, VERIFICATION_TOKEN } from './desk.js';
import { typedText } from './typed-text.js';

function deliverEvent(desk: Desk, event: Json, isShared: boolean): Promise<unknown> {
  const { teamId, appId, botUserId, enterprise } = desk.state.workspace;
  const enterpriseId = enterprise?.id ?? null;
  const authorization = {
    enterprise_id: enterpriseId,
    team_id: teamId,
    user_id: botUserId,
    is_bot: true,
    is_enterprise_install: enterprise?.isOrgInstall ?? false,
  };
  const body: Json = {
    token: VERIFICATION_TOKEN,
    team_id: teamId,
    context_team_id: teamId,
    context_enterprise_id: enterpriseId,
    api_app_id: appId,
    event,
    type: 'event_callback',
    event_id: desk.state.nextId('Ev'),
    event_time: Math.floor(desk.state.now() / 1000),
    authorizations: [authorization],
    is_ext_shared_channel: isShared,
    event_context: desk.state.nextId('4-'),
  };
  return desk.deliverer.deliver({ kind: 'events_api', body });
}

function messageEvent(state: SlackState, type: string, message: SlackMessage): Json {
  const user = userNamed(state, message.user);
  const event: Json = {
    type,
    user: user.id,
    text: message.text,
    ts: message.ts,
    channel: message.channel,
    event_ts: message.ts,
    team: user.teamId,
  };
  if (message.threadTs) event.thread_ts = message.threadTs;
  if (user.teamId !== state.workspace.teamId)
    Object.assign(event, { user_team: user.teamId, source_team: user.teamId });
  return event;
}

/** Writes a message as a person and tells the bot if it is meant. */
export async function say(
  desk: Desk,
  input: { user: string; channel: string; text: string; threadTs?: string },
): Promise<SlackMessage> {
  const { state } = desk;
  const user = userNamed(state, input.user);
  const channel = channelNamed(state, input.channel);
  requirePresent(channel, user);
  const draft = { channel: channel.id, user: user.id, text: typedText(state, 'message', input.text) };
  const message = state.post(input.threadTs ? { ...draft, threadTs: input.threadTs } : draft);
  if (channel.im !== undefined) {
    await deliverEvent(desk, { ...messageEvent(state, 'message', message), channel_type: 'im' }, false);
  } else if (mentionsBot(state, message)) {
    await deliverEvent(desk, messageEvent(state, 'app_mention', message), channel.isExtShared ?? false);
  }
  return message;
}

/** A mention is one wherever it stands: in a sentence, a quote, or code that was pasted. */
function mentionsBot(state: SlackState, { channel, text }: SlackMessage): boolean {
  const { botUserId } = state.workspace;
  return new RegExp(`<@${botUserId}[|>]`).test(text) && channelNamed(state, channel).members.includes(botUserId);
}

/**
 * Rewrites a person's message. Slack tells of it once more: as an `app_mention` of the same `ts` with `edited` and an event
 * id of its own, in a direct message as `message_changed`.
 */
export async function editMessage(
  desk: Desk,
  input: { channel: string; ts: string; text: string },
): Promise<SlackMessage> {
  const { state } = desk;
  const before = state.find(input.channel, input.ts);
  if (!before || before.botId) throw new Error(`no message of a person ${input.ts} in ${input.channel}`);
  const user = userNamed(state, before.user);
  const channel = channelNamed(state, before.channel);
  const message = state.keep({
    ...before,
    text: typedText(state, 'message', input.text),
    editedTs: state.nextTs(),
  });
  if (channel.im !== undefined) {
    const changed: Json = {
      type: 'message',
      subtype: 'message_changed',
      hidden: true,
      channel: message.channel,
      channel_type: 'im',
      ts: state.nextTs(),
      event_ts: message.editedTs,
      message: messageJson(state, message),
      previous_message: messageJson(state, before),
    };
    await deliverEvent(desk, changed, false);
  } else if (mentionsBot(state, message)) {
    const edited = { user: user.id, ts: message.editedTs };
    await deliverEvent(desk, { ...messageEvent(state, 'app_mention', message), edited }, channel.isExtShared ?? false);
  }
  return message;
}

/** Opens the bot's Home tab as a person. */
export async function openHome(desk: Desk, userId: string): Promise<void> {
  const { state } = desk;
  const user = userNamed(state, userId);
  const home = homeView(state, user.id);
  const event: Json = {
    type: 'app_home_opened',
    user: user.id,
    channel: state.directMessage(user.id).id,
    tab: 'home',
    event_ts: state.nextTs(),
  };
  if (home) event.view = viewJson(state, home, [home]);
  await deliverEvent(desk, event, false);
}

/** Any other event, as it is. */
export async function tell(desk: Desk, event: Json): Promise<void> {
  await deliverEvent(desk, { event_ts: desk.state.nextTs(), ...event }, false);
}
