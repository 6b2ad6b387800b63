import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type Shop, type ShopOptions, startShop } from '../../../sandbox/shop/shop.js';
import { createDatabase, type TestDatabase } from '../../support/database.js';

let database: TestDatabase;
let sql: pg.Client;

beforeAll(async () => {
  database = await createDatabase({ template: false });
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
});

afterAll(async () => {
  await sql.end();
  await database.drop();
});

beforeEach(async () => {
  await sql.query('drop table if exists feature_flags');
});

/** A shop whose customers come only when told to, unless the options say otherwise. */
async function open(options: Partial<ShopOptions> = {}): Promise<Shop> {
  const shop = await startShop({ databaseUrl: database.url, users: 40, requestsPerSecond: 0, ...options });
  onTestFinished(() => shop.stop());
  return shop;
}

async function setFlag(shop: Shop, percentage: number, enabled = true): Promise<void> {
  await sql.query('update feature_flags set enabled = $1, rollout_percentage = $2, updated_at = now()', [
    enabled,
    percentage,
  ]);
  await expect.poll(() => shop.state().exposure, { interval: 5 }).toBe(enabled ? percentage : 0);
}

async function json(shop: Shop, path: string, init?: RequestInit): Promise<unknown> {
  return (await fetch(`${shop.url}${path}`, init)).json();
}

test('a first start makes the flag, off', async () => {
  const shop = await open();
  const { rows } = await sql.query('select name, enabled, rollout_percentage from feature_flags');
  expect(rows).toEqual([{ name: 'NEW_CHECKOUT', enabled: false, rollout_percentage: '0' }]);
  await shop.everyoneChecksOut();
  expect(await shop.usersOnNewCheckout()).toEqual([]);
});

test('a later start leaves the flag as it is', async () => {
  await setFlag(await open(), 25);
  expect((await open()).state().exposure).toBe(25);
});

test('two shops can open on an empty database at once', async () => {
  const shops = await Promise.all([open(), open(), open()]);
  expect(shops.map((shop) => shop.state().exposure)).toEqual([0, 0, 0]);
});

test('customers get the new checkout as the flag says, and lose it again', async () => {
  const shop = await open();
  await setFlag(shop, 25);
  await shop.everyoneChecksOut();
  const quarter = await shop.usersOnNewCheckout();
  expect(quarter.length).toBeGreaterThan(2);
  await setFlag(shop, 50);
  await shop.everyoneChecksOut();
  const half = await shop.usersOnNewCheckout();
  expect(half.length).toBeGreaterThan(quarter.length);
  expect(half).toEqual(expect.arrayContaining(quarter));
  await setFlag(shop, 50, false);
  await shop.everyoneChecksOut();
  expect(await shop.usersOnNewCheckout()).toEqual([]);
});

test('a flag changed by whatever means is noticed', async () => {
  const shop = await open();
  await sql.query('drop trigger tell_shop on feature_flags');
  await setFlag(shop, 10);
});

test('a change is noticed at once, not at the next reading', async () => {
  const shop = await open({ rereadMs: 3_600_000 });
  for (const percentage of [1, 2, 3]) await setFlag(shop, percentage);
});

test('what customers see changes with their next request, not with the flag', async () => {
  const shop = await open();
  await setFlag(shop, 100);
  expect(await shop.usersOnNewCheckout()).toEqual([]);
  await shop.everyoneChecksOut();
  await setFlag(shop, 0, false);
  expect(await shop.usersOnNewCheckout()).toHaveLength(40);
});

test('a broken user keeps the new checkout after everybody else has lost it', async () => {
  const shop = await open();
  shop.breakUser('u7');
  await shop.everyoneChecksOut();
  expect(await shop.usersOnNewCheckout()).toEqual(['u7']);
  expect(shop.state()).toMatchObject({ exposure: 0, exposedUsers: 1, users: 40 });
});

test('customers come by themselves, through HTTP, and log in now and then', async () => {
  const shop = await open({ requestsPerSecond: 200 });
  await expect.poll(() => shop.metrics()).toMatchObject({ users: 40, error_rate: 0, login_success: 100 });
  expect(shop.metrics().p95_ms).toBeGreaterThan(10);
  const { requests } = shop.state();
  await expect.poll(() => shop.state().requests).toBeGreaterThan(requests);
});

