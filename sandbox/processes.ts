/** What the sandbox's supervisor needs: child processes that die with everything they started, and one sandbox at a time. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { tryLock } from './lock-file.js';

export interface ChildOptions {
  /** For people: what it is. */
  name: string;
  command: string;
  args: readonly string[];
  /** The child's whole environment. */
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** Every line the child writes, without its line end. */
  onLine: (line: string, stream: 'stdout' | 'stderr') => void;
}

interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Set when it could not be started at all. */
  readonly error?: Error;
}

export interface Child {
  readonly name: string;
  /** Undefined when it could not be started. */
  readonly pid: number | undefined;
  /** Resolves, never rejects, when the child has ended, its last line was handed over and nothing it started is left. */
  readonly exited: Promise<ChildExit>;
  /** SIGTERM to the whole process group, SIGKILL to what is left after `graceMs` (default 5,000). Safe to repeat. */
  stop(graceMs?: number): Promise<ChildExit>;
  /** SIGKILL to the whole process group at once, as a power cut would. */
  kill(): Promise<ChildExit>;
}

/** Starts a child in a process group of its own. A child that ends is not started again. */
export function startChild(options: ChildOptions): Child {
  const { command, args, env, cwd, onLine } = options;
  const place = cwd === undefined ? {} : { cwd };
  const child = spawn(command, args, { ...place, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  createInterface({ input: child.stdout }).on('line', (line) => onLine(line, 'stdout'));
  createInterface({ input: child.stderr }).on('line', (line) => onLine(line, 'stderr'));
  const exited = new Promise<ChildExit>((done) => {
    child.on('error', (error) => {
      if (child.pid === undefined) done({ code: null, signal: null, error });
    });
    // What the child left behind would keep its ports and pipes.
    child.on('exit', () => signalGroup(child.pid, 'SIGKILL'));
    child.on('close', (code, signal) => done({ code, signal }));
  });
  const running = () => child.exitCode === null && child.signalCode === null;
  const signalIfRunning = (signal: NodeJS.Signals) => {
    // Once it has ended its id may belong to somebody else.
    if (running()) signalGroup(child.pid, signal);
  };
  return {
    name: options.name,
    pid: child.pid,
    exited,
    async stop(graceMs = 5_000) {
      signalIfRunning('SIGTERM');
      const timer = setTimeout(() => signalIfRunning('SIGKILL'), graceMs);
      return exited.finally(() => clearTimeout(timer));
    },
    kill() {
      signalIfRunning('SIGKILL');
      return exited;
    },
  };
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

const PARENT_CHECK_MS = 500;

/** `kill` on npm ends npm and the shell between, which do not hand the signal on: without this a script of npm would stay behind. */
export function endWithNpm(script: string, end: () => void): void {
  if (process.env.npm_lifecycle_event !== script) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, PARENT_CHECK_MS).unref();
}

/** Another sandbox holds this data folder. The message names its process and address. */
export class SandboxRunningError extends Error {
  readonly pid: number;
  readonly address: string;
  constructor(dir: string, pid: number, address: string) {
    const where = address ? `at ${address} ` : '';
    super(
      `A sandbox is already running ${where}(process ${pid}) on ${dir}. Use that one, or stop it first: kill ${pid}`,
    );
    this.name = 'SandboxRunningError';
    this.pid = pid;
    this.address = address;
  }
}

export interface SandboxLock {
  /** Tells whoever is refused where this sandbox is, once that is known. */
  setAddress(address: string): void;
  release(): void;
}

/** Claims a data folder (made if absent) for this process; throws SandboxRunningError. A dead holder's claim is taken over. */
export function sandboxLock(dir: string, address = ''): SandboxLock {
  mkdirSync(dir, { recursive: true });
  const attempt = tryLock(join(dir, 'sandbox.lock'), address);
  if ('holder' in attempt) throw new SandboxRunningError(dir, attempt.holder.pid, attempt.holder.note);
  const { lock } = attempt;
  return { setAddress: (now) => lock.annotate(now), release: () => lock.release() };
}
