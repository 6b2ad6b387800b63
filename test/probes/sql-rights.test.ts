/** What a query of the sql probe cannot do, with the rights its role should and should not have. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSqlProbe } from '../../src/probes/sql/index.js';
import { type AnsweringDatabase, createAnsweringDatabase } from './answering-database.js';

const patient = new AbortController().signal;

describe('a query', () => {
  let database: AnsweringDatabase;
  beforeAll(async () => {
    database = await createAnsweringDatabase();
  });
  afterAll(() => database.close());

  const measure = (query: string) =>
    createSqlProbe({ url: database.url, query, timeoutMs: 30_000 }, {}).measure(patient);

  test.each([
    ['a second statement', 'select 1; select 2', '42601'],
    ['a second statement that ends the transaction', 'select 1; commit; drop table orders', '42601'],
    ['what is no query', 'delete from orders', '42601'],
    ['a setting', 'set transaction read write', '42601'],
    ['the end of the transaction', 'commit', '42601'],
    ['a plan that runs', 'explain analyze select 1', '42601'],
    ['a parameter', 'select $1::int', '08P01'],
    ['a change inside a query', 'with gone as (delete from orders returning 1) select count(*) from gone', '0A000'],
    ['a table made of it', 'select 1 into copied', '42601'],
    ['a lock on rows', 'select id from orders where id = 1 for update', '25006'],
    ['a table that is not there', 'select count(*) from nothing', '42P01'],
    ['a table it may not read', 'select count(*) from pg_authid', '42501'],
    ['a sequence', `select nextval('numbers')`, '25006'],
    ['a way out', `select 1 from (select set_config('transaction_read_only', 'off', true)) s`, '25001'],
    ['a file', `select length(pg_read_file('/etc/passwd'))`, '42501'],
    [
      'somebody else’s session',
      'select pg_terminate_backend(pid)::int from pg_stat_activity where usename is distinct from current_user limit 1',
      '42501',
    ],
  ])('refuses %s', async (_what, query, code) => {
    const reading = await measure(query);
    expect(reading).toMatchObject({ unknown: 'bad_status', detail: expect.stringContaining(` answered ${code}`) });
    expect(await database.sql('SELECT count(*)::int AS count FROM orders')).toEqual([{ count: 8 }]);
  });

  describe('of a table that is elsewhere', () => {
    beforeAll(() =>
      database.sql(`CREATE SCHEMA ops; CREATE TABLE ops.payments (id int); CREATE SCHEMA "Sales"; CREATE VIEW "Sales"."Carts" AS SELECT 1 AS id;
        CREATE TABLE "Returns" (id int); GRANT SELECT ON ops.payments, "Sales"."Carts", "Returns" TO ${database.role};
        GRANT USAGE ON SCHEMA "Sales" TO ${database.role}; ALTER ROLE ${database.role} SET search_path = public, ops`),
    );

    const use = () => `GRANT USAGE ON SCHEMA "ops" TO "${database.role}"`;
    test.each([
      [
        'select count(*) from payments',
        '42P01',
        () => `does not exist); its role lacks a right that this gives: ${use()}`,
      ],
      [
        'select count(*) from ops.payments',
        '42501',
        () => `schema ops); its role lacks a right that this gives: ${use()}`,
      ],
      [`select count(*) /* äöü 😀 */ from "payments" p`, '42P01', use],
      ['select count(*) from Carts', '42P01', () => 'does not exist); there is "Sales"."Carts"'],
      ['select count(*) from Returns', '42P01', () => 'does not exist); there is "Returns"'],
      ['select count(*) from sales . carts', '42P01', () => 'does not exist); there is "Sales"."Carts"'],
    ])('%s says where it is', async (query, code, says) => {
      const { detail } = { detail: '', ...(await measure(query)) };
      expect(detail).toContain(` answered ${code} (`);
      expect(detail).toContain(says());
    });

    test('what is no table is not looked for', async () => {
      expect(await measure('select payments.id from orders')).toMatchObject({
        detail: expect.stringMatching(/ answered 42P01 \(missing FROM-clause entry for table "payments"\)$/),
      });
      expect(await measure('select count(*) from nothing')).toMatchObject({
        detail: expect.stringMatching(/ answered 42P01 \(relation "nothing" does not exist\)$/),
      });
      expect(await measure('select fialed from orders')).toMatchObject({
        detail: expect.stringMatching(/ \(Perhaps you meant to reference the column "orders.failed".\)\)$/),
      });
    });
  });

  test('what a function writes is refused or undone', async () => {
    await database.sql(`CREATE FUNCTION meddle() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
        UPDATE orders SET failed = true; RETURN 1; END $$;
      CREATE FUNCTION escape() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
        PERFORM set_config('transaction_read_only', 'off', false); CREATE TABLE escaped (); RETURN 1; END $$;
      CREATE FUNCTION finish() RETURNS int LANGUAGE plpgsql AS $$ BEGIN COMMIT; RETURN 1; END $$`);
    expect(await measure('select meddle()')).toMatchObject({ unknown: 'bad_status' });
    expect(await measure('select escape()')).toMatchObject({ unknown: 'bad_status' });
    expect(await measure('select finish()')).toMatchObject({ unknown: 'bad_status' });
    expect(await database.sql(`SELECT to_regclass('escaped') AS escaped`)).toEqual([{ escaped: null }]);
  });

  test('large objects do not stay, and nobody is notified', async () => {
    const heard: unknown[] = [];
    const listener = new pg.Client({ connectionString: database.url });
    await listener.connect();
    listener.on('notification', (message) => heard.push(message.channel));
    await listener.query('LISTEN probe; LISTEN own');
    await measure('select lo_create(0)::int');
    expect(await measure(`select 1 from (select pg_notify('probe', 'hello')) s`)).toMatchObject({ value: 1 });
    await listener.query('NOTIFY own');
    await expect.poll(() => heard).toEqual(['own']);
    expect(await database.sql('SELECT oid FROM pg_largeobject_metadata')).toEqual([]);
    await listener.end();
  });

  test('a lock it takes is gone with its session', async () => {
    expect(await measure('select 1 from (select pg_advisory_lock(77)) s')).toMatchObject({ value: 1 });
    await expect
      .poll(() => database.sql(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 77`))
      .toEqual([]);
  });

  test.each(['pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program', 'pg_signal_backend'])(
    'a role that can act as %s is refused before its query runs',
    async (group) => {
      await database.sql(`GRANT ${group} TO ${database.role}`);
      expect(await measure('select 1')).toMatchObject({
        unknown: 'refused_role',
        detail: `its role can act as ${group}, which a probe must not: give it a role that may only read`,
      });
      await database.sql(`REVOKE ${group} FROM ${database.role}`);
    },
  );

  test('a superuser is refused, also one by way of another role', async () => {
    await database.sql(`ALTER ROLE ${database.role} SUPERUSER`);
    expect(await measure(`select 1`)).toMatchObject({ unknown: 'refused_role' });
    await database.sql(`ALTER ROLE ${database.role} NOSUPERUSER; CREATE ROLE ${database.role}_boss SUPERUSER;
      CREATE ROLE ${database.role}_between NOINHERIT; GRANT ${database.role}_boss TO ${database.role}_between;
      GRANT ${database.role}_between TO ${database.role}; ALTER ROLE ${database.role} NOINHERIT`);
    const detail = expect.stringContaining(`can act as ${database.role}_boss`);
    expect(await measure('select 1')).toMatchObject({ unknown: 'refused_role', detail });
    await database.sql(`DROP ROLE ${database.role}_between; DROP ROLE ${database.role}_boss`);
  });
});
