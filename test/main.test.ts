import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { type RunningSlack, startLocalSlack } from '../sandbox/slack/index.js';
import { until } from './kill/until.js';
import { createDatabase } from './support/database.js';
import { type MainProcess, startMain } from './support/main-process.js';
import { SHOP, TRANSPORTS, type Transport, WHO } from './support/scene.js';
import { layWire, listening } from './targets/flag-table.js';

/** Checks every second, so that little patience shows that it watches. */
const PLAN = `plan: new-checkout
title: New checkout
channel: "#shop"
timezone: Europe/Berlin
contact: [engineering-lead]
people:
  operators: ["@release-team"]
  engineering-lead: ["@engineering-lead"]
targets:
  flag: { kind: memory, name: flag }
checks:
  error-rate:
    title: Error rate
    unit: "%"
    probe: { kind: http, url: "\${METRICS_URL}", value: error_rate }
    warning: { above: 2 }
    critical: { above: 5 }
stages:
  - { stage: early, title: Early access, exposure: 10, bake: 1h, check_every: 1s }
  - { stage: everyone, title: Everyone, exposure: 100, bake: 1h, check_every: 1s, approve: [engineering-lead] }
rollback: { to: off, within: 30s }
`;

/** The Slack library gives up for good within this time when its own reconnecting is left on. */
const LIBRARY_GIVES_UP_MS = 12_000;
/** Then it is killed, which is no end of its own: twice what the service of `deploy` gives it; it grants itself 4.5 s. */
const STOP_WITHIN_MS = 20_000;
const FOR_EVER_MS = 1_000_000;

interface World {
  readonly slack: RunningSlack;
  readonly db: pg.Pool;
  readonly databaseUrl: string;
  /** What the metrics say from now on, in percent. */
  setErrorRate(value: number): void;
  /** Starts the bot; it may not be up yet. */
  start(transport: Transport, databaseUrl?: string): Promise<MainProcess>;
  /** Nobody else gets at this table until it is released, or the test ends. */
  lock(table: string): Promise<() => Promise<void>>;
  /** Types `/rollout …` as Opal until an answer has this. */
  answers(text: string, words: string): Promise<void>;
}

async function openWorld(): Promise<World> {
  const [slack, database, metrics] = await Promise.all([startLocalSlack(), createDatabase(), startMetrics()]);
  const plans = await mkdtemp(join(tmpdir(), 'plans-'));
  await writeFile(join(plans, 'new-checkout.yml'), PLAN);
  const db = new pg.Pool({ connectionString: database.url, max: 3 });
  db.on('error', () => undefined);
  onTestFinished(async () => {
    await Promise.all([db.end(), slack.close(), metrics.close(), rm(plans, { recursive: true, force: true })]);
    await database.giveBack();
  });
  return {
    slack,
    db,
    databaseUrl: database.url,
    setErrorRate: metrics.set,
    async start(transport, databaseUrl = database.url) {
      const main = await startMain({
        SLACK_BOT_TOKEN: slack.botToken,
        SLACK_API_URL: slack.apiUrl,
        DATABASE_URL: databaseUrl,
        PORT: '0',
        PLANS_DIR: plans,
        METRICS_URL: metrics.url,
        ...(transport === 'socket'
          ? { SLACK_APP_TOKEN: slack.appToken }
          : { SLACK_SIGNING_SECRET: slack.signingSecret }),
      });
      onTestFinished(() => main.remove());
      return main;
    },
    async lock(table) {
      const holder = new pg.Client({ connectionString: database.url });
      holder.on('error', () => undefined);
      await holder.connect();
      onTestFinished(() => holder.end());
      await holder.query(`begin; lock table ${table} in access exclusive mode`);
      return () => holder.end();
    },
    async answers(text, words) {
      const said = () => slack.ephemerals(SHOP, WHO.opal).map((message) => message.text);
      const before = said().length;
      await slack.command({ user: WHO.opal, channel: SHOP, text });
      const answered = () =>
        said()
          .slice(before)
          .some((answer) => answer.includes(words));
      await until(`an answer to ${text} with "${words}"`, answered, () => said().join('\n'));
    },
  };
}

async function startMetrics() {
  let errorRate = 0.3;
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ error_rate: errorRate }));
  });
  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${port}/`,
    set(value: number) {
      errorRate = value;
    },
    close: () => new Promise((closed) => server.close(closed)),
  };
}

/** Up, and Slack reaches it. */
async function ready({ slack }: World, main: MainProcess, transport: Transport): Promise<void> {
  const port = await main.up();
  if (transport === 'http') slack.requestUrl = `http://127.0.0.1:${port}/slack/events`;
  else await slack.connected(1);
}

/** Whether anything is found by this. */
async function finds(db: pg.Pool, sql: string, values: unknown[] = []): Promise<boolean> {
  return (await db.query(sql, values)).rowCount !== 0;
}

/** Tells it to end; its code, null where it had to be killed. */
async function terminate(main: MainProcess): Promise<number | null> {
  return (await main.child.stop(STOP_WITHIN_MS)).code;
}

