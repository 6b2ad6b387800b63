import type { Logger } from 'pino';
import type { Adapters } from '../adapters/index.js';
import type { OnCrashPoint } from '../crash-points.js';
import type { Deliver } from '../deliver/index.js';
import type { Dispatch, DispatchAnswer } from '../dispatch.js';
import { describe, readChecks, readEachTarget, together } from '../read-outside.js';
import { record } from '../rollout/decide.js';
import { assess, type ExposureReading } from '../rollout/health/assess.js';
import { checksOf } from '../rollout/health/in-force.js';
import { type CheckReading, levelRead, unknownCode } from '../rollout/health/streak.js';
import { NOT_MEASURED } from '../rollout/health/why-unknown.js';
import type { Fact } from '../rollout/state/commands.js';
import { bakingSince, type Rollout } from '../rollout/state/rollout.js';
import type { Db } from '../store/connect.js';
import { isAboutData } from '../store/trouble.js';
import {
  claimWatches,
  type DueWatch,
  giveWatchesBack,
  type MeasuredCheck,
  renewWatches,
  saveWatches,
  type WatchResult,
} from '../store/watches.js';
import { inBatches } from './batches.js';
import { createDrain } from './drain.js';

export interface CheckOptions {
  readonly db: Db;
  readonly worker: string;
  readonly dispatch: Dispatch;
  readonly deliver: Deliver;
  readonly adapters: Adapters;
  readonly log: Logger;
  readonly onCrashPoint?: OnCrashPoint;
}

export interface Checks {
  /** Reads what is due, until nothing is; those that have waited longest first. */
  due(): Promise<void>;
  /** Reads these rollouts' checks, if they are due, whatever else is. */
  of(rolloutIds: readonly number[]): Promise<void>;
  /** Begins no more rounds and gives back those that are under way. */
  close(): Promise<void>;
}

/** A round that was read, and what is to be written of it. */
interface Round {
  readonly due: DueWatch;
  readonly result: WatchResult;
}

/** Claimed, and results written, by one statement. */
const BATCH = 100;
/** Rounds under way, and with those that take longer than a second: metric sources that hang. */
const AT_ONCE = 400;
const MOST = 2_000;
/** The lease of a watch is 15 s. */
const BEAT_MS = 5_000;

/**
 * Rounds of checks for everything that is due: claim → measure, no transaction open → quiet results written together.
 * A result that means something goes through dispatch, and what that makes due is carried out at once: the flag first.
 */
