import { renderField } from './fields.js';
import { attributes, escapeHtml, safeLink } from './html.js';
import { actionAttributes, label, type Place } from './identity.js';
import { isRecord, type Json, recordIn, recordsIn, stringIn, textIn } from './json.js';
import type { Scene } from './scene.js';

function button(element: Json, place: Place, scene: Scene): string {
  const style = stringIn(element, 'style');
  const kind = style === 'primary' || style === 'danger' ? ` ${style}` : '';
  const url = safeLink(stringIn(element, 'url') ?? '');
  const own = attributes({ type: 'button', class: `button${kind}`, 'data-url': url });
  const text = label(textIn(element, 'text'));
  return `<button${own}${actionAttributes(element, place, scene, stringIn(element, 'value'))}>${text}</button>`;
}

function overflow(element: Json, place: Place, scene: Scene): string {
  const entries = recordsIn(element, 'options').map((option) => {
    const value = stringIn(option, 'value') ?? '';
    const own = attributes({
      type: 'button',
      class: 'menu-item',
      'data-menu': 'overflow',
      'data-url': safeLink(stringIn(option, 'url') ?? ''),
    });
    return `<button${own}${actionAttributes(element, place, scene, value)}>${label(textIn(option, 'text'))}</button>`;
  });
  const key = attributes({ 'data-key': `overflow/${stringIn(element, 'action_id') ?? ''}` });
  return `<details class="overflow"${key}><summary class="button" aria-label="More actions">⋯</summary><div class="menu">${entries.join('')}</div></details>`;
}

/** An image that only ever loads from http(s); elsewhere its description is shown. */
export function renderImage(element: Json, className: string): string {
  const source = stringIn(element, 'image_url') ?? stringIn(recordIn(element, 'slack_file'), 'url') ?? '';
  const alt = stringIn(element, 'alt_text') ?? '';
  if (!/^https?:\/\//i.test(source)) return `<span class="missing-image">${escapeHtml(alt || 'image')}</span>`;
  return `<img${attributes({ class: className, src: source, alt, loading: 'lazy' })}>`;
}

/** Any interactive element of Block Kit; an unknown one says so instead of vanishing. */
export function renderElement(element: unknown, place: Place, scene: Scene): string {
  if (!isRecord(element)) return '';
  const type = stringIn(element, 'type') ?? '';
  if (type === 'button') return button(element, place, scene);
  if (type === 'overflow') return overflow(element, place, scene);
  if (type === 'image') return renderImage(element, 'thumbnail');
  const field = renderField(element, place, scene);
  if (field !== undefined) return field;
  return `<span class="unsupported">[${escapeHtml(type || 'element')} is not shown here]</span>`;
}
