import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createDatabase } from './database.js';

async function connected(options?: { template?: boolean }): Promise<pg.Client> {
  const database = await createDatabase(options);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  onTestFinished(async () => {
    await client.end();
    await database.drop();
  });
  return client;
}

const tables = `select table_name from information_schema.tables where table_schema = 'public' order by 1`;

test('what one test writes no other test sees', async () => {
  const [one, other] = await Promise.all([connected(), connected()]);
  await one.query('create table only_here (id int)');
  expect((await one.query(tables)).rows).toContainEqual({ table_name: 'only_here' });
  expect((await other.query(tables)).rows).not.toContainEqual({ table_name: 'only_here' });
  expect((await (await connected()).query(tables)).rows).not.toContainEqual({ table_name: 'only_here' });
});

test('many databases can be made at once', async () => {
  const clients = await Promise.all(Array.from({ length: 8 }, () => connected()));
  const names = await Promise.all(
    clients.map(async (client) => (await client.query('select current_database()')).rows[0]),
  );
  expect(new Set(names.map((row) => row.current_database)).size).toBe(8);
});

test('without the template a database is empty', async () => {
  expect((await (await connected({ template: false })).query(tables)).rows).toEqual([]);
});

test('text is UTF-8 and knows letters beyond ASCII', async () => {
  const client = await connected({ template: false });
  const { rows } = await client.query(
    `select current_setting('server_encoding') as encoding, upper('ünïcode ß') as upper, char_length('🚀é') as length`,
  );
  expect(rows).toEqual([{ encoding: 'UTF8', upper: 'ÜNÏCODE ß', length: 2 }]);
});

test('a dropped database is gone, connected or not', async () => {
  const database = await createDatabase();
  const client = new pg.Client({ connectionString: database.url });
  const cut = new Promise((resolve) => client.on('error', resolve));
  await client.connect();
  await database.drop();
  await cut;
  await expect(new pg.Client({ connectionString: database.url }).connect()).rejects.toThrow('does not exist');
});
