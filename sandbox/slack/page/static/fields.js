// The fields and menus of messages and views: what they hold, and putting something in.

const GROUPS = ['checkboxes', 'radio_buttons'];
const isGroup = (control) => GROUPS.includes(control.dataset.control);
const isMoment = (control) => control.dataset.control === 'datetimepicker';

/** Seconds since 1970 as a field of this machine's clock shows them. */
function onTheClock(seconds) {
  const at = new Date(seconds * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** What a control holds now: text, the chosen value(s), or null when empty. */
export function enteredIn(control) {
  const type = control.dataset.control;
  if (type === 'checkboxes') return [...control.querySelectorAll('input:checked')].map((input) => input.value);
  if (type === 'radio_buttons') return control.querySelector('input:checked')?.value ?? null;
  if (control.multiple) return [...control.selectedOptions].map((option) => option.value);
  if (control.value === '') return null;
  return isMoment(control) ? String(new Date(control.value).getTime() / 1000) : control.value;
}

/** Makes a control hold what `enteredIn` told. Leaves alone what it holds already, and where the cursor is. */
export function enter(control, value) {
  if (JSON.stringify(enteredIn(control)) === JSON.stringify(value)) return;
  const wanted = Array.isArray(value) ? value : [value ?? ''];
  if (isGroup(control)) {
    for (const input of control.querySelectorAll('input')) input.checked = wanted.includes(input.value);
  } else if (control.multiple) {
    for (const option of control.options) option.selected = wanted.includes(option.value);
  } else {
    control.value = isMoment(control) && wanted[0] !== '' ? onTheClock(Number(wanted[0])) : wanted[0];
  }
}

/** Makes a control hold what the app says it begins with. */
export function begin(control) {
  if (isGroup(control)) {
    for (const input of control.querySelectorAll('input')) input.checked = input.defaultChecked;
  } else if (control.options) {
    for (const option of control.options) option.selected = option.defaultSelected;
    if (!control.multiple && !control.querySelector('[selected]')) control.selectedIndex = 0;
  } else if (isMoment(control)) {
    control.value = control.dataset.at === undefined ? '' : onTheClock(Number(control.dataset.at));
  } else if (control.value !== control.defaultValue) {
    control.value = control.defaultValue;
  }
}

export const isEmpty = (value) => value === null || (Array.isArray(value) && value.length === 0);

/** Everything entered in a message or view: block id → action id → value. */
export function valuesOf(view) {
  const values = {};
  for (const control of view.querySelectorAll('[data-control]')) {
    const { block, action } = control.dataset;
    values[block] = { ...values[block], [action]: enteredIn(control) };
  }
  return values;
}

/** Puts the keyboard into a control; of a group, on what is chosen there or else on the first choice. */
export function focusOn(control) {
  const field = isGroup(control) ? (control.querySelector('input:checked') ?? control.querySelector('input')) : control;
  field?.focus();
}
