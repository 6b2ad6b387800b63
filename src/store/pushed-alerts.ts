import type { FiringAlert } from '../rollout/plan/firing-alert.js';
import type { PushedAlertMatch, PushedAlertSource } from '../rollout/plan/plan.js';
import type { Db } from './connect.js';
import { toStored } from './json.js';

/** One alert as its source told it. */
export interface PushedAlert {
  readonly fingerprint: string;
  readonly firing: boolean;
  readonly labels: Readonly<Record<string, string>>;
  readonly title: string;
  readonly url: string | null;
  /** Null: its source did not say; then what comes later is later. */
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
}

export interface PushedAlertDelivery {
  readonly source: PushedAlertSource;
  /** Makes the delivery one however often it comes; null: it is judged by what it says. */
  readonly key: string | null;
  /** Each fingerprint once. */
  readonly alerts: readonly PushedAlert[];
  /** How many alerts of this group were not sent. */
  readonly leftOut: number;
  /** The group they are of; null: their source has none, and leaves nothing out. */
  readonly group: PushedAlertGroup | null;
}

/** What a source tells together. */
export interface PushedAlertGroup {
  readonly name: string;
  /** What all its alerts have, also those that were not sent. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface Stored {
  /** This very delivery was here before: nothing was done. */
  readonly repeated: boolean;
  /** What is firing now and was not before, or not with these labels. */
  readonly news: readonly { readonly fingerprint: string; readonly title: string; readonly matched: boolean }[];
  /** Rollouts whose checks are due now because of the news. */
  readonly rollouts: readonly number[];
  /** What is older than what is known; nothing was done with it. */
  readonly ignored: readonly { readonly fingerprint: string; readonly firing: boolean }[];
}

const ACTIVE = `r.phase not in ('rolled_back', 'completed', 'not_started')`;
const FIRING = `a.status = 'firing' and (a.ends_at is null or a.ends_at > (select rollout_now()))`;
/** The checks of a rollout (r), each as c. */
const CHECKS = `jsonb_array_elements(r.definition->'plan'->'checks') c`;
/** Whether a check (c) reads this alert: counts it, or takes it for its source's heartbeat. */
const readBy = (alert: string): string =>
  `(${alert}.labels @> (c->'probe'->'match') or ${alert}.labels @> (c->'probe'->'heartbeat'->'match'))`;
const OF_ALERTS = `c->'probe'->>'kind' = 'alert'`;

/**
 * What is known of an alert (a) and what is told now (e). Episodes are told apart by their start: what ended before the
 * known one began is old. Alertmanager fires again with the old start after it was cut off from Prometheus; elsewhere
 * the same start after an end is an old delivery that comes late.
 */
const OLD = `case when e.status = 'resolved' then coalesce(e.ends_at, e.starts_at) < a.starts_at
  when a.status = 'firing' then false
  when a.source = 'alertmanager' then e.starts_at < a.starts_at
  else e.starts_at <= a.starts_at end`.replaceAll('e.', 'excluded.');

const STORE = `
with once as (
  insert into inbox (key, params_hash, actor, outcome)
  select $3::text, '', 'hook:' || $1::text, '{"kind": "nothing", "because": "no_change"}' where $3::text is not null
  on conflict do nothing returning key),
given as (
  select g.*, k.status as was, k.labels as had
  from jsonb_to_recordset($2::jsonb) as g(fingerprint text, status text, labels jsonb, title text, url text, starts_at timestamptz, ends_at timestamptz)
  left join alerts k on k.source = $1::text and k.fingerprint = g.fingerprint
  where $3::text is null or exists (select 1 from once)),
cut as (
  insert into alert_groups as g (source, name, labels, left_out, heard_at)
  select $1::text, $5::text, $6::jsonb, $4::int, rollout_now() where $5::text is not null and $4::int > 0
  on conflict (source, name) do update set labels = excluded.labels, left_out = excluded.left_out, heard_at = excluded.heard_at),
whole as (
  delete from alert_groups where source = $1::text and name = $5::text and $4::int = 0),
written as (
  insert into alerts as a (source, fingerprint, status, labels, title, url, starts_at, ends_at, received_at, last_seen_at, left_out)
  select $1::text, fingerprint, status, labels, title, url, starts_at, ends_at, rollout_now(), rollout_now(), $4::int
  from given order by fingerprint
  on conflict (source, fingerprint) do update set
    status = excluded.status, last_seen_at = excluded.last_seen_at, left_out = excluded.left_out,
    received_at = case when a.status = excluded.status then a.received_at else excluded.received_at end,
    labels = case when excluded.status = 'firing' then excluded.labels else a.labels end,
    title = case when excluded.status = 'firing' then excluded.title else a.title end,
    url = case when excluded.status = 'firing' then excluded.url else a.url end,
    starts_at = case when excluded.status = 'resolved' then a.starts_at when a.status = 'firing' then greatest(a.starts_at, excluded.starts_at)
      else excluded.starts_at end,
    ends_at = excluded.ends_at
  where (${OLD}) is not true
  returning fingerprint, status, labels, title),
news as (
  select w.fingerprint, w.labels, w.title from written w join given g using (fingerprint)
  where w.status = 'firing' and (g.was is distinct from 'firing' or g.had is distinct from w.labels)),
hits as (
  select distinct n.fingerprint, r.id, n.labels @> (c->'probe'->'match') as counted from news n, rollouts r, ${CHECKS}
  where ${ACTIVE} and ${OF_ALERTS} and c->'probe'->>'source' = $1::text and ${readBy('n')}),
due as (
  select rollout_id from watches where rollout_id in (select id from hits where counted) order by rollout_id for update),
woken as (
  update watches set next_check_at = least(next_check_at, rollout_now()), due_again = true
  from due where watches.rollout_id = due.rollout_id returning watches.rollout_id)
select $3::text is not null and not exists (select 1 from once) as repeated,
  coalesce((select jsonb_agg(jsonb_build_object('fingerprint', fingerprint, 'title', title,
    'matched', fingerprint in (select fingerprint from hits))) from news), '[]') as news,
  coalesce((select array_agg(rollout_id) from woken), '{}') as rollouts,
  coalesce((select jsonb_agg(jsonb_build_object('fingerprint', fingerprint, 'firing', status = 'firing') order by fingerprint)
    from given where fingerprint not in (select fingerprint from written)), '[]') as ignored`;