test('without customers there are requests of nobody and numbers of nothing', async () => {
  const shop = await open({ users: 0, requestsPerSecond: 100 });
  expect(await json(shop, '/metrics.json')).toMatchObject({
    requests: 0,
    error_rate: null,
    p95_ms: null,
    login_success: null,
  });
  expect(await json(shop, '/state')).toMatchObject({
    users: 0,
    exposedUsers: 0,
    requests: 0,
    errorRate: null,
    p95Ms: null,
  });
});

test('requests leave the metrics when ten seconds have passed', async () => {
  const clock = { ms: Date.UTC(2026, 10, 20) };
  const shop = await open({ now: () => clock.ms });
  await shop.everyoneChecksOut();
  expect(await json(shop, '/metrics.json')).toMatchObject({ requests: 40, error_rate: 0 });
  clock.ms += 10_000;
  expect(await json(shop, '/metrics.json')).toMatchObject({ requests: 0, error_rate: null });
});

test('errors put on the exposed hit nobody else', async () => {
  const shop = await open();
  await setFlag(shop, 50);
  const controls = await json(shop, '/controls', {
    method: 'POST',
    body: JSON.stringify({ who: 'exposed', errorRate: 50, latencyMs: 0 }),
  });
  expect(controls).toMatchObject({ exposed: { errorRate: 50 }, all: { errorRate: 0 } });
  for (let round = 0; round < 4; round++) await shop.everyoneChecksOut();
  const { requests, exposed, error_rate } = shop.metrics();
  expect(exposed.error_rate).toBeGreaterThan(45);
  expect(exposed.error_rate).toBeLessThan(55);
  const failures = (exposed.requests * (exposed.error_rate ?? 0)) / 100;
  expect(error_rate).toBeCloseTo((failures / requests) * 100, 1);
  expect(await shop.usersOnNewCheckout()).not.toEqual([]);
});

test('latency put on everybody shows in what they waited', async () => {
  const shop = await open({ users: 5 });
  shop.control({ who: 'all', latencyMs: 150 });
  await shop.everyoneChecksOut();
  expect(shop.metrics().p95_ms).toBeGreaterThan(155);
  expect(shop.state().controls).toEqual({
    exposed: { errorRate: 0, latencyMs: 0 },
    all: { errorRate: 0, latencyMs: 150 },
  });
});

test.each([
  ['{"who":"nobody","errorRate":5}', 'who'],
  ['{"who":"all","errorRate":101}', 'errorRate'],
  ['{"who":"all","latencyMs":"slow"}', 'latencyMs'],
  ['not json', 'body'],
])('controls that make no sense are refused by name: %s', async (body, field) => {
  const shop = await open({ users: 0 });
  const response = await fetch(`${shop.url}/controls`, { method: 'POST', body });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: expect.stringContaining(field) });
  expect(shop.state().controls.all).toEqual({ errorRate: 0, latencyMs: 0 });
});

test('a visitor without a name is not served, nor counted', async () => {
  const shop = await open({ users: 0 });
  expect((await fetch(`${shop.url}/checkout`)).status).toBe(400);
  expect((await fetch(`${shop.url}/nowhere?user=u1`)).status).toBe(404);
  expect(shop.metrics().requests).toBe(0);
});

test('Prometheus finds what was served', async () => {
  const shop = await open({ users: 3 });
  await shop.everyoneChecksOut();
  const response = await fetch(`${shop.url}/metrics`);
  expect(response.headers.get('content-type')).toContain('text/plain');
  expect(await response.text()).toContain('requests_total{path="checkout",variant="old",code="200"} 3');
});

test('a shop cut off from its database keeps its last flag and follows the flag again afterwards', async () => {
  const shop = await open();
  await setFlag(shop, 100);
  await sql.query(
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );
  await shop.everyoneChecksOut();
  expect(await shop.usersOnNewCheckout()).toHaveLength(40);
  await setFlag(shop, 0, false);
});

test('closing answers who is being served, and leaves no socket and no connection behind', async () => {
  const shop = await open({ users: 10 });
  shop.control({ who: 'all', latencyMs: 30_000 });
  const round = shop.everyoneChecksOut();
  await shop.stop();
  await round;
  expect(shop.metrics().requests).toBe(10);
  await expect(fetch(`${shop.url}/state`)).rejects.toThrow();
  const others = 'select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
  await expect.poll(async () => (await sql.query(others)).rows).toEqual([]);
});
