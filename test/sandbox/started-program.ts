/** A program of the sandbox as people start it: its own process group, its words collected. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { built } from '../support/build.js';

export interface Program {
  readonly pid: number;
  /** Everything said so far, both streams. */
  output(): string;
  /** Resolves when this was said; rejects with the output when the program ends before. */
  said(pattern: RegExp): Promise<void>;
  /** As Ctrl-C in a terminal: to the whole group. */
  signalGroup(signal: NodeJS.Signals): void;
  readonly exited: Promise<number | null>;
}

const SCRIPTS: Readonly<Record<string, string>> = { 'sandbox/main.js': 'sandbox', 'sandbox/demo.js': 'demo' };
const root = fileURLToPath(new URL('../../', import.meta.url));

export function startProgram(path: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Program {
  const child: ChildProcess = spawn(process.execPath, [built(path), ...args], {
    cwd: root,
    detached: true,
    // As npm would start it: so it does not outlive a test run that is ended.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, npm_lifecycle_event: SCRIPTS[path], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      for (const listener of listeners) listener();
    });
  }
  const exited = new Promise<number | null>((done) => child.once('close', done));
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${path} does not start`);
  return {
    pid,
    output: () => output,
    exited,
    said: (pattern) =>
      new Promise((said, failed) => {
        const look = () => {
          if (!pattern.test(output)) return;
          listeners.delete(look);
          said();
        };
        listeners.add(look);
        look();
        void exited.then((code) => failed(new Error(`ended with ${code} without saying ${pattern}:\n${output}`)));
      }),
    signalGroup(signal) {
      if (child.exitCode === null && child.signalCode === null) process.kill(-pid, signal);
    },
  };
}
