import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Db } from './connect.js';

/** This process among the replicas: alive for as long as its connection holds its lock. */
export interface Worker {
  readonly id: string;
  close(): Promise<void>;
}

/**
 * Takes a session lock by which others see that this process lives, and listens for wake-ups (an optimisation only: every
 * wake-up lost is found by the next tick). When the connection drops a new one is made; meanwhile this process looks
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
  try {
    await connect();
    await client?.query('insert into workers (id) values ($1)', [id]);
  } catch (error) {
    // Left open, it would keep a process alive that has nothing more to do.
    closed = true;
    await client?.end().catch(() => undefined);
    throw error;
  }
  return {
    id,
    async close() {
      closed = true;
      clearTimeout(again);
      await client?.end().catch(() => undefined);
    },
  };
}

/** The day of the record that is under way: UTC, whatever the zone of the session. */
const TODAY = `(steady_now() at time zone 'UTC')::date`;

/** Heads read by one statement. */
const HEADS = 5_000;

/** One hash a day over the heads of all chains, so that a whole missing chain shows too. */
export async function keepDailyHead(db: Db): Promise<void> {
  const { rows: known } = await db.query(`select from daily_heads where day = ${TODAY}`);
  if (known.length > 0) return;
  const hash = createHash('sha256');
  let count = 0;
  for (let last = 0; ; ) {
    const { rows } = await db.query<{ id: number; head_hash: string }>(
      `select id, head_hash from rollouts where id > $1 order by id limit ${HEADS}`,
      [last],
    );
    for (const row of rows) {
      hash.update(`${count === 0 ? '' : '\n'}${row.id}:${row.head_hash}`);
      count += 1;
      last = row.id;
    }
    if (rows.length < HEADS) break;
  }
  if (count === 0) return;
  await db.query(`insert into daily_heads (day, rollouts, head) values (${TODAY}, $1, $2) on conflict do nothing`, [
    count,
    hash.digest('hex'),
  ]);
}
