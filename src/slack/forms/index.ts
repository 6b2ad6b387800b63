import type { KnownBlock, ModalView } from '@slack/types';
import type { Watch } from '../../rollout/health/assess.js';
import type { JudgedCheck } from '../../rollout/health/in-force.js';
import type { StagePlan } from '../../rollout/plan/plan.js';
import type { ItemRef } from '../../rollout/state/item-state.js';
import type { ListedItem } from '../../rollout/state/items.js';
import type { ApprovalRequest, Rollout, RolloutIn } from '../../rollout/state/rollout.js';
import type { VerbWith } from '../../rollout/state/verbs.js';
import { type MessagePart, viewBlocks } from '../words/blocks.js';
import {
  type Choice,
  choiceField,
  durationField,
  leftOut,
  noteField,
  numberField,
  plain,
  radioField,
  reasonField,
} from './fields.js';
import { howField, itemField, tickFields } from './item-fields.js';
import * as words from './words.js';

export { renderFormAnswer } from './answer.js';

/** What a person is asked before something is done, with what they had typed already. */
export type Form =
  /** `ways`: what can become of the exposure. */
  | {
      readonly kind: 'deny';
      readonly rollout: Rollout;
      readonly request: ApprovalRequest;
      readonly reason: string;
      readonly ways: readonly Choice[];
    }
  | {
      readonly kind: 'override';
      readonly rollout: Rollout;
      readonly watch: Watch | null;
      readonly now: Date;
      readonly reason: string;
    }
  | {
      readonly kind: 'rollback';
      readonly rollout: Rollout;
      readonly destinations: readonly { readonly value: string; readonly label: string }[];
      readonly reason: string;
    }
  | { readonly kind: 'finish'; readonly rollout: Rollout; readonly reason: string }
  | { readonly kind: 'extend'; readonly rollout: Rollout; readonly duration: string; readonly reason: string }
  | {
      readonly kind: 'start';
      readonly plans: readonly { readonly name: string; readonly title: string }[];
      readonly plan: string | null;
      readonly note: string;
    }
  | {
      readonly kind: 'report';
      readonly rollout: Rollout;
      readonly check: JudgedCheck;
      readonly number: string;
      readonly note: string;
    }
  /** `rows`: the items of one list of which this can be said. */
  | {
      readonly kind: 'items';
      readonly verb: 'done' | 'fail' | 'output' | 'reopen' | 'run' | 'waive';
      readonly rollout: Rollout;
      readonly list: ItemRef;
      readonly rows: readonly ListedItem[];
      readonly note: string;
    }
  /** `rollout` is the run that was rolled back. */
  | {
      readonly kind: 'false_alarm';
      readonly rollout: RolloutIn<'rolled_back'>;
      readonly stage: StagePlan;
      readonly reason: string;
    };

/** What a form is made of; without `submit` there is nothing to send. */
interface Sketch {
  readonly verb: VerbWith<'form', 'at_once' | 'asks'>;
  readonly title: string;
  readonly submit?: string;
  readonly says: readonly MessagePart[];
  readonly fields: readonly KnownBlock[];
}

/** The form as Slack opens it. `metadata` comes back with it, unseen; it is at most 3,000 characters. */
export function renderForm(form: Form, metadata: string): ModalView {
  const { verb, title, submit, says, fields } = sketch(form);
  return {
    type: 'modal',
    callback_id: `rollout_${verb}`,
    private_metadata: metadata,
    title: plain(title),
    close: plain(submit === undefined ? 'Close' : 'Cancel'),
    ...(submit === undefined ? {} : { submit: plain(submit) }),
    blocks: [...viewBlocks(`form:${form.kind}`, says), ...fields],
  };
}

const WHY = 'Why? It is kept with the record.';

