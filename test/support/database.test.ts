import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createDatabase, type TestDatabase } from './database.js';

async function connected(options?: { template?: false }): Promise<pg.Client> {
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

test('a database that is given back is as new for the next test', async () => {
  const first = await createDatabase();
  const client = new pg.Client({ connectionString: first.url });
  const other = new pg.Client({ connectionString: first.url });
  const cut = new Promise((resolve) => other.on('error', resolve));
  await Promise.all([client.connect(), other.connect()]);
  const content = async (over: pg.Client) => {
    const found: [string, unknown[]][] = [];
    const { rows } = await over.query<{ table_name: string }>(
      tables.replace('order by', "and table_type = 'BASE TABLE' order by"),
    );
    for (const { table_name: name } of rows) found.push([name, (await over.query(`select * from ${name}`)).rows]);
    return found;
  };
  const before = await content(client);
  await client.query(
    `insert into daily_heads (day, rollouts, head) values ('2026-01-01', 1, 'x'); select nextval('rollout_ids'); update clock set rate = 1.05`,
  );
  expect(await content(client)).not.toEqual(before);
  await client.end();
  await first.giveBack();
  await cut;
  const next = await createDatabase();
  expect(next.url).toBe(first.url);
  const again = new pg.Client({ connectionString: next.url });
  await again.connect();
  expect(await content(again)).toEqual(before);
  expect((await again.query(`select nextval('rollout_ids')::int as id`)).rows).toEqual([{ id: 1 }]);
  await again.end();
  await next.drop();
});

test.each([
  ['a table', 'create table extra (id int)'],
  ['a column', 'alter table people add column extra int'],
  ['a trigger that is off', 'alter table events disable trigger all'],
  ['a function', "create or replace function server_now() returns timestamptz language sql stable as 'select now()'"],
  ['a right', 'grant select on people to public'],
  [
    'a setting of the database',
    "do $$ begin execute format('alter database %I set timezone = ''Asia/Kolkata''', current_database()); end $$",
  ],
  ['a sequence', 'alter sequence rollout_ids increment 2'],
  ['a name, and back', 'alter table people rename to folk; alter table folk rename to people'],
])('a database whose schema was changed (%s) is not given to another test', async (_, statement) => {
  const changed = await createDatabase();
  const client = new pg.Client({ connectionString: changed.url });
  await client.connect();
  await client.query(statement);
  await client.end();
  await changed.giveBack();
  const next = await createDatabase();
  expect(next.url).not.toBe(changed.url);
  await next.drop();
  await expect(new pg.Client({ connectionString: changed.url }).connect()).rejects.toThrow('does not exist');
});

test('connections of its pools are kept with the database, but for one in the middle of something', async () => {
  const process = async (db: pg.Pool | pg.PoolClient) =>
    (await db.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid;
  const poolOf = ({ url, Client }: TestDatabase) => new pg.Pool({ connectionString: url, Client });
  const first = await createDatabase();
  const one = poolOf(first);
  const kept = await process(one);
  const busy = await one.connect();
  await busy.query('begin');
  const other = await one.connect();
  const lost = await process(busy);
  expect(await process(other)).not.toBe(lost);
  for (const client of [busy, other]) client.release(client === busy);
  await one.end();
  await first.giveBack();
  const next = await createDatabase();
  expect(next.url).toBe(first.url);
  const pool = poolOf(next);
  const clients = await Promise.all([pool.connect(), pool.connect(), pool.connect()]);
  const processes = await Promise.all(clients.map(process));
  expect(processes.filter((each) => each === kept || each === lost)).toEqual(kept === lost ? [] : [kept]);
  for (const client of clients) client.release();
  await pool.end();
  await next.drop();
});

test('an empty database that is given back is empty for the next test', async () => {
  const first = await createDatabase({ template: false });
  const client = new pg.Client({ connectionString: first.url });
  await client.connect();
  await client.query(`create table here (id serial primary key, kind text); create type mood as enum ('good');
    create function one() returns int language sql as 'select 1'; create temp table gone (id int);
    create schema other; create table other.there (id int); grant select on here to public`);
  await client.query('drop schema other cascade');
  await client.end();
  await first.giveBack();
  const next = await createDatabase({ template: false });
  expect(next.url).toBe(first.url);
  const again = new pg.Client({ connectionString: next.url });
  await again.connect();
  expect((await again.query(tables)).rows).toEqual([]);
  await expect(again.query('select one()')).rejects.toThrow('does not exist');
  const rights = `select nspowner::regrole::text as owner, nspacl::text as acl from pg_namespace where nspname = 'public'`;
  const fresh = new pg.Client({ connectionString: (await createDatabase()).url });
  await fresh.connect();
  expect((await again.query(rights)).rows).toEqual((await fresh.query(rights)).rows);
  await Promise.all([again.end(), fresh.end()]);
  await next.drop();
});

test.each([
  ['a schema beside it', 'create schema other'],
  ['a right to the server’s own function', 'revoke execute on function pg_sleep from public'],
  [
    'a setting of the database',
    "do $$ begin execute format('alter database %I set timezone = ''Asia/Kolkata''', current_database()); end $$",
  ],
  [
    'a right to the database',
    "do $$ begin execute format('revoke temp on database %I from public', current_database()); end $$",
  ],
])('an empty database that was changed otherwise (%s) is not given to another test', async (_, statement) => {
  const changed = await createDatabase({ template: false });
  const client = new pg.Client({ connectionString: changed.url });
  await client.connect();
  await client.query(statement);
  await client.end();
  await changed.giveBack();
  const next = await createDatabase({ template: false });
  expect(next.url).not.toBe(changed.url);
  await next.drop();
});
