import cron from 'node-cron';
import { pino } from 'pino';
import { startApp } from './app.js';
import { readConfig, readEnvironment } from './config.js';

const read = readConfig(readEnvironment());
if (!read.ok) {
  console.error('rollout-bot cannot start. Missing or wrong in the environment (or .env):');
  for (const problem of read.problems) console.error(`  ${problem}`);
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

try {
  const app = await startApp(config, { log, onWake: () => void app?.deliver().catch(() => undefined) });
  const task = cron.schedule('* * * * * *', () => app.tick(), { name: 'tick' });
  log.info({ port: app.port, mode: config.slackAppToken ? 'socket' : 'http' }, 'rollout-bot is running');
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      log.info({ signal }, 'stopping');
      setTimeout(() => process.exit(0), 5_000).unref();
      void Promise.resolve(task.stop())
        .then(() => app.close())
        .then(() => process.exit(0));
    });
  }
} catch (error) {
  log.fatal({ err: error }, 'rollout-bot cannot start');
  process.exit(1);
}
