import type { Addressed } from '../rollout/state/audience.js';
import type { ShowEffect } from '../rollout/state/effects.js';
import type { Db } from './connect.js';
import { EFFECT_IS_DUE, type EffectRow, FENCE, toEffectRow } from './effects.js';
import { parseStored, storable, toStored } from './json.js';

/** Why somebody is shown in a direct message what belongs in the channel. */
export type Copy =
  /** They may approve and are not in the channel. `link`: the card there. */
  | { readonly kind: 'outside'; readonly of: number; readonly link: string | null }
  /** The bot cannot post there. `code`: what Slack says. */
  | { readonly kind: 'lost'; readonly of: number; readonly code: string };

/** What goes to one person; `copy` where it is the channel's and not theirs alone. */
export type DirectEffect = ShowEffect & { readonly person: string; readonly copy?: Copy };

export interface DirectRow extends EffectRow {
  readonly effect: DirectEffect;
}

/** Claims what is due for single people, in no order. */
export async function claimDirect(
  db: Db,
  { worker, limit, inHand }: { worker: string; limit: number; inHand: readonly number[] },
): Promise<DirectRow[]> {
  const askedAt = performance.now();
  const { rows } = await db.query<{ row: string }>(CLAIM, [worker, limit, inHand]);
  return rows.map(({ row }) => toEffectRow(parseStored(row), askedAt) as DirectRow);
}

const CLAIM = `
with due as (
  select e.id from effects e
  where e.lane = 'direct' and not e.id = any($3::int[]) and ${EFFECT_IS_DUE}
  order by e.urgent desc, e.attempts, e.id limit $2 for update skip locked)
update effects set state = 'claimed', claimed_by = $1, lease_until = steady_now() + interval '15 seconds', attempts = attempts + 1, fence = ${FENCE}
from due where effects.id = due.id
returning to_jsonb(effects)::text as row`;

/** Did an earlier effect try to show this person the slot? Then it may be posted although nobody heard so. */
export async function personWasTried(db: Db, { rolloutId, id, effect }: DirectRow): Promise<boolean> {
  const { rowCount } = await db.query(
    `select 1 from effects where rollout_id = $1 and slot = $2 and person = $3 and id < $4 and attempts > 0 limit 1`,
    [rolloutId, effect.slot, effect.person, id],
  );
  return rowCount === 1;
}

/** Numbers of what is said in the thread instead: between what the rules number and the copies. */
const INSTEAD_FROM = 500;

/** What one person cannot be told directly is said in the thread; once for each time it was to be told. */
export async function sayInThread(db: Db, row: DirectRow): Promise<void> {
  await db.query(
    `insert into effects (rollout_id, seq, n, lane, kind, slot, place, still, urgent, payload)
     select rollout_id, seq, n + ${INSTEAD_FROM}, 'message', 'show', slot, 'thread', still, urgent, payload - 'person' || jsonb_build_object('unreached', person)
     from effects where id = $1 and fence = $2 and state = 'claimed' and n < ${INSTEAD_FROM}
     on conflict (rollout_id, seq, n) do nothing`,
    [row.id, row.fence],
  );
}

/** Ends a claimed effect whose post the channel shows. What people outside the channel are shown too, and what people were shown before, is told on. */
export async function endShown(db: Db, row: EffectRow): Promise<boolean> {
  const { rowCount } = await db.query(
    {
      name: 'end shown',
      text: `update effects e set state = 'done', done_at = steady_now(), claimed_by = null, lease_until = null,
       tell_at = case when e.outside is not null or ${KNOWN} then rollout_now() else tell_at end
     where e.id = $1 and e.fence = $2 and e.state = 'claimed'`,
    },
    [row.id, row.fence],
  );
  return rowCount === 1;
}

const KNOWN = `exists (select 1 from messages m where m.rollout_id = e.rollout_id and m.slot = e.slot and m.person is not null
  union all select 1 from effects d where d.rollout_id = e.rollout_id and d.slot = e.slot and d.lane = 'direct' and d.state in ('pending', 'claimed'))`;

/** A post of which it is to be decided who else is shown it. */
export interface Telling extends Pick<Addressed, 'mustHear' | 'outside' | 'urgent'> {
  readonly id: number;
  readonly rolloutId: number;
  readonly effect: ShowEffect;
  /** The channel shows it. */
  readonly shown: boolean;
  /** Why it does not; null too when it does not yet. */
  readonly lost: string | null;
}

/** A telling whose time has come, or was written before the clock went back. */
export const TELLING_IS_DUE = `select from effects e where e.tell_at < 'infinity'
  and (e.tell_at <= (select rollout_now()) or e.tell_at > (select rollout_now()) + interval '5 minutes')`;

