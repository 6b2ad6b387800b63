import { memberOf } from '../values.js';
import { attributes, escapeHtml } from './html.js';
import { actionAttributes, label, type Place } from './identity.js';
import { type Json, numberIn, recordIn, recordsIn, stringIn, textIn } from './json.js';
import { displayName, type Scene } from './scene.js';
import { renderTextIn } from './text.js';

interface Option {
  value: string;
  label: string;
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

/** A menu outside an input block has no label of its own; its placeholder says what it is for. */
function controlAttributes(element: Json, place: Place, scene: Scene): string {
  const { input } = place;
  const named = stringIn(element, 'accessibility_label') !== undefined;
  const identity = attributes({
    'data-control': stringIn(element, 'type'),
    'data-required': input?.required,
    'data-dispatches': input?.dispatches,
    'aria-labelledby': input?.labelledBy,
    'aria-label': input || named ? undefined : textIn(element, 'placeholder') || 'Choose',
    'aria-describedby': input?.describedBy,
    'aria-invalid': input?.invalid ? 'true' : undefined,
    autofocus: element.focus_on_load === true,
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
  const own = attributes({
    class: 'select',
    multiple,
    required: place.input?.required,
    'data-placeholder': placeholder,
  });
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
    required: place.input?.required,
    placeholder: textIn(element, 'placeholder') || undefined,
    minlength: numberIn(element, 'min_length'),
    maxlength: numberIn(element, 'max_length'),
  });
  const shared = own + controlAttributes(element, place, scene);
  if (element.multiline === true) return `<textarea rows="4"${shared}>${escapeHtml(value)}</textarea>`;
  const type = memberOf(INPUT_TYPES, stringIn(element, 'type') ?? '') ?? 'text';
  const step = element.is_decimal_allowed === true ? 'any' : undefined;
  return `<input${attributes({ type, value: value || undefined, step: type === 'number' ? step : undefined })}${shared}>`;
}

function choices(element: Json, place: Place, scene: Scene, type: 'radio' | 'checkbox'): string {
  const chosen = initialValues(element);
  const name = [scene.pane, place.blockId, stringIn(element, 'action_id')].filter(Boolean).join('/');
  const entries = recordsIn(element, 'options').map((option) => {
    const value = stringIn(option, 'value') ?? '';
    const input = `<input${attributes({ type, name, value, checked: chosen.includes(value) })}>`;
    const about = renderTextIn(option, 'description', scene);
    const note = about ? `<span class="choice-note">${about}</span>` : '';
    return `<label class="choice">${input}<span>${renderTextIn(option, 'text', scene)}${note}</span></label>`;
  });
  const group =
    type === 'radio'
      ? { role: 'radiogroup', 'aria-required': place.input?.required ? 'true' : undefined }
      : { role: 'group' };
  return `<div${attributes({ class: 'choices', ...group })}${controlAttributes(element, place, scene)}>${entries.join('')}</div>`;
}

/** A moment, chosen by the clock of the machine that shows the page, as in Slack. The page fills in the one it begins with. */
function moment(element: Json, place: Place, scene: Scene): string {
  const own = attributes({
    type: 'datetime-local',
    class: 'field',
    required: place.input?.required,
    'data-at': numberIn(element, 'initial_date_time'),
  });
  return `<input${own}${controlAttributes(element, place, scene)}>`;
}

/** A field or menu; undefined for what is none, or is not shown here. */
export function renderField(element: Json, place: Place, scene: Scene): string | undefined {
  const type = stringIn(element, 'type') ?? '';
  if (type === 'datetimepicker') return moment(element, place, scene);
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
  return undefined;
}
