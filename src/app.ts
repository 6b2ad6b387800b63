import { setTimeout as delay } from 'node:timers/promises';
import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Logger } from 'pino';
import { createActions } from './actions/index.js';
import { createAdapters } from './adapters/index.js';
import { createIntake, register } from './commands/index.js';
import type { Desk } from './commands/request.js';
import type { Config } from './config.js';
import type { OnCrashPoint } from './crash-points.js';
import { createDeliver } from './deliver/index.js';
import { createDispatch } from './dispatch.js';
import { createHeartbeat } from './heartbeat.js';
import { createGauges } from './http/gauges.js';
import { createHooks } from './http/hooks.js';
import { startHttp } from './http/index.js';
import { createJunk } from './http/junk.js';
import { watchSkew } from './http/skew.js';
import { createSlackRequests } from './http/slack-requests.js';
import { createApprovable } from './jobs/approvable.js';
import { createJobs } from './jobs/index.js';
import { createReceive } from './jobs/pushed-alerts.js';
import { holdChangedTargets } from './jobs/targets-changed.js';
import { PUSHED_ALERT_SOURCES, type PushedAlertSource } from './rollout/plan/plan.js';
import { type Arrival, isTooLate } from './slack/connection/arrival.js';
import { clientOptions, createSlackClient } from './slack/connection/client.js';
import { type ClockedFetch, createClockedFetch } from './slack/connection/clock.js';
import { createLoopWatch, type LoopWatch } from './slack/connection/loop-watch.js';
import { keepConnected } from './slack/connection/socket.js';
import { createCrowdBudget } from './slack/people/crowd.js';
import { createDirectory } from './slack/people/directory.js';
import { createIdentity } from './slack/people/identity.js';
import { createSender } from './slack/posting/send.js';
import { createClock } from './store/clock.js';
import type { Db, PoolOptions } from './store/connect.js';
import { migrate } from './store/migrate.js';
import { openPools } from './store/pools.js';
import { alertsHeard } from './store/pushed-alerts.js';
import { watchTrouble } from './store/trouble.js';
import { startWorker } from './store/workers.js';
import { workloadOf } from './store/workload.js';
import type { TickAges } from './ticker.js';

export interface RunningApp {
  /** What the clock does, once. `main` calls it every second. */
  tick(): Promise<void>;
  /** What the calendar does: keeps the head of the day's record. */
  dailyHead(): Promise<void>;
  /** Delivers whatever is due now. */
  deliver(): Promise<void>;
  /** Begins no more items; those under way may end, for as long as the configuration says. Everything else goes on meanwhile. */
  settle(): Promise<void>;
  /** Where health (and in HTTP mode Slack) is answered. */
  readonly port: number;
  close(): Promise<void>;
}

export interface AppOptions {
  readonly log: Logger;
  readonly onCrashPoint?: OnCrashPoint;
  /** Called when another process says that something is due. */
  readonly onWake?: () => void;
  /** How long ago the timer fired and a tick ended. Absent: nothing ticks by itself. */
  readonly ages?: () => TickAges;
  /** What a connection of the pools is; pg's own when absent. */
  readonly Client?: PoolOptions['Client'];
}

/** What is under way when the process is told to end may come to its end for so long; nothing is lost when it does not. */
const LAST_WORK_MS = 1_000;
/** The second Socket Mode connection starts this much later, so that Slack does not refresh both at once. */
const STAGGER_MS = 5_000;
/** A process that begins waits so long for others that may tell whether the database's clock jumped. */
const PATIENCE_MS = 2_000;

