import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Outside } from '../adapters/index.js';
import type { OnCrashPoint } from '../crash-points.js';
import type { Dispatch, DispatchAnswer } from '../dispatch.js';
import { describe, readChecks, readEachTarget, together } from '../read-outside.js';
import { firstStreaks } from '../rollout/health/assess.js';
import { checksOf } from '../rollout/health/in-force.js';
import { type CheckReading, NEW_STREAK, nextStreak, type Streak } from '../rollout/health/streak.js';
import { NOT_MEASURED } from '../rollout/health/why-unknown.js';
import { isBeforeFirstRaise } from '../rollout/moves/announcement.js';
import { plainExposure } from '../rollout/plan/exposure.js';
import type { TargetEffect } from '../rollout/state/effects.js';
import type { Db } from '../store/connect.js';
import { type EffectRow, endEffect, retryEffect } from '../store/effects.js';
import type { Loaded } from '../store/rollouts.js';
import { NotRaisedError, type Target, TargetError } from '../targets/target.js';
import { movedMeanwhile, raiseAll, seenTargets } from './calls.js';
import { type StandingOrder, standingOrder } from './order.js';

interface Options {
  readonly db: Db;
  readonly log: Logger;
  readonly crashPoint: OnCrashPoint;
  readonly fact: (row: EffectRow, name: string, value: Parameters<Dispatch['fact']>[2]) => Promise<DispatchAnswer>;
  /** Ends the effect, then does what its answer made due. */
  readonly finish: (row: EffectRow, answer: DispatchAnswer) => Promise<void>;
  readonly run: (rows: readonly EffectRow[]) => Promise<void>;
  /** Has the channel its first message of this rollout? See the target lane. */
  readonly announce: (rolloutId: number) => Promise<string | null>;
}

type RaiseEffect = Extract<TargetEffect, { kind: 'raise' }>;

export interface Raises {
  /** From the last reading of the checks to the read-back. */
  raise(row: EffectRow, effect: RaiseEffect, loaded: Loaded, outside: Outside): Promise<void>;
  /** Ends the raise of this rollout that is under way here, so that it holds nothing its lowering needs. */
  breakOff(rolloutId: number): void;
}

const RETRY_MS = 2_000;
/** Looks at targets and order in one try: somebody writes there, or the last look was too old when it counted. */
const LOOKS = 3;
/** A late raise is told to nobody else: no effect stands for it any more. */
const REPORTS = 30;
const REPORT_AGAIN_MS = 1_000;

/**
 * Raises. Between the last look at the order and the write lies a moment in which this process may be frozen while
 * another one takes the rollout back. The order of things keeps that harmless: first the targets are read, then the order
 * is looked at, then each target writes only where it still is as it was read. A rollback takes the order back before it
 * lowers, so either the look sees that or the lowering comes after the reading and is seen by the target. Where a target
 * cannot tell, the look must be fresh when the write goes out, and a raise that may have gone out after it was over says so.
 */
