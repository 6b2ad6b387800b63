/** The bot as it is installed: the compiled main, a process of its own, with nothing but the environment given here. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Child, startChild } from '../../sandbox/processes.js';
import { until } from '../kill/until.js';
import { built } from './build.js';

export interface MainProcess {
  readonly child: Child;
  /** Everything it wrote so far, both streams, line by line. */
  readonly lines: readonly string[];
  /** Resolves with its port when it is up; rejects with its words when it ended before. */
  up(): Promise<number>;
  /** What it logged with these words. */
  logged(words: string): Record<string, unknown>[];
  /** Ends it at once, if it still runs, and removes its folder. */
  remove(): Promise<void>;
}

/** Starts it in an empty folder, so that no `.env` is beneath `env`. */
export async function startMain(env: Readonly<Record<string, string>>): Promise<MainProcess> {
  const cwd = await mkdtemp(join(tmpdir(), 'rollout-main-'));
  const lines: string[] = [];
  const child = startChild({
    name: 'rollout-bot',
    command: process.execPath,
    args: [built('src/main.js')],
    cwd,
    env: { PATH: process.env.PATH, ...env },
    onLine: (line) => lines.push(line),
  });
  let ended = false;
  void child.exited.then(() => {
    ended = true;
  });
  const logged = (words: string) => lines.flatMap((line) => entry(line)).filter(({ msg }) => msg === words);
  return {
    child,
    lines,
    logged,
    async up() {
      const words = () => lines.slice(-20).join('\n');
      const running = await until(
        'the bot is up',
        () => logged('rollout-bot is running')[0] ?? (ended && 'ended'),
        words,
      );
      if (running === 'ended') throw new Error(`the bot ended while it started\n${words()}`);
      return Number(running.port);
    },
    async remove() {
      await child.kill();
      await rm(cwd, { recursive: true, force: true });
    },
  };
}

function entry(line: string): Record<string, unknown>[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}
