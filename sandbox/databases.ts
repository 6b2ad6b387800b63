/**
 * Two databases that know nothing of each other, as in production: the bot's own and the shop's. What the bot's plan
 * holds for the shop is an account that may read the flag table and change its three columns, and nothing else.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { isEarlierDatabase } from '../src/store/lineage.js';
import type { RunningPostgres } from './postgres.js';

const BOT = 'rollout_bot';
const SHOP = 'shop';
const FLAGS = 'rollout_flags';

/** Connection URLs with passwords that are new at every start. */
export interface Databases {
  /** The bot's own database, as its owner. */
  readonly bot: string;
  /** The shop's database, as its owner. */
  readonly shop: string;
  /** The shop's database, as whoever moves the flag. */
  readonly flags: string;
  /** To be called once the shop has made its flag table. */
  allowFlags(): Promise<void>;
}

/** True where the bot's database is of a version before 0.2.0; false where there is no database yet. */
export async function madeBefore(postgres: Pick<RunningPostgres, 'url' | 'adminUrl'>): Promise<boolean> {
  const databases = await asAdmin(postgres.adminUrl, (admin) =>
    namesOf(admin, 'select datname as name from pg_database'),
  );
  return databases.has(BOT) && (await asAdmin(postgres.url(BOT), isEarlierDatabase));
}

/** Makes accounts and databases where they are absent. */
export async function prepareDatabases(postgres: Pick<RunningPostgres, 'url' | 'adminUrl'>): Promise<Databases> {
  const passwords = { [BOT]: secret(), [SHOP]: secret(), [FLAGS]: secret() };
  await asAdmin(postgres.adminUrl, async (admin) => {
    const roles = await namesOf(admin, 'select rolname as name from pg_roles');
    for (const [role, password] of Object.entries(passwords)) {
      await admin.query(`${roles.has(role) ? 'alter' : 'create'} role ${role} login password '${password}'`);
    }
    const databases = await namesOf(admin, 'select datname as name from pg_database');
    for (const owner of [BOT, SHOP].filter((name) => !databases.has(name))) {
      await admin.query(`create database ${owner} owner ${owner}`);
      await admin.query(`revoke all on database ${owner} from public`);
    }
  });
  const url = (database: string, role: keyof typeof passwords) => {
    const address = new URL(postgres.url(database));
    address.username = role;
    address.password = passwords[role] ?? '';
    return address.href;
  };
  return {
    bot: url(BOT, BOT),
    shop: url(SHOP, SHOP),
    flags: url(SHOP, FLAGS),
    allowFlags: () =>
      asAdmin(postgres.url(SHOP), async (admin) => {
        await admin.query(`grant connect on database ${SHOP} to ${FLAGS}`);
        await admin.query(
          `grant select, update (enabled, rollout_percentage, updated_at) on feature_flags to ${FLAGS}`,
        );
      }),
  };
}

function secret(): string {
  return randomBytes(18).toString('hex');
}

async function namesOf(client: pg.Client, query: string): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(query);
  return new Set(rows.map((row) => row.name));
}

async function asAdmin<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
