import pg from 'pg';
import { unreadableFile } from '../../postgres/session.js';
import { requirePercent } from '../exposure.js';
import {
  NotRaisedError,
  type RaiseOrder,
  requireAsSeen,
  type Target,
  TargetError,
  type TargetReading,
  type TargetState,
} from '../target.js';
import type { PostgresConfig } from './config.js';
import { requireHoldable } from './config.js';
import { postgresConnections, type Query } from './connection.js';
import { targetErrorFrom } from './errors.js';
import { ROWS_MOVED, raiseBlock, type StateBy, stateColumns, stateIn, stateReader } from './raise.js';
import { asPeopledRow, peopledReading, readStatement } from './readings.js';
import { withRights } from './rights.js';
import { type FlagRow, quotedTable, readingOf, readingStatement, statementByHand } from './sql.js';
import { lowerRows, type Rows, rehearseRows } from './way-down.js';
import { blockByHand, ROWS_KEPT, ROWS_MISSING } from './writes.js';

/** How long connecting, and how long one statement, may take. Two of them stay below LONGEST_TARGET_CALL_MS. */
const CALL_TIMEOUT_MS = 5_000;

/**
 * Moves named rows of one table: a percentage and a switch, perhaps with overrides for named users or rows for tenants. `config.url` is final: no `${NAME}` is left in it.
 * Throws TargetError `rejected` when the configuration cannot be used.
 */
export function createPostgresTarget(name: string, config: PostgresConfig, timeoutMs = CALL_TIMEOUT_MS): Target {
  const names = [...new Set(config.rows.values)];
  const { keys, secrets } = identify(name, config, names);
  const peopled = config.users !== undefined || config.tenants !== undefined;
  const readRows = peopled ? peopledReader(name, config, names) : rowsReader(name, config, names);
  const connections = postgresConnections({ target: name, url: config.url, timeoutMs });

  const call = async <T>(
    signal: AbortSignal,
    work: (query: Query) => Promise<T>,
    use: 'use' | 'useKept' = 'use',
  ): Promise<T> => {
    try {
      return await connections[use](signal, work);
    } catch (error) {
      throw targetErrorFrom(name, error, secrets);
    }
  };
  const read: Read = (query) =>
    readRows(query)
      .catch((error: unknown) => seenWhole(query, config, error))
      .catch((error: unknown) => withRights(query, config, targetErrorFrom(name, error, secrets)));
  return {
    name,
    kind: 'postgres',
    keys,
    async raise(exposure, order) {
      requirePercent(name, exposure);
      requireHoldable(name, config, exposure);
      await call(order.signal, (query) => raise(name, config, { query, read, exposure, order }));
    },
    async lower(exposure, signal) {
      requirePercent(name, exposure);
      requireHoldable(name, config, exposure);
      return lowerRows({ target: name, config, connections, timeoutMs, secrets }, exposure, signal);
    },
    read: (signal) => call(signal, read, 'useKept'),
    rehearse: (places, signal) => {
      const all: Rows = { target: name, config, connections, timeoutMs, secrets };
      return call(signal, (query) =>
        rehearseRows(all, places, { query, read }).catch((error: unknown) =>
          withRights(query, config, targetErrorFrom(name, error, secrets)),
        ),
      );
    },
    byHand: (exposure, rungs) => (peopled ? blockByHand : statementByHand)(config, exposure, rungs),
    close: () => connections.close(),
  };
}

interface Raising {
  readonly query: Query;
  readonly read: Read;
  readonly exposure: number;
  readonly order: Pick<RaiseOrder, 'seen' | 'mayWrite'>;
}

/** Waits for the rows, and writes where they still are in the state that was seen. */
async function raise(name: string, config: PostgresConfig, { query, read, exposure, order }: Raising): Promise<void> {
  let { state } = order.seen;
  if (state === undefined) {
    const now = await read(query);
    requireAsSeen(name, order.seen, now);
    state = now.state;
  }
  const block = raiseBlock(config, exposure, state);
  // The connection is open, and the statement goes out in this turn of the event loop.
  if (!order.mayWrite()) throw new NotRaisedError(name, 'over');
  try {
    await change(name, read, { query, block });
  } catch (error) {
    throw unfit(name, config, exposure, error);
  }
}

/** Runs a block. Throws TargetError when rows are to blame. */
async function change(
  name: string,
  read: Read,
  { query, block }: { readonly query: Query; readonly block: string },
): Promise<void> {
  try {
    await query(block, []);
  } catch (error) {
    const code = error instanceof pg.DatabaseError ? error.code : undefined;
    if (code === ROWS_MOVED) throw new NotRaisedError(name, 'moved');
    if (code !== ROWS_MISSING && code !== ROWS_KEPT) throw error;
    // Reading says which row is to blame, unless the rows are all there.
    if (code === ROWS_MISSING) await read(query);
    const message = 'not every row took the change; row security or a trigger keeps the others';
    throw new TargetError('rejected', message, { target: name, retryable: false, cause: error });
  }
}

