import type { Outcome, Parcel } from '../deliver.js';
import type { Origin } from '../response-urls.js';
import type { SlackState } from '../state.js';
import type { Delivery } from '../types.js';
import { isRecord, type Json } from '../values.js';
import { SlackError } from '../web-api/slack-error.js';
import { applyAnswer } from './answer.js';
import {
  channelName,
  channelNamed,
  type Desk,
  enterpriseOf,
  isHere,
  requirePresent,
  responseUrl,
  tell,
  userNamed,
  VERIFICATION_TOKEN,
} from './desk.js';
import { typedText } from './typed-text.js';

export interface TypedCommand {
  user: string;
  channel: string;
  text: string;
  command?: string;
}

/** Types a slash command and shows its answer. */
export async function command(desk: Desk, typed: TypedCommand): Promise<Delivery> {
  const { state } = desk;
  const user = userNamed(state, typed.user);
  const channel = channelNamed(state, typed.channel);
  requirePresent(channel, user);
  const name = typed.command ?? '/rollout';
  const enterprise = enterpriseOf(state, user);
  const origin: Origin = { kind: 'commands', user: user.id, channel: channel.id };
  const body: Json = {
    token: VERIFICATION_TOKEN,
    team_id: isHere(state, user) ? state.workspace.teamId : user.teamId,
    team_domain: state.workspace.teamName.toLowerCase(),
    channel_id: channel.id,
    channel_name: channelName(channel),
    user_id: user.id,
    user_name: user.name,
    command: name,
    text: typedText(state, 'command', typed.text.trim()),
    api_app_id: state.workspace.appId,
    is_enterprise_install: String(enterprise?.isOrgInstall ?? false),
    ...(enterprise && { enterprise_id: enterprise.id, enterprise_name: enterprise.name }),
    response_url: responseUrl(desk, origin),
    trigger_id: desk.triggers.issue(user.id),
  };
  const parcel: Parcel = { kind: 'slash_commands', body };
  return desk.deliverer.deliver(parcel, (outcome) => showAnswer(state, origin, name, outcome));
}

function showAnswer(state: SlackState, origin: Origin, name: string, { acked, response }: Outcome): void {
  if (!acked) {
    tell(state, origin, `${name} failed because the app did not respond`);
    return;
  }
  const body = typeof response === 'string' ? { text: response } : response;
  if (!isRecord(body)) return;
  try {
    applyAnswer(state, origin, body);
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    tell(state, origin, `${name} failed with the error "${error.code}"`);
  }
}
