import type { Db } from './connect.js';

/** One message of a rollout in one place: its slot in a channel or in somebody's direct messages. */
export interface MessagePlace {
  readonly rolloutId: number;
  readonly slot: string;
  readonly channelId: string;
  /** Whose direct messages the channel is. */
  readonly person?: string;
  /** The first message of the rollout's thread, which is drawn again as time goes on. */
  readonly root: boolean;
}

/** What a drawing is made from: an older one is never written over a newer one. */
export interface Drawing {
  readonly hash: string;
  /** The rollout's seq. */
  readonly seq: number;
  /** The effect that says what to show; 0 for what is drawn from the rollout alone. */
  readonly effect: number;
}

/** Who draws a slot for the moment. */
export interface SlotHolder {
  /** The process among the replicas; null: none whose life can be seen. */
  readonly worker: string | null;
  /** This one drawing. */
  readonly hold: string;
}

/** A slot that this process alone may draw for the moment, and what it shows. */
export interface HeldSlot {
  /** Null: not posted yet, or deleted by a person. */
  readonly ts: string | null;
  readonly threadTs: string | null;
  readonly shownSeq: number;
  readonly shownEffect: number;
  /** How often a person deleted it. */
  readonly deletions: number;
  /** Which post of the slot it is or will be: one more for each that was deleted or given up. In the post's metadata. */
  readonly posting: number;
  /** How often Slack refused to edit it for good, so that it was posted once more. */
  readonly refusedEdits: number;
  /** The thread before this one, where a person deleted its first message, and the link to it. */
  readonly earlierTs: string | null;
  readonly earlierLink: string | null;
}

/** Does the slot show this already, with nobody drawing it? Then it is noted that it is still what it shall show. */
export async function alreadyShows(db: Db, place: MessagePlace, drawing: Drawing): Promise<boolean> {
  const { rowCount } = await db.query(
    {
      name: 'already shows',
      text: `update messages set shown_seq = greatest(shown_seq, $5), shown_effect = greatest(shown_effect, $6)
     where rollout_id = $1 and slot = $2 and channel_id = $3 and shown_hash = $4 and ts is not null and (held_until is null or held_until < (select steady_now()))`,
    },
    [place.rolloutId, place.slot, place.channelId, drawing.hash, drawing.seq, drawing.effect],
  );
  return rowCount === 1;
}

/** Longer than any one call to Slack; renewed before each. */
const HOLD = `steady_now() + interval '15 seconds'`;
/** Who no longer lives holds nothing: the lock of its worker would be free. */
const HOLDER_IS_DEAD = `(messages.held_by is not null and pg_try_advisory_xact_lock(hashtextextended(messages.held_by, 7)))`;

/** One process draws a slot once at a time: what it holds already is left from a hold or a release whose answer was lost. */
const HOLDER_IS_THIS_PROCESS = `(messages.held_by is not null and messages.held_by = excluded.held_by)`;

/** Takes the slot for one drawing. Null: another process draws it right now. */
export async function holdSlot(db: Db, place: MessagePlace, holder: SlotHolder): Promise<HeldSlot | null> {
  const { rows } = await db.query<{
    ts: string | null;
    thread_ts: string | null;
    shown_seq: number;
    shown_effect: number;
    deletions: number;
    posting: number;
    refused_edits: number;
    earlier_ts: string | null;
    earlier_link: string | null;
  }>(
    {
      name: 'hold slot',
      text: `insert into messages (rollout_id, slot, channel_id, person, root, shown_hash, held_by, hold, held_until) values ($1, $2, $3, $4, $5, '', $6, $7, ${HOLD})
     on conflict (rollout_id, slot, channel_id) do update set held_by = excluded.held_by, hold = excluded.hold, held_until = excluded.held_until
     where messages.held_until is null or messages.held_until < (select steady_now()) or ${HOLDER_IS_THIS_PROCESS} or ${HOLDER_IS_DEAD}
     returning ts, thread_ts, shown_seq, shown_effect, deletions, posting, refused_edits, earlier_ts, earlier_link`,
    },
    [place.rolloutId, place.slot, place.channelId, place.person ?? null, place.root, holder.worker, holder.hold],
  );
  const [row] = rows;
  if (!row) return null;
  return {
    ts: row.ts,
    threadTs: row.thread_ts,
    shownSeq: row.shown_seq,
    shownEffect: row.shown_effect,
    deletions: row.deletions,
    posting: row.posting,
    refusedEdits: row.refused_edits,
    earlierTs: row.earlier_ts,
    earlierLink: row.earlier_link,
  };
}

