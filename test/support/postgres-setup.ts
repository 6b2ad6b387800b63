/** Once per run, for the first project that needs it: one throw-away Postgres with a migrated template database. */
import { chmodSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { isAlive } from '../../sandbox/lock-file.js';
import { type RunningPostgres, startPostgres, stopAtOnce, stopOrphan } from '../../sandbox/postgres.js';
import { migrate } from '../../src/store/migrate.js';
import { TEMPLATE_DATABASE } from './database.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Administrator's URL of the run's Postgres. */
    postgresUrl: string;
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
    await makeTemplate(postgres);
  } catch (error) {
    await tearDown();
    throw error;
  }
  root.provide('postgresUrl', postgres.adminUrl);
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

async function makeTemplate(postgres: RunningPostgres): Promise<void> {
  const admin = new pg.Client({ connectionString: postgres.adminUrl });
  await admin.connect();
  try {
    await admin.query(`create database ${TEMPLATE_DATABASE}`);
    await migrate(postgres.url(TEMPLATE_DATABASE));
    // A template with a connection cannot be copied: nobody may open one any more.
    await admin.query(`alter database ${TEMPLATE_DATABASE} is_template true allow_connections false`);
  } finally {
    await admin.end();
  }
}
