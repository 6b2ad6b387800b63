/** A command under way in a process group of its own, as a terminal would start it. */
import { type ChildProcess, spawn } from 'node:child_process';

export interface Ended {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null;
  /** Everything it printed, both streams, as it came. */
  readonly output: string;
  readonly seconds: number;
}

export interface Running {
  readonly ended: Promise<Ended>;
  /** The first match in what it prints. Rejects, with the output, when it ends before. */
  printed(pattern: RegExp): Promise<string>;
  /** What Ctrl-C sends: to every process of the group. */
  interrupt(): void;
}

/** Starts it, and kills the whole group after `limitMs`. */
export function start(command: readonly string[], limitMs: number): Running {
  const [program = '', ...args] = command;
  const began = performance.now();
  const child = spawn(program, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { text: '' };
  const lookers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said.text += text;
      for (const look of lookers) look();
    });
  }
  const limit = setTimeout(() => signal(child, 'SIGKILL'), limitMs);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(limit);
      resolve({ code, output: said.text, seconds: (performance.now() - began) / 1000 });
    });
  });
  const printed = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = pattern.exec(said.text)?.[0];
        if (found !== undefined) resolve(found);
      };
      lookers.add(look);
      look();
      void ended.then(({ output }) => reject(new Error(`it ended without printing ${pattern}:\n${output}`)), reject);
    });
  return { ended, printed, interrupt: () => signal(child, 'SIGINT') };
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, name);
  } catch {
    // The group is gone already.
  }
}
