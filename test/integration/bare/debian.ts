/** A Debian with nothing in it but Node, npm and a copy of the project, to run the project's commands in. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { debianMirror, machineNpm, ownMounts } from './machine.js';
import { type Ended, type Running, start } from './running.js';

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const CERTIFICATES = '/etc/npm-registry.crt';
const DEBOOTSTRAP_MS = 600_000;
export const PEOPLE = ['root', 'walt'] as const;
/** `walt` is an ordinary user. */
export type Person = (typeof PEOPLE)[number];

export interface Debian {
  /** e.g. `12.11`. */
  readonly version: string;
  /** Starts a command in the project's folder of this person, in their home, with an empty environment. */
  start(person: Person, command: readonly string[], limitMs: number): Running;
  run(person: Person, command: readonly string[], limitMs: number): Promise<Ended>;
  /** Command lines of everything that runs in there now. */
  processes(): string[];
  /** Kills whatever runs in there. */
  endAll(): void;
  /** Ends what is left and removes it. Throws, removing nothing, while something is mounted in it. */
  remove(): void;
}

/** Makes one from the mirror of this machine's apt. Takes the better part of a minute. */
export async function makeDebian(suite: 'bookworm' | 'trixie'): Promise<Debian> {
  const root = mkdtempSync(join(tmpdir(), `rollout-bare-${suite}-`));
  chmodSync(root, 0o755);
  const debootstrap = ['debootstrap', '--variant=minbase', suite, root, debianMirror()];
  const { code, output } = await start([...ownMounts(), ...debootstrap], DEBOOTSTRAP_MS).ended;
  if (code !== 0) throw new Error(`debootstrap ${suite} ended with ${code}:\n${output.slice(-2_000)}`);
  const npm = machineNpm();
  lend(root, npm);
  execFileSync('chroot', [root, 'useradd', '--create-home', '--shell', '/bin/bash', 'walt']);
  for (const person of PEOPLE) copyProject(root, person);
  const env = { ...npm.env, ...(npm.certificates ? { npm_config_cafile: CERTIFICATES } : {}) };
  const begin: Debian['start'] = (person, command, limitMs) => start(inside(root, person, env, command), limitMs);
  return {
    version: readFileSync(join(root, 'etc/debian_version'), 'utf8').trim(),
    start: begin,
    run: (person, command, limitMs) => begin(person, command, limitMs).ended,
    processes: () => processesIn(root).map(({ command }) => command),
    endAll: () => endAll(root),
    remove: () => removeRoot(root),
  };
}

/** Node and npm where an installer would put them, and the way to the registry. */
function lend(root: string, npm: ReturnType<typeof machineNpm>): void {
  const local = join(root, 'usr/local');
  mkdirSync(join(local, 'lib/node_modules'), { recursive: true });
  cpSync(process.execPath, join(local, 'bin/node'), { dereference: true });
  cpSync(npm.folder, join(local, 'lib/node_modules/npm'), { recursive: true });
  for (const name of ['npm', 'npx']) {
    execFileSync('ln', ['-s', `../lib/node_modules/npm/bin/${name}-cli.js`, join(local, 'bin', name)]);
  }
  for (const file of ['/etc/resolv.conf', '/etc/hosts']) {
    if (existsSync(file)) cpSync(file, join(root, file), { dereference: true });
  }
  if (npm.certificates) cpSync(npm.certificates, join(root, CERTIFICATES), { dereference: true });
}

/** What a clone would hold: nothing ignored, nothing built. */
function copyProject(root: string, person: Person): void {
  const home = homeOf(person);
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: PROJECT,
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  for (const file of listed.split('\0').filter((name) => name && existsSync(join(PROJECT, name)))) {
    const to = join(root, home, 'rollout-bot', file);
    mkdirSync(dirname(to), { recursive: true });
    cpSync(join(PROJECT, file), to);
  }
  chmodSync(join(root, home), 0o700);
  execFileSync('chroot', [root, 'chown', '-R', `${person}:${person}`, home]);
}

function homeOf(person: Person): string {
  return person === 'root' ? '/root' : `/home/${person}`;
}

/** The command as this person in there. The shells replace themselves, so a signal to the group reaches only the command. */
function inside(
  root: string,
  person: Person,
  env: Readonly<Record<string, string>>,
  command: readonly string[],
): string[] {
  const home = homeOf(person);
  const own = { ...env, HOME: home, USER: person, LOGNAME: person, PATH };
  const mounts = ownMounts();
  const mount = 'mount -t proc proc "$1/proc" && mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"; ';
  const enter = 'root=$1; who=$2; shift 2; exec chroot --userspec="$who:$who" "$root" "$@"';
  const words = ['env', '-i', ...Object.entries(own).map(([name, value]) => `${name}=${value}`)];
  const there = ['sh', '-c', 'cd "$HOME/rollout-bot" && exec "$@"', 'sh', ...command];
  return [...mounts, 'sh', '-c', `${mounts.length > 0 ? mount : ''}${enter}`, 'sh', root, person, ...words, ...there];
}

function processesIn(root: string): { pid: number; command: string }[] {
  const { dev, ino } = statSync(root);
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    try {
      const at = Number.isInteger(pid) ? statSync(`/proc/${pid}/root/`) : undefined;
      if (at?.dev !== dev || at.ino !== ino) return [];
      return { pid, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() };
    } catch {
      return []; // It ended while we looked.
    }
  });
}

function endAll(root: string): void {
  for (const { pid } of processesIn(root)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
}

function removeRoot(root: string): void {
  endAll(root);
  const mounted = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(` ${root}`));
  if (mounted.length > 0) throw new Error(`still mounted, so ${root} stays:\n${mounted.join('\n')}`);
  rmSync(root, { recursive: true, force: true });
}
