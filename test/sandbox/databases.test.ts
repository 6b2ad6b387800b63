import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Databases, prepareDatabases } from '../../sandbox/databases.js';
import { type Shop, startShop } from '../../sandbox/shop/shop.js';
import { adminUrl } from '../support/database.js';

const server = {
  adminUrl: adminUrl(),
  url(database = 'postgres') {
    const address = new URL(adminUrl());
    address.pathname = database;
    return address.href;
  },
};

async function on(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

describe('the account the plan moves the flag with', () => {
  let databases: Databases;
  let shop: Shop;

  beforeAll(async () => {
    // Twice: the second start of a sandbox finds everything there, and has new passwords.
    await prepareDatabases(server);
    databases = await prepareDatabases(server);
    shop = await startShop({ databaseUrl: databases.shop, requestsPerSecond: 0 });
    await on(databases.shop, 'create table if not exists orders (id int)');
    await databases.allowFlags();
  });
  afterAll(() => shop.stop());

  test('reads the flag and changes how many get it', async () => {
    await on(databases.flags, 'update feature_flags set enabled = true, rollout_percentage = 5, updated_at = now()');
    expect(await on(databases.flags, 'select enabled, rollout_percentage::int as percent from feature_flags')).toEqual([
      { enabled: true, percent: 5 },
    ]);
  });

  test.each([
    'select * from orders',
    "update feature_flags set name = 'OTHER'",
    "insert into feature_flags values ('NEW', false, 0)",
    'delete from feature_flags',
    'create table mine (id int)',
  ])('may not: %s', async (statement) => {
    await expect(on(databases.flags, statement)).rejects.toThrow(/permission denied/);
  });

  test('does not get into the database of the bot, nor does the shop', async () => {
    for (const url of [databases.flags, databases.shop]) {
      const elsewhere = Object.assign(new URL(url), { pathname: 'rollout_bot' }).href;
      await expect(on(elsewhere, 'select 1')).rejects.toThrow(/permission denied for database/);
    }
    expect(await on(databases.bot, 'select current_user::text as me')).toEqual([{ me: 'rollout_bot' }]);
  });
});
