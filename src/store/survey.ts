/** Looks at the bot's database without changing anything: for whoever installs the bot. */
import pg from 'pg';
import { SESSION_OPTIONS } from './connect.js';
import { isEarlier } from './lineage.js';
import { migratedTables, migrationFiles } from './migrate.js';
import { ofFile } from './trouble.js';

/** Every connection and every question of a survey ends within this. */
const PATIENCE_MS = 4_000;
/** As many as it takes to meet, or to hold, every server connection that an idle pooler keeps ready. */
const OTHERS = 4;

export interface Tables {
  /** It was made by a version before 0.2.0. */
  readonly earlier: boolean;
  /** Migrations of this version that were not applied yet, in their order. */
  readonly pending: readonly string[];
  /** Migrations that were applied and that this version does not know: the database is newer. */
  readonly unknown: readonly string[];
  /** Null: the search path leads to no schema. */
  readonly schema: string | null;
  readonly mayCreate: boolean;
  /** Tables of the bot that this role may not read and write. */
  readonly closed: readonly string[];
}

/** As Postgres numbers it: 170002 is 17.2. Throws as pg does. */
export function serverVersion(url: string): Promise<number> {
  return connected({ url }, async (client) => {
    const { rows } = await client.query<{ version: string }>(`select current_setting('server_version_num') as version`);
    return Number(rows[0]?.version);
  });
}

/**
 * Whether a session is one server connection for as long as it lasts, as locks and LISTEN need it. A pooler that hands
 * server connections out by the transaction gives two sessions the same one, or one session two. Throws as pg does.
 */
export function sessionsAreOwn(url: string): Promise<boolean> {
  return connected({ url }, async (session) => {
    const mine = await backendOf(session);
    const others: pg.Client[] = [];
    try {
      for (let count = 0; count < OTHERS; count += 1) {
        const other = await connect({ url });
        others.push(other);
        // Held in a transaction, so that the pooler has to find another one for the next.
        await other.query('begin');
        if ((await backendOf(other)) === mine) return false;
      }
      return (await backendOf(session)) === mine;
    } catch (error) {
      // Said by a pooler that hands them out by the statement.
      if (error instanceof pg.DatabaseError && /statement pooling/i.test(error.message)) return false;
      throw error;
    } finally {
      await Promise.all(others.map((other) => other.end().catch(() => undefined)));
    }
  });
}

/** The settings the bot asks for with every connection and does not get; empty when it gets all. Throws as pg does. */
export function settingsLost(url: string): Promise<string[]> {
  const asked = [...SESSION_OPTIONS.matchAll(/-c (\w+)=(\w+)/g)].map(([, name = '', value = '']) => ({ name, value }));
  return connected({ url, options: SESSION_OPTIONS }, async (client) => {
    const { rows } = await client.query<{ name: string; setting: string }>(
      'select name, setting from pg_settings where name = any($1)',
      [asked.map(({ name }) => name)],
    );
    const found = new Map(rows.map(({ name, setting }) => [name, setting]));
    return asked.filter(({ name, value }) => found.get(name) !== value).map(({ name }) => name);
  });
}

/** What is there of the bot's tables, and what this role may do. Throws as pg does. */
export async function tablesOf(url: string): Promise<Tables> {
  const files = await migrationFiles();
  return connected({ url }, async (client) => {
    const { rows } = await client.query<{ schema: string | null; may_create: boolean; migrated: boolean }>(
      `select current_schema() as schema, coalesce(has_schema_privilege(current_schema(), 'create'), false) as may_create,
         to_regclass('migrations') is not null as migrated`,
    );
    const { schema = null, may_create: mayCreate = false, migrated = false } = rows[0] ?? {};
    if (!migrated) return { earlier: false, pending: files, unknown: [], schema, mayCreate, closed: [] };
    const closed = await closedTables(client);
    // Without the right to read it, what was applied cannot be told.
    if (closed.includes('migrations')) return { earlier: false, pending: [], unknown: [], schema, mayCreate, closed };
    const applied = (await client.query<{ name: string }>('select name from migrations')).rows.map(({ name }) => name);
    return {
      earlier: isEarlier(applied),
      pending: files.filter((name) => !applied.includes(name)),
      unknown: applied.filter((name) => !files.includes(name)),
      schema,
      mayCreate,
      closed,
    };
  });
}

async function closedTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select name from unnest($1::text[]) as name
     where to_regclass(name) is not null and not (has_table_privilege(name, 'select') and has_table_privilege(name, 'insert')
       and has_table_privilege(name, 'update') and has_table_privilege(name, 'delete'))`,
    [await migratedTables()],
  );
  return rows.map(({ name }) => name);
}

async function backendOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}

interface Way {
  readonly url: string;
  /** Settings asked for with the connection. */
  readonly options?: string;
}

async function connect({ url, options }: Way): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
    application_name: 'rollout-bot doctor',
    ...(options === undefined ? {} : { options }),
  });
  // A connection that is lost fails the question under way, and that is heard.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function connected<T>(way: Way, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await connect(way);
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Why a survey failed, without names, addresses or anything else of the URL: a password that was not escaped would be part of
 * them.
 */
export function databaseTrouble(error: unknown): DatabaseTrouble {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : '';
  if (error instanceof Error && ofFile(error)) return 'no_file';
  if (/unsupported startup parameter/i.test(message)) return 'settings_refused';
  if (code === '28P01' || code === '28000') return 'denied';
  if (code === '3D000') return 'no_database';
  if (code === '42501') return 'no_right';
  if (code === '53300') return 'full';
  if (code === 'ERR_INVALID_URL') return 'no_url';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'no_host';
  // ENOENT: there is no socket of this name.
  if (code === 'ECONNREFUSED' || code === 'ENOENT') return 'refused';
  if (/timeout/i.test(message) || code === 'ETIMEDOUT') return 'timeout';
  if (/SSL|TLS|certificate/i.test(message)) return 'tls';
  return 'other';
}

export type DatabaseTrouble =
  | 'settings_refused' // a pooler does not let the bot's settings through
  | 'denied' // user or password
  | 'no_database'
  | 'no_right'
  | 'full' // too many connections
  | 'no_url'
  | 'no_file' // of a certificate
  | 'no_host'
  | 'refused'
  | 'timeout'
  | 'tls'
  | 'other';
