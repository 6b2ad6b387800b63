import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPostgresTarget } from '../../src/targets/postgres/index.js';
import type { TargetError } from '../../src/targets/target.js';
import { moveTo, rehearsed } from '../contracts/target-contract.js';
import { orderOf } from '../support/order.js';
import { configFor, createFlagTable, type FlagTable, listening, PASSWORD } from './flag-table.js';

const patient = new AbortController().signal;
/** A target's timeout that ends nothing here but what is wrong. */
const LONG_MS = 120_000;

describe('when Postgres fails, the postgres target', () => {
  let table: FlagTable;
  beforeEach(async () => {
    table = await createFlagTable();
  });
  afterEach(() => table.close());

  /** From now on every update of a flag to more than 50 % does this first. */
  const raises = (what: string) =>
    table.sql(`CREATE FUNCTION first() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.rollout_percentage > 50 THEN ${what}; END IF; RETURN NEW; END $$;
      CREATE TRIGGER first BEFORE UPDATE ON feature_flags FOR EACH ROW EXECUTE FUNCTION first()`);
  const raisesHang = () => raises(`PERFORM pg_sleep('infinity')`);
  const sleeping = () => backends("wait_event = 'PgSleep'");
  const backends = async (condition = 'true') =>
    table.sql<{ pid: number }>(`SELECT pid FROM pg_stat_activity WHERE usename = $1 AND ${condition}`, [table.role]);
  const enabled = () => table.sql('SELECT name FROM feature_flags WHERE enabled ORDER BY name');

  test('is unreachable when its connection is killed in the middle of a call', async () => {
    await raisesHang();
    const raise = failureOf(moveTo(table.target({}, LONG_MS), 100, patient));
    await expect.poll(sleeping).toHaveLength(1);
    await table.sql('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [table.role]);
    expect(await raise).toMatchObject({ code: 'unreachable', retryable: true });
    expect(await enabled()).toEqual([]);
  });

  test('lets the server stop a statement that takes too long', async () => {
    await raisesHang();
    expect(await failureOf(moveTo(table.target({}, 2_000), 100, patient))).toMatchObject({
      code: 'timeout',
      retryable: true,
      message: expect.stringContaining('statement timeout'),
    });
    expect(await sleeping()).toEqual([]);
    expect(await enabled()).toEqual([]);
  });

  test('says that a row is locked by somebody else, and moves it when it is free', async () => {
    const other = await table.session();
    await other.query("BEGIN; UPDATE feature_flags SET enabled = enabled WHERE name = 'NEW_CART'");
    expect(await failureOf(table.target({}, 1_500).lower(0, patient))).toMatchObject({
      code: 'timeout',
      retryable: true,
      message: expect.stringContaining('lock timeout'),
    });
    expect(await table.target().read(patient)).toMatchObject({ exposure: 0 });
    await other.query('ROLLBACK');
    await moveTo(table.target(), 10, patient);
    expect(await table.target().read(patient)).toMatchObject({ exposure: 10 });
  });

  test('stops a raise that was given up on the server as well, so that the lowering gets the rows', async () => {
    await raisesHang();
    const target = table.target({}, LONG_MS);
    const giveUp = new AbortController();
    const raise = failureOf(moveTo(target, 100, giveUp.signal));
    await expect.poll(sleeping).toHaveLength(1);
    giveUp.abort();
    expect(await raise).toMatchObject({ code: 'timeout' });
    // Beside the raise it would wait for its rows, and end as one that waited for a lock.
    await moveTo(target, 5, patient);
    await expect.poll(() => backends("state <> 'idle'")).toEqual([]);
    expect(await target.read(patient)).toMatchObject({ exposure: 5 });
  });

  test('gives up a connection that went dead in the middle of a call', async () => {
    await raisesHang();
    const raise = failureOf(moveTo(table.target({}, 4_000), 100, patient));
    await expect.poll(sleeping).toHaveLength(1);
    table.wire.freeze();
    // A little after the server would have said so.
    expect(await raise).toMatchObject({
      code: 'timeout',
      retryable: true,
      message: 'target flag: no answer within 4400 ms',
    });
  });

  test('a closed target has no connection left, also not one that hangs', async () => {
    await raisesHang();
    const target = table.target({}, LONG_MS);
    const raise = failureOf(moveTo(target, 100, patient));
    await expect.poll(sleeping).toHaveLength(1);
    await target.close();
    expect(await raise).toMatchObject({ code: 'unreachable' });
    await expect.poll(() => backends()).toEqual([]);
  });

  test('keeps its timeouts when the address brings its own', async () => {
    const names = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];
    await raises(`RAISE '% % %', ${names.map((name) => `current_setting('${name}')`).join(', ')}`);
    const url = `${table.url}?${names.map((name) => `${name}=0`).join('&')}&query_timeout=0`;
    const raise = await failureOf(moveTo(table.target({ url }, 2_500), 100, patient));
    expect(raise.message).toBe('target flag: 2500ms 2s 2500ms');
  });

  test('a role without the right to write may read, and is told so when it rehearses', async () => {
    await table.sql(`REVOKE UPDATE ON feature_flags FROM ${table.role}`);
    expect(await table.target().read(patient)).toMatchObject({ exposure: 0 });
    const denied = { code: 'denied', retryable: false, message: expect.stringContaining('permission denied') };
    await expect(rehearsed(table.target())).rejects.toMatchObject(denied);
    await table.sql('UPDATE feature_flags SET enabled = true, rollout_percentage = 50');
    await expect(table.target().lower(0, patient)).rejects.toMatchObject(denied);
  });

  test('a right to some of the columns is not enough', async () => {
    await table.sql(`REVOKE UPDATE ON feature_flags FROM ${table.role};
      GRANT UPDATE (enabled, rollout_percentage) ON feature_flags TO ${table.role}`);
    await expect(rehearsed(table.target())).rejects.toMatchObject({ code: 'denied' });
    const { updatedAt: _, ...columns } = configFor(table.url).columns;
    await rehearsed(table.target({ columns }));
  });

  test('the columns that rights hide are named, with what gives them', async () => {
    const { role } = table;
    await table.sql(
      `REVOKE ALL ON feature_flags FROM ${role}; GRANT SELECT (name, enabled), UPDATE (enabled) ON feature_flags TO ${role}`,
    );
    const grant = `GRANT SELECT ("rollout_percentage"), UPDATE ("rollout_percentage", "updated_at") ON "feature_flags" TO "${role}"`;
    const named = { code: 'denied', retryable: false, message: expect.stringContaining(grant) };
    await expect(table.target().read(patient)).rejects.toMatchObject(named);
    await expect(rehearsed(table.target())).rejects.toMatchObject(named);
    await table.sql(`GRANT SELECT (rollout_percentage) ON feature_flags TO ${role}`);
    await expect(rehearsed(table.target())).rejects.toMatchObject({
      message: expect.stringContaining(
        `: GRANT UPDATE ("rollout_percentage", "updated_at") ON "feature_flags" TO "${role}"`,
      ),
    });
    // What the message says is enough.
    await table.sql(`GRANT UPDATE ("rollout_percentage", "updated_at") ON "feature_flags" TO "${role}"`);
    await rehearsed(table.target());
  });

  test('rows that row security or a trigger keeps are named as such', async () => {
    await table.sql(`CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
      CREATE TRIGGER keep BEFORE UPDATE ON feature_flags FOR EACH ROW EXECUTE FUNCTION keep()`);
    const kept = { code: 'rejected', message: expect.stringContaining('row security or a trigger keeps the others') };
    await expect(moveTo(table.target(), 50, patient)).rejects.toMatchObject(kept);
  });

  test('keeps the password out of what the server says', async () => {
    await table.sql(`CREATE FUNCTION blab() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'no luck with ${PASSWORD}'; END $$;
      CREATE TRIGGER blab BEFORE UPDATE ON feature_flags FOR EACH ROW EXECUTE FUNCTION blab()`);
    const kept = { code: 'rejected', message: 'target flag: no luck with ***' };
    await expect(moveTo(table.target(), 50, patient)).rejects.toMatchObject(kept);
  });

  test.each([
    ['a wrong password', (url: URL) => Object.assign(url, { password: 'wrong-canary' }), 'denied', false],
    ['a database that is not there', (url: URL) => Object.assign(url, { pathname: '/nowhere' }), 'missing', false],
    ['a port nobody listens on', (url: URL) => Object.assign(url, { port: '1' }), 'unreachable', true],
    [
      'a name that does not resolve',
      (url: URL) => Object.assign(url, { hostname: 'nowhere.invalid' }),
      'unreachable',
      true,
    ],
  ] as const)('tells %s', async (_what, change, code, retryable) => {
    const url = change(new URL(table.url)).href;
    const failure = await failureOf(table.target({ url }).read(patient));
    expect(failure).toMatchObject({ name: 'TargetError', code, retryable });
    expect(failure.message).not.toMatch(/canary/);
  });

  test.each([
    ['a table', { table: 'nothing' }],
    ['a schema', { table: 'nothing.feature_flags' }],
    ['a switch', { columns: { exposure: 'rollout_percentage', enabled: 'nothing' } }],
  ])('tells %s that is not there', async (_what, changes) => {
    const missing = { code: 'missing', retryable: false, message: expect.stringContaining('nothing') };
    await expect(table.target(changes).read(patient)).rejects.toMatchObject(missing);
    await expect(table.target(changes).lower(0, patient)).rejects.toMatchObject(missing);
  });

  test('tells a percentage column that is not there, and switches off all the same', async () => {
    const columns = { exposure: 'nothing', enabled: 'enabled' };
    const missing = { code: 'missing', retryable: false, message: expect.stringContaining('nothing') };
    await expect(table.target({ columns }).read(patient)).rejects.toMatchObject(missing);
    await expect(table.target({ columns }).lower(0, patient)).resolves.toMatchObject({
      note: expect.stringContaining('only switched off'),
    });
  });
});

