/**
 * A lock that outlives nobody: a file naming the process that holds it. A holder that died without letting go is
 * recognised (also when its process id was given to somebody else since) and its lock is taken over.
 */
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

interface LockHolder {
  readonly pid: number;
  /** Whatever the holder wants others to know, e.g. its address. */
  readonly note: string;
}

export interface FileLock {
  /** Replaces what others are told about the holder. */
  annotate(note: string): void;
  /** Lets go; a lock somebody else took since is left alone. */
  release(): void;
}

export type LockAttempt = { readonly lock: FileLock } | { readonly holder: LockHolder };

interface LockRecord extends LockHolder {
  /** Tells this process from another with the same id: boot and start time, '' where the system does not say. */
  readonly born: string;
}

/** Deciding that a holder is dead and removing its file takes well under this; an older guard was left by a crash. */
const GUARD_MS = 5_000;

/** One try, without waiting. The folder of `path` must exist. */
export function tryLock(path: string, note = ''): LockAttempt {
  const mine: LockRecord = { pid: process.pid, note, born: born(process.pid) };
  for (let attempt = 0; attempt < 10; attempt++) {
    if (createWhole(path, mine)) return { lock: heldLock(path, mine) };
    const holder = readRecord(path);
    if (holder && isSameProcess(holder)) return { holder };
    removeStale(path);
  }
  return { holder: readRecord(path) ?? { pid: 0, note: '' } };
}

/** Waits for the lock; throws when it is still held after `timeoutMs`. */
export async function waitForLock(path: string, timeoutMs: number): Promise<FileLock> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const attempt = tryLock(path);
    if ('lock' in attempt) return attempt.lock;
    if (performance.now() > deadline) throw new Error(`${path} is still held by process ${attempt.holder.pid}`);
    await delay(50);
  }
}

/** False for a process that is gone, and for one that is dead but not yet collected by its parent. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return processStat(pid)?.[0] !== 'Z';
}

function heldLock(path: string, mine: LockRecord): FileLock {
  const isMine = () => {
    const now = readRecord(path);
    return now?.pid === mine.pid && now.born === mine.born;
  };
  return {
    annotate(note) {
      if (!isMine()) return;
      const draft = draftOf(path);
      writeFileSync(draft, JSON.stringify({ ...mine, note }));
      renameSync(draft, path);
    },
    release() {
      if (isMine()) rmSync(path, { force: true });
    },
  };
}

/** The file appears with its whole content or not at all, so that nobody reads half a record. */
function createWhole(path: string, record: LockRecord): boolean {
  const draft = draftOf(path);
  writeFileSync(draft, JSON.stringify(record));
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function draftOf(path: string): string {
  return `${path}.${process.pid}.draft`;
}

/** Behind a guard and after a second look: otherwise two processes could each remove the other's fresh lock. */
function removeStale(path: string): void {
  const guard = `${path}.guard`;
  try {
    writeFileSync(guard, '', { flag: 'wx' });
  } catch {
    const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > GUARD_MS) rmSync(guard, { force: true });
    return;
  }
  try {
    const holder = readRecord(path);
    if (!holder || !isSameProcess(holder)) rmSync(path, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

function readRecord(path: string): LockRecord | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number')
      return undefined;
    const note = 'note' in value && typeof value.note === 'string' ? value.note : '';
    return { pid: value.pid, note, born: 'born' in value && typeof value.born === 'string' ? value.born : '' };
  } catch {
    return undefined;
  }
}

function isSameProcess(record: LockRecord): boolean {
  return isAlive(record.pid) && (record.born === '' || record.born === born(record.pid));
}

function born(pid: number): string {
  const startedAt = processStat(pid)?.[19];
  if (startedAt === undefined) return '';
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${startedAt}`;
}

/** The fields of /proc/<pid>/stat behind the name: state first, start time twentieth. Undefined where there is no /proc. */
function processStat(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
