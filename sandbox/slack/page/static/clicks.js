import { post, toast } from './api.js';
import { ask } from './confirm.js';
import { enteredIn, isEmpty, valuesOf } from './fields.js';
import { remember } from './hold.js';
import { here } from './route.js';

/** Where an element stands, as the server wants to know it; undefined for what sends nothing. */
function placeOf(element) {
  const article = element.closest('article');
  if (article) {
    const { channel, ts, ephemeral } = article.dataset;
    // A button is told by its value, also while its block gets another id; of choices there may be two in a message.
    const blockId = element.dataset.control ? element.dataset.block : undefined;
    return { channel, ts, blockId, values: valuesOf(article), ...(ephemeral === undefined ? {} : { ephemeral: true }) };
  }
  const blockId = element.dataset.block;
  const form = element.closest('form[data-view]');
  if (form) return { view: 'modal', blockId, values: valuesOf(form) };
  const home = element.closest('.home');
  return home ? { view: 'home', blockId, values: valuesOf(home) } : undefined;
}

async function send(element, value) {
  const place = placeOf(element);
  if (!place) return;
  element.setAttribute('aria-busy', 'true');
  const answer = await post('/page/click', {
    user: here().user,
    ...place,
    actionId: element.dataset.action,
    ...(value === undefined ? {} : { value }),
  });
  element.removeAttribute('aria-busy');
  if (answer && !answer.acked) toast('The app did not respond in time. Try again.');
}

async function press(button) {
  if (button.hasAttribute('aria-busy')) return;
  const { url, confirm, value } = button.dataset;
  const menu = button.closest('details.overflow');
  if (menu) closeMenu(menu);
  if (confirm && !(await ask(JSON.parse(confirm)))) return;
  if (url) open(url, '_blank', 'noopener');
  await send(button, value);
}

/** Takes a choice back that was asked about and not confirmed. */
function undo(control, changed) {
  if (changed.type === 'checkbox' || changed.type === 'radio') changed.checked = !changed.checked;
  else control.value = '';
  remember(control);
}

async function choose(control, changed) {
  const { confirm } = control.dataset;
  const value = enteredIn(control);
  if (isEmpty(value) && !Array.isArray(value)) return;
  if (confirm && !(await ask(JSON.parse(confirm)))) undo(control, changed);
  else await send(control, value);
}

/** The focus goes where the menu was opened. */
function closeMenu(menu) {
  const inside = menu.contains(document.activeElement);
  menu.removeAttribute('open');
  if (inside) menu.querySelector('summary').focus();
}

const openMenus = () => document.querySelectorAll('details.overflow[open]');

/** An input of a modal waits for its submit, unless the app asked to hear of it. */
const waits = (control) => control.closest('.input') && control.dataset.dispatches === undefined;

/** Buttons and menus of messages, Home and modals, wherever they are on the page. */
export function listenForClicks() {
  document.addEventListener('click', (event) => {
    const button = event.target.closest('button[data-action]');
    if (button) void press(button);
    for (const menu of openMenus()) if (!menu.contains(event.target)) menu.removeAttribute('open');
  });
  document.addEventListener('change', (event) => {
    const control = event.target.closest('[data-control]');
    if (control && !waits(control)) void choose(control, event.target);
  });
  document.addEventListener(
    'keydown',
    (event) => {
      const menu = event.key === 'Escape' && event.target.closest('details.overflow[open]');
      if (menu) {
        // The menu only, not the dialog or thread it is in.
        event.preventDefault();
        event.stopPropagation();
        closeMenu(menu);
        return;
      }
      // On a closed menu an arrow would choose, and so act, at once: it opens the menu instead.
      const select = ['ArrowDown', 'ArrowUp'].includes(event.key) && event.target.closest('select[data-control]');
      if (!select || select.multiple || waits(select)) return;
      event.preventDefault();
      select.showPicker();
    },
    { capture: true },
  );
}
