import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import pg from 'pg';
import { type Logger, pino } from 'pino';
import { startLocalSlack } from '../../sandbox/slack/index.js';
import type { Delivery, LocalSlack, SlackMessage, Workspace } from '../../sandbox/slack/types.js';
import { type RunningApp, startApp } from '../../src/app.js';
import type { Config } from '../../src/config.js';
import type { OnCrashPoint } from '../../src/crash-points.js';
import { memoryGauge } from '../../src/probes/memory.js';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import { CONNECTIONS } from '../../src/store/connections.js';
import { NEXT_DUE } from '../../src/store/due.js';
import { loadRollout } from '../../src/store/rollouts.js';
import type { MemoryStore } from '../../src/targets/memory.js';
import type { FlagTable } from '../targets/flag-table.js';
import { createDatabase, type TestDatabase } from './database.js';
import { checkLaws } from './laws.js';
import { memoryTarget, type SceneTarget, type TargetKind, tableTarget } from './scene-target.js';
import { PLAN, readMessage } from './scene-words.js';

/** A call to a target or to Slack that is not over by then is taken to hang. */
const HANGS_AFTER_MS = { target: 3_000, message: 5_000, step: 300 };

/** What tells one moment from the next, the effects that are being carried out or free to be, and how long nothing is due. */
const LOOK = `with open as (
    select *, coalesce(greatest(not_before, retry_at), '-infinity') <= rollout_now() as due from effects where state in ('pending', 'claimed')),
  under_way as (select id || ':' || fence as key, lane, state = 'pending' as free from open e
    where (state = 'claimed' and lease_until > now()) or (state = 'pending' and due
      and (kind = 'lower' or not exists (select 1 from open o where o.rollout_id = e.rollout_id and o.lane = e.lane and o.id < e.id
        and o.kind <> 'read' and coalesce(o.not_before, '-infinity') <= rollout_now()))))
  select (select count(*) from events) || ':' || (select count(*) from open where due) || ':' || (select coalesce(sum(fence), 0) from effects) as mark,
    (select count(*)::int from watches where claimed_by is not null) as rounds,
    coalesce((select jsonb_agg(under_way) from under_way), '[]') as effects,
    (${NEXT_DUE}) as "untilDueMs"`;

interface Look {
  readonly mark: string;
  /** Rounds of checks under way. */
  readonly rounds: number;
  /** As `msUntilDue`. */
  readonly untilDueMs: number | null;
  readonly effects: readonly { key: string; lane: keyof typeof HANGS_AFTER_MS; free: boolean }[];
}

/** So many looks follow each other at once; what takes longer is looked at less often, since looking costs, too. */
const LOOKS_AT_ONCE = 20;
const LOOK_AGAIN_MS = 5;

/** Slack gives 3 s. On a busy machine the first answer of a bot may take longer, and what it says must not depend on that. */
const ANSWER_WITHIN_MS = 20_000;

/** Said on a busy machine, when the answer follows. */
export const STILL_WORKING = 'Still working';

export type Transport = 'http' | 'socket';
export const TRANSPORTS: readonly Transport[] = ['http', 'socket'];

/** People and places of the sandbox workspace. */
export const WHO = {
  opal: 'U0OPAL',
  oscar: 'U0OSCAR',
  lea: 'U0LEA',
  lou: 'U0LOU',
  otto: 'U0OTTO',
  gina: 'U0GINA',
  stella: 'U0STELLA',
} as const;
export const SHOP = 'C0SHOP';
/** What the hooks of a scene are opened with. */
export const HOOKS = { token: 'token-of-the-hooks', sentrySecret: 'secret-of-sentry' } as const;