/** The only wiring: builds everything the bot is made of, migrates the database and opens the intake. */
export async function startApp(config: Config, options: AppOptions): Promise<RunningApp> {
  const { log } = options;
  const onCrashPoint: OnCrashPoint = options.onCrashPoint ?? (() => undefined);
  await migrate(config.databaseUrl);
  const pools = openPools({
    url: config.databaseUrl,
    connections: config.databaseConnections,
    Client: options.Client,
    onError: (error) => log.warn({ err: error }, 'idle database connection lost'),
  });
  const trouble = watchTrouble();
  const clock = createClock({
    db: trouble.over(pools.urgent),
    onJump: (jump) => log.warn(jump, 'the clock of the database jumped; time goes on without the jump'),
  });
  await clock.begin(PATIENCE_MS);
  const urgent = clock.db;
  const db = clock.over(trouble.over(pools.background));
  const requests = clock.over(trouble.over(pools.requests));
  const worker = await startWorker(config.databaseUrl, {
    wake: () => options.onWake?.(),
    error: (error) => log.warn({ err: error }, 'liveness connection lost; connecting again'),
  });
  const slackClock = createClockedFetch();
  const newClient = () => slackClient(config, { log, fetch: slackClock.fetch });
  const client = newClient();
  const identity = createIdentity({ db: requests, client: newClient(), token: config.slackBotToken });
  const adapters = createAdapters({
    fill: config.fill,
    network: config.network,
    programDirs: config.programDirs,
    alerts: async (source, match) => ({ ...(await alertsHeard(db, source, match)), ...hookOff(config, source) }),
  });
  const breakOff = new AbortController();
  const actions = createActions({ fill: config.fill, network: config.network, programDirs: config.programDirs });
  const dispatch = createDispatch({ db: requests, urgent, worker: worker.id, log, onCrashPoint });
  const crowdBudget = createCrowdBudget();
  const directoryOver = (connections: Db) =>
    createDirectory({ db: connections, client: newClient(), self: identity.self, crowdBudget });
  const directory = directoryOver(db);
  const sender = createSender({ db, client, worker: worker.id, onCrashPoint });
  const common = {
    db,
    urgent,
    upkeep: clock.over(pools.upkeep),
    worker: worker.id,
    dispatch,
    adapters,
    log,
    onCrashPoint,
  };
  const deliver = createDeliver({ ...common, sender, directory, actions, ending: breakOff.signal });
  const approvable = createApprovable({ db, directory });
  const jobs = createJobs({
    ...common,
    deliver,
    approvable,
    lookAtClock: () => clock.look(),
    onAlive: createHeartbeat({ url: config.heartbeatUrl, log }),
  });
  const desk: Desk = {
    db: requests,
    directory: directoryOver(requests),
    wayDown: { db: urgent, directory: directoryOver(urgent) },
    dispatch,
    deliver,
    adapters,
    plansDir: config.plansDir,
    log,
    onCrashPoint,
    runChecks: (rolloutId) => jobs.checks([rolloutId]),
    settings: settingsOf(config),
    isTooLate: lateness({ clock: slackClock, client: newClient() }),
  };

  const bolt = new App({
    authorize: identity.authorize,
    // The receivers are started and stopped here, not by the framework.
    receiver: { init: () => undefined, start: async () => undefined, stop: async () => undefined },
    clientOptions: { ...clientOptions(config.slackApiUrl), fetch: slackClock.fetch },
    logger: boltLogger(log),
  });
  bolt.error(async (error) => log.error({ err: error }, 'request from Slack failed'));
  register(bolt, desk);
  const junk = createJunk(log);
  const intake = createIntake(bolt, (what) =>
    junk(what, { what }, 'Slack sent something the bot does not listen to; left'),
  );

  const skew = watchSkew({ log, slackNows: slackClock.nows });
  const loop = createLoopWatch();
  let open = false;
  const underWay = new Set<Promise<unknown>>();
  const begun = <T>(work: Promise<T>): Promise<T> => {
    const over = work.catch(() => undefined).finally(() => underWay.delete(over));
    underWay.add(over);
    return work;
  };
  const http = await startHttp({
    port: config.port,
    log,
    hooks: createHooks({
      token: config.hooksToken,
      sentrySecret: config.sentryClientSecret,
      log,
      receive: createReceive({ db: requests, log, checks: (rolloutIds) => begun(jobs.checks(rolloutIds)) }),
    }),
    ready: async () => {
      if (!open) return 'the intake is not open';
      await db.query('select 1');
      return (config.slackAppToken ? null : skew.words()) ?? trouble.now()?.words ?? true;
    },
    ...(options.ages ? { ages: options.ages } : {}),
    metrics: createGauges({ workload: () => workloadOf(urgent), pools: pools.use, correctionMs: clock.correctionMs }),
    ...(config.slackAppToken || !config.slackSigningSecret
      ? {}
      : {
          slack: createSlackRequests({
            signingSecret: config.slackSigningSecret,
            process: (event) => intake.processEvent(event),
            unreadMs: loop.unreadMs,
            refused: skew.refused,
          }),
        }),
  });
  const { slackAppToken } = config;
  const sockets = slackAppToken
    ? [0, STAGGER_MS].map((afterMs) =>
        keepConnected(() => socketReceiver({ config, appToken: slackAppToken, log, intake, loop }), { log, afterMs }),
      )
    : [];
  open = true;
  const ending = new AbortController();
  void begun(holdChangedTargets({ db, dispatch, adapters, log, signal: ending.signal }));
  return {
    port: http.port,
    tick: () => begun(jobs.tick()),
    dailyHead: () => begun(jobs.dailyHead()),
    deliver: () => begun(deliver.pump()),
    settle: () => within(config.itemGraceMs, deliver.settle()),
    async close() {
      open = false;
      ending.abort();
      breakOff.abort();
      await Promise.all([...sockets.map((socket) => socket.close()), http.close()]);
      await within(LAST_WORK_MS, Promise.all([...underWay, deliver.idle()]));
      await jobs.close();
      await adapters.close();
      loop.close();
      await worker.close();
      await pools.end();
    },
  };
}

