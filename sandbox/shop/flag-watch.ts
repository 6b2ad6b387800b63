/**
 * The shop's own view of its flag row: read again now and then, and at once when the row changes. While the database is
 * away the last known value stays in force, as it does in shops that keep selling.
 */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Flag } from './exposure.js';

export interface FlagWatch {
  current(): Flag;
  stop(): Promise<void>;
}

/** `numeric` becomes text on its way out of pg, hence ::float8. */
const READ = 'select enabled, rollout_percentage::float8 as percentage from feature_flags where name = $1';

const INSERT = `insert into feature_flags (name, enabled, rollout_percentage, updated_at) values ($1, false, 0, now())
  on conflict do nothing`;

const PREPARE = `
  create table if not exists feature_flags (
    name text primary key,
    enabled boolean not null,
    rollout_percentage numeric not null,
    updated_at timestamptz not null default now());
  create or replace function tell_shop() returns trigger language plpgsql as
    $$ begin perform pg_notify('feature_flags', ''); return null; end $$;
  create or replace trigger tell_shop after insert or update or delete on feature_flags
    for each statement execute function tell_shop();`;

/** Makes the table and the row (disabled, 0 %) where they are absent. Rejects when the database cannot be used at all. */
export async function watchFlag(databaseUrl: string, name: string, rereadMs: number): Promise<FlagWatch> {
  const connection = new FlagConnection(databaseUrl, name);
  try {
    await connection.prepare();
    await connection.reread();
  } catch (error) {
    await connection.close();
    throw error;
  }
  const stopped = new AbortController();
  const watching = (async () => {
    while (await waited(rereadMs, stopped.signal)) await connection.reread().catch(() => undefined);
  })();
  return {
    current: () => connection.flag,
    async stop() {
      stopped.abort();
      await watching;
      await connection.close();
    },
  };
}

class FlagConnection {
  flag: Flag = { enabled: false, percentage: 0 };
  private client: pg.Client | undefined;
  /** Readings happen one after the other, so that an older one never overwrites a newer one. */
  private last: Promise<void> = Promise.resolve();
  private readonly url: string;
  private readonly name: string;

  constructor(url: string, name: string) {
    this.url = url;
    this.name = name;
  }

  async prepare(): Promise<void> {
    const client = await this.connected();
    // Two shops that start on an empty database at once would otherwise both try to make the table.
    await client.query(`begin; select pg_advisory_xact_lock(7367112); ${PREPARE}; commit`);
    await client.query(INSERT, [this.name]);
  }

  reread(): Promise<void> {
    const next = this.last.then(() => this.read());
    this.last = next.catch(() => undefined);
    return next;
  }

  async close(): Promise<void> {
    await this.last;
    await this.client?.end().catch(() => undefined);
  }

  private async read(): Promise<void> {
    const client = await this.connected();
    try {
      const { rows } = await client.query<{ enabled: boolean; percentage: number }>(READ, [this.name]);
      this.flag = rows[0] ?? { enabled: false, percentage: 0 };
    } catch (error) {
      this.drop(client);
      throw error;
    }
  }

  private async connected(): Promise<pg.Client> {
    if (this.client) return this.client;
    const client = new pg.Client({ connectionString: this.url, connectionTimeoutMillis: 3_000, query_timeout: 3_000 });
    client.on('error', () => this.drop(client));
    client.on('notification', () => {
      this.reread().catch(() => undefined);
    });
    this.client = client;
    try {
      await client.connect();
      await client.query('listen feature_flags');
      return client;
    } catch (error) {
      this.drop(client);
      throw error;
    }
  }

  private drop(client: pg.Client): void {
    if (this.client === client) this.client = undefined;
    client.end().catch(() => undefined);
  }
}

async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