export async function dueTellings(db: Db, limit: number): Promise<Telling[]> {
  const { rows } = await db.query<{
    id: number;
    rollout_id: number;
    effect: string;
    shown: boolean;
    lost: string | null;
    must_hear: Telling['mustHear'];
    outside: Telling['outside'];
    urgent: boolean;
  }>(
    `select e.id, e.rollout_id, e.payload::text as effect, e.must_hear, e.outside, e.urgent, e.state = 'done' as shown,
       case when e.state in ('pending', 'claimed') then e.refused end as lost
     from effects e where e.tell_at < 'infinity' and (e.tell_at <= (select rollout_now()) or e.tell_at > (select rollout_now()) + interval '5 minutes')
     order by e.urgent desc, e.tell_at, e.id limit $1`,
    [limit],
  );
  return rows.map((row) => ({
    id: row.id,
    rolloutId: row.rollout_id,
    effect: parseStored<ShowEffect>(row.effect),
    shown: row.shown,
    lost: row.lost,
    mustHear: row.must_hear,
    outside: row.outside,
    urgent: row.urgent,
  }));
}

/** Slack did not say who, or the channel may show it yet (null): decided later. */
export async function tellLater(db: Db, id: number, afterMs: number | null): Promise<void> {
  await db.query(
    `update effects set tell_at = rollout_now() + $2 * interval '1 millisecond' where id = $1 and tell_at < 'infinity'`,
    [id, afterMs],
  );
}

/** This claimed one is given up. What follows from that is written while it is claimed, and it ends last: an error loses nothing. */
export async function noteGivenUp(db: Db, row: DirectRow, why: string): Promise<void> {
  await db.query(`update effects set refused = $3 where id = $1 and fence = $2 and state = 'claimed'`, [
    row.id,
    row.fence,
    storable(why),
  ]);
}

/** Did nobody get the copies of this post, with none left to try? */
export async function nobodyHeard(db: Db, rolloutId: number, id: number): Promise<boolean> {
  const { rows } = await db.query<{ nobody: boolean }>(
    `select count(*) > 0 and bool_and(state = 'failed' or (state in ('pending', 'claimed') and refused is not null)) as nobody from effects
     where rollout_id = $1 and lane = 'direct' and (payload->'copy'->>'of')::int = $2`,
    [rolloutId, id],
  );
  return rows[0]?.nobody === true;
}

/** Who is told about this post is decided once more. */
export async function tellAgain(db: Db, id: number): Promise<void> {
  await db.query(`update effects set tell_at = rollout_now() where id = $1 and tell_at = 'infinity'`, [id]);
}

/** Who has this slot in their direct messages already, or is about to. */
export async function peopleShown(db: Db, rolloutId: number, slot: string): Promise<string[]> {
  const { rows } = await db.query<{ person: string }>(
    `select person from messages where rollout_id = $1 and slot = $2 and person is not null
     union select person from effects where rollout_id = $1 and slot = $2 and lane = 'direct' and state in ('pending', 'claimed')`,
    [rolloutId, slot],
  );
  return rows.map((row) => row.person);
}

/** Numbers of copies among the effects of their event: out of the way of what the rules number. */
const COPIES_FROM = 1_000;

export interface Order {
  /** The post. */
  readonly id: number;
  readonly people: readonly string[];
  readonly copy: Copy;
  /** Not everybody is known yet: decided again then. Null: decided. */
  readonly againMs: number | null;
}

/**
 * Orders a copy for each of these people, once per post, in place of older ones that did not go out. Nothing when a newer
 * post of the slot is there: that one is told instead. One statement, so that a crash tells nobody twice and nobody never.
 */
export async function orderCopies(db: Db, { id, people, copy, againMs }: Order): Promise<void> {
  await db.query(ORDER_COPIES, [id, people, toStored(copy), againMs]);
}

const ORDER_COPIES = `
with post as (select id, rollout_id, seq, n, slot, still, urgent, payload from effects where id = $1 and tell_at < 'infinity' for update),
newest as (select * from post where not exists (select 1 from effects o
  where o.rollout_id = post.rollout_id and o.lane = 'message' and o.slot = post.slot and o.id > post.id)),
made as (select d.id, d.person, d.payload from effects d, newest p where d.rollout_id = p.rollout_id and d.seq = p.seq and d.lane = 'direct'
  and d.n >= ${COPIES_FROM} * (p.n + 1) and d.n < ${COPIES_FROM} * (p.n + 2)),
same as (select * from made where payload->'copy'->>'kind' = $3::jsonb->>'kind'),
gone as (update effects set state = 'superseded', done_at = steady_now() from newest p
  where effects.rollout_id = p.rollout_id and effects.slot = p.slot and effects.lane = 'direct' and effects.state = 'pending'
    and jsonb_exists(effects.payload, 'copy') and effects.id not in (select id from same)),
told as (update effects set tell_at = coalesce(rollout_now() + $4 * interval '1 millisecond', 'infinity') from post where effects.id = post.id)
insert into effects (rollout_id, seq, n, lane, kind, slot, person, place, still, urgent, payload)
select p.rollout_id, p.seq, ${COPIES_FROM} * (p.n + 1) + (select count(*) from made)::int + (row_number() over (order by who.person))::int,
  'direct', 'show', p.slot, who.person, 'person', p.still, p.urgent, p.payload || jsonb_build_object('person', who.person, 'copy', $3::jsonb)
from newest p, unnest($2::text[]) as who(person)
where not exists (select 1 from same where same.person = who.person)`;
