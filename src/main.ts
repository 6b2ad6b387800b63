import './node-check.js';
import cron, { type ScheduledTask } from 'node-cron';
import { pino } from 'pino';
import { type RunningApp, startApp } from './app.js';
import { problemWords, readConfig, readEnvironment } from './config.js';
import { EarlierDatabaseError } from './store/lineage.js';
import { sessionsAreOwn } from './store/survey.js';
import { createTicker } from './ticker.js';
import { tlsTroubleOf } from './web/tls-trouble.js';

const read = readConfig(readEnvironment());
if (!read.ok) {
  console.error('rollout-bot cannot start. Missing or wrong in the environment (or .env):');
  for (const problem of read.problems) console.error(`  ${problemWords(problem)}`);
  console.error('See .env.example. To try it without Slack: npm run sandbox');
  process.exit(1);
}
const { config } = read;
const log = pino({
  level: config.logLevel,
  base: null,
  redact: { paths: ['err.config', 'err.request', '*.token'], remove: true },
});

/** A bug must not leave a bot that is half alive: it stops, and the next start goes on from what is stored. */
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    log.fatal({ err: error }, event);
    process.exit(1);
  });
}

/** A supervisor that asked for the end waits for some seconds only; what is not over by then is taken up by the next start. */
const STOP_WITHIN_MS = 4_500;

// Another process may say that something is due, or a supervisor end this one, before it is up.
let app: RunningApp | undefined;
/** What must run every second. No calendar: those stand still, or leap, where clocks are changed. */
const ticker = createTicker(1_000);
/** What belongs to a day. The tick does it within the hour where it was missed. */
let calendar: ScheduledTask | undefined;

async function stop(signal: string): Promise<void> {
  log.info({ signal }, 'stopping');
  // What items are doing may end; who is exposed is watched meanwhile.
  await app?.settle().catch(() => undefined);
  setTimeout(() => process.exit(0), STOP_WITHIN_MS).unref();
  try {
    ticker.stop();
    await calendar?.stop();
    await app?.close();
  } catch (error) {
    log.error({ err: error }, 'not everything could be closed');
  }
  process.exit(0);
}

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (!stopping) void stop(signal);
    stopping = true;
  });
}

/** Locks that tell a process that died, and the calls that wake others, live in a session. Where it cannot be asked, the start says why. */
const POOLED =
  'DATABASE_URL leads to a pooler that hands connections out by the transaction: locks and wake-ups would get lost. Let it lead to Postgres itself, or set pool_mode = session';
if ((await sessionsAreOwn(config.databaseUrl).catch(() => true)) === false) {
  log.fatal({ fix: 'npx --no rollout doctor' }, `rollout-bot cannot start: ${POOLED}`);
  process.exit(1);
}

try {
  const onWake = () => void app?.deliver().catch(() => undefined);
  const started = await startApp(config, { log, onWake, ages: ticker.ages });
  app = started;
  ticker.start(() => started.tick());
  calendar = cron.schedule('0 0 * * *', () => started.dailyHead(), { name: 'daily head', timezone: 'UTC' });
  log.info({ port: started.port, mode: config.slackAppToken ? 'socket' : 'http' }, 'rollout-bot is running');
} catch (error) {
  if (error instanceof EarlierDatabaseError) {
    log.fatal(`rollout-bot cannot start: ${error.message}`);
    process.exit(1);
  }
  const fix = tlsTroubleOf(error)?.fix;
  log.fatal({ err: error, ...(fix && { fix }) }, 'rollout-bot cannot start');
  process.exit(1);
}
