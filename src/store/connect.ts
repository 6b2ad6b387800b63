import pg from 'pg';

/** What the store needs of a pool, so that one statement is one round trip. */
export interface Db {
  query<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<pg.QueryResult<R>>;
}

/** Settings every session states for itself: an acked rollback must survive a crash, and nobody waits for ever. */
export const SESSION_OPTIONS =
  '-c synchronous_commit=on -c statement_timeout=3000 -c lock_timeout=1000 -c idle_in_transaction_session_timeout=2000';

/** Whatever zone the server or the role has: times inside JSON are then written with an offset that can be read back. */
const ZONE = '-c TimeZone=UTC';

export interface PoolOptions {
  readonly url: string;
  readonly max?: number;
  readonly onError: (error: Error) => void;
}

/** A pool whose every wait ends: connect 2 s, statement 3 s, a silent network 3.5 s. */
export function openPool(options: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.max ?? 10,
    connectionTimeoutMillis: 2_000,
    query_timeout: 3_500,
    keepAlive: true,
    options: `${SESSION_OPTIONS} ${ZONE}`,
    application_name: 'rollout-bot',
  });
  pool.on('error', options.onError);
  return pool;
}
