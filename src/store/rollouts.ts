import type { Watch } from '../rollout/health/assess.js';
import type { Lists } from '../rollout/plan/lists.js';
import type { Plan } from '../rollout/plan/plan.js';
import type { Recorded } from '../rollout/state/events.js';
import type { ItemRef } from '../rollout/state/item-state.js';
import { type ItemsRead, itemsToRead } from '../rollout/state/items.js';
import { isTerminal, type Rollout } from '../rollout/state/rollout.js';
import { type Link, readLine } from './chain.js';
import type { Db, Statement } from './connect.js';
import { ITEM_COLUMNS, type ItemColumns, SOME_ITEM_COLUMNS, toItems } from './items.js';
import { parseStored } from './json.js';
import { ROLLOUT_COLUMNS, type RolloutRow, toRollout, toWatch } from './rows.js';

/** A rollout as read in one round trip, with the checker's memory, the chain's head and domain time. */
export interface Loaded {
  readonly rollout: Rollout;
  readonly watch: Watch | null;
  readonly headHash: string;
  readonly now: Date;
  /** Its lists and items, where they were asked for. */
  readonly items?: ItemsRead;
  /** When this process asked for it, by `performance.now()`. */
  readonly askedAt: number;
}

export type Row = RolloutRow & { watch: string | null; now: Date };

const COLUMNS = `${ROLLOUT_COLUMNS}, case when w.rollout_id is null then null else to_jsonb(w)::text end as watch, rollout_now() as now`;
const FROM = 'from rollouts r left join watches w on w.rollout_id = r.id';
const SELECT = `select ${COLUMNS} ${FROM}`;
const SELECT_SOME_ITEMS = `select ${COLUMNS}, ${SOME_ITEM_COLUMNS} ${FROM}`;
const SELECT_ITEMS = `select ${COLUMNS}, ${ITEM_COLUMNS} ${FROM}`;
/** Of the rollouts as `r`: one that has not ended. */
const ACTIVE = `r.phase not in ('rolled_back', 'completed', 'not_started')`;

export function toLoaded(row: Row, askedAt: number): Loaded {
  return { rollout: toRollout(row), watch: toWatch(row.watch), headHash: row.head_hash, now: row.now, askedAt };
}

async function query(db: Db, statement: Statement, values: unknown[]): Promise<Loaded[]> {
  const askedAt = performance.now();
  const { rows } = await db.query<Row>(statement, values);
  return rows.map((row) => toLoaded(row, askedAt));
}

export async function loadRollout(db: Db, id: number): Promise<Loaded | null> {
  const [loaded] = await query(db, { name: 'one rollout', text: `${SELECT} where r.id = $1` }, [id]);
  return loaded ?? null;
}

/** The same with its lists and what was said of their items, of one moment. */
export async function loadRolloutAndItems(db: Db, id: number): Promise<Loaded | null> {
  const askedAt = performance.now();
  const { rows } = await db.query<Row & ItemColumns>(
    { name: 'one rollout and its items', text: `${SELECT_ITEMS} where r.id = $1` },
    [id],
  );
  return rows[0] ? { ...toLoaded(rows[0], askedAt), items: toItems(rows[0]) } : null;
}

/** Lists of rollouts that this process read before: a plan of three hundred items is not parsed for every tick. */
const KNOWN_LISTS = 200;
const listsRead = new WeakMap<Db, Map<number, Lists>>();

/**
 * The same, of whose items only those that a decision about these reads: the others are as if nobody had said anything of them.
 */
export async function loadRolloutForItems(db: Db, id: number, refs: readonly ItemRef[]): Promise<Loaded | null> {
  const known = listsRead.get(db) ?? new Map<number, Lists>();
  listsRead.set(db, known);
  const lists = known.get(id);
  if (!lists) {
    const loaded = await loadRolloutAndItems(db, id);
    if (loaded?.items) {
      for (const oldest of known.size >= KNOWN_LISTS ? [...known.keys()].slice(0, 1) : []) known.delete(oldest);
      known.set(id, loaded.items.lists);
    }
    return loaded;
  }
  const askedAt = performance.now();
  const wanted = itemsToRead(lists, refs).map(({ kind, stageNo, no }) => ({ list: kind, stage_no: stageNo, no }));
  const { rows } = await db.query<Row & ItemColumns>(
    { name: 'one rollout and some items', text: `${SELECT_SOME_ITEMS} where r.id = $1` },
    [id, JSON.stringify(wanted)],
  );
  return rows[0] ? { ...toLoaded(rows[0], askedAt), items: { lists, items: toItems(rows[0]).items } } : null;
}

