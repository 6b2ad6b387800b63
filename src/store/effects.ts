import type { Addressed, Lane } from '../rollout/state/audience.js';
import type { Effect } from '../rollout/state/effects.js';
import type { Rollout } from '../rollout/state/rollout.js';
import type { Db } from './connect.js';
import { parseStored, storable } from './json.js';

/** An effect as claimed by this process. Whoever holds an older fence writes nothing. */
export interface EffectRow {
  readonly id: number;
  readonly rolloutId: number;
  readonly effect: Effect;
  /** Who hears of it and what waits for it, as it was decided when it was written. */
  readonly addressed: Addressed;
  readonly attempts: number;
  readonly fence: number;
  readonly lastError: string | null;
  /** What Slack's refusal was called when this post was taken to be refused; null: it was not. */
  readonly refused: string | null;
  /** When this process asked for it, by `performance.now()`: what it learned since then is newer than this claim. */
  readonly askedAt: number;
  /** The rollout as this process decided the effect; absent where the effect was claimed from the table. */
  readonly decided?: Rollout;
}

interface Raw {
  id: number;
  rollout_id: number;
  payload: Effect;
  lane: Lane;
  person: string | null;
  place: Addressed['place'];
  must_hear: Addressed['mustHear'];
  outside: Addressed['outside'];
  still: Addressed['still'];
  urgent: boolean;
  holds_up: boolean;
  attempts: number;
  fence: number;
  last_error: string | null;
  refused: string | null;
}

export function toEffectRow(raw: Raw, askedAt: number): EffectRow {
  const { lane, person, place, must_hear: mustHear, outside, still, urgent, holds_up: holdsUp } = raw;
  return {
    id: raw.id,
    rolloutId: raw.rollout_id,
    effect: raw.payload,
    addressed: { lane, person, place, mustHear, outside, still, urgent, holdsUp },
    attempts: raw.attempts,
    fence: raw.fence,
    lastError: raw.last_error,
    refused: raw.refused,
    askedAt,
  };
}

export interface Claim {
  readonly worker: string;
  /** Direct messages are claimed by `claimDirect`. */
  readonly lane: Exclude<Lane, 'direct'>;
  readonly limit: number;
  readonly rolloutId?: number;
  /** What this process is carrying out right now. It is not claimed again, whatever became of its lease. */
  readonly inHand?: readonly number[];
  /** Nothing but what is urgent: that is taken even when everything else has to wait. */
  readonly urgentOnly?: boolean;
}

/**
 * Claims what is due on a lane. Of a rollout's targets one at a time, in order; a lowering waits for nothing. Of its posts
 * new ones in order, but nothing waits for one that is itself waiting to be tried again, nor for an edit of another post,
 * and an urgent one waits for no other post at all. What a dead process left claimed is free again once its lease is over (or
 * `freeDead` noticed); what this one claimed and then lost track of (an answer that did not arrive, an error on the way),
 * after a moment. The fence names the holder: it rises when a claim changes hands, and stays when a process asks again for
 * what it holds already, so that an answer which arrives late is a repeat and not a takeover.
 */
export async function claimEffects(db: Db, claim: Claim): Promise<EffectRow[]> {
  const { worker, lane, limit, rolloutId = null, inHand = [], urgentOnly = false } = claim;
  const askedAt = performance.now();
  const { rows } = await db.query<{ row: string }>({ name: 'claim effects', text: CLAIM }, [
    worker,
    lane,
    limit,
    rolloutId,
    inHand,
    urgentOnly,
  ]);
  return rows.map((row) => toEffectRow(parseStored<Raw>(row.row), askedAt));
}

/**
 * No wait that is stored here is longer: a time further ahead was written before the database's clock went back. The last read
 * after a raise that was overtaken is the longest.
 */
const CLOCK_WENT_BACK = `(select rollout_now()) + interval '15 minutes'`;

/** `$1`: who claims. Of a row that is claimed already by the same process the holder does not change. */
export const FENCE = `fence + case when state = 'claimed' and claimed_by = $1 then 0 else 1 end`;

