import { withEmoji } from './emoji.js';
import { attributes, escapeHtml } from './html.js';
import { type Json, recordIn, stringIn, textIn } from './json.js';
import type { Scene } from './scene.js';
import { renderTextIn } from './text.js';

/** Where an element stands: its block, and what an input block says of it. */
export interface Place {
  blockId: string;
  /** Only in an input block. */
  input?: {
    /** The ids of its label, and of its error and its hint. */
    labelledBy: string;
    describedBy: string;
    required: boolean;
    invalid: boolean;
    /** The app hears of each change at once. */
    dispatches: boolean;
  };
}

/** Plain text of an element, emoji included. */
export const label = (text: string) => escapeHtml(withEmoji(text));

/** What `data-confirm` carries; the page opens it as a dialog. */
function confirmJson(element: Json, scene: Scene): string | undefined {
  const confirm = recordIn(element, 'confirm');
  if (!confirm) return undefined;
  return JSON.stringify({
    title: textIn(confirm, 'title') || 'Are you sure?',
    html: renderTextIn(confirm, 'text', scene),
    confirm: textIn(confirm, 'confirm') || 'Yes',
    deny: textIn(confirm, 'deny') || 'No',
    style: stringIn(confirm, 'style') === 'danger' ? 'danger' : 'primary',
  });
}

/**
 * What the page needs to send an action. `data-key` tells the live update which element is which; it leaves the block
 * id out, which Slack changes with every edit when the app gives none. In an input block it stays: what was typed
 * belongs to one block and one action.
 */
export function actionAttributes(element: Json, place: Place, scene: Scene, value?: string): string {
  const actionId = stringIn(element, 'action_id') ?? '';
  const key = `${actionId}/${value ?? ''}`;
  return attributes({
    'data-key': place.input ? `${place.blockId}/${key}` : key,
    'data-block': place.blockId,
    'data-action': actionId,
    'data-value': value,
    'data-confirm': confirmJson(element, scene),
    'aria-label': stringIn(element, 'accessibility_label'),
  });
}
