import type { Deliverer } from '../deliver.js';
import type { Origin, ResponseUrls } from '../response-urls.js';
import type { SlackState } from '../state.js';
import type { Triggers } from '../triggers.js';
import type { Enterprise, SlackChannel, SlackUser } from '../types.js';
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

/** Is somebody in this workspace, with a home here or elsewhere on the grid? */
export function isHere({ workspace }: SlackState, { isStranger, teams, teamId }: SlackUser): boolean {
  return !isStranger && (teams ?? [teamId]).includes(workspace.teamId);
}

/** The organisation as payloads to this app name it to somebody. */
export function enterpriseOf({ workspace }: SlackState, user: SlackUser): Enterprise | undefined {
  return user.isStranger ? undefined : workspace.enterprise;
}

/** The fields that every interactive payload starts with. */
export function interactive({ state }: Desk, type: string, user: SlackUser): Json {
  const enterprise = enterpriseOf(state, user);
  return {
    type,
    user: actor(user),
    api_app_id: state.workspace.appId,
    token: VERIFICATION_TOKEN,
    team: teamJson(state, type, user),
    enterprise: enterprise ? { id: enterprise.id, name: enterprise.name } : null,
    is_enterprise_install: enterprise?.isOrgInstall ?? false,
  };
}

/**
 * A click is said to happen in the workspace of the app, a form in that of who fills it in (its `view` names the app's). An app
 * of the whole organisation gets no workspace.
 */
function teamJson(state: SlackState, type: string, user: SlackUser): Json | null {
  const { teamId, teamName } = state.workspace;
  const enterprise = enterpriseOf(state, user);
  if (enterprise?.isOrgInstall) return null;
  const org = enterprise ? { enterprise_id: enterprise.id, enterprise_name: enterprise.name } : {};
  const isElsewhere = type.startsWith('view_') && !isHere(state, user);
  return isElsewhere
    ? { id: user.teamId, domain: user.teamId.toLowerCase(), ...org }
    : { id: teamId, domain: teamName.toLowerCase(), ...org };
}

/** Slack's own words to one person, where they are looking. */
export function tell(state: SlackState, { channel, user, threadTs }: Omit<Origin, 'kind'>, text: string): void {
  const draft = { channel, user: 'USLACKBOT', text, ephemeralTo: user };
  state.post(threadTs ? { ...draft, threadTs } : draft);
}
