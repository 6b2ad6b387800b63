import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { pino } from 'pino';
import { startPostgres } from '../sandbox/postgres.js';
import { startLocalSlack } from '../sandbox/slack/index.js';
import { type RunningApp, startApp } from '../src/app.js';
import type { Config } from '../src/config.js';
import { memoryGauge } from '../src/probes/memory.js';
import { migrate } from '../src/store/migrate.js';
import { memoryStore } from '../src/targets/memory.js';
import { FLAGS_URL, type Flags, flagTarget, openFlags } from './flags.js';

const OPERATOR = 'U0OPAL';
const CHANNEL = 'C0SHOP';

const plan = (name: string, every: string, target: string): string => `plan: ${name}
title: ${name}
channel: "#shop"
people:
  operators: ["@release-team"]
targets:
  flag: ${target}
checks:
  errors:
    title: Errors
    probe: { kind: memory, name: errors-${name} }
    critical: { above: 5, fail: 1 of 1 }
  latency:
    title: Latency
    probe: { kind: memory, name: latency-${name} }
    critical: { above: 1000, fail: 1 of 1 }
stages:
  - { stage: early, exposure: 10, bake: 4h, check_every: ${every} }
  - { stage: everyone, exposure: 100, bake: 4h, check_every: ${every} }
rollback: { to: off, within: 30s }
`;

export type World = Awaited<ReturnType<typeof openWorld>>;

/** Statements the bot sent, counted at its driver; of them those that take old measurements away. */
export const statements = countStatements();

function countStatements(): { count: number; slices: number } {
  const counter = { count: 0, slices: 0 };
  const client = pg.Client.prototype as unknown as { query(...args: unknown[]): unknown };
  const { query } = client;
  client.query = function counted(this: pg.Client, ...args: unknown[]) {
    const { connectionParameters } = this as unknown as { connectionParameters: { application_name?: string } };
    if (connectionParameters.application_name === 'rollout-bot') {
      counter.count += 1;
      if (textOf(args[0]).includes('delete from measurements')) counter.slices += 1;
    }
    return query.apply(this, args);
  };
  return counter;
}

function textOf(statement: unknown): string {
  if (typeof statement === 'string') return statement;
  return String((statement as { text?: unknown }).text);
}

