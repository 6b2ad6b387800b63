/**
 * The way down beside floods: from a number over its limit to a flag that is off, with the built bot, a flag in Postgres and
 * numbers over HTTP. A second bot that nobody floods does the same at the same moment, several times in a row: what the machine
 * does meanwhile holds up both. Prints how long each takes. What keeps each flood away is shown by itself: test/dispatch,
 * test/jobs/pushed-alerts, test/http/port and test/scenarios/a-flood-holds-up-no-lowering.
 */
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { startLocalSlack } from '../../sandbox/slack/index.js';
import { until } from '../kill/until.js';
import { createDatabase } from '../support/database.js';
import { taking } from '../support/figures.js';
import { startMain } from '../support/main-process.js';
import { orderOf } from '../support/order.js';
import { SHOP, WHO } from '../support/scene.js';
import { listening } from '../targets/flag-table.js';

const TOKEN = 'a-token-of-the-hooks';
/** So often in a row the other bot takes users down before the flooded one has to be done. */
const IN_A_ROW = 3;
const MANY = 60;
/** Of so many at the same moment the last is off later: two processors share the readings, the records and the writes of all. */
const IN_A_ROW_BESIDE_MANY = 6;

const plan = (name: string) => `plan: ${name}
title: ${name}
channel: "#shop"
people: { operators: ["@release-team"] }
targets:
  flag:
    kind: postgres
    url: \${FLAGS_URL}
    table: flags
    rows: { name: [${name}] }
    columns: { exposure: percent, enabled: enabled }
checks:
  error-rate: { title: Error rate, unit: "%", probe: { kind: http, url: "\${METRICS_URL}/${name}", value: rate }, critical: { above: 5, fail: 1 of 1 } }
  alerts: { title: Alerts, probe: { kind: alert, source: alert, match: { service: ${name} }, quiet: pass }, warning: { above: 0 } }
stages:
  - { stage: early, title: Early access, exposure: 10, bake: 1h, check_every: 1s }
  - { stage: everyone, title: Everyone, exposure: 100, bake: 1h }
rollback: { to: off, within: 30s }
`;

async function world() {
  const [slack, database, flags, plans] = await Promise.all([
    startLocalSlack(),
    createDatabase(),
    createDatabase({ template: false }),
    mkdtemp(join(tmpdir(), 'plans-')),
  ]);
  const db = new pg.Pool({ connectionString: database.url, max: 2 });
  const rows = new pg.Pool({ connectionString: flags.url, max: 2 });
  for (const pool of [db, rows]) pool.on('error', () => undefined);
  await rows.query(
    'create table flags (name text primary key, percent numeric not null default 0, enabled boolean not null default false)',
  );
  const broken = new Set<string>();
  const read = new EventEmitter();
  const metrics = createServer((request, response) => {
    const name = request.url?.slice(1) ?? '';
    const rate = broken.has(name) ? 50 : 0.5;
    response.once('finish', () => read.emit(name));
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ rate }));
  });
  const metricsPort = await listening(metrics);
  const bot = await startMain({
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_API_URL: slack.apiUrl,
    SLACK_SIGNING_SECRET: slack.signingSecret,
    DATABASE_URL: database.url,
    PLANS_DIR: plans,
    HOOKS_TOKEN: TOKEN,
    FLAGS_URL: flags.url,
    METRICS_URL: `http://127.0.0.1:${metricsPort}`,
    PORT: '0',
    LOG_LEVEL: 'info',
  });
  onTestFinished(async () => {
    await bot.remove();
    metrics.closeAllConnections();
    metrics.close();
    await Promise.all([slack.close(), db.end(), rows.end()]);
    await Promise.all([database.drop(), flags.drop(), rm(plans, { recursive: true, force: true })]);
  });
  const port = await bot.up();
  slack.requestUrl = `http://127.0.0.1:${port}/slack/events`;
  const type = (text: string) => slack.command({ user: WHO.opal, channel: SHOP, text });
  const phases = async (phase: string) =>
    new Set(
      (await db.query<{ plan: string }>('select plan from rollouts where phase = $1', [phase])).rows.map(
        (row) => row.plan,
      ),
    );

  /** These rollouts run and have users. */
  async function baking(names: readonly string[]): Promise<void> {
    for (const name of names) {
      await rows.query('insert into flags (name) values ($1)', [name]);
      await writeFile(join(plans, `${name}.yml`), plan(name));
      await slack.command({ user: WHO.oscar, channel: SHOP, text: `start ${name}` });
    }
    await until(`${names.length} bake`, async () => {
      const done = await phases('baking');
      return names.every((name) => done.has(name));
    });
  }

  /** Resolves when they are off: their numbers are over the limit from just after a reading, so that as long passes until the next. */
  async function down(names: readonly string[]): Promise<void> {
    await once(read, names[0] ?? '');
    for (const name of names) broken.add(name);
    await off(names);
  }

  /** Resolves when nobody has them any more. */
  async function off(names: readonly string[]): Promise<void> {
    await until(`${names.join(', ')} off`, async () => {
      const { rows: on } = await rows.query('select from flags where enabled and name = any($1)', [names]);
      return on.length === 0;
    });
  }

  /** One after another. */
  async function downInARow(names: readonly string[]): Promise<void> {
    for (const name of names) await down([name]);
  }

  /** Holds their flags, so that no write to them ends until the answer is called. */
  async function hold(names: readonly string[]): Promise<() => Promise<void>> {
    const holder = await rows.connect();
    await holder.query('begin');
    await holder.query('select from flags where name = any($1) for update', [names]);
    return async () => {
      await holder.query('rollback');
      holder.release();
    };
  }
  return { baking, down, downInARow, off, hold, type, port, read };
}

