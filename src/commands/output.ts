import { forbids, refusedDetail } from '../rollout/state/authority.js';
import type { ItemRef } from '../rollout/state/item-state.js';
import { type ItemsRead, type ListedItem, rowsOf, sameItem } from '../rollout/state/items.js';
import { sameList } from '../rollout/state/lists.js';
import { refusal } from '../rollout/state/refusal.js';
import type { Rollout } from '../rollout/state/rollout.js';
import { renderOutput } from '../slack/words/messages/index.js';
import { itemsOf, outputText } from '../store/items.js';
import { itemNamed, refOf } from './items-meant.js';
import { refuse } from './moving.js';
import { canOpenForm, type Desk, type Reply, type Request, type VerbHandler } from './request.js';
import { which } from './which.js';

/** What came of an item that the bot did: for whoever has a role of the plan. */
export const output: VerbHandler = {
  verb: 'output',
  usage: 'output [rollout] <item>',
  does: 'show what a program printed or a request was answered, its last lines',
  async run(request, desk) {
    const found = await which(request, desk, 'output');
    if (!found.ok) return refuse('output', found.refusal, null, found.candidates);
    const { loaded, rest } = found;
    const { rollout } = loaded;
    const standing = await desk.directory.standing(request.actor, rollout.people);
    const forbidden = forbids('output', standing);
    if (forbidden) {
      const who = { kind: 'who', ok: false, needs: Object.keys(rollout.people) } as const;
      return refuse(
        'output',
        refusal(forbidden, [who], { ...refusedDetail(forbidden, standing), helps: 'items' }),
        loaded,
      );
    }
    const rows = rowsWithOutput(rollout, await itemsOf(desk.db, rollout.id));
    const meant = rowMeant(request, rows, rest);
    if ('form' in meant) {
      const { ref, shown } = meant.form;
      const form = { kind: 'items', verb: 'output', rollout, list: ref, rows: shown, note: '' } as const;
      const reply = refuse('output', refusal('no_such_item', [], { helps: 'items' }), loaded);
      return canOpenForm(request) ? { ...reply, form } : reply;
    }
    return 'reason' in meant ? refuse('output', meant, loaded) : await shown(meant, rollout, desk);
  },
};

/** Of every opening that there is now, also where a list is closed. */
export function rowsWithOutput({ lists }: Rollout, items: ItemsRead): readonly ListedItem[] {
  return lists
    .filter(({ opening }) => opening > 0)
    .flatMap((list) => rowsOf(items, list))
    .filter(({ item }) => item?.output);
}

type Meant =
  | ListedItem
  | ReturnType<typeof refusal>
  | { readonly form: { readonly ref: ItemRef; readonly shown: readonly ListedItem[] } };

function rowMeant({ button, filled }: Request, rows: readonly ListedItem[], words: string): Meant {
  const none = refusal('no_output', [], { helps: 'items' });
  const ref = refOf(button);
  if (ref) {
    const ofList = rows.filter(({ ref: one }) => sameList(one, ref) && one.opening === ref.opening);
    const no = filled ? Number(filled.items[0]) : ref.no;
    const [only, another] = ofList;
    if (no > 0) return ofList.find((row) => sameItem(row.ref, { ...ref, no })) ?? none;
    if (only && another) return { form: { ref, shown: ofList } };
    return only ?? none;
  }
  const [only, another] = rows;
  if (!only) return none;
  if (words.trim() === '' && !another) return only;
  const named = itemNamed(words, rows, 'output');
  return 'reason' in named ? named : named.row;
}

async function shown({ plan, item }: ListedItem, rollout: Rollout, desk: Desk): Promise<Reply> {
  const text = item?.output ? await outputText(desk.db, rollout.id, item.output) : null;
  return { rendered: renderOutput({ rollout, plan, note: item?.note ?? '', at: item?.at ?? null, text }) };
}
