import type { Deliverer } from '../deliver.js';
import type { Origin, ResponseUrls } from '../response-urls.js';
import type { SlackState } from '../state.js';
import type { Triggers } from '../triggers.js';
import type { SlackChannel, SlackUser } from '../types.js';
import type { Json } from '../values.js';

/** What every kind of delivery is made from. */
export interface Desk {
  state: SlackState;
  triggers: Triggers;
  responseUrls: ResponseUrls;
  deliverer: Deliverer;
  /** Base address of this Slack, without a trailing slash. */
  url: string;
}

/** The old verification token: sent by Slack to this day, trusted by nobody. */
export const VERIFICATION_TOKEN = 'local-verification-token';

export function userNamed(state: SlackState, id: string): SlackUser {
  const user = state.user(id);
  if (!user) throw new Error(`no user ${id} in this workspace`);
  return user;
}

export function channelNamed(state: SlackState, id: string): SlackChannel {
  const channel = state.channel(id);
  if (!channel) throw new Error(`no channel ${id} in this workspace`);
  return channel;
}

/** People act only where they are. */
export function requirePresent(channel: SlackChannel, user: SlackUser): void {
  if (!channel.members.includes(user.id)) throw new Error(`${user.name} is not in #${channel.name}`);
}

export function responseUrl(desk: Desk, origin: Origin): string {
  return desk.url + desk.responseUrls.issue(origin);
}

/** What payloads call a direct message or a private channel. */
export function channelName(channel: SlackChannel): string {
  if (channel.im !== undefined) return 'directmessage';
  return channel.isPrivate ? 'privategroup' : channel.name;
}

function actor(user: SlackUser): Json {
  return { id: user.id, username: user.name, name: user.name, team_id: user.teamId };
}

/** The fields that every interactive payload starts with. */
export function interactive(desk: Desk, type: string, user: SlackUser): Json {
  const { teamId, teamName, appId } = desk.state.workspace;
  return {
    type,
    user: actor(user),
    api_app_id: appId,
    token: VERIFICATION_TOKEN,
    team: { id: teamId, domain: teamName.toLowerCase() },
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** Slack's own words to one person, where they are looking. */
export function tell(state: SlackState, { channel, user, threadTs }: Omit<Origin, 'kind'>, text: string): void {
  const draft = { channel, user: 'USLACKBOT', text, ephemeralTo: user };
  state.post(threadTs ? { ...draft, threadTs } : draft);
}
