/**
 * Everything around a bot that is killed: a local Slack, the bot's database, a flag in a database of its own, metrics
 * over HTTP, and a clock that runs fast while a bot lives and stands still while none does.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type RunningSlack, startLocalSlack } from '../../sandbox/slack/index.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import type { Transport } from '../support/scene.js';
import { listening } from '../targets/flag-table.js';
import { type Kill, type SupervisedBot, superviseBot } from './supervised.js';

export interface World {
  readonly slack: RunningSlack;
  /** The bot's own database, for looking. */
  readonly db: pg.Pool;
  /** The database the flag stands in. */
  readonly flags: pg.Pool;
  readonly bot: SupervisedBot;
  /** The environment of the bot. */
  readonly env: Readonly<Record<string, string>>;
  /** What the metrics say from now on, in percent. */
  setErrorRate(value: number): void;
  close(): Promise<void>;
}

/** Domain seconds per second. */
const SPEED = 20;

export async function openWorld(options: { transport: Transport; plan: string; kill: Kill | null }): Promise<World> {
  const [own, other, plansDir, slack] = await Promise.all([
    createDatabase(),
    createDatabase({ template: false }),
    mkdtemp(join(tmpdir(), 'plans-')),
    startLocalSlack(),
  ] as const);
  const [db, flags] = [poolOf(own), poolOf(other)];
  const metrics = await startMetrics();
  await Promise.all([createFlag(flags), createClock(db), writeFile(join(plansDir, 'new-checkout.yml'), options.plan)]);
  const door = options.transport === 'http' ? 'SLACK_SIGNING_SECRET' : 'SLACK_APP_TOKEN';
  const env = {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_API_URL: slack.apiUrl,
    LOG_LEVEL: 'warn',
    PORT: '0',
    DATABASE_URL: own.url,
    PLANS_DIR: plansDir,
    FLAG_DATABASE_URL: other.url,
    METRICS_URL: metrics.url,
    [door]: options.transport === 'http' ? slack.signingSecret : slack.appToken,
  };
  const bot = superviseBot({
    kill: options.kill,
    env,
    async onUp(port) {
      if (options.transport === 'http') slack.requestUrl = `http://127.0.0.1:${port}/slack/events`;
      else await slack.connected(1);
      await setSpeed(db, SPEED);
    },
    onKilled: () => setSpeed(db, 0),
  });
  return {
    slack,
    db,
    flags,
    bot,
    env,
    setErrorRate: metrics.set,
    async close() {
      await bot.close();
      await Promise.all([db.end(), flags.end(), slack.close(), metrics.close()]);
      await Promise.all([own.drop(), other.drop(), rm(plansDir, { recursive: true, force: true })]);
    },
  };
}

function poolOf(database: TestDatabase): pg.Pool {
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  pool.on('error', () => undefined);
  return pool;
}

/** A flag as a product keeps it, and every value it ever had. */
async function createFlag(flags: pg.Pool): Promise<void> {
  await flags.query(`
    create table feature_flags (name text primary key, rollout_percentage numeric not null default 0,
      enabled boolean not null default false, updated_at timestamptz not null default now());
    create table flag_values (id serial primary key, exposure numeric not null);
    create function keep_value() returns trigger language plpgsql as $$ begin
      insert into flag_values (exposure) values (case when new.enabled then new.rollout_percentage else 0 end);
      return null; end $$;
    create trigger keep_value after insert or update on feature_flags for each row execute function keep_value();
    insert into feature_flags (name) values ('NEW_CHECKOUT')`);
}

async function createClock(db: pg.Pool): Promise<void> {
  await db.query(`
    create table test_clock (at timestamptz not null, since timestamptz not null, speed float8 not null);
    insert into test_clock values (date_trunc('second', now()), now(), 0);
    create or replace function rollout_now() returns timestamptz language sql stable as
      'select date_trunc(''milliseconds'', at + (now() - since) * speed) from test_clock'`);
}

async function setSpeed(db: pg.Pool, speed: number): Promise<void> {
  await db.query('update test_clock set at = rollout_now(), since = now(), speed = $1', [speed]);
}

async function startMetrics(): Promise<{ url: string; set(value: number): void; close(): Promise<void> }> {
  let errorRate = 0.3;
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ error_rate: errorRate }));
  });
  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${port}/metrics.json`,
    set(value) {
      errorRate = value;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
