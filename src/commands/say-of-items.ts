import { isBegun, isBots } from '../rollout/plan/lists.js';
import type { Command } from '../rollout/state/commands.js';
import type { ItemRef } from '../rollout/state/item-state.js';
import type { ListedItem } from '../rollout/state/items.js';
import { sameList } from '../rollout/state/lists.js';
import { refusal } from '../rollout/state/refusal.js';
import type { Rollout } from '../rollout/state/rollout.js';
import { itemsOf } from '../store/items.js';
import { itemNamed, openRows, refOf } from './items-meant.js';
import { type Meant, move } from './moving.js';
import { canOpenForm, type Desk, type FormAnswers, type Reply, type Request } from './request.js';

/** What is said of items: `done`, or what needs a reason. */
type Saying = 'done' | 'fail' | 'reopen' | 'run' | 'waive';

/** The road of the verbs about items: a button of one item, a form for several, or words that name one. */
export function sayOfItems(request: Request, desk: Desk, verb: Saying): Promise<Reply> {
  return move(request, desk, verb, async (rest, { rollout }) => {
    const items = await itemsOf(desk.db, rollout.id);
    const ref = refOf(request.button);
    const { filled } = request;
    if (filled) return fromForm(filled, { ref, verb });
    if (ref && ref.no > 0 && (verb === 'done' || verb === 'run'))
      return command(verb, [ref], { note: '', how: 'failed' });
    const rows = openRows(rollout, items);
    if (ref)
      return form(rollout, {
        verb,
        ref,
        rows: rowsFor(
          verb,
          rows.filter((row) => isOf(row, ref)),
        ),
        note: '',
      });
    return fromWords(request, { rest, rollout, rows, verb });
  });
}

function fromWords(
  request: Request,
  { rest, rollout, rows, verb }: { rest: string; rollout: Rollout; rows: readonly ListedItem[]; verb: Saying },
): Meant {
  const choice = rowsFor(verb, rows);
  // Nothing named: on a phone a form is quicker than typing.
  const [first] = choice;
  if (rest.trim() === '' && first && canOpenForm(request))
    return form(rollout, {
      verb,
      ref: { ...first.ref, no: 0 },
      rows: choice.filter((row) => isOf(row, first.ref)),
      note: '',
    });
  const named = itemNamed(rest, rows, verb);
  if ('reason' in named) return named;
  const { row, rest: note } = named;
  if (verb !== 'done' && verb !== 'run' && note === '' && canOpenForm(request))
    return form(rollout, { verb, ref: row.ref, rows: [row], note });
  return command(verb, [row.ref], { note, how: 'failed' });
}

/** Of a list, the items of which this can be said. */
function rowsFor(verb: Saying, rows: readonly ListedItem[]): readonly ListedItem[] {
  const isMet = ({ state }: ListedItem) => state === 'done' || state === 'waived';
  const isTheirs = ({ plan, state }: ListedItem) => !isBots(plan.work) || state === 'unknown';
  const isRunning = ({ state }: ListedItem) => state === 'running';
  switch (verb) {
    case 'done':
      return rows.filter((row) => !isMet(row) && isTheirs(row) && row.waitsFor.length === 0);
    case 'fail':
      return rows.filter((row) => !isMet(row) && isTheirs(row));
    case 'waive':
      return rows.filter((row) => !isMet(row) && !isRunning(row));
    case 'reopen':
      return rows.filter((row) => row.state !== 'open' && !isRunning(row));
    case 'run':
      return rows.filter(
        (row) => isBegun(row.plan.work) && row.state !== 'waived' && !isRunning(row) && row.waitsFor.length === 0,
      );
    default:
      return verb satisfies never;
  }
}

function isOf({ ref }: ListedItem, list: ItemRef): boolean {
  return sameList(ref, list) && ref.opening === list.opening && (list.no === 0 || ref.no === list.no);
}

function form(
  rollout: Rollout,
  { verb, ref, rows, note }: { verb: Saying; ref: ItemRef; rows: readonly ListedItem[]; note: string },
): Meant {
  return { form: { kind: 'items', verb, rollout, list: ref, rows, note } };
}

/** The form says which list and opening it was drawn for; its choices are numbers in that list. */
function fromForm(filled: FormAnswers, { ref, verb }: { ref: ItemRef | null; verb: Saying }): Meant {
  if (!ref) return refusal('no_such_item', [], { helps: 'items' });
  const numbers = filled.items.map(Number).filter((no) => Number.isInteger(no) && no > 0);
  const refs = numbers.map((no) => ({ ...ref, no }));
  return command(verb, refs, { note: verb === 'done' ? filled.note : filled.reason, how: filled.how });
}

function command(
  verb: Saying,
  refs: readonly ItemRef[],
  { note, how }: { note: string; how: FormAnswers['how'] },
): Command | ReturnType<typeof refusal> {
  const [item] = refs;
  if (!item) return refusal('no_such_item', [], { helps: 'items' });
  switch (verb) {
    case 'done':
      return { type: 'done', items: refs, note };
    case 'fail':
      return { type: 'fail', item, how, note };
    case 'run':
      return { type: 'run', item };
    case 'reopen':
      return { type: 'reopen', item, reason: note };
    case 'waive':
      return { type: 'waive', item, reason: note };
    default:
      return verb satisfies never;
  }
}
