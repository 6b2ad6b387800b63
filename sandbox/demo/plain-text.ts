/** A Slack message as lines of plain text: what a person reads on the page, without a browser. */
import { fillDate } from '../slack/page/dates.js';
import { withEmoji } from '../slack/page/emoji.js';
import { decodeEntities } from '../slack/page/html.js';
import { isRecord, type Json, recordsIn, stringIn, textIn } from '../slack/page/json.js';
import { displayName } from '../slack/page/scene.js';
import type { SlackMessage, Workspace } from '../slack/types.js';
import type { Paint } from './paint.js';

export interface Reading {
  readonly workspace: Workspace;
  readonly paint: Paint;
  /** Whose clock times are shown by. */
  readonly tz: string;
}

export function linesOf(message: SlackMessage, reading: Reading): string[] {
  const blocks = message.blocks ?? [];
  const texts = blocks.length === 0 ? [plain(message.text, reading)] : blocks.map((block) => blockText(block, reading));
  return texts.filter((text) => text !== '').flatMap((text) => text.split('\n'));
}

function blockText(block: Json, reading: Reading): string {
  switch (block.type) {
    case 'header':
      return reading.paint.bold(textIn(block, 'text'));
    case 'section': {
      const fields = recordsIn(block, 'fields').map((field) => objectText(field, reading));
      return [objectText(block.text, reading), ...fields].filter((text) => text !== '').join('\n');
    }
    case 'context':
      return recordsIn(block, 'elements')
        .map((element) => objectText(element, reading))
        .join(' ')
        .split('\n')
        .map(reading.paint.dim)
        .join('\n');
    case 'actions':
      return recordsIn(block, 'elements')
        .map((button) => `[ ${textIn(button, 'text')} ]`)
        .join(' ');
    default:
      return '';
  }
}

function objectText(object: unknown, reading: Reading): string {
  if (!isRecord(object)) return '';
  const text = stringIn(object, 'text') ?? '';
  return object.type === 'mrkdwn' ? plain(text, reading) : withEmoji(text);
}

/** mrkdwn without its marks; code is left as it is but for the fence around it. */
function plain(mrkdwn: string, reading: Reading): string {
  return mrkdwn
    .split(/(```[\s\S]*?```)/)
    .map((part) => {
      if (part.startsWith('```')) return decodeEntities(part.slice(3, -3).trim());
      const marked = part
        .replace(/<([^<>\n]+)>/g, (_, body: string) => angle(body, reading))
        .replace(/(?<![\w*])\*([^*\n]+)\*(?![\w*])/g, (_, words: string) => reading.paint.bold(words))
        .replace(/(?<![\w_])_([^_\n]+)_(?![\w_])/g, '$1')
        .replace(/`([^`\n]+)`/g, '$1');
      return withEmoji(decodeEntities(marked));
    })
    .join('');
}

/** `<…>`: a person, a group, a channel, a time or a link. */
function angle(body: string, { workspace, tz }: Reading): string {
  const [command = '', label] = body.split('|', 2);
  if (command.startsWith('@')) return `@${displayName(command.slice(1), workspace)}`;
  if (command.startsWith('#')) return `#${workspace.channels.find(({ id }) => id === command.slice(1))?.name ?? label}`;
  if (command.startsWith('!subteam^')) {
    const id = command.slice('!subteam^'.length);
    return `@${workspace.groups.find((group) => group.id === id)?.handle ?? id}`;
  }
  if (command.startsWith('!date^')) {
    const [, seconds = '', format = ''] = command.split('^');
    return fillDate(format, { at: Number(seconds) * 1_000, now: Date.now(), tz }) ?? label ?? '';
  }
  return label ?? command;
}
