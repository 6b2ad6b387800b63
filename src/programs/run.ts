/**
 * Runs programs for probes and targets: no shell, an environment of named variables alone, and an end that is an end.
 *
 * Each program leads a process group of its own. The whole group is killed when time is up, when the caller gives up,
 * and when the program itself is done: what it left running could act after the bot has read back.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { allowedProgram } from './allowed.js';
import { showable, Tail } from './last-words.js';
import { LONGEST_OUTPUT_BYTES, type ProgramOutcome } from './outcome.js';

/** Where programs without a `/` in their name are found, whatever PATH the bot itself has. */
export const PROGRAM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** How long the end of a program that was killed is waited for, and the output of one that has ended. */
const END_GRACE_MS = 500;

/** Folders that programs may come from, all of them; undefined: any. */
export type ProgramDirs = readonly string[] | undefined;

export interface ProgramEnvironment {
  /** Everything a program finds in its environment beside PATH. The values are secrets and are masked in what is shown. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute. Absent: `/`, so that nothing depends on where the bot was started. */
  readonly cwd?: string;
  readonly dirs?: ProgramDirs;
}

export interface ProgramLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Is given all it prints, standard error too, as it comes. Then it may print as much as it likes; the end of it is the outcome's. */
  readonly onOutput?: (chunk: Buffer) => void;
}

export interface Programs {
  /**
   * Runs the program `argv[0]` with the other words as its arguments, each as it is. It is started before this returns.
   * Never throws. When the signal was given before, nothing is started.
   */
  run(argv: readonly string[], limits: ProgramLimits): Promise<ProgramOutcome>;
  /** Kills what is running. */
  close(): Promise<void>;
}

