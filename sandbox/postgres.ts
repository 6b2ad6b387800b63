/**
 * A real Postgres server without an installation: for the sandbox (durable) and the tests (not).
 *
 * In `dir`: `data-<major>` (the cluster), `password-<major>` (0600), `starting.lock` (held only while a start is under way), and
 * copies of the programs where they must be staged. The server outlives the process that started it if that one is
 * killed; the next start on the same `dir` finds it by `pg_ctl status` and re-uses it.
 */

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { waitForLock } from './lock-file.js';
import { findPostgres, killPrograms, type NativePostgres, runProgram } from './postgres/native.js';
import { type Account, isReachable, isRoot, unprivilegedAccount } from './unprivileged.js';

export interface StartPostgresOptions {
  /** Made if absent. Run as root, every folder on the way must be passable for everybody (`sandboxDataDir` finds one). */
  dir: string;
  /** 0 or unset: any free port. Ignored when a running server is adopted. */
  port?: number;
  /** Default true. False is for tests: much faster, and a power cut may cost the data. */
  durable?: boolean;
  /** More of the environment for a server that is started: to show it another clock. */
  env?: Readonly<Record<string, string>>;
  /** Default true. False: a server already running on `dir` is an error instead of being re-used. */
  adopt?: boolean;
}

export interface RunningPostgres {
  /** Connection URL of a database, password included; default `postgres`. */
  url(database?: string): string;
  readonly adminUrl: string;
  readonly port: number;
  /** The folder of the cluster itself, inside the `dir` that was asked for. */
  readonly dir: string;
  /** True when the server was running already. */
  readonly adopted: boolean;
  /** Disconnects everybody and stops the server, whoever started it. Safe to repeat. */
  stop(): Promise<void>;
}

interface Place {
  readonly data: string;
  readonly native: NativePostgres;
  readonly account: Account | undefined;
}

interface Cluster extends Place {
  readonly password: string;
}

/** Somebody else listens on the port that was asked for. */
export class PortTakenError extends Error {}

const FIRST_START_MS = 120_000;

/**
 * For tests: many small databases, made and dropped all the time, that nobody needs after a crash and that do not live long enough to be vacuumed.
 * Dropping one searches all shared buffers, so there are few.
 */
const NOT_DURABLE = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  'wal_init_zero=off',
  'autovacuum=off',
  'shared_buffers=32MB',
  'plan_cache_mode=force_generic_plan',
  'jit=off',
  'max_parallel_workers=0',
];

/** Starts the server of `dir`, making it on the first start. Throws an Error that says what to do about it. */
export async function startPostgres(options: StartPostgresOptions): Promise<RunningPostgres> {
  // Asked for explicitly afterwards, since the umask may have closed it to the server's account.
  if (mkdirSync(options.dir, { recursive: true }) !== undefined) chmodSync(options.dir, 0o711);
  if (isRoot() && !isReachable(options.dir)) {
    throw new Error(
      `Postgres does not run as root, and other users cannot reach ${options.dir}; choose another folder.`,
    );
  }
  const lock = await waitForLock(join(options.dir, 'starting.lock'), FIRST_START_MS);
  try {
    const durable = options.durable ?? true;
    const cluster = openCluster(options.dir) ?? (await makeCluster(options.dir, durable));
    const running = await runningPort(cluster);
    if (running !== undefined && options.adopt === false) {
      throw new Error(`A Postgres server already runs on ${cluster.data}, port ${running}.`);
    }
    const port = running ?? (await startServer(cluster, options.port ?? 0, durable, options.env));
    return runningPostgres(cluster, port, running !== undefined);
  } finally {
    lock.release();
  }
}

/** Stops the server a killed process left running on `dir`, if there is one. */
export async function stopOrphan(dir: string): Promise<void> {
  const place = existsSync(dir) ? findCluster(dir) : undefined;
  if (place && (await isRunning(place))) await stopServer(place);
}

/**
 * Stops whatever runs on `dir`, also what is only being started, before it returns: for the `exit` of a process, where nothing can be waited
 * for. What is in the databases may be lost.
 */
export function stopAtOnce(dir: string): void {
  const wereRunning = killPrograms();
  const place = existsSync(dir) ? findCluster(dir) : undefined;
  if (!place) return;
  const { data, native, account } = place;
  // A server whose starter was killed writes its process id a moment later.
  for (let tries = 0; wereRunning > 0 && tries < 20 && !existsSync(join(data, 'postmaster.pid')); tries += 1)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  const args = ['stop', '-w', '-t', '20', '-m', 'immediate', '-D', data];
  spawnSync(join(native.bin, 'pg_ctl'), args, { ...account, cwd: '/', env: { LC_ALL: 'C' }, stdio: 'ignore' });
}

function runningPostgres(cluster: Cluster, port: number, adopted: boolean): RunningPostgres {
  const url = (database = 'postgres') => connectionUrl(cluster.password, port, database);
  return { url, adminUrl: url(), port, dir: cluster.data, adopted, stop: () => stopServer(cluster) };
}

function connectionUrl(password: string, port: number, database: string): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

