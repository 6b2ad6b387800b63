import type { SlackState } from '../state.js';
import type { SlackMessage } from '../types.js';
import type { Json } from '../values.js';
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
  const { botUserId } = state.workspace;
  if (channel.im !== undefined) {
    await deliverEvent(desk, { ...messageEvent(state, 'message', message), channel_type: 'im' }, false);
  } else if (new RegExp(`<@${botUserId}[|>]`).test(message.text) && channel.members.includes(botUserId)) {
    await deliverEvent(desk, messageEvent(state, 'app_mention', message), channel.isExtShared ?? false);
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