/**
 * Its time has come and nobody is at it, whatever stands before it; `$1`: who asks. A step that takes long is not taken from
 * whoever is at it: only `freeDead` does, when they are gone.
 */
export const EFFECT_IS_DUE = `e.state in ('pending', 'claimed')
    and (e.state = 'pending' or (e.lane <> 'step' and e.lease_until < (select steady_now())) or (e.claimed_by = $1 and e.lease_until < (select steady_now()) + interval '14 seconds'))
    and (e.not_before is null or e.not_before <= (select rollout_now()) or e.not_before > ${CLOCK_WENT_BACK})
    and (e.retry_at is null or e.retry_at <= (select rollout_now()) or e.retry_at > ${CLOCK_WENT_BACK})`;

const CLAIM = `
with due as (
  select e.id from effects e
  where e.lane = $2 and ($4::int is null or e.rollout_id = $4) and (e.urgent or not $6)
    and not e.id = any($5::int[]) and ${EFFECT_IS_DUE}
    and ((e.lane = 'target' and e.urgent) or not exists (
      select 1 from effects o where o.rollout_id = e.rollout_id and o.lane = e.lane and o.id < e.id
        and o.state in ('pending', 'claimed') and o.holds_up
        and (o.not_before is null or o.not_before <= (select rollout_now()))
        and (e.lane <> 'message' or (o.slot is not distinct from e.slot and o.state = 'claimed') or (
          not e.urgent and (o.state = 'claimed' or o.retry_at is null or o.retry_at <= (select rollout_now()) or o.retry_at > ${CLOCK_WENT_BACK})
          and not exists (select 1 from messages m
            where m.rollout_id = o.rollout_id and m.slot = o.slot and m.person is null and m.ts is not null)))))
  order by e.urgent desc, e.id limit $3 for update skip locked)
update effects set state = 'claimed', claimed_by = $1, lease_until = steady_now() + interval '15 seconds', attempts = attempts + 1, fence = ${FENCE}
from due where effects.id = due.id
returning to_jsonb(effects)::text as row`;

export type End = 'done' | 'failed' | 'expired';

/** Ends a claimed effect. False: it was superseded or taken over meanwhile, which is a normal answer. */
export async function endEffect(db: Db, row: EffectRow, state: End, error: string | null = null): Promise<boolean> {
  const { rowCount } = await db.query(
    {
      name: 'end effect',
      text: `update effects set state = $3, last_error = coalesce($4, last_error), done_at = steady_now(), claimed_by = null, lease_until = null
     where id = $1 and fence = $2 and state = 'claimed'`,
    },
    [row.id, row.fence, state, error === null ? null : storable(error)],
  );
  return rowCount === 1;
}

/** Gives a claimed effect back for another try, this many milliseconds of domain time from now. */
export async function retryEffect(db: Db, row: EffectRow, afterMs: number, error: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `update effects set state = 'pending', retry_at = rollout_now() + $3 * interval '1 millisecond', last_error = $4,
       claimed_by = null, lease_until = null
     where id = $1 and fence = $2 and state = 'claimed'`,
    [row.id, row.fence, afterMs, storable(error)],
  );
  return rowCount === 1;
}

/** A post that Slack did not take: since when, ms of domain time, this one included. */
export async function noteFailing(db: Db, row: EffectRow): Promise<number> {
  const { rows } = await db.query<{ ms: number }>(
    `update effects set failing_since = coalesce(least(failing_since, rollout_now()), rollout_now()) where id = $1 and fence = $2
     returning (extract(epoch from rollout_now() - failing_since) * 1000)::float8 as ms`,
    [row.id, row.fence],
  );
  return rows[0]?.ms ?? 0;
}

export interface RefusedPost {
  readonly afterMs: number;
  readonly error: string;
  /** What Slack's refusal is called, where the post is taken to be refused. */
  readonly code: string | null;
}

/**
 * Gives a post back for another try, this many milliseconds of domain time from now; refused, the people who have to hear
 * of it are told directly, decided at once. A newer effect of the slot takes its place. False: it was superseded or taken over meanwhile.
 */
