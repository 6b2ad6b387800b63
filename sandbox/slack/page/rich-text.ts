import { withEmoji } from './emoji.js';
import { escapeHtml, link } from './html.js';
import { type Json, numberIn, recordIn, recordsIn, stringIn } from './json.js';
import { angleToken } from './mrkdwn.js';
import type { Scene } from './scene.js';

const STYLE_TAGS = { bold: 'strong', italic: 'em', strike: 's', code: 'code' };

function styled(html: string, element: Json): string {
  const style = recordIn(element, 'style');
  return Object.entries(STYLE_TAGS).reduce(
    (inside, [name, tag]) => (style?.[name] === true ? `<${tag}>${inside}</${tag}>` : inside),
    html,
  );
}

function leaf(element: Json, scene: Scene): string {
  const text = stringIn(element, 'text') ?? '';
  switch (stringIn(element, 'type')) {
    case 'text':
      return escapeHtml(text).replaceAll('\n', '<br>');
    case 'link':
      return link(stringIn(element, 'url') ?? '', escapeHtml(text || stringIn(element, 'url') || ''));
    case 'emoji':
      return withEmoji(`:${escapeHtml(stringIn(element, 'name') ?? '')}:`);
    case 'user':
      return angleToken(`@${stringIn(element, 'user_id') ?? ''}`, scene);
    case 'usergroup':
      return angleToken(`!subteam^${stringIn(element, 'usergroup_id') ?? ''}`, scene);
    case 'channel':
      return angleToken(`#${stringIn(element, 'channel_id') ?? ''}`, scene);
    case 'broadcast':
      return angleToken(`!${stringIn(element, 'range') ?? ''}`, scene);
    case 'date':
      return angleToken(
        `!date^${numberIn(element, 'timestamp') ?? ''}^${stringIn(element, 'format') ?? ''}|${stringIn(element, 'fallback') ?? ''}`,
        scene,
      );
    default:
      return escapeHtml(text);
  }
}

function inline(part: Json, scene: Scene): string {
  return recordsIn(part, 'elements')
    .map((element) => styled(leaf(element, scene), element))
    .join('');
}

/** A `rich_text` block: sections, lists, quotes and preformatted text. */
export function renderRichText(block: Json, scene: Scene): string {
  return recordsIn(block, 'elements')
    .map((part) => {
      const type = stringIn(part, 'type');
      if (type === 'rich_text_preformatted') return `<pre>${inline(part, scene)}</pre>`;
      if (type === 'rich_text_quote') return `<blockquote>${inline(part, scene)}</blockquote>`;
      if (type !== 'rich_text_list') return `<p>${inline(part, scene)}</p>`;
      const tag = stringIn(part, 'style') === 'ordered' ? 'ol' : 'ul';
      const items = recordsIn(part, 'elements').map((item) => `<li>${inline(item, scene)}</li>`);
      return `<${tag}>${items.join('')}</${tag}>`;
    })
    .join('');
}
