import pg from 'pg';

/** A statement; with a name Postgres plans it once per connection and not each time. */
export type Statement = string | { readonly name: string; readonly text: string };

/** What the store needs of a pool, so that one statement is one round trip. */
export interface Db {
  query<R extends pg.QueryResultRow>(statement: Statement, values?: unknown[]): Promise<pg.QueryResult<R>>;
}

/**
 * Statements by name where the server keeps them. A pooler may hand the next statement to a server connection that has never
 * heard of the name, or has heard it already: nothing was carried out then, and from there on nothing is named any more.
 */
export function forgivingNames(pool: Db): Db {
  let named = true;
  return {
    async query<R extends pg.QueryResultRow>(statement: Statement, values?: unknown[]) {
      if (typeof statement === 'string') return pool.query<R>(statement, values);
      if (named) {
        try {
          return await pool.query<R>(statement, values);
        } catch (error) {
          if (!isAboutNames(error)) throw error;
          named = false;
        }
      }
      return pool.query<R>(statement.text, values);
    },
  };
}

/** 26000: the name is not known; 42P05: it is taken; 08P01: PgBouncer's own word for the first. */
function isAboutNames(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string };
  return code === '26000' || code === '42P05' || (code === '08P01' && /prepared statement/i.test(message ?? ''));
}

const STATEMENT_MS = 3_000;

/**
 * In a statement's list of results: its transaction ends without waiting for the disk. For what nobody acts on but by a later
 * write: that one waits, and takes everything before it to the disk with it.
 */
export const NO_WAIT_FOR_DISK = `set_config('synchronous_commit', 'off', true)`;

/** Settings every session states for itself: an acked rollback must survive a crash, and nobody waits for ever. */
export const SESSION_OPTIONS = sessionOptions(STATEMENT_MS);

function sessionOptions(statementMs: number): string {
  return `-c synchronous_commit=on -c statement_timeout=${statementMs} -c lock_timeout=1000 -c idle_in_transaction_session_timeout=2000`;
}

/** Whatever zone the server or the role has: times inside JSON are then written with an offset that can be read back. */
const ZONE = '-c TimeZone=UTC';

export interface PoolOptions {
  readonly url: string;
  readonly max?: number;
  /** The server ends a statement after this. */
  readonly statementMs?: number;
  /** What a connection is; pg's own when absent. */
  readonly Client?: typeof pg.Client | undefined;
  readonly onError: (error: Error) => void;
}

/** A pool whose every wait ends: a connection 2 s, a statement 3 s or as given, a silent network 0.5 s later. */
export function openPool(options: PoolOptions): pg.Pool {
  const { statementMs = STATEMENT_MS } = options;
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.max ?? 10,
    connectionTimeoutMillis: 2_000,
    query_timeout: statementMs + 500,
    keepAlive: true,
    options: `${sessionOptions(statementMs)} ${ZONE}`,
    application_name: 'rollout-bot',
    Client: options.Client,
  });
  pool.on('error', options.onError);
  return pool;
}