test.each(TRANSPORTS)('over %s it starts, answers, and ends with 0 when it is told to', async (transport) => {
  const world = await openWorld();
  const main = await world.start(transport);
  await ready(world, main, transport);
  await world.answers('help', 'new-checkout');

  expect(await terminate(main)).toBe(0);
  expect(world.slack.sockets).toBe(0);
});

test('it ends although Slack hangs in the middle of a command', async () => {
  const world = await openWorld();
  const main = await world.start('socket');
  await ready(world, main, 'socket');
  world.slack.fail({ method: '*', times: Number.POSITIVE_INFINITY, delayMs: FOR_EVER_MS });
  const asked = world.slack.command({ user: WHO.opal, channel: SHOP, text: 'start new-checkout' });

  expect(await terminate(main)).toBe(0);
  await asked;
});

test('it ends although the database takes no leave', async () => {
  const world = await openWorld();
  const url = new URL(world.databaseUrl);
  const wire = await layWire(new URL(url));
  onTestFinished(() => wire.close());
  Object.assign(url, { hostname: '127.0.0.1', port: String(wire.port) });
  const main = await world.start('socket', url.href);
  await ready(world, main, 'socket');
  wire.freeze();

  expect(await terminate(main)).toBe(0);
});

test('it refuses a database of a version before 0.2.0 in one line, and leaves it as it was', async () => {
  const world = await openWorld();
  await world.db.query(`update migrations set name = '001-rollouts.sql'`);
  const main = await world.start('socket');
  expect((await main.child.exited).code).toBe(1);
  expect(main.lines.filter((line) => line.includes('cannot start'))).toEqual([
    expect.stringMatching(/cannot start: the database was made .* before 0\.2\.0.*pg_dump.*a new database/),
  ]);
  expect(await finds(world.db, `select from migrations where name <> '001-rollouts.sql'`)).toBe(false);
});

test('it ends with 0 when it is told to before it is up', async () => {
  const world = await openWorld();
  await world.lock('migrations');
  const main = await world.start('socket');
  await until('it waits for the database', () =>
    finds(world.db, `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`),
  );

  expect(await terminate(main)).toBe(0);
});

test('what other processes say while it starts does not end it', async () => {
  const world = await openWorld();
  // Between listening and being up it signs in as a worker: there it is held while it is spoken to.
  const release = await world.lock('workers');
  const main = await world.start('socket');
  const signsIn = `select from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into workers%'`;
  await until(
    'it listens',
    () => finds(world.db, signsIn),
    () => main.lines.join('\n'),
  );
  for (let count = 0; count < 100; count += 1)
    await world.db.query(`select pg_notify('rollout', $1)`, [`word-${count}`]);
  await release();

  await ready(world, main, 'socket');
  await world.answers('help', 'new-checkout');
});

test('everything missing in the environment is named in a line of its own, and it ends with 1', async () => {
  const main = await startMain({});
  onTestFinished(() => main.remove());
  expect((await main.child.exited).code).toBe(1);
  const problems = main.lines.filter((line) => line.startsWith('  '));
  expect(problems.map((line) => line.trim().split(':')[0])).toEqual([
    'SLACK_BOT_TOKEN',
    'DATABASE_URL',
    'SLACK_APP_TOKEN',
  ]);
  expect(main.lines).toHaveLength(problems.length + 2);
});

test('while Slack is away it goes on watching, takes back what breaks, and answers again afterwards', async () => {
  const world = await openWorld();
  const main = await world.start('socket');
  await ready(world, main, 'socket');
  await world.answers('start new-checkout', 'New checkout');
  await world.answers('advance', '10');
  await until('it watches', () => finds(world.db, 'select from watches where last_check_at is not null'));

  world.slack.setDown(true);
  const { rows } = await world.db.query<{ now: Date }>('select now()');
  const checkedLate = `select from measurements where due_at > $1::timestamptz + $2 * interval '1 millisecond'`;
  await until('it checks for longer than the library lives', () =>
    finds(world.db, checkedLate, [rows[0]?.now, LIBRARY_GIVES_UP_MS]),
  );
  world.setErrorRate(12);
  await until('it takes the change back', () => finds(world.db, `select from rollouts where phase = 'rolled_back'`));
  expect(main.logged('Slack is not reachable; trying again').length).toBeGreaterThan(2);

  world.slack.setDown(false);
  await world.slack.connected(2);
  await world.answers('status', 'Rolled back');
  await until('the incident is told', () =>
    world.slack.messages(SHOP).some((message) => String(message.metadata?.event_payload.slot).startsWith('incident:')),
  );
  expect(main.lines.filter((line) => line.includes('unhandledRejection'))).toEqual([]);
});

test('a Slack that hangs when it is asked for a connection is asked again', async () => {
  const world = await openWorld();
  world.slack.fail({ method: 'apps.connections.open', delayMs: FOR_EVER_MS });
  const main = await world.start('socket');
  await main.up();
  // The second connection comes later and was never held up; only a first one that gave up makes it two.
  await until('both connections', () => world.slack.sockets === 2);
});
