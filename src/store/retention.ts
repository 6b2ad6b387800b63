import type { Db } from './connect.js';

/** What is forgotten, and after how long. Rollouts, events, approvals and where messages stand are kept for ever. */
export type Forgotten = (typeof FORGOTTEN)[number];

const STEADY = '(select steady_now())';
const DOMAIN = '(select rollout_now())';

/**
 * One slice: the oldest rows behind `$2`, no more than `$1`. It begins behind the slice before, so that rows which are gone
 * and not cleaned up yet are not read again, and it returns where it ended.
 */
function byAge(table: string, { age, where }: { age: string; where: string }): string {
  return `with old as (select ctid as at_row, ${age} as age from ${table}
    where ${where} and ${age} >= coalesce(nullif($2, ''), '-infinity')::timestamptz order by ${age} limit $1),
  gone as (delete from ${table} where ctid = any(array(select at_row from old)))
  select count(*)::int as removed, coalesce(max(age)::text, '') as behind, count(*) = $1 as more from old`;
}

/** Rollouts that are looked through by one slice. */
const ROLLOUTS = 200;

/**
 * By rollout and then by its primary key; `$2` is the last one as JSON. One comparison of a row, so that the index begins there:
 * with an `or` each slice would read again what the slices before it removed from the same rollout.
 */
const MEASUREMENTS = `
with behind as (select coalesce((v->>0)::int, 0) as id, coalesce(v->>1, '') as check_name, coalesce((v->>2)::timestamptz, '-infinity') as due_at
  from (select nullif($2, '')::jsonb as v) as given),
ended as (select r.id from rollouts r where r.ended_at < ${DOMAIN} - interval '90 days' and r.id >= (select id from behind) order by r.id limit ${ROLLOUTS}),
old as (select m.* from ended cross join behind cross join lateral (
    select ctid as at_row, rollout_id, check_name, due_at from measurements
    where rollout_id = ended.id and (check_name, due_at) > (
      case when ended.id = behind.id then behind.check_name else '' end,
      case when ended.id = behind.id then behind.due_at else '-infinity' end)
    order by rollout_id, check_name, due_at limit $1) m limit $1),
gone as (delete from measurements where ctid = any(array(select at_row from old))),
counted as (select (select count(*) from old) as removed, (select count(*) from ended) as looked, (select max(id) from ended) as last)
select removed::int, removed = $1 or looked = ${ROLLOUTS} as more, coalesce(case
    when removed = $1 then (select jsonb_build_array(rollout_id, check_name, due_at) from old order by rollout_id desc, check_name desc, due_at desc limit 1)
    else jsonb_build_array(last + 1) end::text, '') as behind
from counted`;

const SLICES = {
  inbox: byAge('inbox', { age: 'at', where: `at < ${STEADY} - interval '7 days'` }),
  effects: byAge('effects', {
    age: 'done_at',
    where: `state not in ('pending', 'claimed') and done_at < ${STEADY} - interval '7 days'`,
  }),
  measurements: MEASUREMENTS,
  item_outputs: byAge('item_outputs', {
    age: 'at',
    where: `at < ${DOMAIN} - interval '90 days' and exists (select from rollouts r
      where r.id = item_outputs.rollout_id and r.ended_at < ${DOMAIN} - interval '90 days')`,
  }),
  alerts: byAge('alerts', { age: 'last_seen_at', where: `last_seen_at < ${DOMAIN} - interval '90 days'` }),
  alert_groups: byAge('alert_groups', { age: 'heard_at', where: `heard_at < ${DOMAIN} - interval '1 day'` }),
  slack_limits: byAge('slack_limits', { age: 'at', where: `at < ${DOMAIN} - interval '1 day'` }),
  // Who is in which role is kept, however long ago Slack said it: a rollback accepts the last that was known.
  people: byAge('people', {
    age: 'fetched_at',
    where: `kind in ('email', 'channel', 'members', 'direct', 'pause') and fetched_at < ${STEADY} - interval '90 days'`,
  }),
  workers: byAge('workers', {
    age: 'started_at',
    where: `started_at < ${STEADY} - interval '1 day' and pg_try_advisory_xact_lock(hashtextextended(id, 7))`,
  }),
} as const;

export const FORGOTTEN = Object.keys(SLICES) as (keyof typeof SLICES)[];

export interface RemovedSlice {
  readonly removed: number;
  /** Where the next one begins; '' for the first. */
  readonly behind: string;
  /** There may be more. */
  readonly more: boolean;
}

/** Forgets no more than `limit` rows of a table. Throws as pg does; then nothing of the slice is gone. */
export async function forgetSlice(
  db: Db,
  what: Forgotten,
  { limit, behind }: { limit: number; behind: string },
): Promise<RemovedSlice> {
  const { rows } = await db.query<{ removed: number; behind: string; more: boolean }>(SLICES[what], [limit, behind]);
  return rows[0] ?? { removed: 0, behind: '', more: false };
}
