import type { Parcel } from '../deliver.js';
import type { Origin } from '../response-urls.js';
import type { SlackState } from '../state.js';
import type { Choice, Delivery, SlackMessage } from '../types.js';
import { everyBlockIn, type Json, recordsIn, textIn } from '../values.js';
import { messageJson } from '../web-api/message-json.js';
import {
  channelName,
  channelNamed,
  type Desk,
  interactive,
  requirePresent,
  responseUrl,
  tell,
  userNamed,
} from './desk.js';
import { actionEntry, findElement } from './elements.js';
import { type Entered, stateValues, withChoice } from './view-values.js';

export interface Click {
  user: string;
  channel: string;
  ts: string;
  actionId: string;
  blockId?: string;
  value?: Choice;
  ephemeral?: boolean;
  /** What the other fields of the message hold by now, for this person. */
  values?: Entered;
}

/** Everything a message shows, attachments included. */
function blocksOf(message: SlackMessage): Json[] {
  const attached = (message.attachments ?? []).flatMap((attachment) => recordsIn(attachment.blocks));
  return [...(message.blocks ?? []), ...attached];
}

function messageOf(state: SlackState, { channel, ts, user, ephemeral }: Click): SlackMessage | undefined {
  const message = state.find(channel, ts);
  const wanted = ephemeral ? user : undefined;
  return message?.ephemeralTo === wanted ? message : undefined;
}

/** Presses a button, or chooses in a menu, that is there. Throws when it is not. */
export async function click(desk: Desk, input: Click): Promise<Delivery> {
  const message = messageOf(desk.state, input);
  const found = message && findElement(everyBlockIn(blocksOf(message)), input);
  if (!found) throw new Error(`message ${input.ts} in ${input.channel} shows no button ${input.actionId}`);
  requirePresent(channelNamed(desk.state, input.channel), userNamed(desk.state, input.user));
  const values = stateValues(blocksOf(message), withChoice(input.values ?? {}, found, input.value));
  return send(desk, input, actionEntry(found, input.value, desk.state.nextTs()), { state: { values } });
}

/** Delivers a click on a button that may be gone. `body` overrides any field of the payload. */
export async function clickRaw(desk: Desk, input: Click & { body?: Json }): Promise<Delivery> {
  const message = desk.state.find(input.channel, input.ts);
  const found = message && findElement(everyBlockIn(blocksOf(message)), { ...input, value: input.value ?? '' });
  const text = { type: 'plain_text', text: textIn(input.value), emoji: true };
  const action: Json = {
    type: 'button',
    action_id: input.actionId,
    block_id: found?.blockId ?? 'gone',
    text: found?.element.text ?? text,
    value: input.value,
    action_ts: desk.state.nextTs(),
  };
  const values = message ? stateValues(blocksOf(message), input.values ?? {}) : {};
  return send(desk, input, action, { state: { values }, ...input.body });
}

function send(desk: Desk, input: Click, action: Json, more: Json): Promise<Delivery> {
  const { state } = desk;
  const user = userNamed(state, input.user);
  const message = state.find(input.channel, input.ts);
  const origin: Origin = { kind: 'actions', user: user.id, channel: input.channel, ts: input.ts };
  if (message?.threadTs) origin.threadTs = message.threadTs;
  const body: Json = {
    ...interactive(desk, 'block_actions', user),
    ...place(state, input, message),
    trigger_id: desk.triggers.issue(user.id),
    response_url: responseUrl(desk, origin),
    actions: [action],
    ...more,
  };
  const parcel: Parcel = { kind: 'interactive', body };
  return desk.deliverer.deliver(parcel, ({ acked }) => {
    if (!acked) tell(state, origin, 'This app did not respond to your click. Try again.');
  });
}

/** Where the button was. Slack leaves the message out when only this person sees it. */
function place(state: SlackState, input: Click, message: SlackMessage | undefined): Json {
  const channel = channelNamed(state, input.channel);
  const isEphemeral = message?.ephemeralTo !== undefined;
  const container: Json = {
    type: 'message',
    message_ts: input.ts,
    channel_id: channel.id,
    is_ephemeral: isEphemeral,
  };
  if (message?.threadTs) container.thread_ts = message.threadTs;
  const shown = { id: channel.id, name: channelName(channel) };
  if (!message || isEphemeral) return { container, channel: shown };
  return { container, channel: shown, message: messageJson(state, message) };
}
