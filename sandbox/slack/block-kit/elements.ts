import { isDeepStrictEqual } from 'node:util';
import { isRecord, optionsOf } from '../values.js';
import {
  choiceOption,
  confirm,
  dispatchConfig,
  filter,
  imageSource,
  optionGroup,
  plainText,
  selectOption,
} from './composition.js';
import { all, anyOf, anything, byType, flag, list, number, oneField, oneOf, type Rule, shape, text } from './rules.js';

const STYLE = oneOf('primary', 'danger');
const action = { action_id: text(255) };
const picker = { ...action, confirm, focus_on_load: flag, placeholder: plainText(150) };
const typing = { ...action, dispatch_action_config: dispatchConfig, focus_on_load: flag, placeholder: plainText(150) };
const several = { ...picker, max_selected_items: number(1, 1_000) };
const options = { options: list(100, selectOption), option_groups: list(100, optionGroup) };
const ids = list(1_000, text(255), 0);

const button = shape(
  { text: plainText(75) },
  { ...action, confirm, value: text(2_000), url: text(3_000), style: STYLE, accessibility_label: text(75) },
);

const choices = { ...action, confirm, focus_on_load: flag };
const answer = shape({ text: plainText(75), value: text(2_000) }, { accessibility_label: text(75) });

/** What is chosen at first is among the choices, word for word. */
function offered(name: 'initial_option' | 'initial_options'): Rule {
  return (element, pointer, problems) => {
    if (!isRecord(element) || element[name] === undefined) return;
    const choices = optionsOf(element);
    const initial = [element[name]].flat();
    if (initial.every((one) => choices.some((choice) => isDeepStrictEqual(choice, one)))) return;
    problems.push({ pointer: `${pointer}/${name}`, message: 'must be among the options' });
  };
}

/** The least is not above the most; without decimals all of them are whole. */
const rangeOfNumbers: Rule = (element, pointer, problems) => {
  if (!isRecord(element)) return;
  const wrong = (name: string, message: string) => problems.push({ pointer: `${pointer}/${name}`, message });
  if (Number(element.min_value) > Number(element.max_value)) wrong('min_value', 'must not be above `max_value`');
  for (const name of ['initial_value', 'min_value', 'max_value']) {
    const value = element[name];
    const isWhole = value === undefined || Number.isInteger(Number(value));
    if (element.is_decimal_allowed === false && !isWhole) wrong(name, 'must be a whole number');
  }
};

