/** Keeps the bot running as a process of its own, as a supervisor in production does. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { botLog } from './bot-log.js';
import { isAlive } from './lock-file.js';
import { type Child, startChild } from './processes.js';

export interface BotOptions {
  /** The compiled main.js. */
  readonly entry: string;
  readonly env: NodeJS.ProcessEnv;
  /** The process runs here; it holds no .env, so the bot sees `env` and nothing else. */
  readonly dir: string;
  readonly logFile: string;
  /** Keeps the process id, so that a bot which outlived its sandbox is found. */
  readonly pidFile: string;
  readonly say: (line: string) => void;
}

export interface SupervisedBot {
  /** Ends it and does not start it again. Safe to repeat. */
  stop(): Promise<void>;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** One that ran this long had started well. */
const RAN_WELL_MS = 20_000;

/** Starts the bot; when it ends by itself that is said, and it is started again, each time after a longer wait. */
export function superviseBot(options: BotOptions): SupervisedBot {
  endOrphan(options);
  const log = botLog(options.logFile, (words) => options.say(`bot: ${words}`));
  const stopping = new AbortController();
  let child: Child | undefined;
  const running = (async () => {
    let wait = FIRST_WAIT_MS;
    while (!stopping.signal.aborted) {
      const startedAt = performance.now();
      child = startBot(options, (line) => log.line(line));
      const { code, signal, error } = await child.exited;
      if (stopping.signal.aborted) break;
      if (performance.now() - startedAt > RAN_WELL_MS) wait = FIRST_WAIT_MS;
      const how = error?.message ?? (signal ? `by ${signal}` : `with code ${code}`);
      options.say(`The bot ended by itself (${how}); it is started again in ${wait / 1_000} s.`);
      await delay(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
      wait = Math.min(LONGEST_WAIT_MS, wait * 2);
    }
  })();
  const stop = async () => {
    stopping.abort();
    await child?.stop();
    await running;
    rmSync(options.pidFile, { force: true });
    await log.close();
  };
  let stopped: Promise<void> | undefined;
  return { stop: () => (stopped ??= stop()) };
}

function startBot({ entry, env, dir, pidFile }: BotOptions, onLine: (line: string) => void): Child {
  const child = startChild({ name: 'bot', command: process.execPath, args: [entry], env, cwd: dir, onLine });
  if (child.pid !== undefined) writeFileSync(pidFile, String(child.pid));
  return child;
}

/** A sandbox that was killed could not end its bot, and two bots would answer everything twice as busily. */
function endOrphan({ pidFile, entry, say }: BotOptions): void {
  const pid = Number(readText(pidFile));
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return;
  // The id may belong to somebody else by now; where the system does not tell, it is left alone.
  if (!readText(`/proc/${pid}/cmdline`).split('\0').includes(entry)) return;
  say(`The last sandbox was killed and left its bot behind (process ${pid}); it is ended.`);
  process.kill(pid, 'SIGKILL');
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
