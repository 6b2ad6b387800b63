import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSqlProbe, type SqlProbeOptions } from '../../src/probes/sql/index.js';
import { type NetworkRules, parseNetworks } from '../../src/web/network.js';
import { type Fault, testProbe } from '../contracts/probe-contract.js';
import { type AnsweringDatabase, createAnsweringDatabase, PASSWORD } from './answering-database.js';

const patient = new AbortController().signal;
const PATIENCE = { timeout: 60_000 };
/** What no database answers. */
const WITHOUT = ['empty', 'broken', 'a redirect'] as const;

/** What a view has to say for each fault. */
const FAULTY: Readonly<Record<Exclude<Fault, 'gone' | (typeof WITHOUT)[number]>, string>> = {
  'without the value': 'SELECT 1 AS rate WHERE false',
  null: 'SELECT NULL::numeric AS rate',
  text: `SELECT 'fast' AS rate`,
  'a numeric string': `SELECT '5' AS rate`,
  true: 'SELECT true AS rate',
  'many values': 'SELECT unnest(ARRAY[1, 2]) AS rate',
  'a number beyond all bounds': 'SELECT 1e400::numeric AS rate',
  huge: `SELECT repeat('x', 70000) AS rate`,
  'an error status': 'SELECT 1 / (random() * 0)::int AS rate',
};

testProbe(
  'sql',
  async (timeoutMs) => {
    const database = await createAnsweringDatabase();
    const show = (query: string) =>
      database.sql(
        `DROP VIEW IF EXISTS answer; CREATE VIEW answer AS ${query}; GRANT SELECT ON answer TO ${database.role}`,
      );
    return {
      probe: createSqlProbe({ url: database.url, query: 'SELECT rate FROM answer', timeoutMs }, {}),
      secret: PASSWORD,
      async answer(next) {
        if ('number' in next) await show(`SELECT '${next.number}'::float8 AS rate`);
        else if (next.fault === 'gone') database.wire.dropNext();
        else await show(isWithout(next.fault) ? 'SELECT 1 AS rate' : FAULTY[next.fault]);
      },
      hangNext: () => database.wire.hangNext(),
      close: () => database.close(),
    };
  },
  WITHOUT,
);

function isWithout(fault: Fault): fault is (typeof WITHOUT)[number] {
  return WITHOUT.some((one) => one === fault);
}

