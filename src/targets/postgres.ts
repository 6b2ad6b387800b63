import pg from 'pg';
import { isNamedUsers } from '../rollout/exposure.js';
import { requirePercent } from './exposure.js';
import { postgresConnections, type Query } from './postgres-connection.js';
import { targetErrorFrom } from './postgres-errors.js';
import {
  ROWS_MOVED,
  raiseBlock,
  type StateBy,
  stateColumns,
  stateIn,
  stateReader,
  stateSeen,
} from './postgres-raise.js';
import { asPeopledRow, peopledReading, readStatement } from './postgres-readings.js';
import { type FlagRow, type PostgresConfig, readingOf, statementByHand, statementsFor } from './postgres-sql.js';
import { blockByHand, ROWS_KEPT, ROWS_MISSING, rehearsalBlock, setBlock } from './postgres-writes.js';
import {
  NotRaisedError,
  type RaiseOrder,
  requireAsSeen,
  type Target,
  TargetError,
  type TargetReading,
} from './target.js';

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
  const rows = peopled ? peopledOperations(name, config, names) : rowOperations(name, config, names);
  const connections = postgresConnections({ target: name, url: config.url, timeoutMs });

  const call = async <T>(signal: AbortSignal, work: (query: Query) => Promise<T>): Promise<T> => {
    try {
      return await connections.use(signal, work);
    } catch (error) {
      throw targetErrorFrom(name, error, secrets);
    }
  };
  const write = async (exposure: number, signal: AbortSignal): Promise<void> => {
    requirePercent(name, exposure);
    requireHoldable(name, config, exposure);
    await call(signal, (query) => rows.set(query, exposure));
  };
  return {
    name,
    kind: 'postgres',
    keys,
    async raise(exposure, order) {
      requirePercent(name, exposure);
      requireHoldable(name, config, exposure);
      await call(order.signal, (query) => raise(name, config, { query, read: rows.read, exposure, order }));
    },
    async lower(exposure, signal) {
      await write(exposure, signal);
      return { note: null };
    },
    read: (signal) => call(signal, rows.read),
    rehearse: (_places, signal) =>
      call(signal, async (query) => {
        await rows.rehearse(query);
        return { reading: await rows.read(query), notes: [] };
      }),
    byHand: (exposure) => (peopled ? blockByHand : statementByHand)(config, exposure),
    close: () => connections.close(),
  };
}

interface Raising {
  readonly query: Query;
  readonly read: (query: Query) => Promise<TargetReading>;
  readonly exposure: number;
  readonly order: Pick<RaiseOrder, 'seen' | 'mayWrite'>;
}

/** Waits for the rows, and writes where they still are in the state that was seen. */
async function raise(name: string, config: PostgresConfig, { query, read, exposure, order }: Raising): Promise<void> {
  let { seen } = order;
  if (seen.state === undefined) {
    const now = await read(query);
    requireAsSeen(name, seen, now);
    seen = now;
  }
  const block = raiseBlock(config, exposure, stateSeen(seen.state ?? ''));
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
  read: Raising['read'],
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
    const message = `target ${name}: not every row took the change; row security or a trigger keeps the others`;
    throw new TargetError('rejected', message, { retryable: false, cause: error });
  }
}

/** What is done over one connection. */
interface Operations {
  read(query: Query): Promise<TargetReading>;
  rehearse(query: Query): Promise<void>;
  set(query: Query, exposure: number): Promise<void>;
}

function rowOperations(name: string, config: PostgresConfig, names: readonly string[]): Operations {
  const statements = statementsFor(config);
  const readRows = stateReader((by) => withState(statements.read, config, by));
  const read = async (query: Query): Promise<TargetReading> => {
    const { rows, by } = await readRows(query, [names]);
    return { ...readingOf(name, config, { rows: rows.map(asFlagRow), names }), ...stateIn(rows, by) };
  };
  const update = async (query: Query, statement: string, values: readonly unknown[]): Promise<void> => {
    const { rowCount } = await query(statement, [names, ...values]);
    if (rowCount === names.length) return;
    // Nothing or too little was changed: reading says which row is to blame, unless the rows are all there.
    await read(query);
    const message = `target ${name}: ${rowCount} of ${names.length} rows were changed; row security or a trigger keeps the others`;
    throw new TargetError('rejected', message, { retryable: false });
  };
  return {
    read,
    rehearse: (query) => update(query, statements.rehearse, []),
    set: (query, exposure) => {
      const values = config.columns.exposure === undefined ? [exposure > 0] : [exposure > 0, exposure];
      return update(query, statements.set, values).catch((error: unknown) => {
        throw unfit(name, config, exposure, error);
      });
    },
  };
}

/** The same where users or tenants have rows of their own. */
function peopledOperations(name: string, config: PostgresConfig, names: readonly string[]): Operations {
  const { text, lists } = readStatement(config);
  const readRows = stateReader((by) => withState(text, config, by));
  const read = async (query: Query): Promise<TargetReading> => {
    const { rows, by } = await readRows(query, [names, ...lists]);
    const flags = rows.map((row) => asPeopledRow(row, asFlagRow(row)));
    return { ...peopledReading(name, config, { rows: flags, names }), ...stateIn(rows, by) };
  };
  return {
    read,
    rehearse: (query) => change(name, read, { query, block: rehearsalBlock(config) }),
    set: (query, exposure) =>
      change(name, read, { query, block: setBlock(config, exposure) }).catch((error: unknown) => {
        throw unfit(name, config, exposure, error);
      }),
  };
}

/** One statement, so that values and state are of one moment. */
function withState(statement: string, config: PostgresConfig, by: StateBy): string {
  return `SELECT r.*, ${stateColumns(config, by)} FROM (${statement}) AS r ORDER BY 1`;
}

/** Rows that are only on or off have no place between. */
function requireHoldable(name: string, { columns, tenants, users }: PostgresConfig, exposure: number): void {
  const between = exposure > 0 && exposure < 100;
  if (!between || columns.exposure !== undefined || tenants || (users && isNamedUsers(exposure))) return;
  const message = `target ${name}: rows that are on or off cannot hold ${exposure} %`;
  throw new TargetError('rejected', message, { retryable: false });
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
  const message = `target ${name}: column ${column} cannot hold ${exposure}${why}`;
  return new TargetError('rejected', message, { retryable: false, cause });
}

/** Where the rows are, in words that may be shown, and what of the URL may not. */
function identify(name: string, config: PostgresConfig, names: readonly string[]) {
  const url = URL.canParse(config.url) ? new URL(config.url) : undefined;
  if (url?.protocol !== 'postgres:' && url?.protocol !== 'postgresql:') {
    throw new TargetError('rejected', `target ${name}: url is not a postgres address`, { retryable: false });
  }
  if (names.length === 0) {
    throw new TargetError('rejected', `target ${name}: rows names no row`, { retryable: false });
  }
  const { host, port, database, password } = new pg.Client({ connectionString: config.url });
  // The public schema is where a bare name is looked for, so both spellings are one row.
  const table = config.table.replace(/^public\./, '');
  const place = `postgres://${host.toLowerCase()}:${port}/${database ?? ''}/${table}`;
  return {
    keys: names.map((value) => `${place}/${config.rows.column}=${value}`),
    secrets: [config.url, password ?? '', url.password],
  };
}

function asFlagRow(row: unknown): FlagRow {
  const { name, exposure, enabled }: Partial<Record<keyof FlagRow, unknown>> = row ?? {};
  return {
    name: String(name),
    exposure: typeof exposure === 'string' ? exposure : null,
    enabled: typeof enabled === 'boolean' ? enabled : null,
  };
}