function sketch(form: Form): Sketch {
  switch (form.kind) {
    case 'deny': {
      const { rollout, request } = form;
      const says = words.denyWords(rollout, request, request.requestedAt);
      return { verb: 'deny', title: 'Deny the request', submit: 'Deny', says, fields: denyFields(form) };
    }
    case 'override': {
      const says = words.overrideAsk(form.rollout, form.watch, form.now);
      return { verb: 'advance', title: 'Ask for an override', submit: 'Ask for it', says, fields: reason(form) };
    }
    case 'rollback':
      return rollback(form);
    case 'finish': {
      const says = words.finishWords(form.rollout);
      return { verb: 'finish', title: 'Finish here', submit: 'Finish', says, fields: reason(form) };
    }
    case 'extend': {
      const fields = [durationField({ ...HOW_LONG, value: form.duration }), ...reason(form)];
      return {
        verb: 'extend',
        title: 'Extend the bake',
        submit: 'Extend',
        says: words.extendWords(form.rollout),
        fields,
      };
    }
    case 'report': {
      const fields = [
        numberField({ label: 'How many?', value: form.number, hint: 'Digits with a point, for example 3 or 0.5.' }),
        noteField({ label: 'Note', value: form.note, placeholder: 'What it is made of' }),
      ];
      return { verb: 'report', title: 'Report a number', submit: 'Report', says: words.reportWords(form), fields };
    }
    case 'items':
      return items(form);
    case 'start':
      return start(form);
    case 'false_alarm': {
      const says = words.falseAlarmWords(form.rollout, form.stage);
      return { verb: 'start', title: 'It was a false alarm', submit: 'Begin again', says, fields: reason(form) };
    }
    default:
      return form satisfies never;
  }
}

const HOW_LONG = { label: 'How much longer?', placeholder: '30m', hint: 'For example 30m, 2h or 1h30m.' } as const;

function reason(form: { readonly reason: string }): KnownBlock[] {
  return [reasonField({ label: WHY, value: form.reason })];
}

/** Why, what now, and who acts next: the answers that those who asked need. */
function denyFields({ rollout, reason: value, ways }: Extract<Form, { kind: 'deny' }>): KnownBlock[] {
  const roles = Object.keys(rollout.plan.people).map((role) => ({ value: role, label: role }));
  return [
    reasonField({ label: WHY, value }),
    radioField('after', 'What now?', ways),
    ...(ways.some((way) => way.value === 'extend')
      ? [durationField({ ...HOW_LONG, label: 'How much longer, if it bakes longer?', value: '' }, true)]
      : []),
    choiceField('next', { label: 'Who acts next?', choices: roles, chosen: null, optional: true }),
  ];
}

function rollback(form: Extract<Form, { kind: 'rollback' }>): Sketch {
  const { rollout, destinations } = form;
  const head = { verb: 'rollback', title: 'Roll back to…' } as const;
  if (destinations.length === 0) return { ...head, says: words.nothingToChoose('place', rollout), fields: [] };
  const says = words.rollbackWords(rollout, leftOut(destinations.length, 'places'));
  const fields = [choiceField('to', { label: 'Where to?', choices: destinations, chosen: null }), ...reason(form)];
  return { ...head, submit: 'Roll back', says, fields };
}

function start({ plans, plan, note }: Extract<Form, { kind: 'start' }>): Sketch {
  const head = { verb: 'start', title: 'Start a rollout' } as const;
  if (plans.length === 0) return { ...head, says: words.nothingToChoose('plan'), fields: [] };
  const choices = plans.map(({ name, title }) => ({ value: name, label: title === '' ? name : `${title} (${name})` }));
  const fields = [
    choiceField('plan', { label: 'Which plan?', choices, chosen: plan }),
    noteField({ label: 'Note', value: note, placeholder: 'What changes, a ticket, a version' }),
  ];
  return { ...head, submit: 'Start', says: words.startWords(leftOut(plans.length, 'plans')), fields };
}

const OF_ITEMS = {
  done: { title: 'Done', submit: 'These are done' },
  fail: { title: 'Did not pass', submit: 'Record it' },
  output: { title: 'Output', submit: 'Show it' },
  run: { title: 'Run', submit: 'Run it' },
  reopen: { title: 'Open again', submit: 'Open it again' },
  waive: { title: 'Not needed', submit: 'Waive it' },
} as const;

function items(form: Extract<Form, { kind: 'items' }>): Sketch {
  const { verb, rollout, list, rows } = form;
  const head = { verb, title: OF_ITEMS[verb].title } as const;
  if (rows.length === 0) return { ...head, says: words.noItems(rollout, list), fields: [] };
  const says = words.itemsWords(rollout, list);
  return { ...head, submit: OF_ITEMS[verb].submit, says, fields: itemFields(form) };
}

function itemFields({ verb, rows, note }: Extract<Form, { kind: 'items' }>): KnownBlock[] {
  switch (verb) {
    case 'done':
      return [...tickFields(rows), noteField({ label: 'Note', value: note, placeholder: 'What was seen, a link' })];
    case 'fail':
      return [itemField(rows), howField(), reasonField({ label: WHY, value: note })];
    case 'reopen':
    case 'waive':
      return [itemField(rows), reasonField({ label: WHY, value: note })];
    case 'output':
    case 'run':
      return [itemField(rows)];
    default:
      return verb satisfies never;
  }
}
