import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { PostgresConfig } from '../../src/targets/postgres/config.js';
import type { Target } from '../../src/targets/target.js';
import { moveTo, rehearsed, testTarget } from '../contracts/target-contract.js';
import { createFlagTable, type FlagTable } from './flag-table.js';
import { flagWorld, waitingForLocks } from './flag-world.js';

const patient = new AbortController().signal;
const [TEAM, FRIENDS] = [0.0001, 0.0002];

const OVERRIDES = `CREATE TABLE feature_flag_overrides (flag_name text NOT NULL, user_id text NOT NULL, enabled boolean NOT NULL);
  GRANT SELECT, INSERT, UPDATE ON feature_flag_overrides TO :role`;

const users: NonNullable<PostgresConfig['users']> = {
  table: 'feature_flag_overrides',
  flag: 'flag_name',
  user: 'user_id',
  enabled: 'enabled',
  steps: [
    { exposure: TEAM, names: ['ana', 'bo'] },
    { exposure: FRIENDS, names: ['ana', 'bo', "o'neil"] },
  ],
};

testTarget('postgres with named users', () => flagWorld({ users }, OVERRIDES));

describe('named users in a table of overrides', () => {
  let table: FlagTable;
  let target: Target;
  beforeEach(async () => {
    table = await createFlagTable();
    await table.sql(OVERRIDES.replaceAll(':role', table.role));
    target = table.target({ users });
  });
  afterEach(() => table.close());

  const on = async () => {
    const rows = await table.sql<{ line: string }>(
      `SELECT flag_name || ' ' || user_id AS line FROM feature_flag_overrides WHERE enabled ORDER BY 1`,
    );
    return rows.map(({ line }) => line);
  };
  const flags = async () => {
    const rows = await table.sql<{ line: string }>(
      `SELECT trim_scale(rollout_percentage) || ' ' || enabled AS line FROM feature_flags WHERE name <> 'UNRELATED' ORDER BY name`,
    );
    return rows.map(({ line }) => line);
  };
  const everybody = (...names: string[]) =>
    ['NEW_CART', 'NEW_CHECKOUT'].flatMap((flag) => names.map((name) => `${flag} ${name}`));
  const reads = () => target.read(patient);

  test('each stage has its own users, and the flags stay off', async () => {
    await moveTo(target, TEAM, patient);
    expect(await on()).toEqual(everybody('ana', 'bo'));
    expect(await flags()).toEqual(['0 false', '0 false']);
    expect(await reads()).toMatchObject({
      exposure: TEAM,
      partial: false,
      detail: 'NEW_CART 0 % off, 2 of 3 named users on; NEW_CHECKOUT 0 % off, 2 of 3 named users on',
    });
    await moveTo(target, FRIENDS, patient);
    expect(await on()).toEqual(everybody('ana', 'bo', "o'neil"));
    expect(await reads()).toMatchObject({ exposure: FRIENDS, partial: false });
  });

  test('who is named stays in at a percentage, and off takes it from them', async () => {
    await moveTo(target, TEAM, patient);
    await moveTo(target, 10, patient);
    expect(await on()).toEqual(everybody('ana', 'bo', "o'neil"));
    expect(await flags()).toEqual(['10 true', '10 true']);
    expect(await reads()).toMatchObject({ exposure: 10, partial: false });
    await target.lower(0, patient);
    expect(await on()).toEqual([]);
    expect(await flags()).toEqual(['0 false', '0 false']);
    expect(await reads()).toMatchObject({ exposure: 0, partial: false });
  });

  test('going back to a stage of users takes it from everybody else', async () => {
    await moveTo(target, 50, patient);
    await moveTo(target, TEAM, patient);
    expect(await on()).toEqual(everybody('ana', 'bo'));
    expect(await flags()).toEqual(['0 false', '0 false']);
    expect(await reads()).toMatchObject({ exposure: TEAM, partial: false });
  });

  test('overrides of other users and other flags are left alone', async () => {
    await table.sql(`INSERT INTO feature_flag_overrides VALUES ('NEW_CART', 'zoe', true), ('UNRELATED', 'ana', true)`);
    expect(await reads()).toMatchObject({ exposure: 0, partial: false });
    await moveTo(target, 100, patient);
    await target.lower(0, patient);
    expect(await on()).toEqual(['NEW_CART zoe', 'UNRELATED ana']);
  });

  test('a row that says no becomes one that says yes, also when it is there twice', async () => {
    await table.sql(`INSERT INTO feature_flag_overrides VALUES ('NEW_CART', 'ana', false), ('NEW_CART', 'ana', false)`);
    await moveTo(target, TEAM, patient);
    expect(await on()).toEqual(['NEW_CART ana', ...everybody('ana', 'bo')]);
    await target.lower(0, patient);
    expect(await on()).toEqual([]);
    expect(await table.sql('SELECT 1 FROM feature_flag_overrides')).toHaveLength(5);
  });

  test.each([
    ['one of a stage', `DELETE FROM feature_flag_overrides WHERE user_id = 'ana' AND flag_name = 'NEW_CART'`, FRIENDS],
    [
      'one of the later stage',
      `UPDATE feature_flag_overrides SET enabled = false WHERE user_id = 'o''neil' AND flag_name = 'NEW_CART'`,
      FRIENDS,
    ],
  ])('%s taken out by hand is partial, and the stage counts', async (_, statement, exposure) => {
    await moveTo(target, FRIENDS, patient);
    await table.sql(statement);
    expect(await reads()).toMatchObject({ exposure, partial: true });
  });

  test('users of a stage taken out for every flag read as the stage below', async () => {
    await moveTo(target, FRIENDS, patient);
    await table.sql(`DELETE FROM feature_flag_overrides WHERE user_id = 'o''neil'`);
    expect(await reads()).toMatchObject({ exposure: TEAM, partial: false });
  });

  test('a named user taken out at a percentage is partial, and named', async () => {
    await moveTo(target, 10, patient);
    await table.sql(`DELETE FROM feature_flag_overrides WHERE user_id = 'bo' AND flag_name = 'NEW_CART'`);
    expect(await reads()).toMatchObject({
      exposure: 10,
      partial: true,
      detail: 'NEW_CART 10 % on, 2 of 3 named users on without (bo); NEW_CHECKOUT 10 % on, 3 of 3 named users on',
    });
  });

  test('somebody of a later stage switched on by hand reads above the stage before', async () => {
    await moveTo(target, TEAM, patient);
    await table.sql(`INSERT INTO feature_flag_overrides VALUES ('NEW_CART', 'o''neil', true)`);
    expect(await reads()).toMatchObject({ exposure: FRIENDS, partial: true });
    await moveTo(target, TEAM, patient);
    expect(await reads()).toMatchObject({ exposure: TEAM, partial: false });
    expect(await on()).toEqual(everybody('ana', 'bo'));
  });

  test('a percentage below the least is not taken for named users', async () => {
    await table.sql(`UPDATE feature_flags SET rollout_percentage = 0.0001, enabled = true`);
    expect(await reads()).toMatchObject({ exposure: 0.01, partial: true });
  });

  test('a lowering behind a raise that has added rows sees them', async () => {
    const other = await table.session();
    await other.query(`BEGIN; SELECT 1 FROM feature_flags WHERE name = 'NEW_CHECKOUT' FOR UPDATE`);
    const raise = moveTo(target, FRIENDS, patient);
    await waitingForLocks(table, 1);
    const lowering = target.lower(0, patient);
    await waitingForLocks(table, 2);
    await other.query('COMMIT');
    await Promise.all([raise, lowering]);
    expect(await on()).toEqual([]);
    expect(await reads()).toMatchObject({ exposure: 0, partial: false });
  });

  test('a lowering waits no longer for a raise that hangs on an override than until that is given up', async () => {
    await moveTo(target, TEAM, patient);
    await table.sql(`INSERT INTO feature_flag_overrides VALUES ('NEW_CART', 'o''neil', false)`);
    const other = await table.session();
    await other.query(`BEGIN; UPDATE feature_flag_overrides SET enabled = false WHERE user_id = 'o''neil'`);
    const giveUp = new AbortController();
    const raise = expect(moveTo(target, 50, giveUp.signal)).rejects.toMatchObject({ code: 'timeout' });
    await waitingForLocks(table, 1);
    const lowering = target.lower(0, patient);
    await waitingForLocks(table, 2);
    giveUp.abort();
    await Promise.all([raise, lowering]);
    await other.query('ROLLBACK');
    expect(await on()).toEqual([]);
    expect(await flags()).toEqual(['0 false', '0 false']);
  });

  test('all or nothing: a missing flag, a denied insert, a trigger that keeps a row', async () => {
    await table.sql(`REVOKE INSERT ON feature_flag_overrides FROM ${table.role}`);
    await expect(moveTo(target, TEAM, patient)).rejects.toMatchObject({ code: 'denied' });
    await table.sql(`GRANT INSERT ON feature_flag_overrides TO ${table.role}`);
    await table.sql(`CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
      CREATE TRIGGER keep BEFORE INSERT ON feature_flag_overrides FOR EACH ROW WHEN (NEW.user_id = 'bo') EXECUTE FUNCTION keep()`);
    await expect(moveTo(target, 50, patient)).rejects.toMatchObject({
      code: 'rejected',
      retryable: false,
      message: expect.stringContaining('not every row took the change'),
    });
    await table.sql(`DELETE FROM feature_flags WHERE name = 'NEW_CART'`);
    await expect(moveTo(target, 50, patient)).rejects.toMatchObject({
      code: 'missing',
      message: 'target flag: no row is named NEW_CART',
    });
    expect(await on()).toEqual([]);
    expect(await table.sql('SELECT 1 FROM feature_flags WHERE enabled')).toEqual([]);
  });

  test.each([
    ['the right to add a row', 'REVOKE INSERT ON feature_flag_overrides FROM :role', 'denied'],
    ['the right to change one', 'REVOKE UPDATE ON feature_flag_overrides FROM :role', 'denied'],
    ['a column it does not know', 'ALTER TABLE feature_flag_overrides ADD reason text NOT NULL', 'rejected'],
    ['the table', 'DROP TABLE feature_flag_overrides', 'missing'],
    ['users by number', 'ALTER TABLE feature_flag_overrides ALTER user_id TYPE int USING 1', 'rejected'],
  ])('a rehearsal fails for want of %s', async (_, statement, code) => {
    await table.sql(statement.replaceAll(':role', table.role));
    await expect(rehearsed(target)).rejects.toMatchObject({ code, retryable: false });
  });

  test('a rehearsal leaves no row behind, and none as it was not', async () => {
    await table.sql(`INSERT INTO feature_flag_overrides VALUES ('NEW_CART', 'ana', true)`);
    expect(await rehearsed(target)).toMatchObject({ exposure: TEAM, partial: true });
    expect(await table.sql('SELECT * FROM feature_flag_overrides')).toEqual([
      { flag_name: 'NEW_CART', user_id: 'ana', enabled: true },
    ]);
  });

  test('users may be numbers, and nothing else is taken for one', async () => {
    await table.sql('ALTER TABLE feature_flag_overrides ALTER user_id TYPE bigint USING 1');
    const numbers = table.target({ users: { ...users, steps: [{ exposure: TEAM, names: ['12', '7'] }] } });
    await rehearsed(numbers);
    await moveTo(numbers, TEAM, patient);
    expect(await on()).toEqual(everybody('12', '7'));
    expect(await numbers.read(patient)).toMatchObject({ exposure: TEAM, partial: false });
  });

  test('a column of whole numbers refuses a decimal here too', async () => {
    await table.sql('ALTER TABLE feature_flags ALTER rollout_percentage TYPE integer');
    await expect(moveTo(target, 12.5, patient)).rejects.toMatchObject({
      code: 'rejected',
      retryable: false,
      message: expect.stringMatching(/rollout_percentage.*12\.5/),
    });
    expect(await on()).toEqual([]);
  });

  test('rows that are only on or off can begin with named users', async () => {
    const switches = table.target({ users, columns: { enabled: 'enabled' } });
    await moveTo(switches, TEAM, patient);
    expect(await switches.read(patient)).toMatchObject({ exposure: TEAM, partial: false });
    await moveTo(switches, 100, patient);
    expect(await switches.read(patient)).toMatchObject({ exposure: 100, partial: false });
    await expect(moveTo(switches, 10, patient)).rejects.toMatchObject({ code: 'rejected' });
  });

  test('the statements for a person do what the target does, names quoted', async () => {
    await table.sql(target.byHand(50));
    expect(await reads()).toMatchObject({ exposure: 50, partial: false });
    await table.sql(target.byHand(TEAM));
    expect(await reads()).toMatchObject({ exposure: TEAM, partial: false });
    expect(target.byHand(0)).toBe(
      `UPDATE "feature_flags" SET "enabled" = false, "rollout_percentage" = '0', "updated_at" = now() WHERE "name" IN ('NEW_CHECKOUT', 'NEW_CART'); ` +
        `UPDATE "feature_flag_overrides" SET "enabled" = false WHERE "flag_name" IN ('NEW_CHECKOUT', 'NEW_CART') AND "user_id" IN ('ana', 'bo', 'o''neil') AND "enabled";`,
    );
    await table.sql(target.byHand(0));
    expect(await on()).toEqual([]);
  });
});
