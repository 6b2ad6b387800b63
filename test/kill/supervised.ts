import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { CRASH_POINTS, type CrashPoint } from '../../src/crash-points.js';
import { built } from '../support/build.js';

/** Where the first process is to end: at the first hit from its start, or from the moment it is armed. */
export interface Kill {
  readonly step: CrashPoint;
  readonly when: 'first' | 'later';
}

/** A bot that is started again when it was killed, as an operating system would do it. */
export interface SupervisedBot {
  /** Resolves when a bot takes requests; rejects when one ended that was not to. */
  up(): Promise<void>;
  /** From here on the next hit kills. */
  arm(): Promise<void>;
  /** How often each step was passed so far, by all processes. */
  hits(): Readonly<Record<CrashPoint, number>>;
  readonly killed: boolean;
  /** The last lines it logged. */
  lastWords(): string;
  close(): Promise<void>;
}

interface Options {
  readonly env: Readonly<Record<string, string>>;
  readonly kill: Kill | null;
  /** A process takes requests at this port. */
  readonly onUp: (port: number) => Promise<void>;
  readonly onKilled: () => Promise<void>;
}

export function superviseBot(options: Options): SupervisedBot {
  const { kill } = options;
  const hits = Object.fromEntries(Object.keys(CRASH_POINTS).map((step) => [step, 0])) as Record<CrashPoint, number>;
  let words = '';
  let child: ChildProcess | undefined;
  let killed = false;
  let closing = false;

  async function start(killAt: Kill | null): Promise<void> {
    const next = spawn(process.execPath, [built('test/kill/bot.js')], {
      env: {
        PATH: process.env.PATH ?? '',
        ...options.env,
        ...(killAt ? { KILL_AT: killAt.step, KILL_ARMED: killAt.when === 'first' ? 'yes' : 'no' } : {}),
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child = next;
    next.stdout?.setEncoding('utf8').on('data', count);
    next.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = `${words}${text}`.slice(-6_000);
    });
    next.once('exit', (code, signal) => ended(code, signal));
    const ready = await Promise.race([once(next, 'message'), once(next, 'exit').then(() => null)]);
    if (!ready) throw new Error(`the bot did not start\n${words}`);
    const [{ port }] = ready as [{ port: number }];
    await options.onUp(port);
  }

  function count(lines: string): void {
    for (const line of lines.split('\n')) if (line in CRASH_POINTS) hits[line as CrashPoint] += 1;
  }

  function ended(code: number | null, signal: NodeJS.Signals | null): void {
    if (closing) return;
    if (signal === 'SIGKILL' && kill && !killed) {
      killed = true;
      running = options.onKilled().then(() => start(null));
    } else {
      running = Promise.reject(new Error(`the bot ended with ${signal ?? code}\n${words}`));
    }
    // Whoever waits for it next hears of it.
    running.catch(() => undefined);
  }

  let running = start(kill);
  running.catch(() => undefined);
  return {
    up: () => running,
    async arm() {
      if (!child) throw new Error('there is no bot to arm');
      child.send('arm');
      await once(child, 'message');
    },
    hits: () => ({ ...hits }),
    get killed() {
      return killed;
    },
    lastWords: () => words,
    async close() {
      closing = true;
      await running.catch(() => undefined);
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