const ELEMENTS = {
  button,
  checkboxes: all(
    shape({ options: list(10, choiceOption) }, { ...choices, initial_options: list(10, choiceOption) }),
    offered('initial_options'),
  ),
  radio_buttons: all(
    shape({ options: list(10, choiceOption) }, { ...choices, initial_option: choiceOption }),
    offered('initial_option'),
  ),
  overflow: shape({ options: list(5, selectOption) }, { ...action, confirm }),
  static_select: all(
    shape({}, { ...picker, ...options, initial_option: selectOption }),
    anyOf('options', 'option_groups'),
    offered('initial_option'),
  ),
  multi_static_select: all(
    shape({}, { ...several, ...options, initial_options: list(100, selectOption) }),
    anyOf('options', 'option_groups'),
    offered('initial_options'),
  ),
  external_select: shape({}, { ...picker, initial_option: selectOption, min_query_length: number(0, 3_000) }),
  multi_external_select: shape(
    {},
    { ...several, initial_options: list(100, selectOption), min_query_length: number(0, 3_000) },
  ),
  users_select: shape({}, { ...picker, initial_user: text(255) }),
  multi_users_select: shape({}, { ...several, initial_users: ids }),
  conversations_select: shape(
    {},
    {
      ...picker,
      filter,
      initial_conversation: text(255),
      default_to_current_conversation: flag,
      response_url_enabled: flag,
    },
  ),
  multi_conversations_select: shape(
    {},
    { ...several, filter, initial_conversations: ids, default_to_current_conversation: flag },
  ),
  channels_select: shape({}, { ...picker, initial_channel: text(255), response_url_enabled: flag }),
  multi_channels_select: shape({}, { ...several, initial_channels: ids }),
  datepicker: shape({}, { ...picker, initial_date: text(10) }),
  timepicker: shape({}, { ...picker, initial_time: text(5), timezone: text(100) }),
  datetimepicker: shape({}, { ...choices, initial_date_time: number(1e9, 1e10) }),
  plain_text_input: shape(
    {},
    {
      ...typing,
      initial_value: text(3_000, 0),
      multiline: flag,
      min_length: number(0, 3_000),
      max_length: number(1, 3_000),
    },
  ),
  number_input: all(
    shape(
      { is_decimal_allowed: flag },
      { ...typing, initial_value: text(255), min_value: text(255), max_value: text(255) },
    ),
    rangeOfNumbers,
  ),
  email_text_input: shape({}, { ...typing, initial_value: text(3_000, 0) }),
  url_text_input: shape({}, { ...typing, initial_value: text(3_000, 0) }),
  rich_text_input: shape(
    {},
    { ...typing, initial_value: anything, min_lines: number(1, 100), max_lines: number(1, 100) },
  ),
  file_input: shape({}, { ...action, filetypes: list(100, text(50)), max_files: number(1, 10) }),
  workflow_button: shape(
    { text: plainText(75), workflow: anything },
    { ...action, confirm, style: STYLE, accessibility_label: text(75) },
  ),
  feedback_buttons: shape({ positive_button: answer, negative_button: answer }, action),
  icon_button: shape(
    { icon: text(255), text: plainText(75) },
    { ...action, confirm, accessibility_label: text(75), value: text(2_000), visible_to_user_ids: ids },
  ),
  image: all(shape({ alt_text: text(2_000) }, imageSource), oneField('image_url', 'slack_file')),
} satisfies Record<string, Rule>;

type ElementType = keyof typeof ELEMENTS;

/** One of these elements. */
export function elementOf(...types: ElementType[]): Rule {
  return byType(Object.fromEntries(types.map((type) => [type, ELEMENTS[type]])));
}

export const imageElement = elementOf('image');
export const buttonElement = elementOf('button');

const MENUS: ElementType[] = [
  'static_select',
  'multi_static_select',
  'external_select',
  'multi_external_select',
  'users_select',
  'multi_users_select',
  'conversations_select',
  'multi_conversations_select',
  'channels_select',
  'multi_channels_select',
];
const CHOICES: ElementType[] = ['checkboxes', 'radio_buttons', 'datepicker', 'timepicker'];

export const sectionAccessory = elementOf('button', 'overflow', 'workflow_button', 'image', ...CHOICES, ...MENUS);

export type Surface = 'message' | 'modal' | 'home';

const NOT_ON: Record<Surface, readonly ElementType[]> = {
  message: ['number_input', 'file_input'],
  modal: [],
  home: ['number_input', 'file_input', 'datetimepicker'],
};

/** One of these elements, without those that the surface does not have. */
function elementOn(...types: ElementType[]): Record<Surface, Rule> {
  const on = (surface: Surface) => elementOf(...types.filter((type) => !NOT_ON[surface].includes(type)));
  return { message: on('message'), modal: on('modal'), home: on('home') };
}

export const actionsElementOn = elementOn(
  'button',
  'overflow',
  'workflow_button',
  'datetimepicker',
  'rich_text_input',
  ...CHOICES,
  ...MENUS,
);
export const inputElementOn = elementOn(
  'datetimepicker',
  'plain_text_input',
  'number_input',
  'email_text_input',
  'url_text_input',
  'rich_text_input',
  'file_input',
  ...CHOICES,
  ...MENUS,
);
export const contextAction = elementOf('feedback_buttons', 'icon_button');
