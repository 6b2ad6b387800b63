import { post } from './api.js';
import { morph } from './morph.js';
import { here } from './route.js';

const confirmDialog = document.querySelector('#confirm');
const viewDialog = document.querySelector('#view');

function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Ends the question asked last, if it is still open to an answer. */
let unanswered = () => {};

/** Asks Slack's "are you sure" with the app's own words. Resolves true only for the confirm button. */
export function ask({ title, html, confirm, deny, style }) {
  const body = element('div', { className: 'dialog-body mrkdwn' });
  body.innerHTML = html;
  const no = element('button', { value: 'no', className: 'button', textContent: deny });
  const yes = element('button', { value: 'yes', className: `button ${style}`, textContent: confirm });
  const form = element(
    'form',
    { method: 'dialog' },
    element('header', { className: 'dialog-head' }, element('h2', { id: 'confirm-title', textContent: title })),
    body,
    element('footer', { className: 'dialog-foot' }, no, yes),
  );
  confirmDialog.replaceChildren(form);
  confirmDialog.returnValue = 'no';
  confirmDialog.showModal();
  no.focus();
  // The end of the question before this one may be told late, when this one is already open: it was not a yes.
  unanswered(false);
  return new Promise((resolve) => {
    unanswered = resolve;
    const closed = () => {
      if (confirmDialog.open) return;
      confirmDialog.removeEventListener('close', closed);
      resolve(confirmDialog.returnValue === 'yes');
    };
    confirmDialog.addEventListener('close', closed);
  });
}

/** What a control of a modal holds now: text, the chosen value(s), or null when empty. */
function enteredIn(control) {
  const type = control.dataset.control;
  if (type === 'checkboxes') return [...control.querySelectorAll('input:checked')].map((input) => input.value);
  if (type === 'radio_buttons') return control.querySelector('input:checked')?.value ?? null;
  if (control.multiple) return [...control.selectedOptions].map((option) => option.value);
  return control.value === '' ? null : control.value;
}

/** Everything entered in a modal: block id → action id → value. */
export function valuesOf(form) {
  const values = {};
  for (const control of form.querySelectorAll('.input [data-control]')) {
    const { block, action } = control.dataset;
    values[block] = { ...values[block], [action]: enteredIn(control) };
  }
  return values;
}

const isEmpty = (value) => value === null || (Array.isArray(value) && value.length === 0);

/** Slack's own check before anything is sent: every input that is not optional has a value. */
function complete(form) {
  let first;
  for (const control of form.querySelectorAll('[data-control][required]')) {
    const missing = isEmpty(enteredIn(control));
    const problem = control.closest('.input').querySelector('.field-error');
    problem.hidden = !missing;
    problem.textContent = missing ? 'Please complete this required field.' : '';
    control.setAttribute('aria-invalid', String(missing));
    if (missing) first ??= control;
  }
  first?.focus();
  return !first;
}

async function submit(form) {
  const button = form.querySelector('[type=submit]');
  if (!complete(form) || button.hasAttribute('aria-busy')) return;
  button.setAttribute('aria-busy', 'true');
  await post('/page/submit', { user: here().user, values: valuesOf(form) });
  button.removeAttribute('aria-busy');
}

const close = () => post('/page/close', { user: here().user });

/** Shows the modal on top of this person's stack, or none. */
export function showView(view) {
  if (!view) {
    if (viewDialog.open) viewDialog.close();
    viewDialog.replaceChildren();
    return;
  }
  morph(viewDialog, view.html);
  if (viewDialog.open) return;
  viewDialog.showModal();
  viewDialog.querySelector('[data-control]')?.focus();
}

viewDialog.addEventListener('cancel', (event) => {
  event.preventDefault();
  void close();
});
viewDialog.addEventListener('submit', (event) => {
  event.preventDefault();
  void submit(event.target);
});
viewDialog.addEventListener('click', (event) => {
  if (event.target.closest('[data-close]')) void close();
});
