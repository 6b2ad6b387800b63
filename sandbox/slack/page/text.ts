import { withEmoji } from './emoji.js';
import { escapeHtml } from './html.js';
import { recordIn, stringIn } from './json.js';
import { renderMrkdwn } from './mrkdwn.js';
import type { Scene } from './scene.js';

/** A text object as HTML: mrkdwn formatted, plain_text literal (an app that escapes it is seen to). */
export function renderText(object: unknown, scene: Scene): string {
  const text = stringIn(object, 'text') ?? '';
  if (stringIn(object, 'type') === 'mrkdwn') return renderMrkdwn(text, scene);
  return withEmoji(escapeHtml(text)).replaceAll('\n', '<br>');
}

export function renderTextIn(value: unknown, field: string, scene: Scene): string {
  const object = recordIn(value, field);
  return object ? renderText(object, scene) : '';
}
