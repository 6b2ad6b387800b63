import type { Logger } from 'pino';
import type { Adapters } from '../adapters.js';
import type { Deliver } from '../deliver.js';
import type { Answer, Dispatch } from '../dispatch.js';
import { describe, readChecks, readEachTarget, together } from '../measure.js';
import type { Fact } from '../rollout/commands.js';
import { record } from '../rollout/decide.js';
import { assess, type ExposureReading } from '../rollout/health.js';
import { checksOf } from '../rollout/in-force.js';
import { bakingSince, type Rollout } from '../rollout/rollout.js';
import { type CheckReading, levelRead, unknownCode } from '../rollout/streak.js';
import type { OnStep } from '../steps.js';
import type { Db } from '../store/connect.js';
import {
  claimWatches,
  type DueWatch,
  type Measured,
  renewWatch,
  saveWatches,
  type WatchResult,
} from '../store/watches.js';

export interface CheckOptions {
  readonly db: Db;
  readonly worker: string;
  readonly dispatch: Dispatch;
  readonly deliver: Deliver;
  readonly adapters: Adapters;
  readonly log: Logger;
  readonly onStep?: OnStep;
}

const BATCH = 100;
/** The lease of a watch is 15 s. */
const BEAT_MS = 5_000;

/**
 * One round of checks for everything that is due: claim → measure, no transaction open → quiet results in one write.
 * A result that means something goes through dispatch, and what that makes due is carried out at once: the flag first.
 */
export function createChecks(options: CheckOptions): () => Promise<number> {
  const { db, worker, dispatch, deliver, adapters, log } = options;
  const step: OnStep = options.onStep ?? (() => undefined);

  async function round(due: DueWatch): Promise<WatchResult | null> {
    const { rollout, now } = due;
    const stage = rollout.plan.stages[Math.max(0, rollout.stageNo - 1)];
    if (!stage) return null;
    const { readings, target } = await read(rollout, now);
    await step('FP10');
    const { watch, restarted } = assess({
      ...{ checks: checksOf(rollout), stage, watch: due.watch, readings, target, now },
      ...{ bakingSince: bakingSince(rollout), expected: rollout.wanted, capture: rollout.capture ?? null },
    });
    const fact: Fact = {
      ...{ type: 'assessed', movedSeq: rollout.movedSeq, stageNo: due.watch.stageNo, attempt: due.watch.attempt },
      ...{ streaks: watch.streaks, observedMs: watch.observedMs, target },
      ...(restarted && { restarted }),
    };
    const measured = measuredOf(rollout, readings);
    const result = { watch, dueAt: due.dueAt, measured };
    if (record(rollout, fact, { now, watch }).outcome !== 'accepted') return result;
    await step('FP11');
    const key = `check:${rollout.id}:${due.watch.fence}:${due.dueAt.toISOString()}`;
    const answer = await dispatch.fact(key, rollout.id, fact);
    await step('FP12');
    // The way down does not wait for the book-keeping; the measurements behind it are kept right after.
    const under = answer.kind === 'accepted' ? carryOut(answer) : undefined;
    await Promise.all([under, saveWatches(db, [result])]);
    return null;
  }

  async function carryOut(answer: Extract<Answer, { kind: 'accepted' }>): Promise<void> {
    await deliver.run(answer.claimed);
    await deliver.pump(answer.rollout.id);
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

  /** Rounds under way. After a move a rollout may have a second one, of the next stage, beside that of the one before. */
  const inHand = new Set<DueWatch>();

  async function keepingIt(due: DueWatch): Promise<WatchResult | null> {
    inHand.add(due);
    const beat = setInterval(() => void renewWatch(db, due.watch).catch(() => undefined), BEAT_MS);
    try {
      return await round(due);
    } finally {
      clearInterval(beat);
      inHand.delete(due);
    }
  }

  return async () => {
    const under = [...inHand].map(({ rollout }) => rollout.id);
    const due = await claimWatches(db, worker, BATCH, under);
    if (due.length === 0) return 0;
    await step('FP09');
    // A slow metric source holds up its own rollout only: quiet results are written as they come, together where they can.
    const quiet: WatchResult[] = [];
    await Promise.all(
      due.map(async (each) => {
        try {
          const result = await keepingIt(each);
          if (result) quiet.push(result);
          if (quiet.length > 0) await saveWatches(db, quiet.splice(0));
        } catch (error) {
          log.error(
            { err: error, rolloutId: each.rollout.id },
            'round of checks failed; its lease ends and it is taken again',
          );
        }
      }),
    );
    return due.length;
  };
}

function measuredOf(rollout: Rollout, readings: Record<string, CheckReading>): Measured[] {
  return checksOf(rollout).map((check) => {
    const reading: CheckReading = readings[check.name] ?? { unknown: 'internal', detail: 'not measured', tookMs: 0 };
    const level = levelRead(check, reading);
    const { tookMs } = reading;
    if ('unknown' in reading || level === null) {
      return { check: check.name, value: null, verdict: 'unknown', reason: unknownCode(check, reading), tookMs };
    }
    return { check: check.name, value: reading.value, verdict: level, reason: null, tookMs };
  });
}
