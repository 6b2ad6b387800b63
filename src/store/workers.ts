import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { sha256 } from './chain.js';
import type { Db } from './connect.js';

/** This process among the replicas: alive for as long as its connection holds its lock. */
export interface Worker {
  readonly id: string;
  close(): Promise<void>;
}

/**
 * Takes a session lock by which others see that this process lives, and listens for wake-ups (an optimisation only: every
 * wake-up lost is found by the next tick). When the connection drops it is made anew; meanwhile this process looks
 * dead and others may take over its claims, which the fences make harmless.
 */
export async function startWorker(
  url: string,
  on: { wake: () => void; error: (error: Error) => void },
): Promise<Worker> {
  const id = randomUUID();
  let closed = false;
  let client: pg.Client | undefined;
  let again: NodeJS.Timeout | undefined;
  const connect = async (): Promise<void> => {
    const next = new pg.Client({
      connectionString: url,
      keepAlive: true,
      connectionTimeoutMillis: 2_000,
      application_name: 'rollout-bot worker',
    });
    next.on('notification', ({ payload }) => payload !== id && on.wake());
    next.on('error', (error) => lost(next, error));
    next.on('end', () => lost(next, new Error('connection ended')));
    client = next;
    await next.connect();
    await next.query('select pg_advisory_lock(hashtextextended($1, 7))', [id]);
    await next.query('listen rollout');
  };
  const lost = (which: pg.Client, error: Error): void => {
    if (closed || which !== client) return;
    client = undefined;
    on.error(error);
    which.end().catch(() => undefined);
    again = setTimeout(() => void connect().catch((cause: Error) => client && lost(client, cause)), 1_000);
    again.unref();
  };
  await connect();
  await client?.query('insert into workers (id) values ($1)', [id]);
  return {
    id,
    async close() {
      closed = true;
      clearTimeout(again);
      await client?.end().catch(() => undefined);
    },
  };
}

/**
 * Retention: inbox and done effects 7 days, measurements 90 days after the end, alerts 90 days after they were last
 * pushed, groups of alerts that were cut short, budgets nobody used and dead workers a day; events for ever.
 */
export async function forgetOld(db: Db): Promise<void> {
  await db.query(`delete from inbox where at < (select steady_now()) - interval '7 days'`);
  await db.query(
    `delete from effects where state not in ('pending', 'claimed') and done_at < (select steady_now()) - interval '7 days'`,
  );
  await db.query(
    `delete from measurements using rollouts r where r.id = rollout_id and r.ended_at < (select rollout_now()) - interval '90 days'`,
  );
  await db.query(`delete from alerts where last_seen_at < (select rollout_now()) - interval '90 days'`);
  await db.query(`delete from slack_limits where at < (select rollout_now()) - interval '1 day'`);
  await db.query(`delete from alert_groups where heard_at < (select rollout_now()) - interval '1 day'`);
  await db.query(
    `delete from workers where started_at < (select steady_now()) - interval '1 day' and pg_try_advisory_xact_lock(hashtextextended(id, 7))`,
  );
}

/** The day of the record that is under way: UTC, whatever the zone of the session. */
const TODAY = `(steady_now() at time zone 'UTC')::date`;

/** One hash a day over the heads of all chains, so that a whole missing chain shows too. */
export async function keepDailyHead(db: Db): Promise<void> {
  const { rows } = await db.query<{ id: number; head_hash: string; known: boolean }>(
    `select id, head_hash, exists (select 1 from daily_heads where day = ${TODAY}) as known from rollouts order by id`,
  );
  if (rows.length === 0 || rows[0]?.known) return;
  const head = sha256(rows.map((row) => `${row.id}:${row.head_hash}`).join('\n'));
  await db.query(`insert into daily_heads (day, rollouts, head) values (${TODAY}, $1, $2) on conflict do nothing`, [
    rows.length,
    head,
  ]);
}