/** Undefined when this folder holds no cluster of this major version yet. */
function findCluster(dir: string): Place | undefined {
  const native = findPostgres(dir, isRoot() ? unprivilegedAccount() : undefined);
  const data = join(dir, `data-${native.major}`);
  const owner = statSync(data, { throwIfNoEntry: false });
  if (!owner) return undefined;
  // The owner of what is there, not today's choice: installing a system Postgres later creates the user `postgres`.
  return { data, native, account: isRoot() ? { uid: owner.uid, gid: owner.gid } : undefined };
}

function openCluster(dir: string): Cluster | undefined {
  const place = findCluster(dir);
  if (!place) return undefined;
  const file = join(dir, `password-${place.native.major}`);
  if (!existsSync(file)) throw new Error(`${file}, the password of ${place.data}, is gone; restore it or remove both.`);
  return { ...place, password: readFileSync(file, 'utf8').trim() };
}

/** Under another name until it is whole: an interrupted initdb leaves nothing that looks like a cluster. */
async function makeCluster(dir: string, durable: boolean): Promise<Cluster> {
  const account = isRoot() ? unprivilegedAccount() : undefined;
  const native = findPostgres(dir, account);
  const data = join(dir, `data-${native.major}`);
  const draft = `${data}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  const passwordFile = join(dir, `password-${native.major}`);
  const password = randomBytes(24).toString('hex');
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  // initdb runs under the account and has to read the one and write the other.
  if (account) for (const path of [draft, passwordFile]) chownSync(path, account.uid, account.gid);
  // Without a named locale the cluster would take the machine's, and where there is none it would not be UTF-8.
  const locale = ['--encoding=UTF8', '--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  // A password costs both sides some milliseconds at each connection, and tests open thousands.
  const cheap = durable ? [] : ['--no-sync', '--set', 'scram_iterations=1'];
  const args = ['-D', draft, ...locale, ...access, ...cheap];
  const { code, output } = await runProgram(join(native.bin, 'initdb'), args, { account, capture: true });
  if (code !== 0) throw new Error(`initdb failed: ${output}`);
  renameSync(draft, data);
  return { data, native, account, password };
}

async function startServer(
  cluster: Cluster,
  wanted: number,
  durable: boolean,
  env: StartPostgresOptions['env'] = {},
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const port = wanted === 0 ? await freePort() : wanted;
    const settings = [
      `-p ${port}`,
      '-c listen_addresses=127.0.0.1',
      durable ? "-c unix_socket_directories=''" : `-c unix_socket_directories='${cluster.data}'`,
      '-c max_connections=200',
    ];
    if (!durable) settings.push(...NOT_DURABLE.map((setting) => `-c ${setting}`));
    const log = join(cluster.data, 'server.log');
    const before = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    const args = ['start', '-w', '-t', '60', '-D', cluster.data, '-l', log, '-o', settings.join(' ')];
    const { code } = await runProgram(join(cluster.native.bin, 'pg_ctl'), args, {
      account: cluster.account,
      capture: false,
      env,
    });
    if (code === 0) return port;
    const reason = existsSync(log) ? readFileSync(log).subarray(before).toString().trim() : 'no log was written';
    // Between finding a free port and listening on it somebody else may have taken it.
    const taken = reason.includes('Address already in use');
    if (wanted === 0 && attempt < 5 && taken) continue;
    const message = `Postgres did not start on port ${port}: ${reason}`;
    throw taken ? new PortTakenError(message) : new Error(message);
  }
}

async function stopServer(place: Place): Promise<void> {
  for (const mode of ['fast', 'immediate']) {
    const args = ['stop', '-w', '-t', '20', '-m', mode, '-D', place.data];
    await runProgram(join(place.native.bin, 'pg_ctl'), args, { account: place.account, capture: true });
    if (!(await isRunning(place))) return;
  }
  throw new Error(`The Postgres server of ${place.data} does not stop.`);
}

async function isRunning({ data, native, account }: Place): Promise<boolean> {
  const { code } = await runProgram(join(native.bin, 'pg_ctl'), ['status', '-D', data], { account, capture: true });
  return code === 0;
}

/**
 * The port of the server that runs on this cluster, once it answers there. Undefined when none does. The wait is for a
 * server whose starter was killed half-way: it runs, but is not ready yet.
 */
async function runningPort(cluster: Cluster): Promise<number | undefined> {
  const deadline = performance.now() + 30_000;
  const file = join(cluster.data, 'postmaster.pid');
  while (await isRunning(cluster)) {
    const lines = readFileSync(file, 'utf8').split('\n');
    if (!isPostgres(Number(lines[0]))) {
      // The process id on file belongs to something else by now; pg_ctl cannot tell and would refuse to start.
      rmSync(file, { force: true });
      return undefined;
    }
    const port = Number(lines[3]);
    const problem = port > 0 ? await connectOnce(connectionUrl(cluster.password, port, 'postgres')) : undefined;
    if (port > 0 && problem === undefined) return port;
    if (performance.now() > deadline) {
      throw new Error(`A server runs on ${cluster.data} but does not let us in.`, { cause: problem });
    }
    await delay(100);
  }
  return undefined;
}

function isPostgres(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres';
  } catch {
    return true; // No /proc here: believe pg_ctl.
  }
}

async function connectOnce(url: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer();
    server.on('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? found(address.port) : failed(new Error('no free port')),
      );
    });
  });
}