export function createChecks(options: CheckOptions): Checks {
  const { db, worker, dispatch, deliver, adapters, log } = options;
  const crashPoint: OnCrashPoint = options.onCrashPoint ?? (() => undefined);
  /** Rounds under way. After a move a rollout may have a second one, of the next stage, beside that of the one before. */
  const inHand = new Map<DueWatch, { readonly beganAt: number }>();
  /** Claims that could not be given back yet. */
  let owed: DueWatch[] = [];
  let beat: NodeJS.Timeout | undefined;
  /** Rounds whose result waits to be written. */
  let unwritten = 0;

  /** What is refused for one of them is written by halves: the others of a batch have nothing to do with it. */
  async function writeRounds(batch: readonly Round[]): Promise<void> {
    try {
      await saveWatches(
        db,
        batch.map(({ result }) => result),
      );
    } catch (error) {
      if (batch.length > 1 && isAboutData(error)) {
        const half = Math.ceil(batch.length / 2);
        await writeRounds(batch.slice(0, half));
        await writeRounds(batch.slice(half));
        return;
      }
      log.error({ err: error, rounds: batch.length }, 'results of checks not written; they are read again');
      await giveBack(batch.map(({ due }) => due));
    }
  }

  const write = inBatches<Round>({ most: BATCH, moreToCome: () => inHand.size > unwritten, write: writeRounds });

  async function save(due: DueWatch, result: WatchResult): Promise<void> {
    unwritten += 1;
    await write({ due, result }).finally(() => {
      unwritten -= 1;
    });
  }

  /** One that fails is tried again by the next; after 15 s the lease is over anyway. */
  async function giveBack(rounds: readonly DueWatch[]): Promise<void> {
    owed.push(...rounds);
    if (owed.length === 0) return;
    const giving = owed;
    owed = [];
    try {
      await giveWatchesBack(
        db,
        giving.map(({ watch }) => watch),
      );
    } catch {
      owed.push(...giving.slice(-MOST));
    }
  }

  async function round(due: DueWatch): Promise<void> {
    const { rollout, now } = due;
    const stage = rollout.plan.stages[Math.max(0, rollout.stage.no - 1)];
    if (!stage) return giveBack([due]);
    const { readings, target } = await read(rollout, now);
    await crashPoint('FP10');
    const { watch, restarted } = assess({
      checks: checksOf(rollout),
      stage,
      watch: due.watch,
      readings,
      target,
      now,
      bakingSince: bakingSince(rollout),
      expected: rollout.exposure.wanted,
      capture: rollout.health.capture ?? null,
    });
    const fact: Fact = {
      type: 'assessed',
      movedSeq: rollout.exposure.movedSeq,
      stageNo: due.watch.stageNo,
      attempt: due.watch.attempt,
      streaks: watch.streaks,
      observedMs: watch.observedMs,
      target,
      ...(restarted && { restarted }),
    };
    const measured = measuredOf(rollout, readings);
    const result = { watch, dueAt: due.dueAt, measured };
    const decision = record(rollout, fact, { now, watch });
    if (decision.outcome !== 'accepted') return save(due, result);
    await crashPoint('FP11');
    const goesDown = decision.effects.some(({ kind }) => kind === 'lower');
    const answer = await (goesDown ? deliver.first(() => act(due, fact, result)) : act(due, fact, result));
    if (answer.kind === 'accepted') await deliver.pump(rollout.id);
  }

  /** Writes what a reading means, and carries out what that makes due. */
  async function act(due: DueWatch, fact: Fact, result: WatchResult): Promise<DispatchAnswer> {
    const { id } = due.rollout;
    const key = `check:${id}:${due.watch.fence}:${due.dueAt.toISOString()}`;
    const answer = await dispatch.fact(key, id, fact, due);
    await crashPoint('FP12');
    // The way down does not wait for the book-keeping; the measurements behind it are kept right after.
    const under = answer.kind === 'accepted' ? deliver.run(answer.claimed) : undefined;
    await Promise.all([under, save(due, result)]);
    return answer;
  }

  async function read(
    rollout: Rollout,
    now: Date,
  ): Promise<{ readings: Record<string, CheckReading>; target: ExposureReading }> {
    try {
      const outside = adapters.of(rollout);
      const [readings, targets] = await Promise.all([readChecks(rollout, outside, now), readEachTarget(outside)]);
      return { readings, target: outside.changed ? { error: outside.changed } : together(targets) };
    } catch (error) {
      return { readings: {}, target: { error: describe(error) } };
    }
  }

  async function keepingIt(due: DueWatch): Promise<void> {
    inHand.set(due, { beganAt: performance.now() });
    beat ??= setInterval(() => void renewSlow().catch(() => undefined), BEAT_MS);
    try {
      await round(due);
    } catch (error) {
      log.error({ err: error, rolloutId: due.rollout.id }, 'round of checks failed; it is begun again');
      await giveBack([due]);
    } finally {
      inHand.delete(due);
      if (inHand.size === 0) {
        clearInterval(beat);
        beat = undefined;
      }
    }
  }

  /** A slow metric source holds up its own rollout only, and for as long as it takes. */
  async function renewSlow(): Promise<void> {
    const now = performance.now();
    const slow = [...inHand].filter(([, { beganAt }]) => now - beganAt > BEAT_MS / 2);
    await renewWatches(
      db,
      slow.map(([{ watch }]) => watch),
    );
  }

  async function claim(limit: number, only?: readonly number[]): Promise<DueWatch[]> {
    const ids = [...inHand.keys()].map(({ rollout }) => rollout.id);
    const due = await claimWatches(db, { worker, limit, inHand: ids, ...(only && { only }) });
    if (due.length > 0) await crashPoint('FP09');
    return due;
  }

  const drain = createDrain<DueWatch>({
    claim,
    work: keepingIt,
    batch: BATCH,
    atOnce: AT_ONCE,
    most: MOST,
  });

  return {
    async due() {
      if (owed.length > 0) await giveBack([]);
      await drain.run();
    },
    of: async (rolloutIds) => drain.begin(await claim(rolloutIds.length, rolloutIds)),
    async close() {
      drain.stop();
      await giveBack([...inHand.keys()]);
    },
  };
}

function measuredOf(rollout: Rollout, readings: Record<string, CheckReading>): MeasuredCheck[] {
  return checksOf(rollout).map((check) => {
    const reading: CheckReading = readings[check.name] ?? NOT_MEASURED;
    const level = levelRead(check, reading);
    const { tookMs } = reading;
    if ('unknown' in reading || level === null) {
      return { check: check.name, value: null, verdict: 'unknown', reason: unknownCode(check, reading), tookMs };
    }
    return { check: check.name, value: reading.value, verdict: level, reason: null, tookMs };
  });
}