describe('a server that takes a connection and says nothing', () => {
  test('sees a call that was given up as reset, so nothing of it can arrive later', async () => {
    const server = createServer();
    const end = new Promise((resolve) => {
      server.on('connection', (socket) =>
        socket
          .on('error', resolve)
          .on('end', () => resolve('closed'))
          .resume(),
      );
    });
    const url = `postgres://mover:${PASSWORD}@127.0.0.1:${await listening(server)}/flags`;
    await failureOf(moveTo(createPostgresTarget('flag', configFor(url), 100), 100, patient));
    expect(await end).toMatchObject({ code: 'ECONNRESET' });
    server.close();
  });

  test('is a timeout of the length that was asked for, of 5 s when none was', async () => {
    const server = createServer((socket) => socket.on('error', () => {}));
    const url = `postgres://mover:${PASSWORD}@127.0.0.1:${await listening(server)}/flags`;
    const silence = (ms: number) => ({
      code: 'timeout',
      retryable: true,
      message: `target flag: no answer within ${ms} ms`,
    });
    const isSilent = async (ms: number, timeoutMs?: number) => {
      const target = createPostgresTarget('flag', configFor(url), timeoutMs);
      expect(await failureOf(target.lower(0, patient))).toMatchObject(silence(ms));
    };
    const calls = { asked: () => isSilent(300, 300), usual: () => isSilent(5_000) };
    expect(await orderOf(calls, [250, 3_000, 15_000])).toEqual(['250 ms', 'asked', '3000 ms', 'usual']);
    server.close();
  });
});

async function failureOf(call: Promise<unknown>): Promise<TargetError> {
  return call.then(
    () => Promise.reject(new Error('it worked')),
    (error) => error,
  );
}

test('a target without a password does not take the one of the bot', async () => {
  const table = await createFlagTable();
  const url = new URL(table.url);
  url.password = '';
  const before = process.env.PGPASSWORD;
  process.env.PGPASSWORD = PASSWORD;
  try {
    const target = table.target({ url: url.href });
    await expect(target.read(patient)).rejects.toMatchObject({ code: 'denied' });
    await table.target().read(patient);
  } finally {
    if (before === undefined) delete process.env.PGPASSWORD;
    else process.env.PGPASSWORD = before;
    await table.close();
  }
});
