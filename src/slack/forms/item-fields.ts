import type { Checkboxes, InputBlock, PlainTextOption } from '@slack/types';
import type { ListedItem } from '../../rollout/state/items.js';
import { oneLine } from '../words/text.js';
import { plain, radioField } from './fields.js';

/** What Slack takes in one group of checkboxes, in one menu, and of a label. */
const MOST_TICKS = 10;
const MOST_CHOICES = 100;
const LABEL_CHARS = 75;
/** A form may have a hundred blocks; some are for what stands around. */
const MOST_GROUPS = 90;

/** Checkboxes of items, ten to a group. Ticking one says that it is done; what is not ticked stays as it is. */
export function tickFields(rows: readonly ListedItem[]): InputBlock[] {
  const groups = Math.min(MOST_GROUPS, Math.ceil(rows.length / MOST_TICKS));
  return Array.from({ length: groups }, (_, at): InputBlock => {
    const shown = rows.slice(at * MOST_TICKS, (at + 1) * MOST_TICKS);
    const element: Checkboxes = { type: 'checkboxes', action_id: 'items', options: shown.map(option) };
    const label = at === 0 ? 'What is done?' : 'More';
    return { type: 'input', block_id: `items:${at}`, optional: true, label: plain(label), element };
  });
}

/** One item. */
export function itemField(rows: readonly ListedItem[]): InputBlock {
  const options = rows.slice(0, MOST_CHOICES).map(option);
  const [only, another] = options;
  return {
    type: 'input',
    block_id: 'items',
    label: plain('Which?'),
    element: {
      type: 'static_select',
      action_id: 'items',
      options,
      ...(only && !another ? { initial_option: only } : {}),
    },
  };
}

/** Whether it was tried. */
export function howField(): InputBlock {
  return radioField('how', 'What happened?', [
    { value: 'failed', label: 'It was tried and did not pass' },
    { value: 'blocked', label: 'It cannot be tried' },
  ]);
}

function option({ ref, plan }: ListedItem): PlainTextOption {
  return { text: plain(oneLine(plan.title, LABEL_CHARS) || '-'), value: String(ref.no) };
}
