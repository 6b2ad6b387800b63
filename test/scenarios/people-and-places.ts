import { expect } from 'vitest';
import type { SlackMessage } from '../../sandbox/slack/types.js';
import { SHOP } from '../support/scene.js';
import { slotOf } from './on-stage.js';
import type { Room } from './room.js';

export const BOT = 'U0ROLLOUT';

/** Slack is asked once a minute who is who and who is where; that minute is over. */
export async function askedAnew(room: Room): Promise<void> {
  await room.db.query(`update people set fetched_at = fetched_at - interval '61 seconds'`);
}

/** These people leave #shop. */
export function leave(room: Room, ...users: readonly string[]): void {
  const { members } = room.slack.channelByName('shop');
  room.slack.setChannel(SHOP, { members: members.filter((id) => !users.includes(id)) });
}

/** These people are in #shop again. */
export function enter(room: Room, ...users: readonly string[]): void {
  room.slack.setChannel(SHOP, { members: [...room.slack.channelByName('shop').members, ...users] });
}

/** All the bot wrote to this person directly, as one text. */
export function directWords(room: Room, user: string): string {
  return room
    .direct(user)
    .map((message) => room.read(message))
    .join('\n\n');
}

/** The one direct message of this slot; throws when there is none or more than one. */
export function directSlot(room: Room, user: string, slot: string): SlackMessage {
  const [found, ...more] = room.direct(user).filter((message) => slotOf(message).startsWith(slot));
  expect(more, directWords(room, user)).toEqual([]);
  if (!found) throw new Error(`nothing of ${slot} was written to ${user}\n${directWords(room, user)}`);
  return found;
}

/** The action ids of a message's buttons. */
export function buttonsOf(message: SlackMessage | undefined): string[] {
  return [...JSON.stringify(message?.blocks ?? []).matchAll(/"action_id":"([a-z_]+)"/g)].map((match) => match[1] ?? '');
}

/** What was posted anywhere, as it read at that moment: what calls people. Edits call nobody. */
export function asPosted(room: Room): { channel: string; slot: string; words: string }[] {
  return room.slack.calls
    .filter(({ method, ok }) => method === 'chat.postMessage' && ok)
    .map(({ args }) => {
      const { metadata, channel, blocks } = args as unknown as SlackMessage;
      return { channel, slot: String(metadata?.event_payload.slot), words: JSON.stringify(blocks) };
    });
}

/** Sets the clock, before anything began. */
export async function itIs(room: Room, at: string): Promise<void> {
  await room.db.query('update test_clock set at = $1', [at]);
}
