import type { Logger } from 'pino';
import type { Db } from '../store/connect.js';
import { FORGOTTEN, type Forgotten, forgetSlice } from '../store/retention.js';

export interface Retention {
  /** One slice of each table that is not through yet; every hour all begin again. Asks nothing in between. Never rejects. */
  slice(): Promise<void>;
}

const EVERY_MS = 3_600_000;
/** Rows of a slice. It grows and shrinks with the time that slices take. */
const FIRST = 2_000;
const LEAST = 50;
const MOST = 10_000;
const QUICK_MS = 100;
const SLOW_MS = 300;
/** A call begins no further slice after this: what is left is for the next, a second later. */
const ENOUGH_MS = 500;
/** After a slice that failed; doubled for each that follows it. */
const WAIT_MS = 5_000;
const LONGEST_WAIT_MS = 300_000;

interface Progress {
  open: boolean;
  behind: string;
  limit: number;
  failures: number;
  notBefore: number;
}

/**
 * Retention by slices: a table that is too big for one statement gets smaller all the same, and one that fails holds no other
 * up. Short slices, one a second, leave the database to the checks.
 */
export function createRetention(db: Db, log: Logger): Retention {
  const tables = new Map<Forgotten, Progress>(
    FORGOTTEN.map((table) => [table, { open: false, behind: '', limit: FIRST, failures: 0, notBefore: 0 }]),
  );
  let begunAt = Number.NEGATIVE_INFINITY;
  let underWay = false;

  async function cut(table: Forgotten, progress: Progress): Promise<void> {
    const began = performance.now();
    try {
      const slice = await forgetSlice(db, table, progress);
      const tookMs = performance.now() - began;
      if (tookMs > SLOW_MS) progress.limit = Math.max(LEAST, Math.floor(progress.limit / 2));
      else if (tookMs < QUICK_MS && slice.more) progress.limit = Math.min(MOST, progress.limit * 2);
      progress.failures = 0;
      progress.behind = slice.behind;
      progress.open = slice.more;
    } catch (error) {
      progress.failures += 1;
      progress.limit = Math.max(LEAST, Math.floor(progress.limit / 4));
      const waitMs = Math.min(LONGEST_WAIT_MS, WAIT_MS * 2 ** (progress.failures - 1));
      progress.notBefore = performance.now() + waitMs;
      log.error({ err: error, table, rows: progress.limit, waitMs }, 'old rows not removed; fewer are tried later');
    }
  }

  return {
    async slice() {
      if (underWay) return;
      underWay = true;
      const now = performance.now();
      if (now - begunAt >= EVERY_MS) {
        begunAt = now;
        for (const progress of tables.values()) if (!progress.open) Object.assign(progress, { open: true, behind: '' });
      }
      // A copy: what goes to the end would have another turn in this very call.
      for (const [table, progress] of [...tables]) {
        if (!progress.open || performance.now() < progress.notBefore) continue;
        if (performance.now() - now > ENOUGH_MS) break;
        // Whoever had a turn goes to the end, so that one that is slow leaves time to the others.
        tables.delete(table);
        tables.set(table, progress);
        await cut(table, progress);
      }
      underWay = false;
    },
  };
}
