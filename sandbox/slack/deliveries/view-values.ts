import { everyBlockIn, isRecord, type Json, memberOf, optionsOf, recordsIn, textIn } from '../values.js';

function chosen(element: Json, value: unknown): Json | null {
  return optionsOf(element).find((option) => option.value === value) ?? null;
}

function chosenMany(element: Json, value: unknown): Json[] {
  const wanted = Array.isArray(value) ? value : [];
  return optionsOf(element).filter((option) => wanted.includes(option.value));
}

/** Where each kind of element carries its value, and what it starts with. */
const FIELDS: Record<string, [field: string, initial: string]> = {
  plain_text_input: ['value', 'initial_value'],
  number_input: ['value', 'initial_value'],
  email_text_input: ['value', 'initial_value'],
  url_text_input: ['value', 'initial_value'],
  users_select: ['selected_user', 'initial_user'],
  multi_users_select: ['selected_users', 'initial_users'],
  conversations_select: ['selected_conversation', 'initial_conversation'],
  multi_conversations_select: ['selected_conversations', 'initial_conversations'],
  channels_select: ['selected_channel', 'initial_channel'],
  multi_channels_select: ['selected_channels', 'initial_channels'],
  datepicker: ['selected_date', 'initial_date'],
  timepicker: ['selected_time', 'initial_time'],
  datetimepicker: ['selected_date_time', 'initial_date_time'],
};

const ONE_OPTION = ['static_select', 'external_select', 'radio_buttons', 'overflow'];
const SOME_OPTIONS = ['multi_static_select', 'multi_external_select', 'checkboxes'];

/** What an element holds: undefined is untouched, so its initial value; null or '' is emptied by the person. */
export function entryOf(element: Json, value: unknown): Json {
  const type = textIn(element.type);
  if (isRecord(value)) return { type, ...value };
  if (ONE_OPTION.includes(type)) {
    return { type, selected_option: value === undefined ? (element.initial_option ?? null) : chosen(element, value) };
  }
  if (SOME_OPTIONS.includes(type)) {
    const some = value === undefined ? recordsIn(element.initial_options) : chosenMany(element, value);
    return { type, selected_options: some };
  }
  const [field, initial] = memberOf(FIELDS, type) ?? ['value', 'initial_value'];
  const given = type === 'datetimepicker' && typeof value === 'string' && value !== '' ? Number(value) : value;
  const held = given === undefined ? element[initial] : given;
  const emptied = type.startsWith('multi_') ? [] : null;
  return { type, [field]: held === undefined || held === '' || held === null ? emptied : held };
}

interface Field {
  block: Json;
  blockId: string;
  actionId: string;
  element: Json;
}

const holdsState = (element: Json) =>
  element.type !== 'overflow' &&
  [...ONE_OPTION, ...SOME_OPTIONS, ...Object.keys(FIELDS)].includes(textIn(element.type));

/** Everything that holds a value: inputs, and the menus and choices of other blocks. */
function fieldsOf(blocks: unknown): Field[] {
  return everyBlockIn(blocks).flatMap((block) => {
    const single = [block.element, block.accessory].filter(isRecord);
    const elements = [...single, ...recordsIn(block.elements)];
    const isInput = block.type === 'input';
    return elements
      .filter((element) => isInput || holdsState(element))
      .map((element) => ({ block, blockId: textIn(block.block_id), actionId: textIn(element.action_id), element }));
  });
}

/** What a person has entered: block id → action id → value. */
export type Entered = Record<string, Record<string, unknown>>;

/** What a person has entered by now, with this choice. A button holds nothing. */
export function withChoice(
  entered: Entered,
  { element, blockId }: { element: Json; blockId: string },
  value: unknown,
): Entered {
  if (value === undefined || !holdsState(element)) return entered;
  return { ...entered, [blockId]: { ...entered[blockId], [textIn(element.action_id)]: value } };
}

/** `state.values` as payloads carry it: every field has an entry. What is not there any more has none. */
export function stateValues(blocks: unknown, entered: Entered): Json {
  const values: Record<string, Json> = {};
  for (const { blockId, actionId, element } of fieldsOf(blocks)) {
    values[blockId] = { ...values[blockId], [actionId]: entryOf(element, entered[blockId]?.[actionId]) };
  }
  return values;
}

/** The same for a view. Throws for a field the view has not. */
export function viewValues(view: Json, given: Entered): Json {
  const known = fieldsOf(view.blocks);
  for (const [blockId, actions] of Object.entries(given)) {
    for (const actionId of Object.keys(actions)) {
      const found = known.some((field) => field.blockId === blockId && field.actionId === actionId);
      if (!found) throw new Error(`the view has no field ${blockId} / ${actionId}`);
    }
  }
  return stateValues(view.blocks, given);
}

/** Block ids of required inputs that hold nothing. */
export function missingFields(view: Json, values: Json): string[] {
  return fieldsOf(view.blocks)
    .filter(({ block, blockId, actionId }) => {
      const inBlock = values[blockId];
      const held = isRecord(inBlock) ? inBlock[actionId] : undefined;
      const [, content] = isRecord(held) ? (Object.entries(held).find(([name]) => name !== 'type') ?? []) : [];
      const empty = content === null || content === undefined || (Array.isArray(content) && content.length === 0);
      return block.type === 'input' && block.optional !== true && empty;
    })
    .map(({ blockId }) => blockId);
}
