/**
 * The bot as `main` runs it, started from a test: it ticks without pauses to speak of and ends itself, without a
 * word to anybody, the first time it comes past the step in KILL_AT once that is armed (KILL_ARMED=yes, or the message `arm`).
 * KILL_SIGNAL=SIGSTOP: it does not end, but stands still until it is sent SIGCONT, and comes past that step as often as it likes.
 */
import { writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { startApp } from '../../src/app.js';
import { problemWords, readConfig } from '../../src/config.js';
import type { CrashPoint } from '../../src/crash-points.js';

const TICK_EVERY_MS = 40;

const { KILL_AT, KILL_ARMED, KILL_SIGNAL } = process.env;
let armed = KILL_ARMED === 'yes';

/** Written past every buffer: what was passed before the end is known after it. */
function onCrashPoint(step: CrashPoint): void {
  writeSync(1, `${step}\n`);
  if (!armed || step !== KILL_AT) return;
  armed = false;
  process.kill(process.pid, KILL_SIGNAL === 'SIGSTOP' ? 'SIGSTOP' : 'SIGKILL');
}

for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    console.error(event, error);
    process.exit(1);
  });
}
process.on('message', () => {
  armed = true;
  process.send?.('armed');
});
process.on('disconnect', () => process.exit(0));

const read = readConfig(process.env);
if (!read.ok) throw new Error(read.problems.map(problemWords).join('\n'));
const log = pino({ level: read.config.logLevel }, pino.destination({ dest: 2, sync: true }));
const app = await startApp(read.config, { log, onCrashPoint });
process.send?.({ port: app.port });
for (;;) {
  await app.tick();
  await pause(TICK_EVERY_MS);
}
