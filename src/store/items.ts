import type { Actor } from '../rollout/plan/actor.js';
import type { ListKind, Lists } from '../rollout/plan/lists.js';
import type { ItemState, Output } from '../rollout/state/item-state.js';
import type { Item, ItemsRead } from '../rollout/state/items.js';
import type { Vote } from '../rollout/state/rollout.js';
import { sha256 } from './chain.js';
import type { Db } from './connect.js';
import { parseOnce, parseStored, storable } from './json.js';

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
  run: number;
  started: boolean;
  output: Output | null;
}

/** The columns beside those of a rollout as `r`: its lists, and what was said of their items. As text, null where it has none. */
export const ITEM_COLUMNS = `r.lists::text as lists,
  (select jsonb_agg(to_jsonb(i)) from items i where i.rollout_id = r.id)::text as items`;

/**
 * The same where the lists are known already, they never change: of the items only those in `$2`, a JSON list of list, stage_no and no.
 */
export const SOME_ITEM_COLUMNS = `null::text as lists,
  (select jsonb_agg(to_jsonb(i)) from items i join jsonb_to_recordset($2::jsonb) as w(list text, stage_no int, no int)
    on i.list = w.list and i.stage_no = w.stage_no and i.no = w.no where i.rollout_id = r.id)::text as items`;

export interface ItemColumns {
  lists: string | null;
  items: string | null;
}

export function toItems({ lists, items }: ItemColumns): ItemsRead {
  return {
    lists: lists === null ? [] : parseOnce<Lists>(lists),
    items: items === null ? [] : parseStored<ItemRow[]>(items).map(toItem),
  };
}

function toItem({ list, stage_no, opening, no, state, at, actor, note, signed, run, started, output }: ItemRow): Item {
  const ref = { kind: list, stageNo: stage_no, opening, no };
  return { ref, state, at: new Date(at), by: actor, note, signed, run, started, output };
}

/** Keeps what came of a run; without secrets already. */
export async function keepOutput(db: Db, rolloutId: number, text: string): Promise<Output> {
  const kept = storable(text);
  const hash = sha256(kept);
  const { rows } = await db.query<{ id: string }>(
    {
      name: 'keep output',
      text: 'insert into item_outputs (rollout_id, sha256, text) values ($1, $2, $3) returning id',
    },
    [rolloutId, hash, kept],
  );
  return { id: Number(rows[0]?.id), bytes: Buffer.byteLength(kept), sha256: hash };
}

/** What was kept; null where it is not there any more. */
export async function outputText(db: Db, rolloutId: number, { id }: Output): Promise<string | null> {
  const { rows } = await db.query<{ text: string }>(
    { name: 'one output', text: 'select text from item_outputs where id = $1 and rollout_id = $2' },
    [id, rolloutId],
  );
  return rows[0]?.text ?? null;
}

/** The lists of a rollout and what was said of their items. No lists where there is no such rollout. */
export async function itemsOf(db: Db, rolloutId: number): Promise<ItemsRead> {
  const { rows } = await db.query<ItemColumns>(
    { name: 'items of a rollout', text: `select ${ITEM_COLUMNS} from rollouts r where r.id = $1` },
    [rolloutId],
  );
  return toItems(rows[0] ?? { lists: null, items: null });
}