/** Is the slot still ours? Then for long enough for one more call. */
export async function keepHold(db: Db, place: MessagePlace, holder: SlotHolder): Promise<boolean> {
  const { rowCount } = await db.query(
    {
      name: 'keep hold',
      text: `update messages set held_until = ${HOLD} where rollout_id = $1 and slot = $2 and channel_id = $3 and hold = $4`,
    },
    [place.rolloutId, place.slot, place.channelId, holder.hold],
  );
  return rowCount === 1;
}

export async function releaseSlot(db: Db, place: MessagePlace, holder: SlotHolder): Promise<void> {
  await db.query(
    {
      name: 'release slot',
      text: `update messages set held_by = null, hold = null, held_until = null where rollout_id = $1 and slot = $2 and channel_id = $3 and hold = $4`,
    },
    [place.rolloutId, place.slot, place.channelId, holder.hold],
  );
}

/**
 * Remembers where a held slot stands and what it shows, and gives it back. `redrawAfterMs`: when a live message may be drawn
 * again. False: somebody else took the slot meanwhile.
 */
export async function placeMessage(
  db: Db,
  place: MessagePlace,
  holder: SlotHolder,
  shown: Drawing & { ts: string; threadTs: string | null; redrawAfterMs: number | null },
): Promise<boolean> {
  const { rowCount } = await db.query(
    {
      name: 'place message',
      text: `update messages set ts = $5, thread_ts = $6, shown_hash = $7, shown_seq = $8, shown_effect = $9,
       next_edit_at = rollout_now() + $10 * interval '1 millisecond', held_by = null, hold = null, held_until = null
     where rollout_id = $1 and slot = $2 and channel_id = $3 and hold = $4`,
    },
    [
      place.rolloutId,
      place.slot,
      place.channelId,
      holder.hold,
      shown.ts,
      shown.threadTs,
      shown.hash,
      shown.seq,
      shown.effect,
      shown.redrawAfterMs,
    ],
  );
  return rowCount === 1;
}

/** Nothing is to be shown any more where nothing stands: and nothing older either. */
export async function passOver(db: Db, place: MessagePlace, holder: SlotHolder, drawing: Drawing): Promise<void> {
  await db.query(
    `update messages set shown_seq = $5, shown_effect = $6, next_edit_at = case when ts is not null then rollout_now() + interval '10 minutes' end
     where rollout_id = $1 and slot = $2 and channel_id = $3 and hold = $4`,
    [place.rolloutId, place.slot, place.channelId, holder.hold, drawing.seq, drawing.effect],
  );
}

/**
 * Slack refused to edit what stands there, for good: it is left as it is, and the slot is free for a new post. Of a
 * thread's first message it is kept where it stands, for the next one to point to.
 */
export async function giveUpPost(db: Db, place: MessagePlace, holder: SlotHolder): Promise<void> {
  await db.query(
    `update messages set ts = null, shown_hash = '', posting = posting + 1, refused_edits = refused_edits + 1,
       next_edit_at = case when root then rollout_now() end,
       earlier_link = case when root then null else earlier_link end, earlier_ts = case when root then ts else earlier_ts end
     where rollout_id = $1 and slot = $2 and channel_id = $3 and hold = $4`,
    [place.rolloutId, place.slot, place.channelId, holder.hold],
  );
}

/**
 * A person deleted the message. Of a thread's first one it is kept where the replies to it stand: they go on being edited
 * there, and the next first message points to them.
 */
export async function markDeleted(db: Db, place: MessagePlace, holder: SlotHolder): Promise<void> {
  await db.query(
    `update messages m set ts = null, shown_hash = '', deletions = deletions + 1, posting = posting + 1, next_edit_at = case when root then rollout_now() end,
       earlier_link = case when replied.there then null else earlier_link end, earlier_ts = case when replied.there then m.ts else earlier_ts end
     from (select exists (select 1 from messages r join messages o using (rollout_id, channel_id)
       where o.rollout_id = $1 and o.slot = $2 and o.channel_id = $3 and r.thread_ts = o.ts and r.ts is not null) as there) replied
     where rollout_id = $1 and slot = $2 and channel_id = $3 and hold = $4`,
    [place.rolloutId, place.slot, place.channelId, holder.hold],
  );
}

