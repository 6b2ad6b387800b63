import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PostgresConfig } from '../../src/targets/postgres/config.js';
import type { Target, TargetReading } from '../../src/targets/target.js';
import { moveTo, raise } from '../contracts/target-contract.js';
import { createFlagTable, type FlagTable } from './flag-table.js';

const patient = new AbortController().signal;
const moved = { name: 'NotRaisedError', why: 'moved', retryable: true };

let table: FlagTable;
beforeEach(async () => {
  table = await createFlagTable();
});
afterEach(() => table.close());

const exposures = async () =>
  (
    await table.sql<{ p: string }>(
      `SELECT rollout_percentage::text AS p FROM feature_flags WHERE name LIKE 'NEW%' ORDER BY name`,
    )
  ).map(({ p }) => Number(p));

/** Seen, then a rollback to where it is already, then the raise that was decided before. */
async function lateRaise(target: Target, between: () => Promise<unknown>): Promise<unknown> {
  const seen = await target.read(patient);
  await between();
  return await raise(target, 50, patient, seen).then(
    () => 'raised',
    (error: unknown) => error,
  );
}

describe('a raise that waits for a row', () => {
  test('while somebody writes the same values there finds it moved', async () => {
    const target = table.target();
    const seen = await target.read(patient);
    const other = await table.session();
    await other.query(`BEGIN; UPDATE feature_flags SET enabled = enabled WHERE name = 'NEW_CART'`);
    const late = expect(raise(target, 50, patient, seen)).rejects.toMatchObject(moved);
    await expect
      .poll(() =>
        table.sql(`SELECT 1 FROM pg_stat_activity WHERE usename = $1 AND wait_event_type = 'Lock'`, [table.role]),
      )
      .toHaveLength(1);
    await other.query('COMMIT');
    await late;
    expect(await exposures()).toEqual([0, 0]);
  });

  test('that was only locked, or written in vain, is done', async () => {
    const target = table.target();
    const seen = await target.read(patient);
    const other = await table.session();
    await other.query(`BEGIN; SELECT 1 FROM feature_flags FOR UPDATE; COMMIT`);
    await other.query(`BEGIN; UPDATE feature_flags SET enabled = true; ROLLBACK`);
    await raise(target, 50, patient, seen);
    expect(await exposures()).toEqual([50, 50]);
  });
});

describe('what tells a reading from the one before', () => {
  test('is a write of each of the rows, whatever it wrote, and no write of any other', async () => {
    const target = table.target();
    for (const name of ['NEW_CHECKOUT', 'NEW_CART']) {
      const write = `UPDATE feature_flags SET updated_at = updated_at WHERE name = '${name}'`;
      expect(await lateRaise(target, () => table.sql(write))).toMatchObject(moved);
    }
    const unrelated = () => table.sql(`UPDATE feature_flags SET enabled = true WHERE name = 'UNRELATED'`);
    expect(await lateRaise(target, unrelated)).toBe('raised');
  });

  test('is a row that was deleted and put back', async () => {
    const again = `WITH gone AS (DELETE FROM feature_flags WHERE name = 'NEW_CART' RETURNING *) SELECT 1;
      INSERT INTO feature_flags (name) VALUES ('NEW_CART')`;
    expect(await lateRaise(table.target(), () => table.sql(again))).toMatchObject(moved);
  });

  test('stays through a vacuum and a freeze', async () => {
    expect(await lateRaise(table.target(), () => table.sql('VACUUM (FREEZE) feature_flags'))).toBe('raised');
  });
});

describe.each<[string, string, Partial<PostgresConfig>]>([
  [
    'a partitioned table',
    `CREATE TABLE parts (name text, rollout_percentage numeric NOT NULL DEFAULT 0, enabled boolean NOT NULL DEFAULT false,
       updated_at timestamptz, PRIMARY KEY (name)) PARTITION BY LIST (name);
     CREATE TABLE parts_a PARTITION OF parts FOR VALUES IN ('NEW_CHECKOUT');
     CREATE TABLE parts_b PARTITION OF parts DEFAULT;
     INSERT INTO parts (name) VALUES ('NEW_CHECKOUT'), ('NEW_CART');
     GRANT SELECT, UPDATE ON parts TO $ROLE`,
    { table: 'parts' },
  ],
  [
    'a table with row security',
    `ALTER TABLE feature_flags ENABLE ROW LEVEL SECURITY;
     CREATE POLICY own ON feature_flags TO $ROLE USING (name LIKE 'NEW%')`,
    {},
  ],
  ['a table of another schema', `ALTER TABLE feature_flags SET SCHEMA public`, { table: 'public.feature_flags' }],
])('%s', (_name, setUp, changes) => {
  test('has versions', async () => {
    await table.sql(setUp.replaceAll('$ROLE', table.role));
    const target = table.target(changes);
    expect((await target.read(patient)).version).not.toBeNull();
    await moveTo(target, 10, patient);
    expect(await lateRaise(target, () => target.lower(10, patient))).toMatchObject(moved);
    expect(await target.read(patient)).toMatchObject({ exposure: 10 });
  });
});

