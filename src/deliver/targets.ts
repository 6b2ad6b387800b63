import type { Logger } from 'pino';
import type { Adapters, Outside } from '../adapters/index.js';
import type { OnCrashPoint } from '../crash-points.js';
import type { Dispatch, DispatchAnswer } from '../dispatch.js';
import { afterLowering, describe, readChecks, readEachTarget, type TargetAnswer } from '../read-outside.js';
import { plainExposure } from '../rollout/plan/exposure.js';
import type { Plan } from '../rollout/plan/plan.js';
import type { TargetEffect } from '../rollout/state/effects.js';
import type { Rollout } from '../rollout/state/rollout.js';
import type { Db } from '../store/connect.js';
import { type EffectRow, endEffect, retryEffect } from '../store/effects.js';
import { type Loaded, loadRollout } from '../store/rollouts.js';
import { TargetError } from '../targets/target.js';
import { lowerAll, rehearseAll } from './calls.js';
import { createRaises } from './raise.js';

interface Options {
  readonly db: Db;
  readonly dispatch: Dispatch;
  readonly adapters: Adapters;
  readonly log: Logger;
  readonly onCrashPoint?: OnCrashPoint;
  /**
   * Has the channel its first message of this rollout? Makes it where it is missing. Slack's code where the channel does not
   * take it, for good; null where it has it, or where Slack is away or slow: that does not hold a start.
   */
  readonly announce: (rolloutId: number) => Promise<string | null>;
  /** Carries out what a fact's decision claimed for this process. */
  readonly run: (rows: readonly EffectRow[]) => Promise<void>;
}

type Of<K extends TargetEffect['kind']> = Extract<TargetEffect, { kind: K }>;

export type TargetLane = (row: EffectRow, effect: TargetEffect) => Promise<void>;

const REHEARSE_TRIES = 3;
const LOWER_RETRY_MAX_MS = 5_000;
const TELL_AFTER_TRIES = 3;
const RAISE_RETRY_MS = 2_000;

/** Of several targets those that are down, so that people need not look at them. */
function down(plan: Plan, to: number, answers: readonly TargetAnswer[]): string[] {
  const low = answers.flatMap(({ target, reading }) => {
    const { exposure } = 'error' in reading ? (reading.remaining ?? { exposure: Number.POSITIVE_INFINITY }) : reading;
    return exposure <= to ? [`${target} reads ${plainExposure(plan, exposure)}`] : [];
  });
  return answers.length > 1 ? low : [];
}