/** The rollout that an approval was asked for by this request. */
export async function loadRolloutOfRequest(db: Db, requestId: string): Promise<Loaded | null> {
  const text = `${SELECT} where r.id = (select rollout_id from approval_requests where id = $1)`;
  const [loaded] = await query(db, { name: 'the rollout of a request', text }, [requestId]);
  return loaded ?? null;
}

/** The newest rollouts under way, the oldest of them first, and how many there are in all. */
export async function activeRollouts(
  db: Db,
  limit: number,
): Promise<{ readonly rollouts: readonly Loaded[]; readonly total: number }> {
  const askedAt = performance.now();
  const { rows } = await db.query<Row & { total: number }>(
    `select newest.*, (select count(*) from rollouts r where ${ACTIVE})::int as total
     from (${SELECT} where ${ACTIVE} order by r.id desc limit $1) newest order by newest.id`,
    [limit],
  );
  return { rollouts: rows.map((row) => toLoaded(row, askedAt)), total: rows[0]?.total ?? 0 };
}

/** What a rollout under way moves. */
export interface Moving {
  readonly id: number;
  readonly seq: number;
  readonly planHash: string;
  readonly targetKeys: readonly string[];
  /** Parsed when it is asked for. */
  readonly plan: () => Plan;
}

/** A page of the rollouts under way, by id. */
export async function movingRollouts(
  db: Db,
  { after, limit }: { after: number; limit: number },
): Promise<readonly Moving[]> {
  const { rows } = await db.query<{ id: number; seq: number; plan_hash: string; keys: string[]; plan: string }>(
    `select r.id, r.seq, r.plan_hash, r.definition->'targetKeys' as keys, (r.definition->'plan')::text as plan
     from rollouts r where ${ACTIVE} and r.id > $1 order by r.id limit $2`,
    [after, limit],
  );
  return rows.map((row) => ({
    id: row.id,
    seq: row.seq,
    planHash: row.plan_hash,
    targetKeys: row.keys,
    plan: () => parseStored<Plan>(row.plan),
  }));
}

/**
 * Everything a name or a channel may mean, active ones first: those under way, and with `ended` those that are over, of a
 * named plan all, of a channel those of the last week.
 */
export async function findRollouts(
  db: Db,
  by: { plan?: string; run?: number; channelId?: string; ended: boolean },
): Promise<Loaded[]> {
  return query(
    db,
    `${SELECT} where ($1::text is null or r.plan = $1) and ($2::int is null or r.run = $2) and ($3::text is null or r.channel_id = $3)
       and (${ACTIVE} or ($4 and ($1::text is not null or r.ended_at > (select rollout_now()) - interval '7 days')))
     order by ${ACTIVE} desc, r.id desc limit 50`,
    [by.plan ?? null, by.run ?? null, by.channelId ?? null, by.ended],
  );
}

/** The rollout whose message this is (its root or anything in its thread). */
export async function rolloutOfMessage(db: Db, channelId: string, ts: string): Promise<number | null> {
  const { rows } = await db.query<{ rollout_id: number }>(
    `select rollout_id from messages where channel_id = $1 and (ts = $2 or thread_ts = $2 or earlier_ts = $2) limit 1`,
    [channelId, ts],
  );
  return rows[0]?.rollout_id ?? null;
}

/** Domain time, for who reads no rollout. */
export async function domainNow(db: Db): Promise<Date> {
  const { rows } = await db.query<{ now: Date }>('select rollout_now() as now');
  const [row] = rows;
  if (!row) throw new Error('no row');
  return row.now;
}

/** What was rolled back in the last 24 hours, newest first. */
export async function rolledBackToday(db: Db): Promise<Loaded[]> {
  return query(
    db,
    `${SELECT} where r.phase = 'rolled_back' and r.ended_at > (select rollout_now()) - interval '24 hours' order by r.ended_at desc limit 10`,
    [],
  );
}

/** The newest run of a plan that began, however it stands; null when there was none. */
export async function lastRunOf(db: Db, plan: string): Promise<Rollout | null> {
  const { rows } = await db.query<Row>(
    `${SELECT} where r.plan = $1 and r.phase <> 'not_started' order by r.id desc limit 1`,
    [plan],
  );
  return rows[0] ? toRollout(rows[0]) : null;
}

