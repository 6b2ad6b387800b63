import { post, toast } from './api.js';
import { ask, valuesOf } from './dialogs.js';
import { here } from './route.js';

/** Where an element stands, as the server wants to know it; undefined for what sends nothing. */
function placeOf(element) {
  const article = element.closest('article');
  if (article) {
    const { channel, ts, ephemeral } = article.dataset;
    return { channel, ts, ...(ephemeral === undefined ? {} : { ephemeral: true }) };
  }
  const form = element.closest('form[data-view]');
  if (form) return { view: 'modal', values: valuesOf(form) };
  return element.closest('.home') ? { view: 'home' } : undefined;
}

async function send(element, value, control) {
  const place = placeOf(element);
  if (!place) return;
  element.setAttribute('aria-busy', 'true');
  const answer = await post('/page/click', {
    user: here().user,
    ...place,
    actionId: element.dataset.action,
    ...(value === undefined ? {} : { value }),
    ...(control ? { control } : {}),
  });
  element.removeAttribute('aria-busy');
  if (answer && !answer.acked) toast('The app did not respond in time. Try again.');
}

async function press(button) {
  if (button.hasAttribute('aria-busy')) return;
  const { url, confirm, value, menu } = button.dataset;
  button.closest('details.overflow')?.removeAttribute('open');
  if (confirm && !(await ask(JSON.parse(confirm)))) return;
  if (url) open(url, '_blank', 'noopener');
  await send(button, value, menu);
}

async function choose(select) {
  const { confirm, control } = select.dataset;
  if (select.value === '' || select.multiple) return;
  const value = select.value;
  if (confirm && !(await ask(JSON.parse(confirm)))) select.value = '';
  else await send(select, value, control);
}

/** Buttons and menus of messages, Home and modals, wherever they are on the page. */
export function listenForClicks() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button[data-action]');
    if (button) void press(button);
    for (const open of document.querySelectorAll('details.overflow[open]')) {
      if (!open.contains(event.target)) open.removeAttribute('open');
    }
  });
  document.addEventListener('change', (event) => {
    const select = event.target.closest('select[data-action]');
    // An input of a modal waits for its submit, unless the app asked to hear of it.
    if (select && (!select.closest('.input') || select.dataset.dispatches !== undefined)) void choose(select);
  });
}
