import { memberOf } from '../values.js';
import { attributes, escapeHtml } from './html.js';
import { isRecord, type Json, recordsIn, stringIn } from './json.js';
import { renderRichText } from './rich-text.js';
import type { Scene } from './scene.js';

const ALIGNED: Record<string, string> = { center: 'to-centre', right: 'to-right' };

/** How each column stands; a column nobody spoke about stands at the left and does not wrap. */
function columnsOf(block: Json): string[] {
  const settings = Array.isArray(block.column_settings) ? block.column_settings : [];
  return settings.map((setting) => {
    const aligned = memberOf(ALIGNED, stringIn(setting, 'align') ?? '') ?? '';
    const wraps = isRecord(setting) && setting.is_wrapped === true ? 'wraps' : '';
    return [aligned, wraps].filter(Boolean).join(' ');
  });
}

function cellHtml(cell: Json, scene: Scene): string {
  if (stringIn(cell, 'type') === 'rich_text') return renderRichText(cell, scene);
  return escapeHtml(String(cell.text ?? cell.value ?? '')).replaceAll('\n', '<br>');
}

/** A table in a box of its own: on a small screen it is the box that scrolls, by hand and by keyboard, not the page. */
export function renderTable(block: Json, scene: Scene): string {
  const columns = columnsOf(block);
  const rows = Array.isArray(block.rows) ? block.rows : [];
  const html = rows.map((row, index) => {
    const [tag, scope] = index === 0 ? ['th', 'col'] : ['td', undefined];
    const cells = recordsIn({ row }, 'row').map(
      (cell, column) =>
        `<${tag}${attributes({ scope, class: columns[column] || undefined })}>${cellHtml(cell, scene)}</${tag}>`,
    );
    return `<tr>${cells.join('')}</tr>`;
  });
  const box = attributes({ class: 'table', tabindex: '0', role: 'group', 'aria-label': 'Table' });
  return `<div${box}><table>${html.join('')}</table></div>`;
}