export interface SceneOptions {
  readonly transport: Transport;
  /** Where the bot's log goes; nowhere when absent. */
  readonly log?: Logger;
  /** The workspace people are in; the usual one when absent. */
  readonly workspace?: Workspace;
  /** Replaces the default plan's text; `$TARGET`, `$ERRORS`, `$LATENCY` become this scene's memory names. */
  readonly plan?: string;
  /** What the plan's memory target is kept in: a store of this process when absent, or a flag table of a real Postgres. */
  readonly target?: TargetKind;
  readonly onCrashPoint?: OnCrashPoint;
  /** How long Slack waits for an answer; longer than it really does when absent. */
  readonly answerWithinMs?: number;
  /** Puts values in place of the `${NAME}`s of the plan, now and after each restart. */
  readonly fill?: (value: string) => string;
  /** True: time passes step by step also where the store says that nothing is due. What is shown must not depend on it. */
  readonly everyStep?: boolean;
  /** False: the laws are not checked at the end (the test broke a row on purpose). */
  readonly checkLaws?: boolean;
}

/** One bot on its own database with its own local Slack, its own target and gauges, and a clock that moves when told. */
export interface Scene {
  readonly slack: LocalSlack;
  readonly db: pg.Pool;
  /** On a table: what stood there when the scene last settled; what is assigned is written before it goes on. */
  readonly target: MemoryStore;
  /** The owner's hand in the flag table; undefined in memory. */
  readonly table: FlagTable | undefined;
  readonly errors: ReturnType<typeof memoryGauge>;
  readonly latency: ReturnType<typeof memoryGauge>;
  app: RunningApp;
  readonly config: Config;
  /** The text of a plan with this scene's own names in it. */
  planOf(text: string): string;
  /** Types `/rollout …` in #shop and lets everything due happen. The ephemeral answer's text, if any. */
  command(user: string, text: string, channel?: string): Promise<{ delivery: Delivery; answer: string }>;
  /** Clicks a button of the newest message that has it (or of this message). */
  click(user: string, actionId: string, message?: SlackMessage): Promise<Delivery>;
  /** Ticks until nothing is due any more, at the same moment of domain time. */
  settle(): Promise<void>;
  /** Moves domain time on, ticking at each of these steps at which something is due. */
  pass(ms: number, stepMs?: number): Promise<void>;
  /** Passes time until this holds; throws with the transcript when it does not within `maxMs` of domain time. */
  passUntil(
    what: string,
    holds: () => Promise<boolean> | boolean,
    options?: { stepMs?: number; maxMs?: number },
  ): Promise<void>;
  rollout(): Promise<Rollout>;
  phase(): Promise<string>;
  events(): Promise<string[]>;
  /** Everything in #shop, thread replies too, as shown now. */
  posts(channel?: string): SlackMessage[];
  live(): SlackMessage | undefined;
  /** The message as people read it: text of blocks, one line each. */
  read(message: SlackMessage | undefined): string;
  transcript(): string;
  /** Stops the bot (not Slack, not Postgres) and starts it again. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  close(): Promise<void>;
}

export async function openScene(options: SceneOptions): Promise<Scene> {
  const id = randomUUID().slice(0, 8);
  const names = { target: `target-${id}`, errors: `errors-${id}`, latency: `latency-${id}` };
  const [database, plans, target] = await Promise.all([
    createDatabase({ template: 'stopped' }),
    mkdtemp(join(tmpdir(), 'plans-')),
    options.target === 'postgres' ? tableTarget() : memoryTarget(names.target),
  ]);
  const planOf = (text: string) =>
    target
      .inPlan(text)
      .replaceAll('$TARGET', names.target)
      .replaceAll('$ERRORS', names.errors)
      .replaceAll('$LATENCY', names.latency);
  const plan = options.plan ?? PLAN;
  const text = planOf(plan);
  if (options.target === 'postgres' && target.inPlan(plan) === plan) throw new Error('the plan has no memory target');
  const planName = /^plan:\s*(\S+)/m.exec(text)?.[1] ?? 'plan';
  await writeFile(join(plans, `${planName}.yml`), text);
  const slack = await startLocalSlack({
    answerWithinMs: options.answerWithinMs ?? ANSWER_WITHIN_MS,
    ...(options.workspace ? { workspace: options.workspace } : {}),
  });
  const db = new pg.Pool({ connectionString: database.url, max: 3, Client: database.Client });
  db.on('error', () => undefined);
  await db.query(`update test_clock set at = date_trunc('second', now())`);
  const config = configFor(slack, database, plans, {
    ...options,
    fill: (value) => target.fill(options.fill?.(value) ?? value),
  });
  const scene = await buildScene({ options, slack, db, config, names, target, Client: database.Client });
  const close = scene.close;
  return Object.assign(scene, {
    planOf,
    async close() {
      try {
        if (options.checkLaws !== false) await checkLaws(db);
      } finally {
        await close();
        await target.close();
        await db.end();
        await slack.close();
        await database.giveBack();
        await rm(plans, { recursive: true, force: true });
      }
    },
  });
}

function configFor(
  slack: LocalSlack,
  database: TestDatabase,
  plansDir: string,
  { transport, fill = (value) => value }: SceneOptions,
): Config {
  return {
    slackBotToken: slack.botToken,
    slackAppToken: transport === 'socket' ? slack.appToken : undefined,
    slackSigningSecret: transport === 'http' ? slack.signingSecret : undefined,
    slackApiUrl: slack.apiUrl,
    programDirs: undefined,
    itemGraceMs: 0,
    databaseUrl: database.url,
    databaseConnections: CONNECTIONS.usual,
    heartbeatUrl: undefined,
    hooksToken: HOOKS.token,
    sentryClientSecret: HOOKS.sentrySecret,
    plansDir,
    port: 0,
    logLevel: 'silent',
    network: {},
    fill,
  };
}

interface Built {
  readonly options: SceneOptions;
  readonly slack: LocalSlack;
  readonly db: pg.Pool;
  readonly config: Config;
  readonly names: { errors: string; latency: string };
  readonly target: SceneTarget;
  readonly Client: typeof pg.Client;
}

async function buildScene({
  options,
  slack,
  db,
  config,
  names,
  target,
  Client,
}: Built): Promise<Omit<Scene, 'planOf'>> {
  const log = options.log ?? pino({ level: process.env.SCENE_LOG ?? 'silent' });
  const start = async (): Promise<RunningApp> => {
    const app = await startApp(config, {
      log,
      Client,
      ...(options.onCrashPoint ? { onCrashPoint: options.onCrashPoint } : {}),
    });
    if (options.transport === 'http') slack.requestUrl = `http://127.0.0.1:${app.port}/slack/events`;
    else await slack.connected(1);
    return app;
  };
  const errors = memoryGauge(names.errors);
  const latency = memoryGauge(names.latency);
  errors.set(0.3);
  latency.set(412);
  let running = true;
  const move = (ms: number) => db.query(`update test_clock set at = at + $1 * interval '1 millisecond'`, [ms]);
  const look = async (): Promise<Look> => {
    const { rows } = await db.query<Look>({ name: 'look', text: LOOK });
    const [row] = rows;
    if (!row) throw new Error('no row');
    return row;
  };
  /** What an acked request is still carrying out ends on its own; what hangs is waited for once. */
  const hanging = new Set<string>();
  /** The look at which something had moved on, or was free to; null when nothing will. */
  const moved = async (before: Look, first: Look): Promise<Look | null> => {
    const began = performance.now();
    for (let looks = 1, now = first; ; looks += 1, now = await look()) {
      if (now.mark !== before.mark || now.effects.some(({ free }) => free)) return now;
      const known = now.effects.filter(({ key }) => !hanging.has(key));
      if (known.length === 0) return null;
      for (const { key, lane } of known) if (performance.now() - began > HANGS_AFTER_MS[lane]) hanging.add(key);
      await (looks < LOOKS_AT_ONCE ? nextTurn() : delay(LOOK_AGAIN_MS));
    }
  };
  /** How long the clock has nothing to do; 0 where something is under way, or waits for something that is due. */
  const idleMs = ({ effects, rounds, untilDueMs }: Look): number | null =>
    effects.length > 0 || rounds > 0 ? 0 : untilDueMs;
  /** One step of time, or as many as pass with nothing due. Answers how much passed. */
  const leap = async (left: number, stepMs: number): Promise<number> => {
    const first = await look();
    const idle = options.everyStep ? 0 : idleMs(first);
    const ms = Math.min(left, idle === null ? left : stepMs * Math.max(1, Math.ceil(idle / stepMs)));
    await move(ms);
    await target.meet();
    await scene.app.tick();
    const after = await look();
    const over = !options.everyStep && idleMs(after) !== 0;
    if (!over && (after.mark !== first.mark || (await moved(first, after)))) await scene.settle();
    await target.meet();
    return ms;
  };
  const scene: Omit<Scene, 'planOf'> = {
    slack,
    db,
    target: target.store,
    table: target.table,
    errors,
    latency,
    config,
    app: await start(),
    async command(user, text, channel = SHOP) {
      await target.meet();
      const before = slack.ephemerals(channel, user).length;
      const delivery = await slack.command({ user, channel, text });
      // On a busy machine the ack only says that the answer follows.
      const late = () =>
        slack
          .ephemerals(channel, user)
          .slice(before)
          .map((message) => message.text);
      while (late().length === 1 && late()[0]?.startsWith(STILL_WORKING)) await changed(slack);
      await scene.settle();
      const answers = slack.ephemerals(channel, user).slice(before);
      return { delivery, answer: answers.map((message) => scene.read(message)).join('\n') };
    },
    async click(user, actionId, message) {
      await target.meet();
      const found =
        message ??
        [...slack.messages(SHOP)]
          .reverse()
          .find((candidate) => JSON.stringify(candidate.blocks ?? []).includes(`"action_id":"${actionId}"`));
      if (!found) throw new Error(`no message has the button ${actionId}\n${scene.transcript()}`);
      const delivery = await slack.click({ user, channel: found.channel, ts: found.ts, actionId });
      await scene.settle();
      return delivery;
    },
    async settle() {
      await target.meet();
      for (let round = 0, before = await look(); round < 50; round += 1) {
        await scene.app.tick();
        const after = await look();
        const now = after.mark === before.mark ? await moved(before, after) : after;
        if (!now) return target.meet();
        before = now;
      }
      throw new Error('it does not settle');
    },
    async pass(ms, stepMs = 1_000) {
      for (let left = ms; left > 0; ) left -= await leap(left, stepMs);
    },
    async passUntil(what, holds, { stepMs = 5_000, maxMs = 3_600_000 } = {}) {
      for (let passed = 0; passed <= maxMs; passed += await leap(maxMs + stepMs - passed, stepMs)) {
        if (await holds()) return;
      }
      throw new Error(`not within ${maxMs} ms: ${what}\n${(await scene.events()).join(' ')}\n${scene.transcript()}`);
    },
    async rollout() {
      const { rows } = await db.query<{ id: number }>('select max(id) as id from rollouts');
      const loaded = await loadRollout(db, rows[0]?.id ?? 0);
      if (!loaded) throw new Error('there is no rollout');
      return loaded.rollout;
    },
    phase: async () => (await scene.rollout()).phase,
    async events() {
      const { rows } = await db.query<{ type: string }>('select type from events order by rollout_id, seq');
      return rows.map((row) => row.type);
    },
    posts: (channel = SHOP) => slack.messages(channel),
    live: () => slack.messages(SHOP).find((message) => message.metadata?.event_payload.slot === 'live'),
    read: readMessage,
    transcript: () =>
      slack
        .messages(SHOP)
        .map((message) => `${message.threadTs ? '   ↳ ' : ''}${readMessage(message)}`)
        .join('\n\n'),
    async stop() {
      if (running) await scene.app.close();
      running = false;
    },
    async restart() {
      await scene.stop();
      scene.app = await start();
      running = true;
    },
    close: () => scene.stop(),
  };
  return scene;
}

/** The next thing that happens in Slack. */
function changed(slack: LocalSlack): Promise<void> {
  return new Promise((resolve) => {
    const stop = slack.subscribe(() => {
      stop();
      resolve();
    });
  });
}
