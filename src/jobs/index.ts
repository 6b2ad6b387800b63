import type { Dispatch } from '../dispatch.js';
import { LOOK_AGAIN_MS } from '../rollout/waits.js';
import type { Db } from '../store/connect.js';
import { freeDead } from '../store/effects.js';
import { claimDue, wakeLater } from '../store/rollouts.js';
import { forgetOld, keepDailyHead } from '../store/workers.js';
import { type CheckOptions, createChecks } from './checks.js';
import { createGuard } from './guard.js';

export interface Jobs {
  /**
   * What the clock does, once: frees what dead processes held, wakes rollouts, runs checks, delivers, redraws. Several
   * at once are harmless, in one process and over replicas: everything is claimed in Postgres first. Resolves when the
   * work it started has ended.
   */
  tick(): Promise<void>;
  /** Keeps the head of the day that is under way, if none is kept yet. */
  dailyHead(): Promise<void>;
  /** Reads the checks that are due, and nothing else. */
  checks(): Promise<unknown>;
}

export interface JobOptions extends CheckOptions {
  /** For what may take long: retention and the day's head; `db` when absent. */
  readonly upkeep?: Db;
  /** Could those who hold the roles now still grant the open request? Null: nothing is asked, or nobody knows. */
  readonly approvable: (rolloutId: number) => Promise<boolean | null>;
  /** Compares the database's clock with this process's, before anything is decided by it. */
  readonly lookAtClock: () => Promise<void>;
}

const WAKES = 100;
const HOUSEKEEPING_EVERY_MS = 3_600_000;
export function createJobs(options: JobOptions): Jobs {
  const { db, worker, dispatch, deliver, log } = options;
  const checks = createChecks(options);
  const upkeep = options.upkeep ?? db;
  let cleanedAt = Number.NEGATIVE_INFINITY;
  const guarded = createGuard(log);

  async function wakes(): Promise<void> {
    const due = await claimDue(db, WAKES);
    await Promise.all(due.map(({ id, dueAt }) => wake(id, dueAt, dispatch)));
  }

  async function wake(id: number, dueAt: Date, door: Dispatch): Promise<void> {
    const approvable = await options.approvable(id).catch(() => null);
    const answer = await door.fact(`wake:${id}:${dueAt.toISOString()}`, id, { type: 'woke', approvable });
    if (answer.kind === 'nothing' && answer.rollout) await wakeLater(db, id, answer.rollout.seq, LOOK_AGAIN_MS);
    if (answer.kind === 'accepted') await deliver.run(answer.claimed);
  }

  const dailyHead = (): Promise<void> => guarded('daily_head', () => keepDailyHead(upkeep));

  async function housekeeping(): Promise<void> {
    if (performance.now() - cleanedAt < HOUSEKEEPING_EVERY_MS) return;
    cleanedAt = performance.now();
    await guarded('forget_old', () => forgetOld(upkeep));
    // The calendar has it kept at the beginning of the day. It may have been missed.
    await dailyHead();
  }

  const pump = (): Promise<void> =>
    guarded(
      'deliver',
      () => deliver.pump(),
      () => deliver.lowerings(),
    );

  return {
    checks,
    dailyHead,
    async tick() {
      await guarded('clock', options.lookAtClock);
      await guarded('free_dead', () => freeDead(db, worker));
      await Promise.all([guarded('checks', checks), guarded('wakes', wakes), pump()]);
      await Promise.all([
        pump(),
        guarded('redraw', () => deliver.redraw()),
        guarded('late_posts', () => deliver.lookForLate()),
        guarded('housekeeping', housekeeping),
      ]);
    },
  };
}