/** Resolves when the work is over, or when it has had its time. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  await Promise.race([work, delay(ms, undefined, { signal: over.signal })]);
  over.abort();
}

/** Nobody can tell of alerts where the hook is off: quiet means nothing then. */
function hookOff({ hooksToken, sentryClientSecret }: Config, source: PushedAlertSource): { off?: string } {
  const [name, secret] =
    source === 'sentry' ? ['SENTRY_CLIENT_SECRET', sentryClientSecret] : ['HOOKS_TOKEN', hooksToken];
  return secret === undefined ? { off: name ?? '' } : {};
}

function settingsOf({ slackAppToken, network, hooksToken, sentryClientSecret }: Config): Desk['settings'] {
  return {
    transport: slackAppToken ? 'socket' : 'http',
    probeNetworks: network.allow ? 'listed' : 'open',
    hooks: PUSHED_ALERT_SOURCES.filter(
      (source) => (source === 'sentry' ? sentryClientSecret : hooksToken) !== undefined,
    ),
  };
}

/**
 * Whether what raises comes too late. Slack's clock is known by its answers: one that jumped, or a machine that slept, is
 * noticed by the two ways of counting, so after a refusal Slack is asked once more.
 */
function lateness({ clock, client }: { clock: ClockedFetch; client: WebClient }): (arrival: Arrival) => boolean {
  return (arrival) => {
    const late = isTooLate(arrival, { monotonic: performance.now(), slack: clock.nows() });
    if (late) client.auth.test().catch(() => undefined);
    return late;
  };
}

function slackClient(
  { slackBotToken, slackApiUrl }: Config,
  { log, fetch }: { log: Logger; fetch: ClockedFetch['fetch'] },
): WebClient {
  return createSlackClient({ token: slackBotToken, apiUrl: slackApiUrl, logger: boltLogger(log), fetch });
}

/** Good for one connection: `keepConnected` makes the next. */
function socketReceiver(options: {
  config: Config;
  appToken: string;
  log: Logger;
  intake: App;
  loop: LoopWatch;
}): SocketModeReceiver {
  let open = true;
  const receiver = new SocketModeReceiver({
    appToken: options.appToken,
    logger: boltLogger(options.log),
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: clientOptions(options.config.slackApiUrl) },
    customPropertiesExtractor: () => {
      const unreadMs = options.loop.unreadMs();
      return { arrival: { sentAt: null, at: performance.now(), unreadMs, isOpen: () => open } satisfies Arrival };
    },
  });
  receiver.client.on('close', () => {
    open = false;
  });
  receiver.init(options.intake);
  return receiver;
}

/** Bolt's words at the level they deserve here: it warns about things that heal. */
function boltLogger(log: Logger) {
  const child = log.child({ from: 'bolt' });
  return {
    debug: (...words: unknown[]) => child.trace(words.map(String).join(' ')),
    info: (...words: unknown[]) => child.debug(words.map(String).join(' ')),
    warn: (...words: unknown[]) => child.warn(words.map(String).join(' ')),
    error: (...words: unknown[]) => child.error(words.map(String).join(' ')),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}