/**
 * Keeps what was told and makes the checks it concerns due, in one statement: what is answered as taken is acted upon,
 * whoever dies in between. A round of checks that is under way began before this was known: it keeps what it finds, so
 * that alerts that keep coming cannot keep other checks from counting, and another follows it at once.
 */
export async function storeAlerts(
  db: Db,
  { source, key, alerts, leftOut, group }: PushedAlertDelivery,
): Promise<Stored> {
  const given = alerts.map(({ fingerprint, firing, labels, title, url, startsAt, endsAt }) => ({
    fingerprint,
    status: firing ? 'firing' : 'resolved',
    labels,
    title,
    url,
    starts_at: startsAt,
    ends_at: endsAt,
  }));
  const { rows } = await db.query<Stored & { rollouts: number[] }>(STORE, [
    source,
    toStored(given),
    key,
    leftOut,
    group?.name ?? null,
    group && toStored(group.labels),
  ]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  return { repeated: row.repeated, news: row.news, rollouts: row.rollouts, ignored: row.ignored };
}

/**
 * A group that was cut short is not known as a whole until it is told as a whole. One that is over may never be told
 * again; this is longer than Alertmanager's default repeat_interval of 4 hours.
 */
const LEFT_OUT_HOURS = 5;

/** How many alerts of a source were left out that may have these labels: all of their group's are not other ones. */
const LEFT_OUT = `select sum(g.left_out) from alert_groups g
  where g.source = $1 and g.heard_at > (select rollout_now()) - interval '${LEFT_OUT_HOURS} hours' and not exists (
    select 1 from jsonb_each($2::jsonb) m where g.labels -> m.key <> m.value)`;

/** What was told at a time that is still to come, before the clock was put right, is no sign of life now. */
const NOT_TO_COME = `a.last_seen_at <= (select rollout_now()) + interval '5 seconds'`;

/** How many alerts with all these labels are firing, how long ago one of them was last pushed, how many may be missing. */
export async function alertsHeard(
  db: Db,
  source: PushedAlertSource,
  match: PushedAlertMatch,
): Promise<{ firing: number; lastMs: number | null; leftOut: number }> {
  const { rows } = await db.query<{ firing: number; last_ms: number | null; left_out: number }>(
    {
      name: 'alerts heard',
      text: `select count(*)::int as firing, (extract(epoch from rollout_now() - max(a.last_seen_at) filter (where ${NOT_TO_COME})) * 1000)::float8 as last_ms,
       coalesce((${LEFT_OUT}), 0)::float8 as left_out
     from alerts a where a.source = $1 and ${FIRING} and a.labels @> $2::jsonb`,
    },
    [source, JSON.stringify(match)],
  );
  const [row] = rows;
  if (!row) throw new Error('no row');
  return { firing: row.firing, lastMs: row.last_ms, leftOut: row.left_out };
}

interface FiringRow {
  /** Null: nothing fires; then all there is is the time. */
  source: PushedAlertSource | null;
  labels: Record<string, string>;
  title: string;
  url: string | null;
  since: Date;
  last_seen_at: Date;
  left_out: number;
  read_by: FiringAlert['readBy'];
  total: number;
  now: Date;
}

/** What is firing, the newest first, how many there are in all, and domain time. */
export async function firingAlerts(db: Db, most: number): Promise<{ alerts: FiringAlert[]; total: number; now: Date }> {
  const { rows } = await db.query<FiringRow>(
    `select a.source, a.labels, a.title, a.url, coalesce(a.starts_at, a.received_at) as since, a.last_seen_at, a.left_out,
       count(a.source) over ()::int as total, rollout_now() as now, coalesce((
         select jsonb_agg(distinct jsonb_build_object('plan', r.plan, 'run', r.run, 'check', c->>'title',
           'heartbeat', (a.labels @> (c->'probe'->'match')) is not true))
         from rollouts r, ${CHECKS}
         where (${ACTIVE} or r.ended_at > (select rollout_now()) - interval '24 hours') and ${OF_ALERTS} and c->'probe'->>'source' = a.source
           and ${readBy('a')}), '[]') as read_by
     from (values (1)) as one left join alerts a on ${FIRING} order by a.received_at desc, a.source, a.fingerprint limit $1`,
    [most],
  );
  const alerts = rows.flatMap(({ source, labels, title, url, since, ...row }) =>
    source === null
      ? []
      : { source, labels, title, url, since, lastSeenAt: row.last_seen_at, leftOut: row.left_out, readBy: row.read_by },
  );
  const [first] = rows;
  if (!first) throw new Error('no row');
  return { alerts, total: first.total, now: first.now };
}
