import type { BlockAction, SlashCommand, ViewSubmitAction } from '@slack/bolt';
import { z } from 'zod';
import { canonicalText } from '../rollout/plan/same-value.js';
import { sha256 } from '../store/chain.js';
import { writable } from './grammar.js';
import type { FormAnswers, Request } from './request.js';
import { type ButtonValue, readValue } from './value.js';

/** What a form remembers of the place it was opened from. Not secret and no proof: who submits is judged again. */
const Place = z.strictObject({
  value: z.unknown(),
  channel: z.string(),
  thread: z.string().nullable(),
  message: z.string(),
});

/** Who asks, and until when it may raise. */
type Asked = Pick<Request, 'actor' | 'tooLate'>;

export function slashRequest(command: SlashCommand, args: string, asked: Asked): Request {
  return {
    surface: 'slash',
    key: `slash:${command.trigger_id}`,
    filled: null,
    ...asked,
    channelId: command.channel_id,
    threadTs: null,
    args,
    button: null,
    messageTs: '',
  };
}

/** Null: not one of our buttons, or one of another version. */
export function clickRequest(body: BlockAction, value: string, asked: Asked): Request | null {
  const button = readValue(value);
  if (!button) return null;
  return {
    surface: 'click',
    key: `click:${body.trigger_id ?? `${body.user.id}:${body.actions[0]?.action_ts}`}`,
    filled: null,
    args: '',
    button,
    ...asked,
    channelId: body.channel?.id ?? '',
    threadTs: threadOf(body),
    messageTs: body.message?.ts ?? '',
  };
}

/** A click in a thread is answered there: on a phone the channel behind it cannot be seen. */
export function threadOf(body: BlockAction): string | null {
  const threadTs: unknown = body.message?.thread_ts ?? body.container.thread_ts;
  return typeof threadTs === 'string' ? threadTs : null;
}

/** One message is one delivery, whatever event ids Slack tells of it by: sent again, or edited. */
export function mentionRequest(
  event: { channel: string; ts: string; thread_ts?: string },
  args: string,
  asked: Asked,
): Request {
  return {
    surface: 'mention',
    key: `said:${event.channel}:${event.ts}`,
    filled: null,
    args,
    button: null,
    ...asked,
    channelId: event.channel,
    threadTs: event.thread_ts ?? null,
    messageTs: event.ts,
  };
}

/** Null: the form is not one of ours, or one of another version. */
export function formRequest({ view }: ViewSubmitAction, asked: Asked): Request | null {
  const place = placeOf(view.private_metadata);
  if (!place) return null;
  // Slack leaves out what a form without fields has none of.
  const filled = filledIn(view.state?.values ?? {});
  return {
    surface: 'form',
    key: keyOf(view.id, view.hash, filled),
    args: '',
    filled,
    ...asked,
    channelId: place.channel,
    threadTs: place.thread,
    button: place.button,
    messageTs: place.message,
  };
}

/** The words belong to it: a form sent back for a missing field is submitted again as the same view. */
function keyOf(id: string, hash: string, filled: FormAnswers): string {
  return `form:${id}:${hash}:${sha256(canonicalText(filled))}`;
}

export function metadataOf(request: Request, button: ButtonValue | null): string {
  const { channelId: channel, threadTs: thread, messageTs: message } = request;
  return JSON.stringify({ value: button, channel, thread, message });
}

function placeOf(metadata: string) {
  try {
    const { value, ...place } = Place.parse(JSON.parse(metadata));
    const button = value === null ? null : readValue(value);
    return button === null && value !== null ? null : { ...place, button };
  } catch {
    return null;
  }
}

function filledIn(values: ViewSubmitAction['view']['state']['values']): FormAnswers {
  const text = (name: string): string => {
    const field = values[name]?.[name];
    const typed: unknown = field?.value ?? field?.selected_option?.value;
    return typeof typed === 'string' ? writable(typed).trim() : '';
  };
  return {
    reason: text('reason'),
    to: text('to'),
    duration: text('duration'),
    plan: text('plan'),
    note: text('note'),
    number: text('number'),
    items: chosen(values),
    how: text('how') === 'blocked' ? 'blocked' : 'failed',
    next: text('next'),
    after: text('after'),
  };
}

/** What was ticked in every group of checkboxes, or chosen from a list of items. */
function chosen(values: ViewSubmitAction['view']['state']['values']): string[] {
  return Object.entries(values).flatMap(([block, fields]) => {
    if (!block.startsWith('items')) return [];
    return Object.values(fields).flatMap(({ selected_option, selected_options }) => {
      const all = [...(selected_options ?? []), ...(selected_option ? [selected_option] : [])];
      return all.flatMap(({ value }) => value ?? []);
    });
  });
}
