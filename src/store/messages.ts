import type { Db } from './connect.js';

/** Where a message slot of a rollout stands in Slack. */
export interface Placed {
  readonly channelId: string;
  readonly ts: string;
  readonly threadTs: string | null;
  readonly shownHash: string;
}

export async function placedMessage(db: Db, rolloutId: number, slot: string): Promise<Placed | null> {
  const { rows } = await db.query<{ channel_id: string; ts: string; thread_ts: string | null; shown_hash: string }>(
    'select channel_id, ts, thread_ts, shown_hash from messages where rollout_id = $1 and slot = $2',
    [rolloutId, slot],
  );
  const [row] = rows;
  return row ? { channelId: row.channel_id, ts: row.ts, threadTs: row.thread_ts, shownHash: row.shown_hash } : null;
}

/** Remembers where a slot was posted and what it shows. `redrawAfterMs`: when a live message may be drawn again. */
export async function placeMessage(
  db: Db,
  entry: {
    rolloutId: number;
    slot: string;
    channelId: string;
    ts: string;
    threadTs: string | null;
    shownHash: string;
    redrawAfterMs: number | null;
  },
): Promise<void> {
  await db.query(
    `insert into messages (rollout_id, slot, channel_id, ts, thread_ts, shown_hash, next_edit_at)
     values ($1, $2, $3, $4, $5, $6, rollout_now() + $7 * interval '1 millisecond')
     on conflict (rollout_id, slot, channel_id) do update set ts = excluded.ts, thread_ts = excluded.thread_ts,
       shown_hash = excluded.shown_hash, next_edit_at = excluded.next_edit_at`,
    [entry.rolloutId, entry.slot, entry.channelId, entry.ts, entry.threadTs, entry.shownHash, entry.redrawAfterMs],
  );
}

/** A message somebody deleted in Slack: the slot is free to be posted again. */
export async function forgetMessage(db: Db, rolloutId: number, slot: string): Promise<void> {
  await db.query('delete from messages where rollout_id = $1 and slot = $2', [rolloutId, slot]);
}

/** Live messages of rollouts under way that may be drawn again; taking one moves its time on. */
export async function claimRedraws(db: Db, everyMs: number, limit: number): Promise<number[]> {
  const { rows } = await db.query<{ rollout_id: number }>(
    `with due as (select m.rollout_id, m.channel_id from messages m join rollouts r on r.id = m.rollout_id
       where m.slot = 'live' and m.next_edit_at <= rollout_now() and r.phase not in ('rolled_back', 'completed', 'not_started')
       order by m.next_edit_at limit $2 for update of m skip locked)
     update messages set next_edit_at = rollout_now() + $1 * interval '1 millisecond'
     from due where messages.rollout_id = due.rollout_id and messages.slot = 'live' and messages.channel_id = due.channel_id
     returning messages.rollout_id`,
    [everyMs, limit],
  );
  return rows.map((row) => row.rollout_id);
}