/** The lane to the targets: rehearse, raise, lower, read. What they answered goes back through dispatch as facts. */
export function createTargetLane(options: Options): TargetLane {
  const { db, dispatch, adapters, log } = options;
  const crashPoint: OnCrashPoint = options.onCrashPoint ?? (() => undefined);

  async function fact(row: EffectRow, name: string, value: Parameters<Dispatch['fact']>[2]): Promise<DispatchAnswer> {
    const answer = await dispatch.fact(`effect:${row.id}:${name}`, row.rolloutId, value);
    return answer;
  }

  /** Ends the effect, then does what its answer made due. A repeat of a crashed try changes nothing. */
  async function finish(row: EffectRow, answer: DispatchAnswer): Promise<void> {
    await endEffect(db, row, 'done');
    if (answer.kind === 'accepted') await options.run(answer.claimed);
  }

  const raises = createRaises({ db, log, crashPoint, fact, finish, run: options.run, announce: options.announce });

  async function rehearse(row: EffectRow, { rollout, now }: Loaded, outside: Outside): Promise<void> {
    try {
      const exposures = await rehearseAll(outside.targets, rollout.plan);
      const checks = await readChecks(rollout, outside, now);
      await finish(row, await fact(row, 'rehearsed', { type: 'rehearsed', exposures, checks }));
    } catch (error) {
      const detail = describe(error);
      const again = !(error instanceof TargetError) || error.retryable;
      if (again && row.attempts < REHEARSE_TRIES) {
        await retryEffect(db, row, RAISE_RETRY_MS, detail);
        return;
      }
      await finish(
        row,
        await fact(row, 'rehearsal_failed', { type: 'rehearsal_failed', reason: 'rehearsal_failed', detail }),
      );
    }
  }

  /** These are not the targets the rollout started with: nothing is moved through them, and nothing read is believed. */
  async function otherTargets(row: EffectRow, effect: TargetEffect, changed: string): Promise<void> {
    switch (effect.kind) {
      case 'rehearse': {
        const failed = { type: 'rehearsal_failed', reason: 'target_changed', detail: changed } as const;
        return await finish(row, await fact(row, 'rehearsal_failed', failed));
      }
      case 'raise': {
        const { movedSeq } = effect;
        const failed = { type: 'raise_failed', movedSeq, reason: 'raise_failed', detail: changed } as const;
        return await finish(row, await fact(row, 'failed', failed));
      }
      case 'lower':
      case 'read':
        log.error({ rolloutId: row.rolloutId, attempt: row.attempts, why: changed }, 'targets changed');
        return void (await retryEffect(db, row, LOWER_RETRY_MAX_MS, changed));
      default:
        return effect satisfies never;
    }
  }

  async function lower(row: EffectRow, effect: Of<'lower'>, { plan }: Rollout, outside: Outside): Promise<void> {
    const { to, movedSeq } = effect;
    raises.breakOff(row.rolloutId);
    const { notes, errors, refusedForGood } = await lowerAll(outside.targets, to);
    await crashPoint('FP06');
    await crashPoint('FP07');
    const answers = await readEachTarget(outside);
    const found = afterLowering(answers);
    await crashPoint('FP08');
    if (!('error' in found) && found.exposure <= to) {
      const left = notes.length === 0 ? {} : { left: notes.join('; ') };
      const lowered = { type: 'lowered', movedSeq, exposure: found.exposure, ...left } as const;
      return await finish(row, await fact(row, 'lowered', lowered));
    }
    const not =
      errors.join('; ') ||
      ('error' in found ? found.error : `told to be ${plainExposure(plan, to)}, read ${found.detail}`);
    const why = [not, ...down(plan, to, answers)].join('; ');
    log.error({ rolloutId: row.rolloutId, attempt: row.attempts, to, why }, 'not lowered yet');
    if (row.attempts === TELL_AFTER_TRIES) await fact(row, 'late', { type: 'lower_late', movedSeq, detail: why });
    if (refusedForGood && to > 0) {
      // It will never be at this percentage; off is a place every target knows.
      const answer = await fact(row, 'refused', { type: 'lower_refused', movedSeq, detail: why });
      if (answer.kind === 'accepted') return await options.run(answer.claimed);
    }
    await retryEffect(db, row, Math.min(LOWER_RETRY_MAX_MS, 250 * 2 ** Math.min(row.attempts, 6)), why);
  }

  async function read(row: EffectRow, effect: Of<'read'>, outside: Outside): Promise<void> {
    // Read after a lowering only: a part that is gone is no reason never to be sure of the others.
    const found = afterLowering(await readEachTarget(outside));
    const { movedSeq, last } = effect;
    if ('error' in found) {
      // What could be read says enough when it is too much.
      const { atLeast: exposure } = found;
      const high =
        exposure === undefined
          ? null
          : await fact(row, `high:${exposure}`, { type: 'settle_read', movedSeq, exposure, last: false });
      if (high?.kind === 'accepted') return await finish(row, high);
      return void (await retryEffect(db, row, LOWER_RETRY_MAX_MS, found.error));
    }
    await finish(row, await fact(row, 'read', { type: 'settle_read', movedSeq, exposure: found.exposure, last }));
  }

  /** Null: nothing may be moved or read now, and what follows from that is written. */
  async function outsideOf(row: EffectRow, effect: TargetEffect, rollout: Rollout): Promise<Outside | null> {
    let outside: Outside;
    try {
      outside = adapters.of(rollout);
    } catch (error) {
      // A variable of the plan is not set any more. Nothing is lost: the effect waits until it is.
      await retryEffect(db, row, LOWER_RETRY_MAX_MS, describe(error));
      return null;
    }
    if (!outside.changed) return outside;
    await otherTargets(row, effect, outside.changed);
    return null;
  }

  const lane: TargetLane = async (row, effect) => {
    if (effect.kind === 'lower' && row.decided) {
      // It needs nothing but the plan, which never changes, and reads nothing between the decision and the call.
      const outside = await outsideOf(row, effect, row.decided);
      if (!outside) return;
      await crashPoint('FP05');
      return await lower(row, effect, row.decided, outside);
    }
    const loaded = await loadRollout(db, row.rolloutId);
    if (!loaded) return void (await endEffect(db, row, 'failed', 'no such rollout'));
    const outside = await outsideOf(row, effect, loaded.rollout);
    if (!outside) return;
    if (effect.kind === 'raise' || effect.kind === 'lower') await crashPoint('FP05');
    switch (effect.kind) {
      case 'rehearse':
        return await rehearse(row, loaded, outside);
      case 'raise':
        return await raises.raise(row, effect, loaded, outside);
      case 'lower':
        return await lower(row, effect, loaded.rollout, outside);
      case 'read':
        return await read(row, effect, outside);
      default:
        return effect satisfies never;
    }
  };
  return lane;
}