/** What a new run of this plan needs to know, and domain time, in one round trip. */
export async function readForStart(
  db: Db,
  plan: string,
  keys: readonly string[],
): Promise<{
  id: number;
  run: number;
  now: Date;
  active: Rollout | null;
  /** `holder`: the rollout that has it, as people name it. */
  locks: { key: string; holder: string; settlesAt: Date | null }[];
  last: Rollout | null;
}> {
  const { rows } = await db.query<{
    id: number;
    run: number;
    now: Date;
    locks: { key: string; holder: string; settles_at: string | null }[];
  }>(
    `select nextval('rollout_ids')::int as id, coalesce((select max(run) from rollouts where plan = $1), 0)::int + 1 as run, rollout_now() as now,
       coalesce((select jsonb_agg(jsonb_build_object('key', target_key, 'holder', plan || '#' || run, 'settles_at', settles_at))
         from target_locks join rollouts on rollouts.id = rollout_id where target_key = any($2)), '[]') as locks`,
    [plan, keys],
  );
  const [row] = rows;
  if (!row) throw new Error('no row');
  const last = await lastRunOf(db, plan);
  const locks = row.locks.map((lock) => ({
    key: lock.key,
    holder: lock.holder,
    settlesAt: lock.settles_at === null ? null : new Date(lock.settles_at),
  }));
  return {
    id: row.id,
    run: row.run,
    now: row.now,
    locks,
    last,
    active: last && !isTerminal(last.phase) ? last : null,
  };
}

export async function planTextOf(db: Db, id: number): Promise<string | null> {
  const { rows } = await db.query<{ plan_text: string }>('select plan_text from rollouts where id = $1', [id]);
  return rows[0]?.plan_text ?? null;
}

export async function eventsOf(
  db: Db,
  id: number,
  { last, before }: { readonly last?: number; readonly before?: number } = {},
): Promise<{ events: Recorded[]; total: number }> {
  const { rows } = await db.query<{ line: string; total: number }>(
    `select line, (select count(*) from events where rollout_id = $1)::int as total from events
       where rollout_id = $1 and ($3::int is null or seq < $3) order by seq desc limit $2`,
    [id, last ?? null, before ?? null],
  );
  return { events: rows.reverse().map((row) => readLine(row.line)), total: rows[0]?.total ?? 0 };
}

/** The chain of a rollout as stored and the head its row names, for checking. */
export async function chainOf(db: Db, id: number): Promise<{ links: Link[]; head: string }> {
  const links = await db.query<Link>(
    `select seq, at::text, type, actor, line, prev_hash, hash from events where rollout_id = $1 order by seq`,
    [id],
  );
  const head = await db.query<{ head_hash: string }>('select head_hash from rollouts where id = $1', [id]);
  return { links: links.rows, head: head.rows[0]?.head_hash ?? '' };
}

/** A rollout that the clock has to look at. */
export const WAKE_IS_DUE = `select from rollouts r where r.next_wake_at <= (select rollout_now())`;

/** A rollout whose time has come. `asked`: people are asked to approve. */
export interface DueRollout {
  readonly id: number;
  readonly dueAt: Date;
  readonly asked: boolean;
}

/** Takes the rollouts whose time has come; the claim itself moves them a little on, so that nobody takes them twice. */
export async function claimDue(db: Db, limit: number): Promise<DueRollout[]> {
  const { rows } = await db.query<{ id: number; due_at: Date; asked: boolean }>(
    `with due as (select r.id, r.next_wake_at as due_at from rollouts r where r.next_wake_at <= (select rollout_now())
       order by r.next_wake_at limit $1 for update skip locked)
     update rollouts set next_wake_at = rollout_now() + interval '5 seconds' from due where rollouts.id = due.id
     returning rollouts.id, due.due_at, rollouts.phase = 'awaiting_approval' as asked`,
    [limit],
  );
  return rows.map((row) => ({ id: row.id, dueAt: row.due_at, asked: row.asked }));
}

export interface QuietWake {
  readonly id: number;
  readonly seq: number;
  /** When something is due of which this wake was too early to know; null: nothing is. */
  readonly at: Date | null;
  /** Else it is looked at again after so long, ms. */
  readonly afterMs: number;
}

/** Wakes that found nothing due: look again later, or when something is due before that. No event, no new seq. */
export async function wakeLater(db: Db, rollouts: readonly QuietWake[]): Promise<void> {
  await db.query(
    `update rollouts set next_wake_at = least(rollout_now() + quiet.after_ms * interval '1 millisecond', case when quiet.at > rollout_now() then quiet.at end)
     from unnest($1::int[], $2::int[], $3::timestamptz[], $4::float8[]) as quiet(id, seq, at, after_ms) where rollouts.id = quiet.id and rollouts.seq = quiet.seq`,
    [
      rollouts.map(({ id }) => id),
      rollouts.map(({ seq }) => seq),
      rollouts.map(({ at }) => at),
      rollouts.map(({ afterMs }) => afterMs),
    ],
  );
}
