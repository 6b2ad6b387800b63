/** Once per run, for the first project that needs it: one throw-away Postgres with a migrated template database. */
import { chmodSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { isAlive } from '../../sandbox/lock-file.js';
import { type RunningPostgres, startPostgres, stopAtOnce, stopOrphan } from '../../sandbox/postgres.js';
import { migrate } from '../../src/store/migrate.js';
import { BARE, BARE_SCHEMA, KEEP, SCHEMA, TEMPLATES } from './database.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Administrator's URL of the run's Postgres. */
    postgresUrl: string;
    /** The folder of its socket. */
    postgresSocket: string;
    /** The schema of each template, as `SCHEMA` says it, or `BARE_SCHEMA`. */
    schemas: Readonly<Record<string, string>>;
  }
}

const PREFIX = 'rollout-test-postgres-';

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  // What the root is given, every project sees. The projects are set up one after the other.
  const root = project.vitest.getRootProject();
  if (root.getProvidedContext().postgresUrl) return undefined;
  await removeLeftovers();
  const dir = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  chmodSync(dir, 0o711); // Run as root, Postgres has another account, which must reach its folder.
  const undoEnding = clearUpAtTheEnd(dir);
  const postgres = await startPostgres({ dir, durable: false });
  const tearDown = async () => {
    await postgres.stop();
    undoEnding();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    root.provide('schemas', await makeTemplates(postgres));
  } catch (error) {
    await tearDown();
    throw error;
  }
  root.provide('postgresUrl', postgres.adminUrl);
  root.provide('postgresSocket', postgres.dir);
  return tearDown;
}

/**
 * Ended by a signal the runner exits within a millisecond and waits for nothing: so everything is ended in its `exit`, also while it is only
 * being started. A second signal changes nothing, and ends nothing half-way. Answers how to take this back.
 */
function clearUpAtTheEnd(dir: string): () => void {
  const clearUp = () => {
    stopAtOnce(dir);
    rmSync(dir, { recursive: true, force: true });
  };
  const signals = Object.entries({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const);
  const handlers = signals.map(([signal, number]) => [signal, () => process.exit(128 + number)] as const);
  for (const [signal, end] of handlers) process.on(signal, end);
  process.on('exit', clearUp);
  return () => {
    process.off('exit', clearUp);
    for (const [signal, end] of handlers) process.off(signal, end);
  };
}

/** A run that was killed leaves its server behind; the next one clears up. */
async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    const dir = join(tmpdir(), name);
    if (!Number.isFinite(pid) || isAlive(pid) || lstatSync(dir).uid !== process.getuid?.()) continue;
    await stopOrphan(dir);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Domain time stands still until a test moves it. */
const STOP_CLOCK = `create table test_clock (at timestamptz not null);
  insert into test_clock values ('epoch');
  create or replace function rollout_now() returns timestamptz language sql stable as 'select at from test_clock';`;

/** Answers the schema of each. */
async function makeTemplates(postgres: RunningPostgres): Promise<Record<string, string>> {
  const { migrated, stopped } = TEMPLATES;
  const within = (database: string, statements: string) => query(postgres.url(database), statements);
  const make = (name: string, from = 'template1') =>
    query(postgres.adminUrl, `create database ${name} template ${from} strategy file_copy`);
  await make(migrated);
  await migrate(postgres.url(migrated));
  await make(stopped, migrated);
  await within(stopped, STOP_CLOCK);
  const schemas: Record<string, string> = { [BARE]: String((await within('postgres', BARE_SCHEMA))[0]?.schema) };
  for (const name of [migrated, stopped]) {
    await within(name, KEEP);
    schemas[name] = String((await within(name, SCHEMA))[0]?.schema);
    // A template with a connection cannot be copied: nobody may open one any more.
    await query(postgres.adminUrl, `alter database ${name} is_template true allow_connections false`);
  }
  return schemas;
}

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}
