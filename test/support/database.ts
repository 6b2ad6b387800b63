/** Databases of their own for tests, made in about 20 ms from a migrated template. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';

export const TEMPLATE_DATABASE = 'rollout_template';

export interface TestDatabase {
  /** Connection URL with an account that may do everything in it. */
  readonly url: string;
  /** Removes it, cutting whoever is still connected. The run's end removes what was not dropped. */
  drop(): Promise<void>;
}

/** A new database: migrated, or empty with `template: false`. */
export async function createDatabase(options: { template?: boolean } = {}): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const source = options.template === false ? '' : ` template ${TEMPLATE_DATABASE}`;
  // Copied file by file it costs half of what it does by way of the log.
  await asAdmin(`create database ${name}${source} strategy file_copy`);
  const url = new URL(adminUrl());
  url.pathname = name;
  return { url: url.href, drop: () => asAdmin(`drop database if exists ${name} with (force)`) };
}

/** Administrator's URL of the run's Postgres. */
export function adminUrl(): string {
  return inject('postgresUrl');
}

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
