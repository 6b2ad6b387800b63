import { withEmoji } from './emoji.js';
import { attributes, escapeHtml, safeLink } from './html.js';
import { isRecord, type Json, numberIn, recordIn, recordsIn, stringIn, textIn } from './json.js';
import { displayName, type Scene } from './scene.js';
import { renderTextIn } from './text.js';

/** Where an element stands: its block, and the name a label gives it in an input block. */
export interface Place {
  blockId: string;
  labelledBy?: string;
  required?: boolean;
  dispatches?: boolean;
}

interface Option {
  value: string;
  label: string;
}

const label = (text: string) => escapeHtml(withEmoji(text));

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
 * id out, which Slack makes anew with every edit when the app gives none.
 */
function actionAttributes(element: Json, place: Place, scene: Scene, value?: string): string {
  const actionId = stringIn(element, 'action_id') ?? '';
  return attributes({
    'data-key': `${actionId}/${value ?? ''}`,
    'data-block': place.blockId,
    'data-action': actionId,
    'data-value': value,
    'data-confirm': confirmJson(element, scene),
    'aria-label': stringIn(element, 'accessibility_label'),
  });
}

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

function optionsOf(element: Json): Option[] {
  return recordsIn(element, 'options').map((option) => ({
    value: stringIn(option, 'value') ?? '',
    label: textIn(option, 'text'),
  }));
}

function peopleOptions(scene: Scene): Option[] {
  return scene.workspace.users
    .filter((user) => !user.deleted)
    .map((user) => ({ value: user.id, label: displayName(user.id, scene.workspace) }));
}

function channelOptions(scene: Scene): Option[] {
  return scene.workspace.channels
    .filter((channel) => !channel.im && !channel.isArchived)
    .map((channel) => ({ value: channel.id, label: `#${channel.name}` }));
}

/** The values an element starts with, whatever its kind calls them. */
function initialValues(element: Json): string[] {
  const one = stringIn(recordIn(element, 'initial_option'), 'value');
  const plain = [
    'initial_value',
    'initial_user',
    'initial_conversation',
    'initial_channel',
    'initial_date',
    'initial_time',
  ];
  const lists = ['initial_users', 'initial_conversations', 'initial_channels'].flatMap((field) => {
    const list = element[field];
    return Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
  });
  const many = recordsIn(element, 'initial_options').map((option) => stringIn(option, 'value'));
  return [one, ...many, ...plain.map((field) => stringIn(element, field)), ...lists].filter(
    (each) => each !== undefined,
  );
}

function controlAttributes(element: Json, place: Place, scene: Scene): string {
  const identity = attributes({
    'data-control': stringIn(element, 'type'),
    'aria-labelledby': place.labelledBy,
    required: place.required,
    'data-dispatches': place.dispatches,
  });
  return identity + actionAttributes(element, place, scene);
}

function select(element: Json, place: Place, scene: Scene, choices: Option[], multiple = false): string {
  const chosen = initialValues(element);
  const groups = recordsIn(element, 'option_groups').map(
    (group) =>
      `<optgroup${attributes({ label: textIn(group, 'label') })}>${optionTags(optionsOf(group), chosen)}</optgroup>`,
  );
  const placeholder = textIn(element, 'placeholder') || 'Choose…';
  const empty = multiple ? '' : `<option value="">${label(placeholder)}</option>`;
  const own = attributes({ class: 'select', multiple, 'data-placeholder': placeholder });
  return `<select${own}${controlAttributes(element, place, scene)}>${empty}${optionTags(choices, chosen)}${groups.join('')}</select>`;
}

function optionTags(choices: Option[], chosen: string[]): string {
  return choices
    .map(
      ({ value, label: text }) =>
        `<option${attributes({ value, selected: chosen.includes(value) })}>${label(text)}</option>`,
    )
    .join('');
}

const INPUT_TYPES: Record<string, string> = {
  plain_text_input: 'text',
  number_input: 'number',
  email_text_input: 'email',
  url_text_input: 'url',
  datepicker: 'date',
  timepicker: 'time',
};

function textInput(element: Json, place: Place, scene: Scene): string {
  const [value = ''] = initialValues(element);
  const own = attributes({
    class: 'field',
    placeholder: textIn(element, 'placeholder') || undefined,
    minlength: numberIn(element, 'min_length'),
    maxlength: numberIn(element, 'max_length'),
  });
  const shared = own + controlAttributes(element, place, scene);
  if (element.multiline === true) return `<textarea rows="4"${shared}>${escapeHtml(value)}</textarea>`;
  const type = INPUT_TYPES[stringIn(element, 'type') ?? ''] ?? 'text';
  const step = element.is_decimal_allowed === true ? 'any' : undefined;
  return `<input${attributes({ type, value: value || undefined, step: type === 'number' ? step : undefined })}${shared}>`;
}

function choices(element: Json, place: Place, scene: Scene, type: 'radio' | 'checkbox'): string {
  const chosen = initialValues(element);
  const name = `${place.blockId}/${stringIn(element, 'action_id') ?? ''}`;
  const entries = recordsIn(element, 'options').map((option) => {
    const value = stringIn(option, 'value') ?? '';
    const input = `<input${attributes({ type, name, value, checked: chosen.includes(value) })}>`;
    return `<label class="choice">${input}<span>${renderTextIn(option, 'text', scene)}</span></label>`;
  });
  const role = type === 'radio' ? 'radiogroup' : 'group';
  return `<div${attributes({ class: 'choices', role })}${controlAttributes(element, place, scene)}>${entries.join('')}</div>`;
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
  if (type in INPUT_TYPES) return textInput(element, place, scene);
  if (type === 'radio_buttons') return choices(element, place, scene, 'radio');
  if (type === 'checkboxes') return choices(element, place, scene, 'checkbox');
  const source = type.replace(/^multi_/, '');
  const multiple = source !== type;
  if (source === 'static_select') return select(element, place, scene, optionsOf(element), multiple);
  if (source === 'users_select') return select(element, place, scene, peopleOptions(scene), multiple);
  if (source === 'channels_select' || source === 'conversations_select') {
    return select(element, place, scene, channelOptions(scene), multiple);
  }
  return `<span class="unsupported">[${escapeHtml(type || 'element')} is not shown here]</span>`;
}
