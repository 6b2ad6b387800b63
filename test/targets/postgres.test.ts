import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { moveTo, rehearsed, testTarget } from '../contracts/target-contract.js';
import { createFlagTable, type FlagTable } from './flag-table.js';
import { flagWorld, waitingForLocks } from './flag-world.js';

const patient = new AbortController().signal;

testTarget('postgres', () => flagWorld());

describe('the postgres target', () => {
  let table: FlagTable;
  beforeEach(async () => {
    table = await createFlagTable();
  });
  afterEach(() => table.close());

  const rows = () =>
    table.sql(
      'SELECT name, rollout_percentage::float8 AS percent, enabled, updated_at FROM feature_flags ORDER BY name',
    );
  const longAgo = new Date('2020-01-01T00:00:00Z');

  test('moves its rows together, stamps them, and leaves the others alone', async () => {
    await moveTo(table.target(), 12.5, patient);
    expect(await rows()).toEqual([
      { name: 'NEW_CART', percent: 12.5, enabled: true, updated_at: expect.any(Date) },
      { name: 'NEW_CHECKOUT', percent: 12.5, enabled: true, updated_at: expect.any(Date) },
      { name: 'UNRELATED', percent: 0, enabled: false, updated_at: longAgo },
    ]);
    const fresh = "SELECT name FROM feature_flags WHERE updated_at > now() - interval '1 minute' ORDER BY name";
    expect(await table.sql(fresh)).toEqual([{ name: 'NEW_CART' }, { name: 'NEW_CHECKOUT' }]);
  });

  test('off is zero and disabled', async () => {
    await moveTo(table.target(), 50, patient);
    await table.target().lower(0, patient);
    expect((await rows()).slice(0, 2)).toMatchObject([
      { percent: 0, enabled: false },
      { percent: 0, enabled: false },
    ]);
  });

  test('a percentage that is switched off exposes nobody', async () => {
    await table.sql('UPDATE feature_flags SET rollout_percentage = 80, enabled = false');
    expect(await table.target().read(patient)).toMatchObject({
      exposure: 0,
      partial: false,
      detail: 'NEW_CART 80 % off, NEW_CHECKOUT 80 % off',
    });
  });

  test('a rehearsal takes back all it tried', async () => {
    await table.sql("UPDATE feature_flags SET rollout_percentage = 80, enabled = false WHERE name = 'NEW_CART'");
    const versions = () => table.sql("SELECT xmin FROM feature_flags WHERE name <> 'UNRELATED' ORDER BY name");
    const [before, written] = [await rows(), await versions()];
    await rehearsed(table.target());
    expect(await rows()).toEqual(before);
    expect(await versions()).toEqual(written);
  });

  test('a missing row is named, and the rows that are there do not move', async () => {
    await table.sql("DELETE FROM feature_flags WHERE name = 'NEW_CART'");
    const before = await rows();
    const missing = { code: 'missing', retryable: false, message: 'target flag: no row is named NEW_CART' };
    await expect(moveTo(table.target(), 50, patient)).rejects.toMatchObject(missing);
    await expect(rehearsed(table.target())).rejects.toMatchObject(missing);
    await expect(table.target().read(patient)).rejects.toMatchObject(missing);
    expect(await rows()).toEqual(before);
  });

  test('a name that has two rows is refused, also when their number fits', async () => {
    await table.sql('ALTER TABLE feature_flags DROP CONSTRAINT feature_flags_pkey');
    await table.sql("UPDATE feature_flags SET name = 'NEW_CHECKOUT' WHERE name = 'UNRELATED'");
    const twice = {
      code: 'rejected',
      message: 'target flag: more than one row is named NEW_CHECKOUT; where: in the plan says which of them moves',
    };
    await expect(moveTo(table.target(), 50, patient)).rejects.toMatchObject(twice);
    await expect(table.target().read(patient)).rejects.toMatchObject(twice);
    await table.sql("DELETE FROM feature_flags WHERE name = 'NEW_CART'");
    await expect(moveTo(table.target(), 50, patient)).rejects.toMatchObject({ code: 'missing' });
    expect(await table.sql('SELECT 1 FROM feature_flags WHERE enabled')).toEqual([]);
  });

  test('a row that disappears while the update waits for it leaves the others as they are', async () => {
    const other = await table.session();
    await other.query("BEGIN; DELETE FROM feature_flags WHERE name = 'NEW_CHECKOUT'");
    const set = moveTo(table.target(), 50, patient);
    const failed = expect(set).rejects.toMatchObject({ code: 'missing' });
    await waitingForLocks(table, 1);
    await other.query('COMMIT');
    await failed;
    expect(await table.sql('SELECT 1 FROM feature_flags WHERE enabled')).toEqual([]);
  });

  test.each(['integer', 'text', 'real', 'double precision', 'numeric(5,2)', 'smallint'])(
    'moves a column of type %s',
    async (type) => {
      await table.sql(
        `ALTER TABLE feature_flags ALTER rollout_percentage DROP DEFAULT, ALTER rollout_percentage TYPE ${type}`,
      );
      await moveTo(table.target(), 25, patient);
      expect(await table.target().read(patient)).toMatchObject({ exposure: 25 });
      expect(await rehearsed(table.target())).toMatchObject({ exposure: 25 });
    },
  );

  test('a decimal percentage is refused by a column of whole numbers, and nothing moves', async () => {
    await table.sql('ALTER TABLE feature_flags ALTER rollout_percentage TYPE integer');
    await moveTo(table.target(), 10, patient);
    await expect(moveTo(table.target(), 12.5, patient)).rejects.toMatchObject({
      code: 'rejected',
      retryable: false,
      message: expect.stringMatching(/rollout_percentage.*12\.5/),
    });
    expect(await table.target().read(patient)).toMatchObject({ exposure: 10 });
  });

  test.each(['25%', 'half', '', ' 25', 'NaN', 'Infinity', '-5', '101', '0x19'])(
    'the text "%s" is no percentage',
    async (text) => {
      await table.sql(
        'ALTER TABLE feature_flags ALTER rollout_percentage DROP DEFAULT, ALTER rollout_percentage TYPE text',
      );
      await table.sql('UPDATE feature_flags SET rollout_percentage = $1, enabled = true', [text]);
      await expect(table.target().read(patient)).rejects.toMatchObject({
        code: 'rejected',
        message: expect.stringContaining('NEW_CART'),
      });
    },
  );

  test('a row nobody has set is off; switched on without a percentage it is nonsense', async () => {
    await table.sql('ALTER TABLE feature_flags ALTER rollout_percentage DROP NOT NULL');
    await table.sql('UPDATE feature_flags SET rollout_percentage = NULL');
    expect(await table.target().read(patient)).toMatchObject({ exposure: 0, partial: false });
    await table.sql('UPDATE feature_flags SET enabled = true');
    await expect(table.target().read(patient)).rejects.toMatchObject({ code: 'rejected' });
  });

  test('a switch that is neither on nor off is nonsense', async () => {
    await table.sql('ALTER TABLE feature_flags ALTER enabled DROP NOT NULL');
    await table.sql('UPDATE feature_flags SET enabled = NULL');
    await expect(table.target().read(patient)).rejects.toMatchObject({ code: 'rejected' });
  });

  test('names are names, whatever they hold', async () => {
    await table.sql(`CREATE SCHEMA "odd ""schema"; CREATE TABLE "odd ""schema"."Flags; --"
      ("the name" text, "100 %" numeric, "on?" boolean); INSERT INTO "odd ""schema"."Flags; --" VALUES ($$it's \\ "1"$$, 5, true);
      GRANT USAGE ON SCHEMA "odd ""schema" TO ${table.role}; GRANT SELECT, UPDATE ON "odd ""schema"."Flags; --" TO ${table.role}`);
    const target = table.target({
      table: 'odd "schema.Flags; --',
      rows: { column: 'the name', values: ['it\'s \\ "1"'] },
      columns: { exposure: '100 %', enabled: 'on?' },
    });
    await moveTo(target, 50, patient);
    expect(await target.read(patient)).toMatchObject({ exposure: 50 });
    await table.sql(target.byHand(0));
    expect(await target.read(patient)).toMatchObject({ exposure: 0 });
  });

  test('rows can be named by numbers', async () => {
    await table.sql('ALTER TABLE feature_flags ADD id int GENERATED ALWAYS AS IDENTITY');
    const target = table.target({ rows: { column: 'id', values: ['1', '2', '1'] } });
    await moveTo(target, 50, patient);
    expect(await target.read(patient)).toMatchObject({ exposure: 50, detail: '1 50 % on, 2 50 % on' });
  });

  test('the statement for a person does what the target does', async () => {
    const target = table.target();
    expect(target.byHand(0)).toBe(
      `UPDATE "feature_flags" SET "enabled" = false, "rollout_percentage" = '0', "updated_at" = now() WHERE "name" IN ('NEW_CHECKOUT', 'NEW_CART');`,
    );
    await table.sql(target.byHand(12.5));
    expect(await target.read(patient)).toMatchObject({ exposure: 12.5, partial: false });
  });

  test('every row is a key, without user and password', () => {
    const { port, pathname } = new URL(table.url);
    const place = `postgres://127.0.0.1:${port}${pathname}/feature_flags`;
    expect(table.target().keys).toEqual([`${place}/name=NEW_CHECKOUT`, `${place}/name=NEW_CART`]);
    expect(table.target({ table: 'public.feature_flags' }).keys).toEqual(table.target().keys);
    expect(table.target({ table: 'other.feature_flags' }).keys).not.toEqual(table.target().keys);
  });

  test('rows without a percentage are on or off, and nothing between', async () => {
    await table.sql('ALTER TABLE feature_flags DROP rollout_percentage');
    const target = table.target({ columns: { enabled: 'enabled', updatedAt: 'updated_at' } });
    expect(await rehearsed(target, [0, 100])).toMatchObject({
      exposure: 0,
      partial: false,
      detail: 'NEW_CART off, NEW_CHECKOUT off',
    });
    await moveTo(target, 100, patient);
    expect(await target.read(patient)).toMatchObject({ exposure: 100, detail: 'NEW_CART on, NEW_CHECKOUT on' });
    await expect(moveTo(target, 50, patient)).rejects.toMatchObject({ code: 'rejected', retryable: false });
    expect(await target.read(patient)).toMatchObject({ exposure: 100 });
    await table.sql(target.byHand(0));
    expect(await target.read(patient)).toMatchObject({ exposure: 0, partial: false });
  });

  test('leaves no connection behind', async () => {
    const target = table.target();
    await moveTo(target, 50, patient);
    await target.read(patient);
    await target.lower(0, patient);
    await target.close();
    await expect.poll(() => table.sql('SELECT 1 FROM pg_stat_activity WHERE usename = $1', [table.role])).toEqual([]);
  });
});
