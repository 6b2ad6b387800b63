import type { InputBlock, KnownBlock, PlainTextElement, PlainTextOption } from '@slack/types';
import { oneLine } from '../words/text.js';

/** What Slack takes of an option, and of what is typed. */
const OPTION_CHARS = 75;
const MOST_OPTIONS = 100;
const TYPED_CHARS = 3_000;

export function plain(text: string): PlainTextElement {
  return { type: 'plain_text', text };
}

interface Typing {
  readonly label: string;
  readonly value: string;
  readonly hint?: string;
  readonly placeholder?: string;
}

/** A reason: some lines of a person's own words, kept with the record. */
export function reasonField({ label, value, hint, placeholder }: Typing): InputBlock {
  return {
    type: 'input',
    block_id: 'reason',
    label: plain(label),
    ...(hint === undefined ? {} : { hint: plain(hint) }),
    element: {
      type: 'plain_text_input',
      action_id: 'reason',
      multiline: true,
      min_length: 3,
      max_length: TYPED_CHARS,
      ...prefilled(value),
      ...(placeholder === undefined ? {} : { placeholder: plain(placeholder) }),
    },
  };
}

/** A few words that may be left out. */
export function noteField({ label, value, placeholder }: Typing): InputBlock {
  return {
    type: 'input',
    block_id: 'note',
    label: plain(label),
    optional: true,
    element: {
      type: 'plain_text_input',
      action_id: 'note',
      max_length: TYPED_CHARS,
      ...prefilled(value),
      ...(placeholder === undefined ? {} : { placeholder: plain(placeholder) }),
    },
  };
}

export function durationField({ label, value, hint, placeholder }: Typing, optional = false): InputBlock {
  return {
    type: 'input',
    block_id: 'duration',
    ...(optional && { optional }),
    label: plain(label),
    ...(hint === undefined ? {} : { hint: plain(hint) }),
    element: {
      type: 'plain_text_input',
      action_id: 'duration',
      max_length: 20,
      ...prefilled(value.slice(0, 20)),
      ...(placeholder === undefined ? {} : { placeholder: plain(placeholder) }),
    },
  };
}

/** Plain digits, typed: Slack's own number field takes a comma for something else in every language. */
export function numberField({ label, value, hint }: Typing): InputBlock {
  return {
    type: 'input',
    block_id: 'number',
    label: plain(label),
    ...(hint === undefined ? {} : { hint: plain(hint) }),
    element: { type: 'plain_text_input', action_id: 'number', max_length: 20, ...prefilled(value.slice(0, 20)) },
  };
}

/** What was typed before, whole as far as Slack lets a field begin; nothing invisible is brought back. */
function prefilled(value: string): { initial_value?: string } {
  const kept = value.toWellFormed().slice(0, TYPED_CHARS).toWellFormed();
  return kept === '' ? {} : { initial_value: kept };
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** One of several. More than Slack shows are cut, the chosen one kept; the form says how many there are. */
export function choiceField(
  name: 'to' | 'plan' | 'next',
  {
    label,
    choices,
    chosen,
    optional = false,
  }: {
    readonly label: string;
    readonly choices: readonly Choice[];
    readonly chosen: string | null;
    readonly optional?: boolean;
  },
): KnownBlock {
  const shown = choices.slice(0, MOST_OPTIONS);
  const wanted = choices.find((choice) => choice.value === chosen);
  if (wanted && !shown.includes(wanted)) shown.splice(-1, 1, wanted);
  return {
    type: 'input',
    block_id: name,
    ...(optional && { optional }),
    label: plain(label),
    element: {
      type: 'static_select',
      action_id: name,
      options: shown.map(option),
      ...(wanted ? { initial_option: option(wanted) } : {}),
    },
  };
}

/** One of a few, all of them seen at once; the first is chosen until another is. */
export function radioField(name: 'how' | 'after', label: string, choices: readonly Choice[]): InputBlock {
  const options = choices.map(option);
  const [first] = options;
  return {
    type: 'input',
    block_id: name,
    label: plain(label),
    element: { type: 'radio_buttons', action_id: name, options, ...(first && { initial_option: first }) },
  };
}

/** How many are left out of a list of choices, as a line; '' where all are shown. */
export function leftOut(count: number, what: string): string {
  return count > MOST_OPTIONS ? `${MOST_OPTIONS} of ${count} ${what} are listed here.` : '';
}

function option({ value, label }: Choice): PlainTextOption {
  return { text: plain(oneLine(label, OPTION_CHARS) || oneLine(value, OPTION_CHARS) || '-'), value };
}