type World = Awaited<ReturnType<typeof world>>;
type Flood = (world: World, name: string, over: AbortSignal) => Promise<unknown>[];

const loops = (count: number, over: AbortSignal, what: () => Promise<unknown>): Promise<unknown>[] =>
  Array.from({ length: count }, async () => {
    while (!over.aborted) await what().catch(() => undefined);
  });

const FLOODS: Readonly<Record<string, Flood>> = {
  'status by one person': ({ type }, name, over) => loops(24, over, () => type(`status ${name}`)),
  'pause and resume of the same rollout': ({ type }, name, over) => [
    ...loops(12, over, () => type(`pause ${name}`)),
    ...loops(12, over, () => type(`resume ${name}`)),
  ],
  'pushed alerts': ({ port }, name, over) => {
    let no = 0;
    return loops(24, over, async () => {
      no += 1;
      const body = JSON.stringify({
        status: 'firing',
        title: `alert ${no}`,
        id: `${no}`,
        labels: { service: name, no: `${no}` },
      });
      const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
      await (await fetch(`http://127.0.0.1:${port}/hooks/alert`, { method: 'POST', headers, body })).text();
    });
  },
  'half-sent requests': ({ port }, _, over) => {
    const open = new Set<Socket>();
    over.addEventListener('abort', () => {
      for (const socket of open) socket.destroy();
    });
    const begin = (): void => {
      if (over.aborted) return;
      const socket = connect(port, '127.0.0.1', () => socket.write('POST /slack/events HTTP/1.1\r\nhost: bot\r\n'));
      open.add(socket);
      socket
        .on('error', () => undefined)
        .once('close', () => {
          open.delete(socket);
          setImmediate(begin);
        });
    };
    for (let count = 0; count < 1_500; count += 1) begin();
    return [];
  },
};

const numbered = (name: string, count: number) => Array.from({ length: count }, (_, at) => `${name}-${at}`);

/** A bot under floods, and one that nobody floods. */
const worlds = () => Promise.all([world(), world()]);

const UNFLOODED = 'without it, several in a row';

/** The order in which the work beside a flood and `inARow` ways down of the other bot end. */
async function beside(other: World, inARow: number, what: string, work: () => Promise<void>): Promise<string[]> {
  const names = numbered(what.replaceAll(/[^a-z]+/g, '-'), inARow);
  await other.baking(names);
  return orderOf(
    { [what]: taking(what, work), [UNFLOODED]: taking(`${what}: ${UNFLOODED}`, () => other.downInARow(names)) },
    [],
  );
}

test('a breach is off beside every flood, before another bot without one was off three times in a row', async () => {
  const [here, other] = await worlds();
  for (const [what, begin] of Object.entries(FLOODS)) {
    const name = `flooded-${what.replaceAll(' ', '-')}`;
    await here.baking([name]);
    const over = new AbortController();
    const under = begin(here, name, over.signal);
    // Under way for a while: some readings fall into it.
    for (let times = 0; times < 2; times += 1) await once(here.read, name);
    expect.soft(await beside(other, IN_A_ROW, what, () => here.down([name]))).toEqual([what, UNFLOODED]);
    over.abort();
    await Promise.allSettled(under);
  }
});

test('of many breaches at once none waits for one whose write hangs, nor for a turn', async () => {
  const [here, other] = await worlds();
  const many = numbered('many', MANY);
  await here.baking(many);
  const [free, held] = [many.slice(0, MANY / 2), many.slice(MANY / 2)];
  const release = await here.hold(held);
  const what = `half of ${MANY}`;
  const order = await beside(other, IN_A_ROW_BESIDE_MANY, what, async () => {
    const all = here.down(many);
    await here.off(free);
    await release();
    await all;
  });
  expect(order).toEqual([what, UNFLOODED]);
});
