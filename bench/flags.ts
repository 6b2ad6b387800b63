import { once } from 'node:events';
import pg from 'pg';
import { createPostgresTarget } from '../src/targets/postgres/index.js';
import type { Target } from '../src/targets/target.js';

const TABLE = { table: 'feature_flags', column: 'name', exposure: 'rollout_percentage', enabled: 'enabled' } as const;
/** What plans write in place of the address of the flags. */
export const FLAGS_URL = 'FLAGS_DATABASE_URL';

/** How a plan names one of these flags. */
export const flagTarget = (flag: string): string =>
  `{ kind: postgres, url: "\${${FLAGS_URL}}", table: ${TABLE.table}, rows: { ${TABLE.column}: [${flag}] }, columns: { exposure: ${TABLE.exposure}, enabled: ${TABLE.enabled} } }`;

/** A database of flags on the server of the bot, which says when one is off. */
export interface Flags {
  readonly url: string;
  add(flag: string, percentage?: number): Promise<void>;
  exposure(flag: string): Promise<number>;
  /** Resolves when a flag was switched off and everybody can see it. */
  off(flag: string): Promise<void>;
  /** A target as the bot would make it. */
  target(flag: string): Target;
  close(): Promise<void>;
}

export async function openFlags(db: pg.Pool, serverUrl: string): Promise<Flags> {
  const name = `flags_${process.pid}_${Date.now().toString(36)}`;
  await db.query(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.href, application_name: 'bench flags' });
  await client.connect();
  const { table, column, exposure, enabled } = TABLE;
  await client.query(`create table ${table} (${column} text primary key, ${exposure} int not null, ${enabled} boolean not null);
    create function say_off() returns trigger language plpgsql as $$ begin perform pg_notify('off', new.${column}); return null; end $$;
    create trigger say_off after update on ${table} for each row when (old.${enabled} and not new.${enabled}) execute function say_off();
    listen off`);
  const targets: Target[] = [];
  return {
    url: url.href,
    async add(flag, percentage = 0) {
      await client.query(`insert into ${table} values ($1, $2, $3)`, [flag, percentage, percentage > 0]);
    },
    async exposure(flag) {
      const { rows } = await client.query<{ share: number }>(
        `select case when ${enabled} then ${exposure} else 0 end as share from ${table} where ${column} = $1`,
        [flag],
      );
      return rows[0]?.share ?? Number.NaN;
    },
    async off(flag) {
      for (;;) {
        const [{ payload }] = (await once(client, 'notification')) as [pg.Notification];
        if (payload === flag) return;
      }
    },
    target(flag) {
      const target = createPostgresTarget('flag', {
        kind: 'postgres',
        url: url.href,
        table,
        rows: { column, values: [flag] },
        columns: { exposure, enabled },
      });
      targets.push(target);
      return target;
    },
    async close() {
      await Promise.all(targets.map((target) => target.close()));
      await client.end();
      await db.query(`drop database ${name} with (force)`);
    },
  };
}
