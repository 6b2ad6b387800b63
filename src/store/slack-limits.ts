import type { Db } from './connect.js';

/** A budget that all replicas share: so many at once, then so many a second. */
export interface Bucket {
  readonly key: string;
  readonly burst: number;
  readonly perSecond: number;
  /** Tokens that must be there to take one; below zero for what may not wait. */
  readonly needed: number;
  /** Pauses that this has to keep to. */
  readonly pauses: readonly string[];
  /** Domain time: nothing here has a clock of its own. */
  readonly now: Date;
  /** Pauses of our own do not hold it up. */
  readonly urgent: boolean;
}

/** Taken; or for how long there is nothing to take, ms, and by which refusal of Slack where that is why. */
export type Taken = { readonly waitMs: 0 } | { readonly waitMs: number; readonly code: string | null };

/** No pause is longer than this; one that seems to be was written before the database's clock went back. */
const LONGEST = `interval '5 minutes'`;
/** Clocks read by different statements differ by this much at most. */
const SLACK_OF_CLOCKS = `interval '5 seconds'`;

const REFILLED =
  'least($2::float8, l.tokens + greatest(0, extract(epoch from $5::timestamptz - l.at)::float8) * $3::float8)';

/** Takes one from a budget, in one statement, so that replicas cannot take the same one. */
const TAKE = `
with pause as (
  select paused_until, code from slack_limits
  where key = any($6::text[]) and paused_until > $5 and paused_until <= $5::timestamptz + ${LONGEST} and not (soft and $7)
  order by code is null, paused_until desc limit 1),
taken as (
  insert into slack_limits as l (key, tokens, at) select $1, $2 - 1, $5 where not exists (select 1 from pause)
  on conflict (key) do update set tokens = ${REFILLED} - 1,
    at = case when l.at > $5::timestamptz + ${SLACK_OF_CLOCKS} then $5 else greatest(l.at, $5) end
  where ${REFILLED} >= $4
  returning 1)
select exists (select 1 from taken) as taken, (select code from pause) as code,
  coalesce((select extract(epoch from paused_until - $5) from pause), (select ($4 - ${REFILLED}) / $3 from slack_limits l where key = $1))::float8 * 1000 as wait_ms,
  coalesce((select l.at > $5::timestamptz + ${SLACK_OF_CLOCKS} from slack_limits l where key = $1), false) as ahead`;

/** Counted at a time that is still to come, it would fill up only from then on. */
const COUNT_FROM_NOW = `update slack_limits set at = $2 where key = $1 and at > $2::timestamptz + ${SLACK_OF_CLOCKS}`;

export async function takeOne(db: Db, bucket: Bucket): Promise<Taken> {
  const { key, burst, perSecond, needed, now, pauses, urgent } = bucket;
  const { rows } = await db.query<{ taken: boolean; code: string | null; wait_ms: number | null; ahead: boolean }>(
    { name: 'take one', text: TAKE },
    [key, burst, perSecond, needed, now, pauses, urgent],
  );
  const [row] = rows;
  if (row?.taken) return { waitMs: 0 };
  if (row?.ahead) await db.query(COUNT_FROM_NOW, [key, now]);
  return { waitMs: Math.max(1, Math.ceil(row?.wait_ms ?? 1_000)), code: row?.code ?? null };
}

export interface Pause {
  readonly key: string;
  readonly now: Date;
  readonly ms: number;
  /** Ours, to spare Slack; what may not wait does not keep to it. */
  readonly soft: boolean;
  /** Slack's refusal of a whole channel. */
  readonly code: string | null;
}

export async function pause(db: Db, { key, now, ms, soft, code }: Pause): Promise<void> {
  await db.query(
    `insert into slack_limits (key, at, paused_until, soft, code) values ($1, $2, $2::timestamptz + $3 * interval '1 millisecond', $4, $5)
     on conflict (key) do update set at = excluded.at, paused_until = excluded.paused_until, soft = excluded.soft, code = excluded.code`,
    [key, now, ms, soft, code],
  );
}

/**
 * How many are left of a budget now, without taking one. All of them where it was counted at a time that is still to come:
 * whoever tries to take one then has it counted from now.
 */
export async function leftOf(
  db: Db,
  { key, burst, perSecond }: Pick<Bucket, 'key' | 'burst' | 'perSecond'>,
): Promise<number> {
  const { rows } = await db.query<{ left: number }>(
    {
      name: 'budget left',
      text: `select case when at > (select rollout_now()) + ${SLACK_OF_CLOCKS} then $2::float8
       else least($2::float8, tokens + greatest(0, extract(epoch from rollout_now() - at)::float8) * $3::float8) end as left
     from slack_limits where key = $1`,
    },
    [key, burst, perSecond],
  );
  return rows[0]?.left ?? burst;
}
