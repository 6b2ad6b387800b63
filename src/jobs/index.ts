import type { Dispatch } from '../dispatch.js';
import { LOOK_AGAIN_MS } from '../rollout/plan/waits.js';
import { nextCallAt } from '../rollout/state/alerts-due.js';
import { nextByTime } from '../rollout/state/lists.js';
import { isTerminal, type Rollout } from '../rollout/state/rollout.js';
import type { Db } from '../store/connect.js';
import { ALL_MAY_BE_DUE, type DueWork, whatIsDue } from '../store/due.js';
import { freeDead } from '../store/effects.js';
import { claimDue, type DueRollout, type QuietWake, wakeLater } from '../store/rollouts.js';
import { keepDailyHead } from '../store/workers.js';
import { inBatches } from './batches.js';
import { type CheckOptions, createChecks } from './checks.js';
import { createDrain } from './drain.js';
import { createGuard } from './guard.js';
import { createRetention } from './retention.js';

export interface Jobs {
  /**
   * What the clock does, once: frees what dead processes held, wakes rollouts, runs checks, delivers, redraws. Several
   * at once are harmless, in one process and over replicas: everything is claimed in Postgres first. Resolves when the
   * work it started has ended.
   */
  tick(): Promise<void>;
  /** Keeps the head of the day that is under way, if none is kept yet. */
  dailyHead(): Promise<void>;
  /** Reads the checks of these rollouts that are due, and nothing else. */
  checks(rolloutIds: readonly number[]): Promise<void>;
  /** Begins nothing more, and gives back what others can go on with at once. */
  close(): Promise<void>;
}

export interface JobOptions extends CheckOptions {
  /** For what is due and for lowerings; `db` when absent. */
  readonly urgent?: Db;
  /** For what may take long: retention and the day's head; `db` when absent. */
  readonly upkeep?: Db;
  /** Could those who hold the roles now still grant the open request? Null: nothing is asked, or nobody knows. */
  readonly approvable: (rolloutId: number) => Promise<boolean | null>;
  /** Compares the database's clock with this process's, before anything is decided by it. */
  readonly lookAtClock: () => Promise<void>;
  /** Called at the end of a tick that the database took part in. */
  readonly onAlive?: () => void;
}

/** Claimed by one statement, and looked at side by side. */
const WAKES = 100;
const WAKES_AT_ONCE = 32;
const MOST_WAKES = 500;
const DAILY_HEAD_EVERY_MS = 3_600_000;

export function createJobs(options: JobOptions): Jobs {
  const { db, worker, dispatch, deliver, log } = options;
  const urgent = options.urgent ?? db;
  const upkeep = options.upkeep ?? db;
  const checks = createChecks(options);
  const guarded = createGuard(log);
  const retention = createRetention(upkeep, log);
  let headAt = Number.NEGATIVE_INFINITY;
  let wakesUnderWay = 0;

  const quiet = inBatches<QuietWake>({
    most: WAKES,
    moreToCome: () => wakesUnderWay > 1,
    write: (batch) =>
      wakeLater(db, batch).catch((error: unknown) =>
        log.error({ err: error, rollouts: batch.length }, 'not put off; they are woken again'),
      ),
  });

  const wakes = createDrain<DueRollout>({
    claim: (limit) => claimDue(db, limit),
    work: async (due) => {
      wakesUnderWay += 1;
      try {
        await wake(due, dispatch);
      } catch (error) {
        log.error({ err: error, rolloutId: due.id }, 'wake failed; what it did not decide comes again in some seconds');
      } finally {
        wakesUnderWay -= 1;
      }
    },
    batch: WAKES,
    atOnce: WAKES_AT_ONCE,
    most: MOST_WAKES,
  });

  async function wake({ id, dueAt, asked }: DueRollout, door: Dispatch): Promise<void> {
    const approvable = asked ? await options.approvable(id).catch(() => null) : null;
    const answer = await door.fact(`wake:${id}:${dueAt.toISOString()}`, id, { type: 'woke', approvable });
    if (answer.kind === 'nothing' && answer.rollout)
      await quiet({ id, seq: answer.rollout.seq, ...lookedAtAgain(answer.rollout) });
    if (answer.kind === 'accepted') await deliver.run(answer.claimed);
  }

  const dailyHead = (): Promise<void> => guarded('daily_head', () => keepDailyHead(upkeep));

  /** The calendar has it kept at the beginning of the day. It may have been missed. */
  async function missedHead(): Promise<void> {
    if (performance.now() - headAt < DAILY_HEAD_EVERY_MS) return;
    headAt = performance.now();
    await dailyHead();
  }

  const pump = (due?: DueWork): Promise<void> =>
    guarded(
      'deliver',
      () => deliver.pump(undefined, due),
      () => deliver.lowerings(),
    );

  /** `answered`: the database said so. */
  async function ask(): Promise<{ readonly due: DueWork; readonly answered: boolean }> {
    let due: DueWork | undefined;
    await guarded('due', async () => {
      due = await whatIsDue(urgent, worker);
    });
    if (due === undefined) return { due: ALL_MAY_BE_DUE, answered: false };
    return { due: due.others ? await afterFreeing(due) : due, answered: true };
  }

  async function afterFreeing(due: DueWork): Promise<DueWork> {
    let freed = 0;
    await guarded('free_dead', async () => {
      freed = await freeDead(urgent, worker);
    });
    return freed > 0 ? ALL_MAY_BE_DUE : due;
  }

  return {
    checks: checks.of,
    dailyHead,
    async tick() {
      // Before the look no statement sees a jump of the clock, so neither a check nor a lowering waits for it; what goes on by
      // time does.
      const looked = guarded('clock', options.lookAtClock);
      const { due, answered } = await ask();
      const effects = due.target || due.message || due.direct || due.step || due.tellings;
      await Promise.all([
        due.checks && guarded('checks', checks.due),
        due.wakes && looked.then(() => guarded('wakes', wakes.run)),
        effects && pump(due),
        looked,
      ]);
      await Promise.all([
        // What was decided meanwhile has something to do and to say.
        (due.checks || due.wakes) && pump(),
        due.redraws && guarded('redraw', () => deliver.redraw()),
        due.doubts && guarded('late_posts', () => deliver.lookForLate()),
        guarded('retention', retention.slice),
        missedHead(),
      ]);
      if (answered) options.onAlive?.();
    },
    async close() {
      wakes.stop();
      await guarded('give_back', checks.close);
    },
  };
}

/** What is over has nothing that comes by time but the end of its lists and results that grow old; a tick begins what it frees. */
const OVER_AGAIN_MS = 24 * 3_600_000;

function lookedAtAgain(rollout: Rollout): Pick<QuietWake, 'at' | 'afterMs'> {
  return isTerminal(rollout.phase)
    ? { at: nextByTime(rollout), afterMs: OVER_AGAIN_MS }
    : { at: nextCallAt(rollout), afterMs: LOOK_AGAIN_MS };
}