/** How long after a call that was not answered Slack is looked at for what it may have done late. */
const DOUBT = `rollout_now() + interval '10 seconds'`;

/** Slack did not answer for this slot: it may still carry out what it was asked. */
export async function doubtPost(db: Db, { rolloutId, slot, channelId }: MessagePlace, edit = false): Promise<void> {
  await db.query(
    `update messages set doubt_at = ${DOUBT}, doubts = 0, late_edit = late_edit or $4 where rollout_id = $1 and slot = $2 and channel_id = $3`,
    [rolloutId, slot, channelId, edit],
  );
}

/** Slack did not know the thread: its first message is looked at again instead of trusted. */
export async function doubtRoot(
  db: Db,
  { rolloutId, channelId }: Pick<MessagePlace, 'rolloutId' | 'channelId'>,
): Promise<void> {
  await db.query(
    `update messages set shown_hash = '' where rollout_id = $1 and root and channel_id = $2 and ts is not null`,
    [rolloutId, channelId],
  );
}

/**
 * Two drew the slot at once, and nobody knows which Slack took last: it is drawn once more from the newest there is.
 */
export async function drawAgain(db: Db, { rolloutId, slot, channelId, person }: MessagePlace): Promise<void> {
  await db.query(
    `with doubted as (update messages set shown_hash = '', next_edit_at = case when root then rollout_now() end
       where rollout_id = $1 and slot = $2 and channel_id = $3)
     update effects set state = 'pending', retry_at = null where state = 'done' and id = (select max(id) from effects
       where rollout_id = $1 and slot = $2 and person is not distinct from $4)`,
    [rolloutId, slot, channelId, person ?? null],
  );
}

/** Where a slot stands in a channel; null while it does not. */
export async function postedAt(
  db: Db,
  { rolloutId, slot, channelId }: Pick<MessagePlace, 'rolloutId' | 'slot' | 'channelId'>,
): Promise<string | null> {
  const { rows } = await db.query<{ ts: string | null }>(
    `select ts from messages where rollout_id = $1 and slot = $2 and channel_id = $3`,
    [rolloutId, slot, channelId],
  );
  return rows[0]?.ts ?? null;
}

/** Where the first message of a rollout's thread stands in a channel; null while it does not. */
export async function rootAt(db: Db, rolloutId: number, channelId: string): Promise<string | null> {
  const { rows } = await db.query<{ ts: string | null }>(
    `select ts from messages where rollout_id = $1 and root and channel_id = $2`,
    [rolloutId, channelId],
  );
  return rows[0]?.ts ?? null;
}

/** Has this slot ever stood in the rollout's channel? */
export async function wasPosted(db: Db, rolloutId: number, slot: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `select 1 from messages where rollout_id = $1 and slot = $2 and person is null and (ts is not null or posting > 0) limit 1`,
    [rolloutId, slot],
  );
  return rowCount === 1;
}

/** A live message that may be drawn again. Of a rollout that ended the claim takes its time away. */
export const REDRAW_IS_DUE = `select from messages m where m.root and m.next_edit_at <= (select rollout_now())`;

/** Live messages that may be drawn again, those that have waited longest first; taking one moves its time on. A trigger leaves those of ended rollouts without a time. */
export async function claimRedraws(db: Db, everyMs: number, limit: number): Promise<number[]> {
  const { rows } = await db.query<{ rollout_id: number; under_way: boolean }>(
    {
      name: 'claim redraws',
      text: `with due as (select m.rollout_id, m.channel_id from messages m where m.root and m.next_edit_at <= (select rollout_now())
       order by m.next_edit_at limit $2 for update skip locked)
     update messages set next_edit_at = rollout_now() + $1 * interval '1 millisecond'
     from due where messages.rollout_id = due.rollout_id and messages.root and messages.channel_id = due.channel_id
     returning messages.rollout_id, messages.next_edit_at is not null as under_way`,
    },
    [everyMs, limit],
  );
  return rows.filter((row) => row.under_way).map((row) => row.rollout_id);
}
