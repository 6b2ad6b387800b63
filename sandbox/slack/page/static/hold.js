// What a person has in the fields and menus of messages, Home and forms. As in Slack it belongs to one block id and one
// action id: an edit with the same two leaves it, whatever the app says is chosen at first; another block id begins again.
import { begin, enter, enteredIn } from './fields.js';
import { here } from './route.js';

// By person, by what holds the fields, by block and action.
const held = new Map();

const HOLDERS = 'article, form[data-view], .home';

/** The same message in the channel and in its thread is one holder. */
function nameOf(holder) {
  const { user } = here();
  const { channel, ts, view } = holder.dataset;
  return JSON.stringify(ts ? [user, channel, ts] : [user, view ?? 'home']);
}

const keyOf = ({ dataset: { block, action } }) => `${block}/${action}`;

/** Keeps what is in a field now, also where the same message is shown a second time. */
export function remember(control) {
  const holder = control.closest(HOLDERS);
  if (!holder) return;
  const name = nameOf(holder);
  const values = held.get(name) ?? new Map();
  held.set(name, values.set(keyOf(control), enteredIn(control)));
  for (const other of document.querySelectorAll(HOLDERS)) {
    if (other !== holder && nameOf(other) === name) restoreIn(other);
  }
}

function restoreIn(holder) {
  const before = held.get(nameOf(holder));
  const now = new Map();
  for (const control of holder.querySelectorAll('[data-control]')) {
    const key = keyOf(control);
    if (before?.has(key)) enter(control, before.get(key));
    else begin(control);
    now.set(key, enteredIn(control));
  }
  if (now.size > 0) held.set(nameOf(holder), now);
  else held.delete(nameOf(holder));
}

/** After an update: puts back what a person had, and lets fields that are new begin with what the app says. */
export function restore(root) {
  for (const holder of root.querySelectorAll(HOLDERS)) restoreIn(holder);
}

/** Follows every field on the page. */
export function listenToFields() {
  for (const type of ['input', 'change']) {
    document.addEventListener(type, (event) => {
      const control = event.target.closest('[data-control]');
      if (control) remember(control);
    });
  }
}