describe.each<[string, string, Partial<PostgresConfig>]>([
  [
    'a view',
    `CREATE VIEW flags AS SELECT name, rollout_percentage, enabled, updated_at FROM feature_flags;
     GRANT SELECT, UPDATE ON flags TO $ROLE`,
    { table: 'flags' },
  ],
  [
    'a right to single columns',
    `REVOKE SELECT ON feature_flags FROM $ROLE;
     GRANT SELECT (name, rollout_percentage, enabled, updated_at) ON feature_flags TO $ROLE`,
    {},
  ],
])('%s', (_name, setUp, changes) => {
  let target: Target;
  beforeEach(async () => {
    await table.sql(setUp.replaceAll('$ROLE', table.role));
    target = table.target(changes);
  });

  test('has no versions, and a raise compares what was read', async () => {
    expect((await target.read(patient)).version).toBeNull();
    await moveTo(target, 10, patient);
    const write = `UPDATE feature_flags SET rollout_percentage = 20 WHERE name = 'NEW_CART'`;
    expect(await lateRaise(target, () => table.sql(write))).toMatchObject(moved);
    await table.sql('UPDATE feature_flags SET rollout_percentage = 10');
    expect(await lateRaise(target, () => Promise.resolve())).toBe('raised');
    expect(await target.read(patient)).toMatchObject({ exposure: 50, partial: false });
  });
});

test('overrides of named users and rows of tenants count like the rows of the flags', async () => {
  await table.sql(`CREATE TABLE overrides (flag text, who text, enabled boolean);
    INSERT INTO overrides VALUES ('NEW_CART', 'ana', false), ('NEW_CART', 'stranger', false);
    ALTER TABLE feature_flags DROP CONSTRAINT feature_flags_pkey, ADD tenant text;
    INSERT INTO feature_flags (name, tenant) VALUES ('NEW_CART', 'acme');
    GRANT SELECT, INSERT, UPDATE ON overrides, feature_flags TO ${table.role}`);
  const users = {
    table: 'overrides',
    flag: 'flag',
    user: 'who',
    enabled: 'enabled',
    steps: [{ exposure: 0.0001, names: ['ana'] }],
  };
  const tenants = { column: 'tenant', list: ['acme'], exposures: [50, 100] };
  const target = table.target({ users, tenants });
  const write = (of: string, where: string) => () => table.sql(`UPDATE ${of} SET enabled = enabled WHERE ${where}`);
  expect(await lateRaise(target, write('overrides', `who = 'ana'`))).toMatchObject(moved);
  expect(await lateRaise(target, write('feature_flags', `tenant = 'acme'`))).toMatchObject(moved);
  expect(await lateRaise(target, write('feature_flags', `name = 'NEW_CHECKOUT'`))).toMatchObject(moved);
  expect(await lateRaise(target, write('overrides', `who = 'stranger'`))).toBe('raised');
});

test('a foreign table tells no version, as no transaction of its own wrote the rows', async () => {
  const [{ ok = false } = {}] = await table.sql<{ ok: boolean }>(
    `SELECT count(*) = 1 AS ok FROM pg_available_extensions WHERE name = 'file_fdw'`,
  );
  if (!ok) return;
  await table.sql(`CREATE EXTENSION file_fdw; CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
    CREATE FOREIGN TABLE remote (name text, rollout_percentage numeric, enabled boolean, updated_at timestamptz)
      SERVER files OPTIONS (program 'printf "NEW_CHECKOUT,0,f,\\nNEW_CART,0,f,\\n"', format 'csv');
    GRANT SELECT ON remote TO ${table.role}`);
  const reading = await table.target({ table: 'remote' }).read(patient);
  expect(reading).toMatchObject({ exposure: 0, version: null });
});

test('a table that became a view, and one whose column is missing, are told as what they are', async () => {
  const target = table.target();
  const seen: TargetReading = await target.read(patient);
  await table.sql(`ALTER TABLE feature_flags RENAME TO real_flags;
    CREATE VIEW feature_flags AS SELECT name, rollout_percentage, enabled, updated_at FROM real_flags;
    GRANT SELECT, UPDATE ON feature_flags TO ${table.role}`);
  await expect(raise(target, 50, patient, seen)).rejects.toMatchObject({ name: 'TargetError' });
  expect(await target.read(patient)).toMatchObject({ exposure: 0, version: null });
  await table.sql('DROP VIEW feature_flags');
  await expect(target.read(patient)).rejects.toMatchObject({ code: 'missing', retryable: false });
});
