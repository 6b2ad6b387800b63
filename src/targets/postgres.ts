import pg from 'pg';
import { requirePercent } from './exposure.js';
import { postgresConnections, type Query } from './postgres-connection.js';
import { targetErrorFrom } from './postgres-errors.js';
import { type FlagRow, type PostgresConfig, readingOf, statementByHand, statementsFor } from './postgres-sql.js';
import { type Target, TargetError, type TargetReading } from './target.js';

/** How long connecting, and how long one statement, may take. Two of them stay below LONGEST_TARGET_CALL_MS. */
const CALL_TIMEOUT_MS = 5_000;

/**
 * Moves named rows of one table: a percentage and a switch. `config.url` is final: no `${NAME}` is left in it.
 * Throws TargetError `rejected` when the configuration cannot be used.
 */
export function createPostgresTarget(name: string, config: PostgresConfig, timeoutMs = CALL_TIMEOUT_MS): Target {
  const names = [...new Set(config.rows.values)];
  const { keys, secrets } = identify(name, config, names);
  const rows = rowOperations(name, config, names);
  const connections = postgresConnections({ target: name, url: config.url, timeoutMs });

  const call = async <T>(signal: AbortSignal, work: (query: Query) => Promise<T>): Promise<T> => {
    try {
      return await connections.use(signal, work);
    } catch (error) {
      throw targetErrorFrom(name, error, secrets);
    }
  };
  return {
    name,
    kind: 'postgres',
    keys,
    async set(exposure, signal) {
      requirePercent(name, exposure);
      await call(signal, (query) => rows.set(query, exposure));
    },
    read: (signal) => call(signal, rows.read),
    rehearse: (signal) =>
      call(signal, async (query) => {
        await rows.rehearse(query);
        return rows.read(query);
      }),
    byHand: (exposure) => statementByHand(config, exposure),
    close: () => connections.close(),
  };
}

/** What is done over one connection. */
function rowOperations(name: string, config: PostgresConfig, names: readonly string[]) {
  const statements = statementsFor(config);
  const read = async (query: Query): Promise<TargetReading> => {
    const { rows } = await query(statements.read, [names]);
    return readingOf(name, rows.map(asFlagRow), names);
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
    rehearse: (query: Query) => update(query, statements.rehearse, []),
    set: (query: Query, exposure: number) =>
      update(query, statements.set, [exposure > 0, exposure]).catch((error: unknown) => {
        throw doesNotFit(error) ? cannotHold(name, config.columns.exposure, exposure, error) : error;
      }),
  };
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