export function createRaises({ db, log, crashPoint, fact, finish, run, announce }: Options): Raises {
  const underWay = new Map<number, StandingOrder>();

  async function raise(row: EffectRow, effect: RaiseEffect, loaded: Loaded, outside: Outside): Promise<void> {
    const { movedSeq } = effect;
    if (loaded.now >= effect.notAfter) {
      const detail = row.lastError ?? 'nobody carried it out in time';
      const answer = await fact(row, 'expired', { type: 'raise_failed', movedSeq, reason: 'raise_expired', detail });
      await endEffect(db, row, 'expired');
      if (answer.kind === 'accepted') await run(answer.claimed);
      return;
    }
    // The verdicts the approver saw may be old: read once more, and let the rules say whether to go.
    const streaks = await freshStreaks(loaded, outside);
    const refused = isBeforeFirstRaise(loaded.rollout) ? await announce(row.rolloutId) : null;
    const checked = await fact(row, `checked:${row.fence}`, {
      type: 'raise_checked',
      movedSeq,
      streaks,
      ...(refused === null ? {} : { refused, tried: row.attempts > 1 }),
    });
    if (checked.kind === 'accepted') return await finish(row, checked);
    if (checked.kind !== 'nothing' || checked.because !== 'raise_may_go')
      return void (await endEffect(db, row, 'done'));
    const order = standingOrder(db, row, crashPoint);
    underWay.set(row.rolloutId, order);
    try {
      await carryOut({ row, effect, loaded, outside, order });
    } catch (error) {
      await againOrFail(row, effect, order, error);
    } finally {
      order.end();
      if (underWay.get(row.rolloutId) === order) underWay.delete(row.rolloutId);
    }
  }

  async function carryOut(one: {
    readonly row: EffectRow;
    readonly effect: RaiseEffect;
    readonly loaded: Loaded;
    readonly outside: Outside;
    readonly order: StandingOrder;
  }): Promise<void> {
    const { row, effect, loaded, outside, order } = one;
    const { movedSeq, to } = effect;
    const { plan } = loaded.rollout;
    const moved = await write(one);
    if (moved !== null) {
      const failed = { type: 'raise_failed', movedSeq, reason: 'exposure_moved', detail: moved } as const;
      return await overOr(row, effect, order, await fact(row, 'failed', failed));
    }
    await crashPoint('FP06');
    await crashPoint('FP07');
    const found = together(await readEachTarget(outside));
    await crashPoint('FP08');
    if ('error' in found) throw new TargetError('rejected', found.error, { retryable: true });
    if (found.partial || found.exposure !== to) {
      const told = `told to be ${plainExposure(plan, to)}, read ${found.detail}`;
      throw new TargetError('rejected', told, { retryable: true });
    }
    const raised = { type: 'raised', movedSeq, exposure: found.exposure } as const;
    const answer = await fact(row, 'raised', raised);
    if (answer.kind === 'refused') return await late(row, { ...raised, type: 'late_raise', to });
    await finish(row, answer);
  }

  /** Null: written, or there already. Else what was found instead of what the raise starts from. */
  async function write({
    row,
    effect,
    loaded,
    outside,
    order,
  }: Parameters<typeof carryOut>[0]): Promise<string | null> {
    // Targets of which an earlier try may have reached the end, or a part of it.
    const tried = new Set<Target>(row.attempts > 1 ? outside.targets : []);
    for (let looks = 1; ; looks += 1) {
      const answers = await readEachTarget(outside);
      const seen = seenTargets(outside.targets, answers);
      const moved = movedMeanwhile(seen, effect, tried);
      if (moved) return `expected ${plainExposure(loaded.rollout.plan, effect.from)}, read ${moved}`;
      await crashPoint('FP16');
      if (!(await order.look())) throw new NotRaisedError(seen[0]?.target.name ?? '', 'over');
      await crashPoint('FP17');
      const open = seen.filter(({ seen: reading }) => reading.exposure !== effect.to || reading.partial);
      const failures = await raiseAll(open, effect.to, order);
      for (const { target, error } of failures) if (!(error instanceof NotRaisedError)) tried.add(target);
      for (const { target } of open) if (!failures.some((failure) => failure.target === target)) tried.add(target);
      const worst = failures.find(({ error }) => !(error instanceof NotRaisedError)) ?? failures[0];
      if (!worst) return null;
      if (!(worst.error instanceof NotRaisedError) || looks === LOOKS) throw worst.error;
    }
  }

  async function againOrFail(row: EffectRow, effect: RaiseEffect, order: StandingOrder, error: unknown): Promise<void> {
    const detail = describe(error);
    log.warn({ rolloutId: row.rolloutId, attempt: row.attempts, why: detail }, 'raise not done');
    if (error instanceof TargetError && !error.retryable) {
      const failed = { type: 'raise_failed', movedSeq: effect.movedSeq, reason: 'raise_failed', detail } as const;
      return await overOr(row, effect, order, await fact(row, 'failed', failed));
    }
    const mine = await retryEffect(db, row, RETRY_MS, detail).catch(() => false);
    if (!mine && order.mayHaveWritten()) await late(row, lateRaise(effect));
  }

  /** Finishes with the answer to a failed raise; one that was over before it failed may have gone out all the same. */
  async function overOr(
    row: EffectRow,
    effect: RaiseEffect,
    order: StandingOrder,
    answer: DispatchAnswer,
  ): Promise<void> {
    await finish(row, answer);
    if (answer.kind !== 'accepted' && order.mayHaveWritten()) await late(row, lateRaise(effect));
  }

  /** Says that this raise ended after it was over, until somebody has heard it. */
  async function late(row: EffectRow, said: LateRaise): Promise<void> {
    log.warn({ rolloutId: row.rolloutId, attempt: row.attempts, to: said.to, read: said.exposure }, 'raise ended late');
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await fact(row, `late:${row.fence}:${row.attempts}`, said);
        if (answer.kind === 'accepted') return await run(answer.claimed);
        // Another rollout holds the targets: what it put there is not to be lowered by this one.
        if (answer.kind === 'refused') await fact(row, `late:${row.fence}:elsewhere`, { ...said, elsewhere: true });
        return;
      } catch (error) {
        if (tries === REPORTS) {
          const about = { err: error, rolloutId: row.rolloutId, to: said.to };
          log.error(about, 'not recorded that a raise ended late; only the next reading of the targets can show it');
          return;
        }
        await pause(REPORT_AGAIN_MS);
      }
    }
  }

  /** The memory of the checks with one more reading each, taken now. */
  async function freshStreaks({ rollout, watch, now }: Loaded, outside: Outside): Promise<Record<string, Streak>> {
    const known = watch?.streaks ?? firstStreaks(rollout.health.verdicts, rollout.health.numbers);
    const readings = await readChecks(rollout, outside, now);
    const entries = checksOf(rollout).map((check): [string, Streak] => {
      const reading: CheckReading = readings[check.name] ?? NOT_MEASURED;
      return [check.name, nextStreak(known[check.name] ?? NEW_STREAK, check, reading, now)];
    });
    return Object.fromEntries(entries);
  }

  return { raise, breakOff: (rolloutId) => underWay.get(rolloutId)?.breakOff() };
}

type LateRaise = Extract<Parameters<Dispatch['fact']>[2], { type: 'late_raise' }>;

function lateRaise({ movedSeq, to }: RaiseEffect): LateRaise {
  return { type: 'late_raise', movedSeq, to, exposure: null };
}