export function createPrograms(environment: ProgramEnvironment): Programs {
  const running = new Map<Promise<ProgramOutcome>, AbortController>();
  return {
    run(argv, { signal, ...limits }) {
      const closed = new AbortController();
      const giveUp = () => closed.abort();
      if (signal.aborted) giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
      const outcome = runProgram(argv, environment, { ...limits, signal: closed.signal }).finally(() => {
        signal.removeEventListener('abort', giveUp);
        running.delete(outcome);
      });
      running.set(outcome, closed);
      return outcome;
    },
    async close() {
      for (const closed of running.values()) closed.abort();
      await Promise.all(running.keys());
    },
  };
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

async function runProgram(
  argv: readonly string[],
  environment: ProgramEnvironment,
  limits: ProgramLimits,
): Promise<ProgramOutcome> {
  if (limits.signal.aborted) return { end: 'given_up' };
  const [named = '', ...args] = argv;
  const file = allowedProgram(named, environment.dirs);
  if (file === undefined) return { end: 'not_started', code: 'NOT_IN_PROGRAM_DIRS' };
  // Before the program: a bot that is killed while the guard is being started would leave one behind that nobody ends.
  const guard = startGuard();
  let child: Child;
  try {
    child = spawn(file, args, {
      cwd: environment.cwd ?? '/',
      env: { PATH: PROGRAM_PATH, ...environment.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      shell: false,
    });
  } catch (error) {
    // Words that no program can be given, or no memory for one.
    guard.sendAway();
    return { end: 'not_started', code: codeOf(error) };
  }
  guard.watch(child.pid);
  return new Watch(child, guard, limits).outcome(Object.values(environment.env));
}

/** Looks after one program from its start until nothing of it is left. */
class Watch {
  readonly #child: Child;
  readonly #limits: ProgramLimits;
  readonly #output: Buffer[] = [];
  readonly #complaints = new Tail();
  readonly #onAbort = () => this.#stop({ end: 'given_up' });
  readonly #guard: Guard;
  readonly #timer: NodeJS.Timeout;
  #grace: NodeJS.Timeout | undefined;
  #size = 0;
  #stopped: ProgramOutcome | undefined;
  #over: (outcome: ProgramOutcome) => void = () => {};

  constructor(child: Child, guard: Guard, limits: ProgramLimits) {
    this.#child = child;
    this.#limits = limits;
    this.#guard = guard;
    const { timeoutMs, signal } = limits;
    this.#timer = setTimeout(() => this.#stop({ end: 'timeout', afterMs: timeoutMs }), timeoutMs);
    signal.addEventListener('abort', this.#onAbort, { once: true });
    child.stderr.on('data', (chunk: Buffer) => {
      this.#complaints.add(chunk);
      limits.onOutput?.(chunk);
    });
    child.stdout.on('data', (chunk: Buffer) => this.#keep(chunk));
  }

  async outcome(secrets: readonly string[]): Promise<ProgramOutcome> {
    const outcome = await new Promise<ProgramOutcome>((over) => {
      this.#over = over;
      this.#listen(secrets);
    });
    clearTimeout(this.#timer);
    clearTimeout(this.#grace);
    this.#limits.signal.removeEventListener('abort', this.#onAbort);
    this.#guard.sendAway();
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
    return outcome;
  }

  #listen(secrets: readonly string[]): void {
    this.#child.once('error', (error) => this.#over({ end: 'not_started', code: codeOf(error) }));
    this.#child.once('exit', () => {
      // At once and only here: a moment later the number may belong to somebody else.
      killGroup(this.#child.pid);
      if (this.#stopped) return this.#over(this.#stopped);
      clearTimeout(this.#timer);
      clearTimeout(this.#grace);
      this.#grace = setTimeout(() => this.#over({ end: 'output_held' }), END_GRACE_MS);
    });
    this.#child.once('close', (status, signal) => {
      if (this.#stopped) return this.#over(this.#stopped);
      if (this.#size > LONGEST_OUTPUT_BYTES && !this.#limits.onOutput) return this.#over({ end: 'too_much_output' });
      const lastWords = showable(this.#complaints.lastLine(), secrets);
      if (status === null) return this.#over({ end: 'signalled', signal: signal ?? 'a signal', lastWords });
      this.#over({ end: 'exited', status, stdout: Buffer.concat(this.#output).toString('utf8'), lastWords });
    });
  }

  #keep(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#limits.onOutput) {
      this.#limits.onOutput(chunk);
      this.#keepEnd(chunk);
    } else if (this.#size > LONGEST_OUTPUT_BYTES) this.#stop({ end: 'too_much_output' });
    else this.#output.push(chunk);
  }

  /** Of what may be long only the end is kept. */
  #keepEnd(chunk: Buffer): void {
    this.#output.push(chunk);
    for (let size = this.#kept(); size - (this.#output[0]?.length ?? 0) >= LONGEST_OUTPUT_BYTES; size = this.#kept())
      this.#output.shift();
  }

  #kept(): number {
    return this.#output.reduce((sum, { length }) => sum + length, 0);
  }

  /** Kills the group. Its end is told when the program's own has come, or cannot be waited for. */
  #stop(outcome: ProgramOutcome): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (this.#stopped || exitCode !== null || signalCode !== null) return;
    this.#stopped = outcome;
    killGroup(pid);
    this.#grace = setTimeout(() => this.#over(outcome), END_GRACE_MS);
  }
}

/** Ends a group without asking, also those of it that have closed everything. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in it, or who is left belongs to another user and is not ours to end.
  }
}

/**
 * Ends a group when the bot itself is killed: a raise that outlives it would land after the next process has lowered.
 */
interface Guard {
  /** The group to end: that of this process. Undefined: none was started. */
  watch(pid: number | undefined): void;
  sendAway(): void;
}

/**
 * It is told the group by a pipe that only the bot holds, and waits for the end of that pipe. Killed after the program began and before it is
 * told, milliseconds at most where the machine is free, the bot leaves the program running.
 */
function startGuard(): Guard {
  try {
    const guard = spawn('/bin/sh', ['-c', 'read -r group || exit; read -r line; kill -s KILL -- "-$group"'], {
      cwd: '/',
      env: {},
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    guard.once('error', () => {});
    guard.stdin.on('error', () => {});
    return {
      watch: (pid) => pid !== undefined && guard.stdin.write(`${pid}\n`),
      sendAway: () => {
        guard.kill('SIGKILL');
        guard.stdin.destroy();
      },
    };
  } catch {
    // Where there is no shell there is a container, which ends with the bot.
    return { watch: () => {}, sendAway: () => {} };
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'an unknown fault';
}
