import { setTimeout as delay } from 'node:timers/promises';
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
  keepReadings,
  type MeasuredCheck,
  renewWatches,
  saveWatches,
  saveWatchesAlone,
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
  /** The rollout was changed by it. */
  readonly decided: boolean;
}

/** Claimed, and results written, by one statement. */
const BATCH = 100;
/** Rounds under way, and with those that take longer than a second: metric sources that hang. */
const AT_ONCE = 400;
const MOST = 2_000;
/** The lease of a watch is 15 s. */
const BEAT_MS = 5_000;
/** Readings that could not be written are tried again for so long; a tick that waits for them ends within half a minute. */
const KEEP_MS = 20_000;
const KEEP_AGAIN_MS = { first: 500, longest: 4_000 };

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

  /** Rounds whose readings are not written yet, and why. */
  const unkept = new Map<DueWatch, { readonly round: Round; readonly why: unknown }>();
  const closing = new AbortController();

  /**
   * What checks remember and their readings are written together. Where that fails, what they remember is written alone: it
   * decides whether the next reading leads down, and must not be lost because a reading cannot be kept. Nothing is read again
   * then, and the next round has the time it would have had. What is refused for one round is written by halves: the others of
   * a batch have nothing to do with it.
   */
  async function writeRounds(batch: readonly Round[]): Promise<void> {
    const results = batch.map(({ result }) => result);
    try {
      await saveWatches(db, results);
      return;
    } catch (error) {
      if (batch.length > 1 && isAboutData(error)) return byHalves(batch, writeRounds);
      log.error({ err: error, rounds: batch.length }, 'results of checks not written at once; readings may get lost');
      for (const round of batch) unkept.set(round.due, { round, why: error });
    }
    try {
      await saveWatchesAlone(db, results);
    } catch (error) {
      log.error(
        { err: error, rounds: batch.length },
        'results of checks not written; what is still watched is read again',
      );
      await giveBack(batch.map(({ due }) => due));
    }
  }

  async function writeReadings(batch: readonly Round[]): Promise<void> {
    try {
      await keepReadings(
        db,
        batch.map(({ result }) => result),
      );
      for (const { due } of batch) unkept.delete(due);
    } catch (error) {
      const refused = isAboutData(error);
      if (batch.length > 1 && refused) return byHalves(batch, writeReadings);
      for (const round of batch) {
        if (refused) giveUp(round, error);
        else unkept.set(round.due, { round, why: error });
      }
    }
  }

  const readings = inBatches<Round>({ most: BATCH, moreToCome: () => false, write: writeReadings });

  /** Resolves when the readings of this round are written, or are lost: then the log has those that something was decided by. */
  async function kept(due: DueWatch): Promise<void> {
    const began = performance.now();
    let waitMs = KEEP_AGAIN_MS.first;
    for (let open = unkept.get(due); open; open = unkept.get(due)) {
      if (closing.signal.aborted || performance.now() - began + waitMs > KEEP_MS) return giveUp(open.round, open.why);
      // A process that ends tries once more at once.
      await delay(waitMs, undefined, { ref: false, signal: closing.signal }).catch(() => undefined);
      await readings(open.round);
      waitMs = Math.min(KEEP_AGAIN_MS.longest, 2 * waitMs);
    }
  }

  function giveUp({ due, result, decided }: Round, error: unknown): void {
    unkept.delete(due);
    if (!decided) return;
    const about = { rolloutId: due.rollout.id, dueAt: result.dueAt, readings: result.measured };
    log.error({ err: error, ...about }, 'readings behind a decision not kept; what was decided holds');
  }

  const write = inBatches<Round>({ most: BATCH, moreToCome: () => inHand.size > unwritten, write: writeRounds });

  async function save(round: Round): Promise<void> {
    unwritten += 1;
    await write(round).finally(() => {
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
    if (decision.outcome !== 'accepted') return save({ due, result, decided: false });
    await crashPoint('FP11');
    const goesDown = decision.effects.some(({ kind }) => kind === 'lower');
    const { decided, saved } = await (goesDown ? deliver.first(() => act(due, fact, result)) : act(due, fact, result));
    if (decided) await deliver.pump(rollout.id);
    await saved;
  }

  /** Writes what a reading means, and carries out what that makes due. `saved`: the book-keeping, which nothing waits for. */
  async function act(
    due: DueWatch,
    fact: Fact,
    result: WatchResult,
  ): Promise<{ readonly decided: boolean; readonly saved: Promise<void> }> {
    const answer = await decide(due, fact);
    await crashPoint('FP12');
    const decided = answer.kind === 'accepted';
    const saved = save({ due, result, decided });
    if (decided) await deliver.run(answer.claimed);
    return { decided, saved };
  }

  /** Once more where the first answer is an error: it may have been written, and only its answer lost. Its key makes it one. */
  async function decide(due: DueWatch, fact: Fact): Promise<DispatchAnswer> {
    const { id } = due.rollout;
    const key = `check:${id}:${due.watch.fence}:${due.dueAt.toISOString()}`;
    try {
      return await dispatch.fact(key, id, fact, due);
    } catch (error) {
      log.warn({ err: error, rolloutId: id }, 'not known whether what checks found is decided; asked once more');
      return dispatch.fact(key, id, fact);
    }
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
      log.error(
        { err: error, rolloutId: due.rollout.id },
        'round of checks failed; what is still watched is read again',
      );
      await giveBack([due]);
    } finally {
      inHand.delete(due);
      if (inHand.size === 0) {
        clearInterval(beat);
        beat = undefined;
      }
    }
    await kept(due);
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
      closing.abort();
      await giveBack([...inHand.keys()]);
    },
  };
}

async function byHalves<T>(batch: readonly T[], write: (half: readonly T[]) => Promise<void>): Promise<void> {
  const half = Math.ceil(batch.length / 2);
  await write(batch.slice(0, half));
  await write(batch.slice(half));
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
