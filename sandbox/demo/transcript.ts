/** A Slack conversation as a page of text: who said what when, replies under what they reply to. */
import { clock } from '../slack/page/dates.js';
import { displayName } from '../slack/page/scene.js';
import type { LocalSlack, SlackMessage } from '../slack/types.js';
import type { Paint } from './paint.js';
import { linesOf, type Reading } from './plain-text.js';

/** What a person did that leaves no message: typing a command, clicking a button. */
export interface Deed {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly user: string;
  /** `types /rollout start new-checkout`. */
  readonly words: string;
  /** The thread it happened in. */
  readonly threadTs?: string | undefined;
}

interface Entry {
  readonly at: number;
  readonly heading: string;
  readonly lines: readonly string[];
  /** The message others reply to, by its ts. */
  readonly ts?: string;
  readonly threadTs?: string | undefined;
}

export interface TranscriptOptions {
  readonly paint: Paint;
  readonly tz: string;
  /** Columns of the page. */
  readonly width: number;
}

const INDENT = '    ';
const TIME = '            ';

/** Everything in the channel as it stands now, edits in place, answers only one person saw among it. */
export function transcript(
  slack: LocalSlack,
  channel: string,
  deeds: readonly Deed[],
  options: TranscriptOptions,
): string {
  const { paint, width } = options;
  const reading = { workspace: slack.workspace, paint, tz: options.tz };
  const entries = [
    ...slack.messages(channel).map((message) => messageEntry(message, reading)),
    ...slack.workspace.users.flatMap(({ id }) =>
      slack.ephemerals(channel, id).map((message) => messageEntry(message, reading)),
    ),
    ...deeds.map((deed) => deedEntry(deed, reading)),
  ].sort((a, b) => a.at - b.at);
  const isReply = ({ threadTs, ts }: Entry) => threadTs !== undefined && threadTs !== ts;
  return entries
    .filter((entry) => !isReply(entry))
    .flatMap((root) => [
      ...print(root, '', width),
      ...entries
        .filter((entry) => root.ts !== undefined && isReply(entry) && entry.threadTs === root.ts)
        .flatMap((reply) => print(reply, INDENT, width)),
    ])
    .join('\n');
}

function messageEntry(message: SlackMessage, reading: Reading): Entry {
  const at = Number(message.ts) * 1_000;
  const { paint, workspace, tz } = reading;
  const notes = [
    ...(message.editedTs ? ['edited'] : []),
    ...(message.broadcast ? ['also sent to the channel'] : []),
    ...(message.ephemeralTo ? [`only ${displayName(message.ephemeralTo, workspace)} sees this`] : []),
  ];
  const author = paint.name(displayName(message.user, workspace));
  const heading = `${seconds(at, tz)}  ${author}${notes.length > 0 ? paint.dim(`  (${notes.join(', ')})`) : ''}`;
  return { at, heading, lines: linesOf(message, reading), ts: message.ts, threadTs: message.threadTs };
}

function deedEntry(deed: Deed, { paint, workspace, tz }: Reading): Entry {
  const heading = `${seconds(deed.at, tz)}  ${paint.name(displayName(deed.user, workspace))} ${deed.words}`;
  return { at: deed.at, heading, lines: [], threadTs: deed.threadTs };
}

function seconds(at: number, tz: string): string {
  return `${clock(at, tz)}:${String(Math.floor(at / 1_000) % 60).padStart(2, '0')}`;
}

function print({ heading, lines }: Entry, indent: string, width: number): string[] {
  const room = width - indent.length - TIME.length;
  return [
    `${indent}${heading}`,
    ...lines.flatMap((line) => wrap(line, room)).map((line) => `${indent}${TIME}${line}`),
    '',
  ];
}

/** Breaks between words; colours count for nothing. A word longer than the line stays whole. */
function wrap(line: string, width: number): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what a colour begins with.
  const size = (text: string) => text.replace(/\u001b\[\d+m/g, '').length;
  const made: string[] = [];
  let current = '';
  for (const word of line.split(/(?<=[^ ]) (?=[^ ])/)) {
    if (current !== '' && size(current) + 1 + size(word) > width) {
      made.push(current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...made, current];
}
