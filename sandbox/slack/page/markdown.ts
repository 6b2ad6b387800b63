import { withEmoji } from './emoji.js';
import { escapeHtml, link } from './html.js';

const TOKEN =
  /`(?<code>[^`\n]+)`|\[(?<label>[^\]\n]+)\]\((?<address>[^()\s]+)\)|\*\*(?<bold>[^*\n]+)\*\*|~~(?<strike>[^~\n]+)~~|(?<![\w*])\*(?<italic>[^*\n]+)\*(?![\w*])|(?<![\w_])_(?<under>[^_\n]+)_(?![\w_])/g;

function token(groups: Record<string, string | undefined>): string {
  if (groups.code !== undefined) return `<code>${escapeHtml(groups.code)}</code>`;
  if (groups.label !== undefined) return link(groups.address ?? '', inline(groups.label));
  if (groups.bold !== undefined) return `<strong>${inline(groups.bold)}</strong>`;
  if (groups.strike !== undefined) return `<s>${inline(groups.strike)}</s>`;
  return `<em>${inline(groups.italic ?? groups.under ?? '')}</em>`;
}

function inline(text: string): string {
  let html = '';
  let from = 0;
  for (const match of text.matchAll(TOKEN)) {
    html += withEmoji(escapeHtml(text.slice(from, match.index))) + token(match.groups ?? {});
    from = match.index + match[0].length;
  }
  return html + withEmoji(escapeHtml(text.slice(from)));
}

/** Which kind of line, and its text without the mark. */
function classify(line: string): { tag: 'p' | 'ul' | 'ol' | 'blockquote' | 'h4' | 'hr'; text: string } {
  const heading = /^#{1,6}\s+(.*)$/.exec(line);
  if (heading) return { tag: 'h4', text: heading[1] ?? '' };
  if (/^\s*(-{3,}|\*{3,})\s*$/.test(line)) return { tag: 'hr', text: '' };
  const item = /^\s*[-*+]\s+(.*)$/.exec(line);
  if (item) return { tag: 'ul', text: item[1] ?? '' };
  const numbered = /^\s*\d+[.)]\s+(.*)$/.exec(line);
  if (numbered) return { tag: 'ol', text: numbered[1] ?? '' };
  const quote = /^>\s?(.*)$/.exec(line);
  return quote ? { tag: 'blockquote', text: quote[1] ?? '' } : { tag: 'p', text: line };
}

function lines(text: string): string {
  const groups: { tag: string; items: string[] }[] = [];
  for (const line of text.split('\n')) {
    const { tag, text: content } = classify(line);
    const last = groups.at(-1);
    if (tag === 'p' && content.trim() === '') groups.push({ tag: 'gap', items: [] });
    else if (last && last.tag === tag && tag !== 'h4' && tag !== 'hr') last.items.push(inline(content));
    else groups.push({ tag, items: [inline(content)] });
  }
  return groups.map(({ tag, items }) => group(tag, items)).join('');
}

function group(tag: string, items: string[]): string {
  if (tag === 'gap') return '';
  if (tag === 'hr') return '<hr>';
  const inside = tag === 'ul' || tag === 'ol' ? items.map((item) => `<li>${item}</li>`).join('') : items.join('<br>');
  return `<${tag}>${inside}</${tag}>`;
}

/** A `markdown` block (standard Markdown, not mrkdwn): headings, emphasis, lists, quotes, code and links. */
export function renderMarkdown(text: string): string {
  return text
    .split(/(```[\s\S]*?```)/)
    .map((part, index) => {
      if (index % 2 === 0) return lines(part);
      return `<pre>${escapeHtml(part.slice(3, -3).replace(/^\w*\n|\n$/g, ''))}</pre>`;
    })
    .join('');
}