type Read = (query: Query) => Promise<TargetReading & { readonly state: TargetState }>;

function rowsReader(name: string, config: PostgresConfig, names: readonly string[]): Read {
  const readRows = stateReader((by) => withState(readingStatement(config), config, by));
  return async (query) => {
    const { rows, by } = await readRows(query, [names]);
    return { ...readingOf(name, config, { rows: rows.map(asFlagRow), names }), ...stateIn(rows, by) };
  };
}

/** The same where users or tenants have rows of their own. */
function peopledReader(name: string, config: PostgresConfig, names: readonly string[]): Read {
  const { text, lists } = readStatement(config);
  const readRows = stateReader((by) => withState(text, config, by));
  return async (query) => {
    const { rows, by } = await readRows(query, [names, ...lists]);
    const flags = rows.map((row) => asPeopledRow(row, asFlagRow(row)));
    return { ...peopledReading(name, config, { rows: flags, names }), ...stateIn(rows, by) };
  };
}

/** One statement, so that values and state are of one moment. */
function withState(statement: string, config: PostgresConfig, by: StateBy): string {
  return `SELECT r.*, ${stateColumns(config, by)} FROM (${statement}) AS r ORDER BY 1`;
}

/** Where row security hides rows from this role, a row that is not seen may be there all the same, and users may have it by that row. */
async function seenWhole(query: Query, { table }: PostgresConfig, error: unknown): Promise<never> {
  if (!(error instanceof TargetError) || error.code !== 'missing' || !error.remaining) throw error;
  const { rows } = await query('SELECT row_security_active($1::regclass) AS hides', [quotedTable(table)]);
  const [answer = {}]: { hides?: unknown }[] = rows.map(Object);
  if (answer.hides !== true) throw error;
  const { code, target, detail, retryable, atLeast } = error;
  throw new TargetError(code, `${detail}, or row security hides it from this role`, {
    ...(target !== undefined && { target }),
    ...(atLeast !== undefined && { atLeast }),
    retryable,
  });
}

function unfit(name: string, { columns }: PostgresConfig, exposure: number, error: unknown): unknown {
  if (columns.exposure === undefined || !doesNotFit(error)) return error;
  return cannotHold(name, columns.exposure, exposure, error);
}

/** Postgres' codes for a value its column's type does not take: wrong form, out of range. */
function doesNotFit(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (error.code === '22P02' || error.code === '22003');
}

function cannotHold(name: string, column: string, exposure: number, cause: unknown): TargetError {
  const why = cause instanceof Error ? ` (${cause.message})` : '';
  const message = `column ${column} cannot hold ${exposure}${why}`;
  return new TargetError('rejected', message, { target: name, retryable: false, cause });
}

/** Files that the address names, such as certificates, are read here. */
function clientOf(name: string, url: string): pg.Client {
  try {
    return new pg.Client({ connectionString: url });
  } catch (cause) {
    const what = unreadableFile(cause) ?? 'its url cannot be read';
    throw new TargetError('missing', what, { target: name, retryable: false, cause });
  }
}

/** Where the rows are, in words that may be shown, and what of the URL may not. */
function identify(name: string, config: PostgresConfig, names: readonly string[]) {
  const url = URL.canParse(config.url) ? new URL(config.url) : undefined;
  if (url?.protocol !== 'postgres:' && url?.protocol !== 'postgresql:') {
    throw new TargetError('rejected', 'url is not a postgres address', { target: name, retryable: false });
  }
  if (names.length === 0) {
    throw new TargetError('rejected', 'rows names no row', { target: name, retryable: false });
  }
  const { host, port, database, password } = clientOf(name, config.url);
  if (url.hostname === '' && !url.searchParams.get('host'))
    throw new TargetError('rejected', 'url names no host', { target: name, retryable: false });
  // Over a socket the server takes whoever asks for the user the bot runs as; a plan must not act as the bot.
  if (host.startsWith('/')) {
    const message = 'url leads to a unix socket; name a host, such as localhost';
    throw new TargetError('rejected', message, { target: name, retryable: false });
  }
  // The public schema is where a bare name is looked for, so both spellings are one row.
  const table = config.table.replace(/^public\./, '');
  const place = `postgres://${host.toLowerCase()}:${port}/${database ?? ''}/${table}`;
  return {
    keys: names.map((value) => `${place}/${config.rows.column}=${value}${whereKey(config)}`),
    secrets: [config.url, password ?? '', url.password],
  };
}

/** `&environment=production`: the same name elsewhere is another flag. */
function whereKey({ rows }: PostgresConfig): string {
  const conditions = [...(rows.where ?? [])].sort((a, b) => (a.column < b.column ? -1 : 1));
  return conditions.map(({ column, value }) => `&${column}=${value}`).join('');
}

function asFlagRow(row: unknown): FlagRow {
  const { name, exposure, enabled }: Partial<Record<keyof FlagRow, unknown>> = row ?? {};
  return {
    name: String(name),
    exposure: typeof exposure === 'string' ? exposure : null,
    enabled: typeof enabled === 'boolean' ? enabled : null,
  };
}