describe('the sql probe', () => {
  let database: AnsweringDatabase;
  beforeAll(async () => {
    database = await createAnsweringDatabase();
  });
  afterAll(() => database.close());

  const measure = (query: string, options: Partial<SqlProbeOptions> = {}, network: NetworkRules = {}) =>
    createSqlProbe({ url: database.url, query, timeoutMs: 30_000, ...options }, network).measure(patient);
  const sessions = () => database.sql(`SELECT pid FROM pg_stat_activity WHERE usename = '${database.role}'`);

  test('reads what a team would ask', async () => {
    const query = `
      -- failed orders in percent
      SELECT 100.0 * count(*) FILTER (WHERE failed) / nullif(count(*), 0) FROM orders;`;
    expect(await measure(`with all_orders as (select * from orders) select count(*) from all_orders`)).toMatchObject({
      value: 8,
    });
    expect(await measure(query.trim())).toMatchObject({ value: 25 });
  });

  test.each([
    ['5::int2', 5],
    ['-7', -7],
    ['9007199254740991', 9_007_199_254_740_991],
    ['0.1::float4', 0.1],
    ['1e21::float8', 1e21],
    ['1e-9::float8', 1e-9],
    ['12.50::numeric(5,2)', 12.5],
    ['1000000000000000000000::numeric', 1e21],
    ['sum(id)::numeric / 8 from orders', 4.5],
  ])('%s is a number', async (expression, value) => {
    expect(await measure(`select ${expression}`)).toMatchObject({ value });
  });

  test.each([
    [`'NaN'::numeric`, 'not_a_number'],
    [`'NaN'::float8`, 'not_a_number'],
    [`'Infinity'::numeric`, 'not_a_number'],
    [`'-Infinity'::float8`, 'not_a_number'],
    ['9007199254740993', 'not_a_number'],
    [`'5 minutes'::interval`, 'not_a_number'],
    ['5::money', 'not_a_number'],
    ['ARRAY[1]', 'not_a_number'],
    ['now()', 'not_a_number'],
    [`'{"a": 1}'::json`, 'not_a_number'],
    ['avg(id) FROM orders WHERE false', 'no_value'],
    ['id FROM orders WHERE false', 'no_value'],
    ['id FROM orders', 'not_a_number'],
    ['1, 2', 'not_a_number'],
    ['FROM orders', 'not_a_number'],
  ])('%s is %s', async (expression, unknown) => {
    expect(await measure(`select ${expression}`)).toMatchObject({ unknown });
  });

  test('a domain over a number is a number', async () => {
    await database.sql(`CREATE DOMAIN percent AS numeric CHECK (VALUE >= 0)`);
    expect(await measure('select 5::percent')).toMatchObject({ value: 5 });
  });

  test('stops the query on the server when its time is over', async () => {
    const query = 'select 1 from (select pg_sleep(600)) s';
    expect(await measure(query, { timeoutMs: 400 })).toMatchObject({ unknown: 'timeout' });
    await expect.poll(sessions, PATIENCE).toEqual([]);
  });

  test('stops the query on the server when it is given up', async () => {
    const giveUp = new AbortController();
    const query = 'select 1 from (select pg_sleep(600)) s';
    const reading = createSqlProbe({ url: database.url, query, timeoutMs: 60_000 }, {}).measure(giveUp.signal);
    await expect
      .poll(() => database.sql(`SELECT wait_event FROM pg_stat_activity WHERE usename = '${database.role}'`))
      .toEqual([{ wait_event: 'PgSleep' }]);
    giveUp.abort();
    expect(await reading).toMatchObject({ unknown: 'timeout' });
    await expect.poll(sessions, PATIENCE).toEqual([]);
  });

  test('keeps its limits when the address brings its own', async () => {
    const options = 'options=-c%20default_transaction_read_only%3Doff&statement_timeout=0&replication=true';
    expect(await measure(`select nextval('numbers')`, { url: `${database.url}?${options}` })).toMatchObject({
      unknown: 'bad_status',
    });
    const slow = await measure('select 1 from (select pg_sleep(600)) s', {
      url: `${database.url}?statement_timeout=0`,
      timeoutMs: 400,
    });
    expect(slow).toMatchObject({ unknown: 'timeout' });
    await expect.poll(sessions, PATIENCE).toEqual([]);
  });

  test('does not read an answer that never ends', async () => {
    expect(await measure('select generate_series(1, 1000000000)')).toMatchObject({ unknown: 'not_a_number' });
    expect(await measure(`select repeat('x', 50000000)`)).toMatchObject({ unknown: 'too_large' });
    await expect.poll(sessions, PATIENCE).toEqual([]);
  });

  test('leaves no session behind', async () => {
    await measure('select 1');
    await expect.poll(sessions, PATIENCE).toEqual([]);
  });

  test('a refused address is never connected to', async () => {
    const { port } = new URL(database.url);
    const own = { database: { host: 'localhost', port: Number(port), name: 'rollout' } };
    expect(await measure('select 1', {}, own)).toMatchObject({ unknown: 'refused_address' });
    expect(await measure('select 1', { url: 'postgres://169.254.169.254/x' })).toMatchObject({
      unknown: 'refused_address',
    });
    const socket = 'postgres://me@localhost/shop?host=/var/run/postgresql';
    expect(await measure('select 1', { url: socket })).toMatchObject({ unknown: 'refused_address' });
    const elsewhere = database.url.replace('127.0.0.1', '192.0.2.1');
    const hidden = `${elsewhere}?host=127.0.0.1&port=${port}`;
    expect(await measure('select 1', { url: hidden }, own)).toMatchObject({ unknown: 'refused_address' });
  });

  test("another database on the server of the bot's own is read when it is named, the bot's own never", async () => {
    const { port, pathname } = new URL(database.url);
    const [name, at] = [pathname.slice(1), { host: 'localhost', port: Number(port) }];
    const read = (own: string, databases: readonly string[]) =>
      measure('select 1', {}, { database: { ...at, name: own }, databases });
    expect(await read('rollout', [])).toMatchObject({
      unknown: 'refused_address',
      detail: `it is the same server as the bot's own database; PROBE_DATABASES=${name} in the bot's environment allows this database on it`,
    });
    expect(await read('rollout', ['another'])).toMatchObject({ unknown: 'refused_address' });
    expect(await read('rollout', ['another', name])).toMatchObject({ value: 1 });
    expect(await read(name, [name])).toMatchObject({
      unknown: 'refused_address',
      detail: "it is the bot's own database, which no plan may read",
    });
  });

  test('what is allowed on that server is held to the other rules all the same', async () => {
    const { port, pathname } = new URL(database.url);
    const own = { host: 'localhost', port: Number(port), name: 'rollout' };
    const elsewhere = parseNetworks('10.0.0.0/8', `postgres://bot@localhost:${port}/rollout`, pathname.slice(1));
    expect(elsewhere).toMatchObject({ database: own, databases: [pathname.slice(1)] });
    if ('error' in elsewhere) throw new Error(elsewhere.error);
    expect(await measure('select 1', {}, elsewhere)).toMatchObject({
      unknown: 'refused_address',
      detail: '127.0.0.1 is not in PROBE_NETWORKS',
    });
  });

  test.each(['sslrootcert', 'sslcert', 'sslkey'])('a file for %s that is not there is named', async (parameter) => {
    const url = `${database.url}?sslmode=verify-ca&${parameter}=/nowhere/shop.pem`;
    expect(await measure('select 1', { url })).toMatchObject({
      unknown: 'unreachable',
      detail: 'the file /nowhere/shop.pem that its url names cannot be read (ENOENT)',
    });
  });

  test('connects to the address that was judged, whatever the name says a moment later', async () => {
    const answers = ['127.0.0.1', '169.254.169.254'];
    const resolve = async () => [{ address: answers.shift() ?? '169.254.169.254', family: 4 }];
    const url = database.url.replace('127.0.0.1', 'metrics.example.com');
    const probe = createSqlProbe({ url, query: 'select 2', timeoutMs: 30_000 }, { resolve });
    expect(await probe.measure(patient)).toMatchObject({ value: 2 });
    expect(await probe.measure(patient)).toMatchObject({ unknown: 'refused_address' });
  });

  test.each([
    ['a wrong password', (url: URL) => Object.assign(url, { password: 'wrong-canary' }), 'bad_status'],
    ['no password', (url: URL) => Object.assign(url, { password: '' }), 'bad_status'],
    ['a database that is not there', (url: URL) => Object.assign(url, { pathname: '/nowhere' }), 'bad_status'],
    ['a port nobody listens on', (url: URL) => Object.assign(url, { port: '1' }), 'unreachable'],
    ['a name that does not resolve', (url: URL) => Object.assign(url, { hostname: 'nowhere.invalid' }), 'unreachable'],
    ['a server without TLS', (url: URL) => Object.assign(url, { search: '?sslmode=require' }), 'unreachable'],
  ] as const)('tells %s', async (_what, change, unknown) => {
    const reading = await measure('select 1', { url: change(new URL(database.url)).href });
    expect(reading).toMatchObject({ unknown });
    expect(JSON.stringify(reading)).not.toMatch(/canary/);
  });

  test('tells no data: only the code of an error that may quote it', async () => {
    const reading = await measure(`select 'canary-1'::text::int`);
    expect(reading).toMatchObject({ unknown: 'bad_status', detail: expect.stringMatching(/ answered 22P02$/) });
  });

  test.each(['https://example.com/', 'canary', 'mysql://localhost/x'])('cannot be built for %s', (url) => {
    expect(() => createSqlProbe({ url, query: 'select 1', timeoutMs: 1 }, {})).toThrow(/^sql probe: url is not a/);
  });
});
