import type { NothingBecause } from '../rollout/state/nothing.js';
import type { Refusal } from '../rollout/state/refusal.js';
import type { Db } from './connect.js';
import { parseStored, toStored } from './json.js';

/** The answer a delivery got, kept so that the same delivery gets the same answer. */
export type StoredAnswer =
  | { readonly kind: 'accepted'; readonly seq: number }
  | { readonly kind: 'nothing'; readonly because: NothingBecause }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

export interface Remembered {
  readonly paramsHash: string;
  readonly rolloutId: number | null;
  readonly outcome: StoredAnswer;
}

export async function recall(db: Db, key: string): Promise<Remembered | null> {
  const { rows } = await db.query<{ params_hash: string; rollout_id: number | null; outcome: string }>(
    'select params_hash, rollout_id, outcome::text as outcome from inbox where key = $1',
    [key],
  );
  const [row] = rows;
  return row
    ? { paramsHash: row.params_hash, rolloutId: row.rollout_id, outcome: parseStored<StoredAnswer>(row.outcome) }
    : null;
}

/** Keeps an answer that changed nothing. False: this delivery was answered before, and that answer stays. */
export async function remember(
  db: Db,
  entry: { key: string; paramsHash: string; rolloutId: number | null; actor: string; outcome: StoredAnswer },
): Promise<boolean> {
  const { rowCount } = await db.query(
    'insert into inbox (key, params_hash, rollout_id, actor, outcome) values ($1, $2, $3, $4, $5) on conflict do nothing',
    [entry.key, entry.paramsHash, entry.rolloutId, entry.actor, toStored(entry.outcome)],
  );
  return rowCount === 1;
}
