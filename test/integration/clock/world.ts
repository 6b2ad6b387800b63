/** Bots as they are installed, whose wall clock or whose database's clock a test sets. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type RunningSlack, startLocalSlack } from '../../../sandbox/slack/index.js';
import { until } from '../../kill/until.js';
import { type MainProcess, startMain } from '../../support/main-process.js';
import { SHOP, WHO } from '../../support/scene.js';
import { listening } from '../../targets/flag-table.js';

export interface World {
  readonly slack: RunningSlack;
  /** Asks the bot's database. */
  rows<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
  readonly metrics: Metrics;
  /** Starts a bot, and waits until Slack reaches it. */
  start(env?: Readonly<Record<string, string>>): Promise<MainProcess>;
  /** Types `/rollout …` as Opal until it is acknowledged. */
  types(text: string): Promise<void>;
  /** Waits until the rollout is there. */
  reaches(phase: string, stageNo?: number): Promise<void>;
  events(): Promise<string[]>;
}

export interface Metrics {
  /** What the metrics say from now on, in percent. */
  setErrorRate(value: number): void;
  /** Resolves when the bot has read them this often from now on. */
  read(times: number): Promise<void>;
}

export interface Place {
  /** Of a database that is empty or migrated. */
  readonly databaseUrl: string;
  readonly plan: string;
  /** Called with what has to be done at the end of the test. */
  readonly atEnd: (close: () => Promise<void>) => void;
}

export async function openWorld({ databaseUrl, plan, atEnd }: Place): Promise<World> {
  const [slack, metrics] = await Promise.all([startLocalSlack(), startMetrics()]);
  const plans = await mkdtemp(join(tmpdir(), 'plans-'));
  await writeFile(join(plans, 'new-checkout.yml'), plan);
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  pool.on('error', () => undefined);
  // A server whose clock jumps ends connections that are just being made: their time is over by it.
  const rows: World['rows'] = async (text, values) => {
    const ask = async () => (await pool.query(text, values)).rows;
    return ask().catch(ask);
  };
  const bots: MainProcess[] = [];
  atEnd(async () => {
    await Promise.all(bots.map((bot) => bot.remove()));
    await Promise.all([pool.end(), slack.close(), metrics.close(), rm(plans, { recursive: true, force: true })]);
  });
  const events = async () => {
    const found = await rows<{ type: string }>('select type from events order by rollout_id, seq');
    return found.map(({ type }) => type);
  };
  const tell = async () =>
    [
      (await events()).join(' '),
      ...slack.ephemerals(SHOP, WHO.opal).map(({ text }) => text),
      ...bots.flatMap(({ lines }) => lines.slice(-15)),
    ].join('\n');
  return {
    slack,
    rows,
    metrics,
    events,
    async start(env = {}) {
      const bot = await startMain({
        SLACK_BOT_TOKEN: slack.botToken,
        SLACK_APP_TOKEN: slack.appToken,
        SLACK_API_URL: slack.apiUrl,
        DATABASE_URL: databaseUrl,
        PORT: '0',
        PLANS_DIR: plans,
        METRICS_URL: metrics.url,
        ...env,
      });
      bots.push(bot);
      await bot.up();
      await slack.connected(bots.length);
      return bot;
    },
    async types(text) {
      const acked = async () => (await slack.command({ user: WHO.opal, channel: SHOP, text })).acked;
      await until(`an answer to ${text}`, acked, tell);
    },
    async reaches(phase, stageNo) {
      const arrived = async () =>
        (await rows('select from rollouts where phase = $1 and stage_no = coalesce($2, stage_no)', [phase, stageNo]))
          .length === 1;
      await until(`the rollout is ${phase}`, arrived, tell);
    },
  };
}

async function startMetrics(): Promise<Metrics & { readonly url: string; close(): Promise<unknown> }> {
  let errorRate = 0.3;
  let readings = 0;
  const server = createServer((_request, response) => {
    readings += 1;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ error_rate: errorRate }));
  });
  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${port}/`,
    setErrorRate(value) {
      errorRate = value;
    },
    async read(times) {
      const before = readings;
      await until(`${times} readings`, () => readings >= before + times);
    },
    close: () =>
      new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      }),
  };
}
