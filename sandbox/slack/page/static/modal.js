import { post } from './api.js';
import { enteredIn, focusOn, isEmpty, valuesOf } from './fields.js';
import { holdFocus, trapTab } from './focus.js';
import { restore } from './hold.js';
import { morph } from './morph.js';
import { here } from './route.js';

const dialog = document.querySelector('#view');
const body = document.querySelector('#view-body');

let shownId;
let giveFocusBack = () => {};
/** The answer to a submission is under way: its errors take the focus, once. */
let awaitsErrors = false;

function problemWith(control) {
  const value = enteredIn(control);
  if (isEmpty(value)) return control.dataset.required === undefined ? '' : 'Please complete this required field.';
  const { minLength = -1 } = control;
  return value.length < minLength ? `Please write at least ${minLength} characters; these are ${value.length}.` : '';
}

/** Slack's own check before anything is sent; it also takes away what the last submission complained of. */
function complete(form) {
  let first;
  for (const control of form.querySelectorAll('.input [data-control]')) {
    const text = problemWith(control);
    const input = control.closest('.input');
    const problem = input.querySelector('.field-error');
    problem.hidden = !text;
    problem.textContent = text;
    input.classList.toggle('invalid', Boolean(text));
    control.setAttribute('aria-invalid', String(Boolean(text)));
    if (text) first ??= control;
  }
  if (first) focusOn(first);
  return !first;
}

function focusFirstError() {
  const control = awaitsErrors ? body.querySelector('.invalid [data-control]') : undefined;
  if (!control) return;
  awaitsErrors = false;
  focusOn(control);
}

async function submit(form) {
  const button = form.querySelector('[type=submit]');
  if (!button || button.hasAttribute('aria-busy') || !complete(form)) return;
  button.setAttribute('aria-busy', 'true');
  awaitsErrors = true;
  await post('/page/submit', { user: here().user, values: valuesOf(form) });
  button.removeAttribute('aria-busy');
  focusFirstError();
}

const close = () => post('/page/close', { user: here().user });

function focusFirst() {
  const control = body.querySelector('[autofocus]') ?? body.querySelector('[data-control]');
  if (control) focusOn(control);
  else body.querySelector('button')?.focus();
}

function hide() {
  if (shownId === undefined) return;
  shownId = undefined;
  awaitsErrors = false;
  dialog.close();
  body.replaceChildren();
  giveFocusBack();
}

/** Shows the modal on top of this person's stack, or none. */
export function showModal(view) {
  if (!view) return hide();
  const isAnother = view.id !== shownId;
  if (isAnother && shownId === undefined) giveFocusBack = holdFocus();
  shownId = view.id;
  morph(body, view.html);
  restore(body);
  if (!dialog.open) dialog.showModal();
  if (isAnother) {
    awaitsErrors = false;
    focusFirst();
  } else {
    focusFirstError();
    if (!dialog.contains(document.activeElement)) focusFirst();
  }
}

trapTab(dialog);
dialog.addEventListener('cancel', (event) => {
  event.preventDefault();
  void close();
});
// A browser may close a dialog over our head; the view is then closed as well.
dialog.addEventListener('close', () => {
  if (shownId !== undefined) void close();
});
dialog.addEventListener('submit', (event) => {
  event.preventDefault();
  void submit(event.target);
});
dialog.addEventListener('click', (event) => {
  if (event.target.closest('[data-close]')) void close();
});
