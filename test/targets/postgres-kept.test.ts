import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { postgresConnections } from '../../src/targets/postgres/connection.js';
import type { Target } from '../../src/targets/target.js';
import { moveTo } from '../contracts/target-contract.js';
import { orderOf } from '../support/order.js';
import { createFlagTable, type FlagTable } from './flag-table.js';

const patient = new AbortController().signal;
/** How long an answer may take is no question here but where it is said. */
const LONG_MS = 120_000;
/** Shorter than any time-out of the target: it is kept only because a new connection is opened beside the silent one. */
const soon = () => AbortSignal.timeout(LONG_MS / 4);

describe('the kept connection of a postgres target', () => {
  let table: FlagTable;
  beforeEach(async () => {
    table = await createFlagTable();
  });
  afterEach(() => table.close());

  /** Sessions of the role, oldest first. */
  const sessions = async () =>
    (
      await table.sql<{ pid: number }>('SELECT pid FROM pg_stat_activity WHERE usename = $1 ORDER BY backend_start', [
        table.role,
      ])
    ).map(({ pid }) => pid);
  const enabled = () => table.sql("SELECT name FROM feature_flags WHERE enabled AND name <> 'UNRELATED'");
  const raised = async (): Promise<Target> => {
    const target = table.target({}, LONG_MS);
    await moveTo(target, 50, patient);
    await target.read(patient);
    return target;
  };

  test('carries readings and lowerings, and no raise', async () => {
    const target = await raised();
    const [kept] = await sessions();
    await expect.poll(sessions).toEqual([kept]);
    await target.read(patient);
    await target.lower(0, patient);
    await target.read(patient);
    await moveTo(target, 25, patient);
    await expect.poll(sessions).toEqual([kept]);
    expect(await enabled()).toHaveLength(2);
  });

  test('is not waited for when nothing comes over it any more', async () => {
    const target = await raised();
    table.wire.freeze();
    await target.lower(0, soon());
    expect(await enabled()).toEqual([]);
    table.wire.freeze();
    expect(await target.read(soon())).toMatchObject({ exposure: 0 });
  });

  // Twice as long as the last call took would be the patience without an end to it.
  test.each(['lower', 'read'] as const)(
    'is waited for no longer when it is frozen and its last call was a slow one (%s)',
    async (call) => {
      await table.sql(`CREATE TABLE pace (seconds float8); INSERT INTO pace VALUES (0); GRANT SELECT ON pace TO ${table.role};
        CREATE FUNCTION at_pace() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(seconds) FROM pace; RETURN true; END $$;
        ALTER TABLE feature_flags RENAME TO stored;
        CREATE VIEW feature_flags AS SELECT * FROM stored WHERE (SELECT at_pace());
        GRANT SELECT, UPDATE ON feature_flags TO ${table.role}`);
      const target = table.target({ columns: { exposure: 'rollout_percentage', enabled: 'enabled' } }, LONG_MS);
      await table.sql('UPDATE stored SET rollout_percentage = 50, enabled = true; UPDATE pace SET seconds = 3');
      await target.read(patient);
      await table.sql('UPDATE pace SET seconds = 0');
      table.wire.freeze();
      const answer = (): Promise<unknown> => (call === 'lower' ? target.lower(0, patient) : target.read(patient));
      expect(await orderOf({ answer }, [5_000])).toEqual(['answer']);
      expect(await target.read(patient)).toMatchObject({ exposure: call === 'lower' ? 0 : 50 });
    },
  );

  test('is not waited for when its session was stopped, and does nothing harmful when that wakes', async () => {
    const target = await raised();
    const [pid = 0] = await sessions();
    process.kill(pid, 'SIGSTOP');
    try {
      await target.lower(0, soon());
      expect(await enabled()).toEqual([]);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await expect.poll(sessions).not.toContain(pid);
    expect(await enabled()).toEqual([]);
  });

  test('is replaced at once when its session was ended', async () => {
    const target = await raised();
    await table.sql('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [table.role]);
    await target.lower(0, soon());
    expect(await enabled()).toEqual([]);
  });

  test('is replaced at once when it only reads, as after a failover', async () => {
    const database = (await table.sql<{ name: string }>('SELECT current_database() AS name'))[0]?.name;
    const target = table.target({}, LONG_MS);
    await table.sql("UPDATE feature_flags SET rollout_percentage = 50, enabled = true WHERE name <> 'UNRELATED'");
    await table.sql(`ALTER DATABASE "${database}" SET default_transaction_read_only = on`);
    await target.read(patient);
    await table.sql(`ALTER DATABASE "${database}" RESET default_transaction_read_only`);
    await target.lower(0, patient);
    expect(await enabled()).toEqual([]);
  });

  test('gives way where the role may have one connection only', async () => {
    await table.sql(`ALTER ROLE ${table.role} CONNECTION LIMIT 1`);
    const target = await raised();
    await moveTo(target, 60, patient);
    await target.lower(0, patient);
    expect(await enabled()).toEqual([]);
  });

  test('is as new for each call, whatever a trigger leaves in it', async () => {
    await table.sql(`UPDATE feature_flags SET rollout_percentage = 50, enabled = true WHERE name <> 'UNRELATED';
      CREATE FUNCTION leave_things() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF current_setting('search_path') = 'pg_temp, public' THEN RAISE 'left over'; END IF;
        PERFORM set_config('search_path', 'pg_temp, public', false), set_config('statement_timeout', '100', false);
        PERFORM pg_advisory_lock(7);
        CREATE TEMP TABLE left_over (name text);
        RETURN NULL; END $$;
      CREATE TRIGGER leave_things AFTER UPDATE ON feature_flags FOR EACH STATEMENT EXECUTE FUNCTION leave_things()`);
    const target = table.target({}, LONG_MS);
    expect(await target.read(patient)).toMatchObject({ exposure: 50 });
    await target.lower(0, patient);
    const [kept] = await sessions();
    expect(await target.read(patient)).toMatchObject({ exposure: 0 });
    await target.lower(0, patient);
    await target.read(patient);
    await expect.poll(sessions).toEqual([kept]);
    await expect
      .poll(() => table.sql("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND pid = $1", [kept]))
      .toEqual([]);
  });

  test('is closed with its target, and not more than twenty are kept by all targets together', async () => {
    const targets = Array.from({ length: 24 }, () => table.target());
    for (const target of targets) await target.read(patient);
    await expect.poll(sessions).toHaveLength(20);
    await Promise.all(targets.map((target) => target.close()));
    await expect.poll(sessions).toEqual([]);
  });

  test('is not believed when the name leads to another server', async () => {
    let address = '127.0.0.1';
    const url = table.url.replace('127.0.0.1', 'localhost');
    const resolve = async () => [{ address }];
    const connections = postgresConnections({ target: 'flag', url, timeoutMs: 2_000, resolve });
    const pid = () => connections.useKept(patient, async (query) => (await query('SELECT pg_backend_pid()', [])).rows);
    const first = await pid();
    expect(await pid()).toEqual(first);
    address = '192.0.2.7';
    expect(await pid()).not.toEqual(first);
    await connections.close();
  });
});

test('two lowerings of the same rows side by side end where one does', async () => {
  const table = await createFlagTable();
  await table.sql(`CREATE TABLE overrides (flag text, who text, enabled boolean, PRIMARY KEY (flag, who));
    GRANT SELECT, INSERT, UPDATE, DELETE ON overrides TO ${table.role};
    INSERT INTO overrides SELECT name, 'user-' || n, true FROM feature_flags, generate_series(1, 5) n;
    UPDATE feature_flags SET rollout_percentage = 50, enabled = true`);
  const targets = [table.target({}, LONG_MS), table.target({}, LONG_MS), table.target({}, LONG_MS)];
  for (const place of [25, 0, 0]) {
    const ends = await Promise.allSettled(targets.map((target) => target.lower(place, patient)));
    expect(ends.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(await targets[0]?.read(patient)).toMatchObject({ exposure: place });
  }
  await table.close();
});
