import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { migrate } from '../../src/store/migrate.js';
import { until } from '../kill/until.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let client: pg.Client;
beforeEach(async () => {
  database = await createDatabase({ template: false });
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterEach(async () => {
  await client.end();
  await database.drop();
});

async function tables(): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
  );
  return rows.map((row) => row.name);
}

const applied = async () =>
  (await client.query<{ name: string }>('select name from migrations')).rows.map((r) => r.name);

describe('an empty database', () => {
  test('is brought up by five processes that start at once, each file once', async () => {
    await Promise.all(Array.from({ length: 5 }, () => migrate(database.url)));
    expect(await tables()).toContain('rollouts');
    const files = await applied();
    expect(files.length).toBeGreaterThan(0);
    expect(new Set(files).size).toBe(files.length);
  });

  test('is left alone the second time', async () => {
    await migrate(database.url);
    const before = await tables();
    await client.query(`comment on table rollouts is 'was here before'`);
    await migrate(database.url);
    expect(await tables()).toEqual(before);
    const { rows } = await client.query(`select obj_description('rollouts'::regclass) as said`);
    expect(rows).toEqual([{ said: 'was here before' }]);
  });
});

describe('a database of a newer version', () => {
  test('is refused by name, and nothing is changed', async () => {
    await client.query(`create table migrations (name text primary key, at timestamptz not null default now());
      insert into migrations (name) values ('999-from-the-future.sql')`);
    await expect(migrate(database.url)).rejects.toThrow(/newer than this version.*999-from-the-future\.sql/);
    expect(await tables()).toEqual(['migrations']);
  });
});

describe('a database of a version before 0.2.0', () => {
  test('is refused in one sentence that says how to keep it and how to begin again, and nothing is changed', async () => {
    await client.query(`create table migrations (name text primary key, at timestamptz not null default now());
      insert into migrations (name) values ('001-rollouts.sql'), ('011-many-and-for-long.sql'); create table rollouts (id int)`);
    await expect(migrate(database.url)).rejects.toThrow(
      /^the database was made by a version of rollout-bot before 0\.2\.0.*pg_dump.*rollout history.*a new database$/,
    );
    expect(await tables()).toEqual(['migrations', 'rollouts']);
    expect(await applied()).toHaveLength(2);
  });
});

describe('a migration that does not come to its end', () => {
  test('leaves nothing when a statement in it fails, and works once the cause is gone', async () => {
    await client.query('create table daily_heads (mine int)');
    await expect(migrate(database.url)).rejects.toThrow(/failed and was undone/);
    expect(await tables()).toEqual(['daily_heads', 'migrations']);
    expect(await applied()).toEqual([]);
    await client.query('drop table daily_heads');
    await migrate(database.url);
    expect(await tables()).toContain('rollouts');
  });

  test('leaves nothing when its connection is cut in the middle, and the next start does it all', async () => {
    await client.query('create table migrations (name text primary key, at timestamptz not null default now())');
    // Its last step waits for us: by then all tables are made, and none is committed.
    await client.query('begin; lock table migrations in share mode');
    const cut = migrate(database.url).then(
      () => 'done',
      (error: Error) => error.message,
    );
    const waiting = `select pid from pg_locks where relation = 'migrations'::regclass and not granted`;
    const pid = await until('the migration waits', async () => {
      const { rows } = await client.query<{ pid: number }>(waiting);
      return rows[0]?.pid ?? null;
    });
    await client.query('select pg_terminate_backend($1)', [pid]);
    expect(await cut).toMatch(/failed and was undone/);
    await client.query('commit');
    expect(await tables()).toEqual(['migrations']);
    await migrate(database.url);
    expect(await tables()).toContain('rollouts');
  });
});
