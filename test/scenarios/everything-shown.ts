import type { SlackMessage } from '../../sandbox/slack/types.js';
import { isRecord } from '../../sandbox/slack/values.js';
import { mrkdwnIn } from '../slack/readable.js';
import type { Room } from './room.js';

const SHOWING = /^(?:chat\.(?:postMessage|update|postEphemeral)|views\.(?:open|update|publish))$/;

/** Every text Slack was ever given to show, wherever and whenever: posts, edits, answers, forms, the Home tab. */
export function everythingShown(room: Room): string[] {
  const asked = room.slack.calls.filter(({ method }) => SHOWING.test(method)).map(({ args }) => args);
  // Answers to commands and clicks come with the acknowledgement, not by a call.
  const answers = room.slack.workspace.channels.flatMap(({ id }) => onlyForOne(room, id));
  // So does what a form shows that was refused; it stays open.
  const forms = room.slack.workspace.users.flatMap(({ id }) => room.slack.views(id).map(({ view }) => view));
  return [...asked, ...answers, ...forms].flatMap((shown) => {
    const { text, blocks } = (isRecord(shown) && isRecord(shown.view) ? shown.view : shown) as Partial<SlackMessage>;
    return mrkdwnIn({ text: typeof text === 'string' ? text : '', blocks: blocks ?? [] });
  });
}

function onlyForOne(room: Room, channel: string): SlackMessage[] {
  return room.slack.workspace.users.flatMap(({ id }) => room.slack.ephemerals(channel, id));
}

/** What Slack refused, and what it told people instead of an answer. */
export function refusedBySlack(room: Room): string[] {
  const calls = room.slack.calls.filter(({ ok, error }) => !ok && error !== 'message_not_found');
  const instead = room.slack.workspace.channels
    .flatMap(({ id }) => onlyForOne(room, id))
    .filter(({ user }) => user === 'USLACKBOT');
  return [...calls.map(({ method, error }) => `${method}: ${error}`), ...instead.map(({ text }) => text)];
}
