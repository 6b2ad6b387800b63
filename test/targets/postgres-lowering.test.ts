/** Taking rows down when something is wrong with some of them: every row that can be reached goes down, and the rest is told. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TargetError } from '../../src/targets/target.js';
import { moveTo } from '../contracts/target-contract.js';
import { createFlagTable, type FlagTable } from './flag-table.js';

const patient = new AbortController().signal;

describe('a lowering', () => {
  let table: FlagTable;
  beforeEach(async () => {
    table = await createFlagTable();
    await table.sql('UPDATE feature_flags SET enabled = true, rollout_percentage = 50');
  });
  afterEach(() => table.close());

  const rows = async () => {
    const found = await table.sql<{ line: string }>(
      `SELECT name || ' ' || trim_scale(rollout_percentage) || CASE WHEN enabled THEN ' on' ELSE ' off' END AS line FROM feature_flags ORDER BY 1`,
    );
    return found.map(({ line }) => line).filter((line) => !line.startsWith('UNRELATED'));
  };
  const failureOf = (call: Promise<unknown>): Promise<TargetError> =>
    call.then(
      (value) => Promise.reject(new Error(`it worked: ${JSON.stringify(value)}`)),
      (error) => error,
    );
  const guard = (when: string, then: string) =>
    table.sql(`CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF ${when} THEN ${then}; END IF; RETURN NEW; END $$;
      CREATE TRIGGER guard BEFORE UPDATE ON feature_flags FOR EACH ROW EXECUTE FUNCTION guard()`);

  test('takes down the row that is there when the other is gone, and says so', async () => {
    await table.sql("DELETE FROM feature_flags WHERE name = 'NEW_CART'");
    const target = table.target();
    expect(await target.lower(0, patient)).toEqual({
      note: 'no row is named NEW_CART any more, so nobody has it by that row',
    });
    expect(await rows()).toEqual(['NEW_CHECKOUT 0 off']);
    // For going on it is no reading; for the way down it is enough.
    expect(await failureOf(target.read(patient))).toMatchObject({
      code: 'missing',
      atLeast: undefined,
      remaining: { exposure: 0, detail: 'NEW_CHECKOUT 0 % off; no row is named NEW_CART' },
    });
  });

  test('what the other row says counts while it is on', async () => {
    await table.sql("DELETE FROM feature_flags WHERE name = 'NEW_CART'");
    expect(await failureOf(table.target().read(patient))).toMatchObject({ atLeast: 50, remaining: { exposure: 50 } });
  });

  test('where row security hides a row, it may be there: not taken for gone', async () => {
    await table.sql(`ALTER TABLE feature_flags ENABLE ROW LEVEL SECURITY;
      CREATE POLICY most ON feature_flags USING (name <> 'NEW_CART')`);
    await table.target().lower(0, patient);
    expect(await rows()).toEqual(['NEW_CART 50 on', 'NEW_CHECKOUT 0 off']);
    expect(await failureOf(table.target().read(patient))).toMatchObject({
      message: expect.stringContaining('or row security hides it from this role'),
      remaining: undefined,
    });
  });

  test('takes down a row that is there twice, both of it', async () => {
    await table.sql(`ALTER TABLE feature_flags DROP CONSTRAINT feature_flags_pkey;
      INSERT INTO feature_flags (name, rollout_percentage, enabled) VALUES ('NEW_CART', 80, true)`);
    const target = table.target();
    expect(await failureOf(target.read(patient))).toMatchObject({ remaining: { exposure: 80 } });
    expect(await target.lower(0, patient)).toEqual({ note: '2 rows are named NEW_CART, all of them are down' });
    expect(await rows()).toEqual(['NEW_CART 0 off', 'NEW_CART 0 off', 'NEW_CHECKOUT 0 off']);
    expect(await failureOf(target.read(patient))).toMatchObject({ remaining: { exposure: 0 } });
  });

  test('does not wait for a row that somebody holds before the other is down', async () => {
    const other = await table.session();
    await other.query("BEGIN; UPDATE feature_flags SET enabled = enabled WHERE name = 'NEW_CART'");
    const target = table.target({}, 10_000);
    const lowering = failureOf(target.lower(0, patient));
    await expect.poll(rows, { timeout: 60_000 }).toEqual(['NEW_CART 50 on', 'NEW_CHECKOUT 0 off']);
    expect(await lowering).toMatchObject({
      code: 'timeout',
      retryable: true,
      final: false,
      message: expect.stringMatching(/1 of 2 rows are not down: NEW_CART \(.*lock timeout\); the others are down$/),
    });
    await other.query('ROLLBACK');
    expect(await target.lower(0, patient)).toEqual({ note: null });
    expect(await rows()).toEqual(['NEW_CART 0 off', 'NEW_CHECKOUT 0 off']);
  });

  test('a row whose trigger hangs holds no other up', async () => {
    await guard("NEW.name = 'NEW_CART'", "PERFORM pg_sleep('infinity')");
    const lowering = failureOf(table.target({}, 2_000).lower(0, patient));
    await expect.poll(rows, { timeout: 60_000 }).toEqual(['NEW_CART 50 on', 'NEW_CHECKOUT 0 off']);
    expect(await lowering).toMatchObject({ code: 'timeout', message: expect.stringContaining('NEW_CART (') });
  });

  test('a timeout is no refusal: no smaller write is tried', async () => {
    await guard('NEW.rollout_percentage = 0', "PERFORM pg_sleep('infinity')");
    expect(await failureOf(table.target({}, 800).lower(0, patient))).toMatchObject({
      code: 'timeout',
      retryable: true,
    });
    expect(await rows()).toEqual(['NEW_CART 50 on', 'NEW_CHECKOUT 50 on']);
  });

  test.each([
    ['lock_not_available', 'timeout'],
    ['serialization_failure', 'rejected'],
    ['too_many_connections', 'unreachable'],
    ['read_only_sql_transaction', 'rejected'],
  ])('neither is %s', async (condition, code) => {
    await guard('NEW.rollout_percentage = 0', `RAISE ${condition}`);
    expect(await failureOf(table.target({}, 30_000).lower(0, patient))).toMatchObject({ code, retryable: true });
    expect(await rows()).toEqual(['NEW_CART 50 on', 'NEW_CHECKOUT 50 on']);
  });

  test.each([
    ['a check', 'ALTER TABLE feature_flags ADD CHECK (rollout_percentage > 0)', /violates the check/],
    [
      'the right',
      'REVOKE UPDATE ON feature_flags FROM :role; GRANT UPDATE (enabled) ON feature_flags TO :role',
      /permission denied/,
    ],
    [
      'the type',
      'ALTER TABLE feature_flags ALTER updated_at DROP DEFAULT, ALTER updated_at TYPE bigint USING 0',
      /updated_at/,
    ],
    ['the column', 'ALTER TABLE feature_flags DROP updated_at', /updated_at/],
  ])('that %s refuses by now is done by a smaller write, and told', async (_, sql, why) => {
    await table.sql(sql.replaceAll(':role', table.role));
    const { note } = await table.target().lower(0, patient);
    expect(note).toMatch(why);
    expect((await rows()).every((row) => row.endsWith('off'))).toBe(true);
  });

  test('by ASSERT a trigger refuses as by any other error', async () => {
    await guard("NEW.name = 'NEW_CART'", "ASSERT NEW.rollout_percentage > 0, 'never zero'");
    const { note } = await table.target().lower(0, patient);
    expect(note).toBe('NEW_CART: only switched off, rollout_percentage keeps its number, never zero');
    expect(await rows()).toEqual(['NEW_CART 50 off', 'NEW_CHECKOUT 0 off']);
  });

  test.each(['internal_error', 'data_corrupted', 'io_error', 'transaction_rollback', 'object_in_use'])(
    '%s of one row says nothing about it for good, and takes the other down',
    async (condition) => {
      await guard("NEW.name = 'NEW_CART'", `RAISE ${condition}`);
      expect(await failureOf(table.target({}, 30_000).lower(0, patient))).toMatchObject({
        retryable: true,
        final: false,
      });
      expect(await rows()).toEqual(['NEW_CART 50 on', 'NEW_CHECKOUT 0 off']);
    },
  );

  test.each([
    [
      'may not be read',
      'REVOKE SELECT ON feature_flags FROM :role; GRANT SELECT (name, enabled) ON feature_flags TO :role',
    ],
    ['has another name', 'ALTER TABLE feature_flags RENAME rollout_percentage TO pct'],
  ])('a percentage that %s by now is no reason to stay on', async (_, sql) => {
    await table.sql(sql.replaceAll(':role', table.role));
    await table.target().lower(0, patient);
    expect(await table.sql("SELECT name FROM feature_flags WHERE enabled AND name LIKE 'NEW%'")).toEqual([]);
  });

  test('that one row refuses takes the other down as a whole', async () => {
    await guard("NEW.name = 'NEW_CART' AND NEW.rollout_percentage = 0", "RAISE EXCEPTION 'carts stay'");
    const { note } = await table.target().lower(0, patient);
    expect(note).toBe('NEW_CART: only switched off, rollout_percentage keeps its number, carts stay');
    expect(await rows()).toEqual(['NEW_CART 50 off', 'NEW_CHECKOUT 0 off']);
  });

  test('that one row refuses altogether takes the other down and names the one', async () => {
    await guard("NEW.name = 'NEW_CART'", "RAISE EXCEPTION 'carts stay'");
    expect(await failureOf(table.target().lower(0, patient))).toMatchObject({
      code: 'rejected',
      retryable: false,
      final: true,
      message: 'target flag: 1 of 2 rows are not down: NEW_CART (carts stay); the others are down',
    });
    expect(await rows()).toEqual(['NEW_CART 50 on', 'NEW_CHECKOUT 0 off']);
  });

  test('a row that refuses, but is down already, is nothing to tell', async () => {
    await table.sql("UPDATE feature_flags SET enabled = false WHERE name = 'NEW_CART'");
    await guard("NEW.name = 'NEW_CART'", "RAISE EXCEPTION 'carts stay'");
    expect(await table.target().lower(0, patient)).toEqual({ note: null });
  });

  test('to a percentage never raises a row, never switches one on, and writes each', async () => {
    await table.sql("UPDATE feature_flags SET rollout_percentage = 5 WHERE name = 'NEW_CART'");
    const versions = () => table.sql('SELECT name, xmin FROM feature_flags ORDER BY name');
    const before = await versions();
    await table.target().lower(25, patient);
    expect(await rows()).toEqual(['NEW_CART 5 on', 'NEW_CHECKOUT 25 on']);
    const after = await versions();
    expect(after.slice(0, 2).map(({ xmin }) => xmin)).not.toContain(before[0]?.xmin);
    await table.sql('UPDATE feature_flags SET enabled = false');
    await table.target().lower(10, patient);
    expect(await rows()).toEqual(['NEW_CART 5 off', 'NEW_CHECKOUT 10 off']);
  });

  test('to a percentage that is refused has no smaller write: it says that this place is refused for good', async () => {
    await guard('NEW.rollout_percentage = 10', "RAISE EXCEPTION 'not ten'");
    expect(await failureOf(table.target().lower(10, patient))).toMatchObject({ final: true, retryable: false });
    expect(await rows()).toEqual(['NEW_CART 50 on', 'NEW_CHECKOUT 50 on']);
  });

  test('a role with one connection is enough', async () => {
    await table.sql(`ALTER ROLE ${table.role} CONNECTION LIMIT 1`);
    await table.sql("DELETE FROM feature_flags WHERE name = 'NEW_CART'");
    await table.target().lower(0, patient);
    expect(await rows()).toEqual(['NEW_CHECKOUT 0 off']);
  });

  test('few connections are enough where one of many rows hangs', async () => {
    const values = Array.from({ length: 9 }, (_, index) => `F${index + 1}`);
    await table.sql(`ALTER ROLE ${table.role} CONNECTION LIMIT 3;
      INSERT INTO feature_flags (name, rollout_percentage, enabled) SELECT 'F' || n, 50, true FROM generate_series(1, 9) n`);
    await guard("NEW.name = 'F1'", "PERFORM pg_sleep('infinity')");
    await failureOf(table.target({ rows: { column: 'name', values } }, 6_000).lower(0, patient));
    expect(await table.sql("SELECT name FROM feature_flags WHERE enabled AND name LIKE 'F%'")).toEqual([
      { name: 'F1' },
    ]);
  });

  test('a raise afterwards writes the whole state', async () => {
    await guard('NEW.rollout_percentage = 0', "RAISE EXCEPTION 'never zero'");
    const target = table.target();
    await target.lower(0, patient);
    expect(await rows()).toEqual(['NEW_CART 50 off', 'NEW_CHECKOUT 50 off']);
    await moveTo(target, 10, patient);
    expect(await rows()).toEqual(['NEW_CART 10 on', 'NEW_CHECKOUT 10 on']);
  });

  test('many rows of which one hangs', async () => {
    await table.sql(
      `INSERT INTO feature_flags (name, rollout_percentage, enabled) SELECT 'F' || n, 50, true FROM generate_series(1, 60) n`,
    );
    const values = Array.from({ length: 60 }, (_, index) => `F${index + 1}`);
    await guard("NEW.name = 'F7'", "PERFORM pg_sleep('infinity')");
    const target = table.target({ rows: { column: 'name', values } }, 6_000);
    expect(await failureOf(target.lower(0, patient))).toMatchObject({
      message: expect.stringMatching(/1 of 60 rows are not down: F7 /),
    });
    expect(await table.sql("SELECT name FROM feature_flags WHERE enabled AND name LIKE 'F%'")).toEqual([
      { name: 'F7' },
    ]);
  });

  describe('where named users have overrides', () => {
    const users = {
      table: 'overrides',
      flag: 'flag',
      user: 'who',
      enabled: 'enabled',
      steps: [{ exposure: 0.0001, names: ['ana', 'bo'] }],
    };
    const on = async () =>
      (await table.sql<{ who: string }>('SELECT DISTINCT who FROM overrides WHERE enabled ORDER BY who')).map(
        ({ who }) => who,
      );
    beforeEach(() =>
      table.sql(`CREATE TABLE overrides (flag text, who text, enabled boolean);
        INSERT INTO overrides SELECT f, w, true FROM unnest(ARRAY['NEW_CART', 'NEW_CHECKOUT']) f, unnest(ARRAY['ana', 'bo', 'cy']) w;
        GRANT SELECT, INSERT, UPDATE ON overrides TO ${table.role}`),
    );

    test('one that refuses holds no other up, and is named', async () => {
      await table.sql(`CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stays'; END $$;
        CREATE TRIGGER stay BEFORE UPDATE ON overrides FOR EACH ROW WHEN (OLD.who = 'bo') EXECUTE FUNCTION stay()`);
      expect(await failureOf(table.target({ users }).lower(0, patient))).toMatchObject({
        message: expect.stringContaining('user bo (stays)'),
      });
      // Whom the plan does not name is left alone.
      expect([await on(), await rows()]).toEqual([
        ['bo', 'cy'],
        ['NEW_CART 0 off', 'NEW_CHECKOUT 0 off'],
      ]);
    });

    test.each([
      ['is gone', 'DROP TABLE overrides'],
      ['may not be read', 'REVOKE SELECT ON overrides FROM :role'],
      ['has no switch', 'ALTER TABLE overrides DROP enabled'],
    ])('a table of overrides that %s by now keeps no flag on, and that is told', async (_, sql) => {
      await table.sql(sql.replaceAll(':role', table.role));
      expect(await failureOf(table.target({ users }).lower(0, patient))).toMatchObject({
        message: expect.stringMatching(/^target flag: not down: every named user \(.+\); the others are down$/),
        final: true,
      });
      expect(await rows()).toEqual(['NEW_CART 0 off', 'NEW_CHECKOUT 0 off']);
    });

    test('one that is locked holds no other up', async () => {
      const other = await table.session();
      await other.query("BEGIN; UPDATE overrides SET enabled = enabled WHERE who = 'bo'");
      const lowering = failureOf(table.target({ users }, 10_000).lower(0, patient));
      await expect.poll(rows).toEqual(['NEW_CART 0 off', 'NEW_CHECKOUT 0 off']);
      expect(await lowering).toMatchObject({ retryable: true, message: expect.stringContaining('user bo (') });
      expect(await on()).toEqual(['bo', 'cy']);
      await other.query('ROLLBACK');
    });

    test('a flag that is gone leaves its overrides off all the same', async () => {
      await table.sql("DELETE FROM feature_flags WHERE name = 'NEW_CART'");
      expect((await table.target({ users }).lower(0, patient)).note).toContain('NEW_CART');
      expect([await on(), await rows()]).toEqual([['cy'], ['NEW_CHECKOUT 0 off']]);
    });

    test('back to named users switches nobody on', async () => {
      await table.sql("UPDATE overrides SET enabled = false WHERE who = 'ana'");
      await table.target({ users }).lower(0.0001, patient);
      expect([await on(), await rows()]).toEqual([
        ['bo', 'cy'],
        ['NEW_CART 0 off', 'NEW_CHECKOUT 0 off'],
      ]);
    });
  });

  describe('where tenants have rows', () => {
    const config = {
      table: 'tenant_flags',
      rows: { column: 'key', values: ['multi'] },
      columns: { enabled: 'enabled' },
      tenants: { column: 'tenant', list: ['a', 'b', 'c', 'd'], exposures: [25, 50, 100] },
    };
    const on = async () =>
      (await table.sql<{ tenant: string | null }>('SELECT tenant FROM tenant_flags WHERE enabled ORDER BY 1')).map(
        ({ tenant }) => tenant,
      );
    beforeEach(() =>
      table.sql(`CREATE TABLE tenant_flags (key text, tenant text, enabled boolean);
        INSERT INTO tenant_flags VALUES ('multi', NULL, true), ('multi', 'a', true), ('multi', 'b', true), ('multi', 'x', true);
        GRANT SELECT, INSERT, UPDATE ON tenant_flags TO ${table.role}`),
    );

    test('one that refuses holds no other up', async () => {
      await table.sql(`CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stays'; END $$;
        CREATE TRIGGER stay BEFORE UPDATE ON tenant_flags FOR EACH ROW WHEN (OLD.tenant = 'b') EXECUTE FUNCTION stay()`);
      expect(await failureOf(table.target(config).lower(0, patient))).toMatchObject({
        message: expect.stringContaining('tenant b (stays)'),
      });
      expect(await on()).toEqual(['b']);
    });

    test('many that are locked hold no other up', async () => {
      const all = Array.from({ length: 12 }, (_, index) => `t${index}`);
      await table.sql(`ALTER TABLE tenant_flags ADD at timestamptz;
        INSERT INTO tenant_flags SELECT 'multi', t, true FROM unnest(ARRAY['${all.join("','")}']) t`);
      const other = await table.session();
      await other.query(
        "BEGIN; UPDATE tenant_flags SET enabled = enabled WHERE tenant IN ('a', 'b', 't0', 't1', 't2')",
      );
      const stamped = { ...config, columns: { enabled: 'enabled', updatedAt: 'at' } };
      expect(await failureOf(table.target(stamped, 15_000).lower(0, patient))).toMatchObject({ retryable: true });
      expect(await on()).toEqual(['a', 'b', 't0', 't1', 't2']);
      await other.query('ROLLBACK');
    });

    test('back to a share switches nobody on', async () => {
      await table.sql("UPDATE tenant_flags SET enabled = false WHERE tenant = 'a'");
      await table.target(config).lower(50, patient);
      expect(await on()).toEqual(['b']);
    });

    test('the row for everybody may be gone', async () => {
      await table.sql('DELETE FROM tenant_flags WHERE tenant IS NULL');
      const target = table.target(config);
      expect((await target.lower(0, patient)).note).toContain('no row is named multi any more');
      expect(await on()).toEqual([]);
      expect((await failureOf(target.read(patient))).remaining).toMatchObject({ exposure: 0 });
    });
  });
});
