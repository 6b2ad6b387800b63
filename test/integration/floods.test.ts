/**
 * The way down beside floods: from a number over its limit to a flag that is off, with the built bot, a flag in Postgres and
 * numbers over HTTP. Prints how much longer it takes beside each flood than without.
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
import { startMain } from '../support/main-process.js';
import { SHOP, WHO } from '../support/scene.js';
import { listening } from '../targets/flag-table.js';

const TOKEN = 'a-token-of-the-hooks';
const MOST_TIMES = 1.5;
const MANY = 60;
/** Of so many at the same moment the last is off later: two processors share the readings, the records and the writes of all. */
const LAST_OF_MANY = 3.5;

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

  /** Milliseconds from the breach until each of them is off, the soonest first. */
  async function down(names: readonly string[]): Promise<number[]> {
    // Just after a reading, so that each time as long passes until the next.
    await once(read, names[0] ?? '');
    const began = performance.now();
    for (const name of names) broken.add(name);
    const times = new Map<string, number>();
    await until(`${names.length} off`, async () => {
      const { rows: off } = await rows.query<{ name: string }>(
        'select name from flags where not enabled and name = any($1)',
        [names],
      );
      for (const { name } of off) if (!times.has(name)) times.set(name, performance.now() - began);
      return times.size === names.length;
    }).catch(() => undefined);
    return names.map((name) => times.get(name) ?? Number.POSITIVE_INFINITY).sort((one, other) => one - other);
  }
  return { baking, down, type, port, read };
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
      await (
        await fetch(`http://127.0.0.1:${port}/hooks/alert`, { method: 'POST', headers, body, signal: over })
      ).text();
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

test('a breach is off nearly as soon beside every flood', async () => {
  const here = await world();
  const alone: number[] = [];
  for (const name of ['alone-1', 'alone-2', 'alone-3']) {
    await here.baking([name]);
    alone.push(...(await here.down([name])));
  }
  // The next reading comes one tick or two after the breach, so the longest of a few is what it takes.
  const usual = Math.max(...alone);
  const times: Record<string, number> = {};
  for (const [at, [what, begin]] of Object.entries(FLOODS).entries()) {
    const name = `flood-${at}`;
    await here.baking([name]);
    const over = new AbortController();
    const under = begin(here, name, over.signal);
    // Under way for a while: some readings fall into it.
    for (let times = 0; times < 2; times += 1) await once(here.read, name);
    const [took = Number.NaN] = await here.down([name]);
    times[what] = took / usual;
    over.abort();
    await Promise.allSettled(under);
  }
  const many = Array.from({ length: MANY }, (_, at) => `many-${at}`);
  await here.baking(many);
  const all = await here.down(many);
  const last = (all.at(-1) ?? Number.NaN) / usual;
  times[`one of ${MANY} rollouts at once, the median`] = (all[MANY / 2] ?? Number.NaN) / usual;
  console.info(
    `From a breach to off: ${Math.round(usual)} ms (longest of ${alone.map(Math.round).join(', ')}). Times as long:`,
  );
  console.info(
    [...Object.entries(times), [`the last of ${MANY}`, last] as const]
      .map(([what, ratio]) => `  ${ratio.toFixed(2)}  ${what}`)
      .join('\n'),
  );
  expect(Object.entries(times).filter(([, ratio]) => !(ratio <= MOST_TIMES))).toEqual([]);
  expect(last).toBeLessThanOrEqual(LAST_OF_MANY);
});