/** A durable Postgres, a local Slack, and a bot that is started when it is asked for. */
export async function openWorld(databaseUrl?: string) {
  const dir = mkdtempSync(join(tmpdir(), 'rollout-bench-'));
  // The server runs as another user where this one is root.
  chmodSync(dir, 0o711);
  const postgres = databaseUrl === undefined ? await startPostgres({ dir: join(dir, 'postgres') }) : undefined;
  const url = databaseUrl ?? postgres?.adminUrl ?? '';
  await migrate(url);
  const db = new pg.Pool({ connectionString: url, max: 4, application_name: 'bench' });
  db.on('error', () => undefined);
  const slack = await startLocalSlack();
  const errors: string[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => void errors.push(line) });
  let flags: Flags | undefined;
  const config = {
    slackBotToken: slack.botToken,
    slackAppToken: undefined,
    slackSigningSecret: slack.signingSecret,
    slackApiUrl: slack.apiUrl,
    databaseUrl: url,
    databaseConnections: 16,
    hooksToken: undefined,
    sentryClientSecret: undefined,
    plansDir: dir,
    port: 0,
    logLevel: 'error',
    network: {},
    fill: (value: string) => value.replace(`\${${FLAGS_URL}}`, flags?.url ?? ''),
  } satisfies Partial<Config> & object as Config;
  let app: RunningApp | undefined;

  async function start(): Promise<RunningApp> {
    app = await startApp(config, { log });
    slack.requestUrl = `http://127.0.0.1:${app.port}/slack/events`;
    return app;
  }

  async function stop(): Promise<void> {
    await app?.close();
    app = undefined;
  }

  async function flagsOfWorld(): Promise<Flags> {
    flags ??= await openFlags(db, url);
    return flags;
  }

  async function bake(running: RunningApp, text: string, name: string) {
    const gauge = memoryGauge(`errors-${name}`);
    gauge.set(0.3);
    memoryGauge(`latency-${name}`).set(100);
    writeFileSync(join(dir, `${name}.yml`), text);
    await slack.command({ user: OPERATOR, channel: CHANNEL, text: `start ${name}` });
    for (let left = 200; left > 0; left -= 1) {
      const { rows } = await db.query<{ id: number; phase: string }>('select id, phase from rollouts where plan = $1', [
        name,
      ]);
      const [rollout] = rows;
      if (rollout?.phase === 'baking') return { id: rollout.id, gauge };
      if (rollout?.phase !== 'raising')
        await slack.command({ user: OPERATOR, channel: CHANNEL, text: `advance ${name}` });
      await running.tick();
      await delay(20);
    }
    throw new Error(`${name} does not bake: ${errors.at(-1) ?? 'nothing was logged'}`);
  }

  return {
    db,
    slack,
    errors,
    start,
    stop,
    type: (text: string) => slack.command({ user: OPERATOR, channel: CHANNEL, text }),
    /** Flags in a database, made when they are first asked for. */
    flags: flagsOfWorld,
    /** Starts a rollout of a target in memory and waits until it bakes at 10 %. */
    async baking(running: RunningApp, name: string, every = '10s') {
      const target = memoryStore(`target-${name}`);
      // The memory of this process outlives a world.
      target.exposure = 0;
      return bake(running, plan(name, every, `{ kind: memory, name: target-${name} }`), name);
    },
    /** The same of a flag in a database. */
    async bakingFlag(running: RunningApp, name: string, every = '10s') {
      await (await flagsOfWorld()).add(name);
      return bake(running, plan(name, every, flagTarget(name)), name);
    },
    /** As many more like this one, made by SQL. Their checks come spread over ten seconds. */
    async clone(id: number, count: number, ended = false): Promise<void> {
      await db.query(
        `with made as (
           insert into rollouts (id, team_id, plan, run, note, plan_text, plan_hash, definition, channel_id, started_by, phase, stage_no, attempt,
             seq, head_hash, confirmed, wanted, anchor, state, next_wake_at, created_at, ended_at)
           select nextval('rollout_ids'), team_id, plan || '-' || $3::boolean::text || n, 1, note, plan_text, plan_hash, definition, channel_id, started_by,
             case when $3::boolean then 'completed' else phase end, stage_no, attempt, seq, head_hash, confirmed, wanted, anchor, state,
             case when $3::boolean then null else next_wake_at + random() * interval '1 minute' end, created_at, case when $3::boolean then now() - interval '1 day' end
           from rollouts, generate_series(1, $2::int) n where id = $1 returning id),
         shown as (
           insert into messages (rollout_id, slot, channel_id, root, ts, shown_hash, next_edit_at)
           select id, 'live', 'C', true, id::text, '', case when $3::boolean then now() else now() + interval '1 hour' end from made)
         insert into watches (rollout_id, stage_no, attempt, raised_at, next_check_at, streaks)
         select made.id, w.stage_no, w.attempt, w.raised_at, now() + random() * interval '10 seconds', w.streaks
         from made, watches w where w.rollout_id = $1 and not $3::boolean`,
        [id, count, ended],
      );
      await db.query('vacuum analyze');
    },
    async close() {
      await stop().catch(() => undefined);
      await flags?.close();
      await db.end();
      await slack.close();
      await postgres?.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Ticks every second, as the timer does, until it is told to stop; then waits for the last ones. */
export function ticking(app: RunningApp): () => Promise<void> {
  const under = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const tick = app.tick().finally(() => under.delete(tick));
    under.add(tick);
  }, 1_000);
  return async () => {
    clearInterval(timer);
    await Promise.all(under);
  };
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

export const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN;
