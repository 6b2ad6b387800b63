import { isRecord, type Json, recordsIn, textIn } from '../values.js';

function options(element: Json): Json[] {
  return [
    ...recordsIn(element.options),
    ...recordsIn(element.option_groups).flatMap((group) => recordsIn(group.options)),
  ];
}

function chosen(element: Json, value: unknown): Json | null {
  return options(element).find((option) => option.value === value) ?? null;
}

function chosenMany(element: Json, value: unknown): Json[] {
  const wanted = Array.isArray(value) ? value : [];
  return options(element).filter((option) => wanted.includes(option.value));
}

/** The field that carries the value of each kind of element. */
const FIELD: Record<string, string> = {
  users_select: 'selected_user',
  multi_users_select: 'selected_users',
  conversations_select: 'selected_conversation',
  channels_select: 'selected_channel',
  datepicker: 'selected_date',
  timepicker: 'selected_time',
  datetimepicker: 'selected_date_time',
};

const INITIAL: Record<string, string> = {
  users_select: 'initial_user',
  multi_users_select: 'initial_users',
  conversations_select: 'initial_conversation',
  channels_select: 'initial_channel',
  datepicker: 'initial_date',
  timepicker: 'initial_time',
  datetimepicker: 'initial_date_time',
};

/** One element's entry in `view.state.values`: what was entered, or else its initial value. */
function entry(element: Json, value: unknown): Json {
  const type = textIn(element.type);
  if (isRecord(value)) return { type, ...value };
  if (type === 'static_select' || type === 'radio_buttons') {
    return { type, selected_option: value === undefined ? (element.initial_option ?? null) : chosen(element, value) };
  }
  if (type === 'multi_static_select' || type === 'checkboxes') {
    return {
      type,
      selected_options: value === undefined ? recordsIn(element.initial_options) : chosenMany(element, value),
    };
  }
  const initial = element[INITIAL[type] ?? 'initial_value'];
  return { type, [FIELD[type] ?? 'value']: (value === '' ? null : value) ?? initial ?? null };
}

/** The input elements of a view with their block ids and action ids. */
function inputs(view: Json): { block: Json; blockId: string; actionId: string; element: Json }[] {
  return recordsIn(view.blocks).flatMap((block) => {
    const element = block.element;
    if (block.type !== 'input' || !isRecord(element)) return [];
    return [{ block, blockId: textIn(block.block_id), actionId: textIn(element.action_id), element }];
  });
}

/** `view.state.values` as a submission carries it; every input has an entry. Throws for a field the view has not. */
export function viewValues(view: Json, given: Record<string, Record<string, unknown>>): Json {
  const known = inputs(view);
  for (const [blockId, actions] of Object.entries(given)) {
    for (const actionId of Object.keys(actions)) {
      const found = known.some((input) => input.blockId === blockId && input.actionId === actionId);
      if (!found) throw new Error(`the view has no field ${blockId} / ${actionId}`);
    }
  }
  const values: Json = {};
  for (const { blockId, actionId, element } of known) {
    values[blockId] = { [actionId]: entry(element, given[blockId]?.[actionId]) };
  }
  return values;
}

/** Block ids of required inputs that hold nothing. */
export function missingFields(view: Json, values: Json): string[] {
  return inputs(view)
    .filter(({ block, blockId, actionId }) => {
      const inBlock = values[blockId];
      const held = isRecord(inBlock) ? inBlock[actionId] : undefined;
      const [, content] = isRecord(held) ? (Object.entries(held).find(([name]) => name !== 'type') ?? []) : [];
      const empty = content === null || content === undefined || (Array.isArray(content) && content.length === 0);
      return block.optional !== true && empty;
    })
    .map(({ blockId }) => blockId);
}