export async function retryPost(db: Db, row: EffectRow, { afterMs, error, code }: RefusedPost): Promise<boolean> {
  const { rowCount } = await db.query(
    `update effects e set state = case when newer.there then 'superseded' else 'pending' end,
       done_at = case when newer.there then steady_now() end,
       retry_at = rollout_now() + $3 * interval '1 millisecond', last_error = $4, refused = coalesce($5, refused),
       tell_at = case when $5::text is not null and must_hear is not null and refused is null and tell_at is null and not newer.there then rollout_now() else tell_at end,
       claimed_by = null, lease_until = null
     from (select exists (select 1 from effects n join effects o on o.rollout_id = n.rollout_id and o.slot = n.slot and o.lane = n.lane
       where o.id = $1 and n.id > o.id and n.state in ('pending', 'claimed')) as there) newer
     where e.id = $1 and e.fence = $2 and e.state = 'claimed'`,
    [row.id, row.fence, afterMs, storable(error), code],
  );
  return rowCount === 1;
}

/** Was this slot tried before by an effect that a newer one replaced? Then it may be posted although nobody heard so. */
export async function slotWasTried(db: Db, row: EffectRow, slot: string): Promise<boolean> {
  const { rowCount } = await db.query(
    {
      name: 'slot was tried',
      text: 'select 1 from effects where rollout_id = $1 and slot = $2 and id < $3 and attempts > 0 limit 1',
    },
    [row.rolloutId, slot, row.id],
  );
  return rowCount === 1;
}

/** Is this claim still ours? Then its lease begins again, long enough for one call to a target. */
export async function renewClaim(db: Db, row: EffectRow): Promise<boolean> {
  const { rowCount } = await db.query(
    `update effects set lease_until = steady_now() + interval '15 seconds' where id = $1 and fence = $2 and state = 'claimed'`,
    [row.id, row.fence],
  );
  return rowCount === 1;
}

/**
 * Does the order of this raise still stand: claimed by us, not taken back, not expired by the database's clock? Then its
 * lease begins again.
 */
export async function orderStands(db: Db, row: EffectRow): Promise<boolean> {
  const { rowCount } = await db.query(
    `update effects set lease_until = steady_now() + interval '15 seconds'
     where id = $1 and fence = $2 and state = 'claimed' and not_after > (select rollout_now())`,
    [row.id, row.fence],
  );
  return rowCount === 1;
}

/** The open lowering of a rollout, for the message that says it is not done yet. */
export async function openLowering(
  db: Db,
  rolloutId: number,
): Promise<{ attempts: number; lastError: string | null } | null> {
  const { rows } = await db.query<{ attempts: number; last_error: string | null }>(
    {
      name: 'open lowering',
      text: `select attempts, last_error from effects where rollout_id = $1 and kind = 'lower' and state in ('pending', 'claimed') order by id desc limit 1`,
    },
    [rolloutId],
  );
  const [row] = rows;
  return row ? { attempts: row.attempts, lastError: row.last_error } : null;
}

/** Frees what processes that no longer live had claimed. Liveness is a session advisory lock per process. */
export async function freeDead(db: Db, worker: string): Promise<number> {
  const { rows } = await db.query<{ freed: number }>(
    `with owners as materialized (
       select distinct claimed_by as id from effects where state = 'claimed' and claimed_by <> $1
       union select distinct claimed_by from watches where claimed_by is not null and claimed_by <> $1),
     dead as materialized (select id from owners where pg_try_advisory_xact_lock(hashtextextended(id, 7))),
     fx as (update effects set state = 'pending', claimed_by = null, lease_until = null, fence = fence + 1
       from dead where claimed_by = dead.id and effects.state = 'claimed' returning 1),
     ws as (update watches set claimed_by = null, lease_until = null, fence = fence + 1 from dead where claimed_by = dead.id returning 1)
     select ((select count(*) from fx) + (select count(*) from ws))::int as freed`,
    [worker],
  );
  return rows[0]?.freed ?? 0;
}
