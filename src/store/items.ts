import type { Actor } from '../rollout/plan/actor.js';
import type { ListKind, Lists } from '../rollout/plan/lists.js';
import type { ItemState } from '../rollout/state/item-state.js';
import type { Item, ItemsRead } from '../rollout/state/items.js';
import type { Vote } from '../rollout/state/rollout.js';
import type { Db } from './connect.js';
import { parseStored } from './json.js';

/** An item as `to_jsonb` gives it. */
interface ItemRow {
  list: ListKind;
  stage_no: number;
  opening: number;
  no: number;
  state: ItemState;
  at: string;
  actor: Actor;
  note: string;
  signed: readonly Vote[];
}

/** The columns beside those of a rollout as `r`: its lists, and what was said of their items. As text, null where it has none. */
export const ITEM_COLUMNS = `r.lists::text as lists,
  (select jsonb_agg(to_jsonb(i)) from items i where i.rollout_id = r.id)::text as items`;

export interface ItemColumns {
  lists: string | null;
  items: string | null;
}

export function toItems({ lists, items }: ItemColumns): ItemsRead {
  return {
    lists: lists === null ? [] : parseStored<Lists>(lists),
    items: items === null ? [] : parseStored<ItemRow[]>(items).map(toItem),
  };
}

function toItem({ list, stage_no, opening, no, state, at, actor, note, signed }: ItemRow): Item {
  const ref = { kind: list, stageNo: stage_no, opening, no };
  return { ref, state, at: new Date(at), by: actor, note, signed };
}

/** The lists of a rollout and what was said of their items. No lists where there is no such rollout. */
export async function itemsOf(db: Db, rolloutId: number): Promise<ItemsRead> {
  const { rows } = await db.query<ItemColumns>(
    { name: 'items of a rollout', text: `select ${ITEM_COLUMNS} from rollouts r where r.id = $1` },
    [rolloutId],
  );
  return toItems(rows[0] ?? { lists: null, items: null });
}
