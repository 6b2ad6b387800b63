import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { EarlierDatabaseError, isEarlier } from './lineage.js';

const FOLDER = new URL('./migrations/', import.meta.url);
/** Any constant: one migrator at a time per database; a lost race finds nothing left to do. */
const MIGRATION_LOCK = 7_261_054_115;

/**
 * Brings the database to this version. Forward only, each file in one transaction, several starting processes wait
 * for each other. Throws when the database is newer than this code, or was made before 0.2.0. `folder`: where the files are.
 */
export async function migrate(url: string, folder = FOLDER): Promise<void> {
  const files = await migrationFiles(folder);
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A connection that is lost fails the statement under way, and that is heard; as an event of its own it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query(
      'create table if not exists migrations (name text primary key, at timestamptz not null default now())',
    );
    const { rows } = await client.query<{ name: string }>('select name from migrations');
    const applied = new Set(rows.map((row) => row.name));
    if (isEarlier(applied)) throw new EarlierDatabaseError();
    const unknown = [...applied].filter((name) => !files.includes(name));
    if (unknown.length > 0) {
      throw new Error(
        `the database is newer than this version of rollout-bot (it has ${unknown.join(', ')}); install the newer version`,
      );
    }
    for (const file of files.filter((name) => !applied.has(name))) await applyFile(client, new URL(file, folder), file);
  } finally {
    await client.end();
  }
}

/** The names of all migrations of this version, in their order. */
export async function migrationFiles(folder = FOLDER): Promise<string[]> {
  return (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
}

/** The tables that migrations make, with the one that counts them. */
export async function migratedTables(): Promise<string[]> {
  const texts = await Promise.all((await migrationFiles()).map((file) => readFile(new URL(file, FOLDER), 'utf8')));
  return [
    'migrations',
    ...texts.flatMap((sql) => [...sql.matchAll(/create table (\w+)/gi)].map(([, name = '']) => name)),
  ];
}

async function applyFile(client: pg.Client, at: URL, file: string): Promise<void> {
  const sql = await readFile(at, 'utf8');
  await client.query('begin');
  try {
    await client.query(sql);
    await client.query('insert into migrations (name) values ($1)', [file]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw new Error(`migration ${file} failed and was undone`, { cause: error });
  }
}
