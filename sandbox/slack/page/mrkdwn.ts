import { fillDate } from './dates.js';
import { withEmoji } from './emoji.js';
import { attributes, decodeEntities, escapeHtml, link } from './html.js';
import { displayName, type Scene } from './scene.js';

const FENCE = /(```[\s\S]+?```)/;

// What an emphasis may hold: no newline, and neither half of a code span nor half of a <…> token.
const inner = (mark: string) => `(?!\\s)(?:[^${mark}\\n<\`]|<[^<>\\n]*>|\`[^\`\\n]*\`)+(?<!\\s)`;
const emphasis = (name: string, mark: string) =>
  `(?<![A-Za-z0-9${mark}])${mark}(?<${name}>${inner(mark)})${mark}(?![A-Za-z0-9${mark}])`;
const TOKEN = new RegExp(
  [
    '`(?<code>[^`\\n]+)`',
    '<(?<angle>[^<>\\n]+)>',
    '(?<url>https?:\\/\\/[^\\s<>|`*]*[^\\s<>|`*.,;:!?)])',
    emphasis('bold', '\\*'),
    emphasis('italic', '_'),
    emphasis('strike', '~'),
  ].join('|'),
  'g',
);
const ANGLE = /<([^<>\n]+)>/g;

/** Text as typed by the app: Slack's three entities shown as their characters, everything else as it is. */
const plain = (text: string) => escapeHtml(decodeEntities(text));

function mention(labelHtml: string, kind: 'user' | 'ping' | 'channel', mine = false): string {
  return `<span${attributes({ class: mine ? `mention ${kind} mine` : `mention ${kind}` })}>${labelHtml}</span>`;
}

function groupMention(id: string, label: string | undefined, scene: Scene): string {
  const group = scene.workspace.groups.find((each) => each.id === id);
  const name = group ? `@${group.handle}` : (label ?? `@${id}`);
  return mention(escapeHtml(name), 'user', group?.users.includes(scene.viewer.id));
}

/** `!date^seconds^format^link`, in the viewer's zone. */
function dateText(command: string, label: string | undefined, scene: Scene): string {
  const [, seconds = '', format = '', address] = command.split('^');
  const at = Number(seconds) * 1000;
  const filled =
    Number.isFinite(at) && seconds !== ''
      ? fillDate(decodeEntities(format), { at, now: scene.now, tz: scene.viewer.tz })
      : undefined;
  const shown = filled === undefined ? plain(label ?? '') : escapeHtml(filled);
  if (filled === undefined) return shown;
  const html = `<time${attributes({ datetime: new Date(at).toISOString(), title: decodeEntities(label ?? '') })}>${shown}</time>`;
  return address ? link(decodeEntities(address), html) : html;
}

function specialToken(command: string, label: string | undefined, scene: Scene): string {
  const name = command.slice(1);
  if (['here', 'channel', 'everyone'].includes(name)) return mention(`@${name}`, 'ping', true);
  if (name.startsWith('subteam^'))
    return groupMention(name.slice('subteam^'.length), label && decodeEntities(label), scene);
  if (name.startsWith('date^')) return dateText(command, label, scene);
  return plain(label ?? `<${command}>`);
}

/** One `<…>` of mrkdwn: a mention, a channel, a date or a link. */
export function angleToken(body: string, scene: Scene): string {
  const bar = body.indexOf('|');
  const command = bar < 0 ? body : body.slice(0, bar);
  const label = bar < 0 ? undefined : body.slice(bar + 1);
  if (command.startsWith('@')) {
    const id = command.slice(1);
    return mention(`@${escapeHtml(displayName(id, scene.workspace))}`, 'user', id === scene.viewer.id);
  }
  if (command.startsWith('#')) {
    const channel = scene.workspace.channels.find((each) => each.id === command.slice(1));
    return mention(`#${plain(channel?.name ?? label ?? command.slice(1))}`, 'channel');
  }
  if (command.startsWith('!')) return specialToken(command, label, scene);
  const address = decodeEntities(command);
  return link(address, label ? withEmoji(plain(label)) : escapeHtml(address.replace(/^mailto:/i, '')));
}

// Mentions work inside code too, as in Slack: a hole in an app's escaping must be seen, also there.
function code(text: string, scene: Scene): string {
  let html = '';
  let from = 0;
  for (const match of text.matchAll(ANGLE)) {
    html += plain(text.slice(from, match.index)) + angleToken(match[1] ?? '', scene);
    from = match.index + match[0].length;
  }
  return html + plain(text.slice(from));
}

function tokenHtml(groups: Record<string, string | undefined>, scene: Scene): string {
  if (groups.code !== undefined) return `<code>${code(groups.code, scene)}</code>`;
  if (groups.angle !== undefined) return angleToken(groups.angle, scene);
  if (groups.url !== undefined) return link(decodeEntities(groups.url), plain(groups.url));
  if (groups.bold !== undefined) return `<strong>${inline(groups.bold, scene)}</strong>`;
  if (groups.italic !== undefined) return `<em>${inline(groups.italic, scene)}</em>`;
  return `<s>${inline(groups.strike ?? '', scene)}</s>`;
}

function inline(text: string, scene: Scene): string {
  let html = '';
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    html += withEmoji(plain(text.slice(from, match.index))) + tokenHtml(match.groups ?? {}, scene);
    from = match.index + match[0].length;
  }
  return html + withEmoji(plain(text.slice(from)));
}

function paragraphs(text: string, scene: Scene): string {
  const parts: { quoted: boolean; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    const quote = /^(?:>|&gt;) ?(.*)$/.exec(line);
    const last = parts.at(-1);
    const shown = inline(quote?.[1] ?? line, scene);
    if (last && last.quoted === Boolean(quote)) last.lines.push(shown);
    else parts.push({ quoted: Boolean(quote), lines: [shown] });
  }
  return parts
    .map(({ quoted, lines }) => (quoted ? `<blockquote>${lines.join('<br>')}</blockquote>` : lines.join('<br>')))
    .join('');
}

/** Slack's mrkdwn as HTML. Everything that is not formatting is escaped. */
export function renderMrkdwn(text: string, scene: Scene): string {
  return text
    .split(FENCE)
    .map((part, index) => {
      if (index % 2 === 1) return `<pre>${code(part.slice(3, -3).replace(/^\n|\n$/g, ''), scene)}</pre>`;
      const trimmed = part.replace(index > 0 ? /^\n/ : /^$/, '').replace(/\n$/, '');
      return trimmed === '' ? '' : paragraphs(trimmed, scene);
    })
    .join('');
}
