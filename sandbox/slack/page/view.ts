import type { OpenView } from '../types.js';
import { renderBlocks } from './blocks.js';
import { attributes, escapeHtml } from './html.js';
import { type Json, recordsIn, stringIn, textIn } from './json.js';
import type { Scene } from './scene.js';

/** What is wrong with the form as a whole: errors that stand at no input of it. */
function formErrors(view: Json, errors: Record<string, string>): string {
  const inputs = recordsIn(view, 'blocks').filter((block) => stringIn(block, 'type') === 'input');
  const placed = new Set(inputs.map((block) => stringIn(block, 'block_id')));
  return Object.entries(errors)
    .filter(([blockId]) => !placed.has(blockId))
    .map(([, text]) => `<p class="form-error" role="alert">${escapeHtml(text)}</p>`)
    .join('');
}

/** A modal as a form: title, blocks, buttons. The page puts it into a dialog. */
export function renderView(open: OpenView, scene: Scene): string {
  const { view, errors = {} } = open;
  const submit = textIn(view, 'submit');
  const close = textIn(view, 'close') || (submit ? 'Cancel' : 'Close');
  const blocks = renderBlocks(recordsIn(view, 'blocks'), scene, errors);
  const submitButton = submit
    ? `<button type="submit" class="button primary" data-key="submit">${escapeHtml(submit)}</button>`
    : '';
  return `<form${attributes({ 'data-key': open.id, 'data-view': open.id, novalidate: true })}>
<header class="dialog-head"><h2 id="view-title">${escapeHtml(textIn(view, 'title') || 'Untitled')}</h2></header>
<div class="dialog-body">${blocks}</div>
${formErrors(view, errors)}<footer class="dialog-foot"><button type="button" class="button" data-key="close" data-close>${escapeHtml(close)}</button>${submitButton}</footer>
</form>`;
}

/** A Home tab, or what Slack shows before the app has published one. */
export function renderHome(view: Json | undefined, scene: Scene): string {
  if (!view || stringIn(view, 'type') !== 'home')
    return '<p class="empty">The app has not published a Home tab for you yet.</p>';
  return renderBlocks(recordsIn(view, 'blocks'), scene);
}
