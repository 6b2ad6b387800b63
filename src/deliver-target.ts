import type { Logger } from 'pino';
import type { Adapters, Outside } from './adapters.js';
import { lowerAll, movedMeanwhile, raiseAll, rehearseAll, seenTargets } from './deliver-calls.js';
import type { Answer, Dispatch } from './dispatch.js';
import { afterLowering, describe, readChecks, readEachTarget, type TargetAnswer, together } from './measure.js';
import { isBeforeFirstRaise } from './rollout/decide-announcement.js';
import type { TargetEffect } from './rollout/effects.js';
import { plainExposure } from './rollout/exposure.js';
import { firstStreaks } from './rollout/health.js';
import { checksOf } from './rollout/in-force.js';
import type { Plan } from './rollout/plan.js';
import { type CheckReading, NEW_STREAK, nextStreak, type Streak } from './rollout/streak.js';
import type { OnStep } from './steps.js';
import type { Db } from './store/connect.js';
import { type EffectRow, endEffect, renewClaim, retryEffect, stillMine } from './store/effects.js';
import { type Loaded, loadRollout } from './store/rollouts.js';
import { TargetError } from './targets/target.js';

interface Options {
  readonly db: Db;
  readonly dispatch: Dispatch;
  readonly adapters: Adapters;
  readonly log: Logger;
  readonly onStep?: OnStep;
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
const LOOK_AGAIN_MS = 500;
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
  const step: OnStep = options.onStep ?? (() => undefined);

  /** Raises this process has under way. */
  const raising = new Map<number, AbortController>();

  async function fact(row: EffectRow, name: string, value: Parameters<Dispatch['fact']>[2]): Promise<Answer> {
    const answer = await dispatch.fact(`effect:${row.id}:${name}`, row.rolloutId, value);
    return answer;
  }

  /** Ends the effect, then does what its answer made due. A repeat of a crashed try changes nothing. */
  async function finish(row: EffectRow, answer: Answer): Promise<void> {
    await endEffect(db, row, 'done');
    if (answer.kind === 'accepted') await options.run(answer.claimed);
  }

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
    if (effect.kind === 'rehearse') {
      const failed = { type: 'rehearsal_failed', reason: 'target_changed', detail: changed } as const;
      return await finish(row, await fact(row, 'rehearsal_failed', failed));
    }
    if (effect.kind === 'raise') {
      const failed = {
        type: 'raise_failed',
        movedSeq: effect.movedSeq,
        reason: 'raise_failed',
        detail: changed,
      } as const;
      return await finish(row, await fact(row, 'failed', failed));
    }
    log.error({ rolloutId: row.rolloutId, attempt: row.attempts, why: changed }, 'targets changed');
    await retryEffect(db, row, LOWER_RETRY_MAX_MS, changed);
  }

  async function raise(row: EffectRow, effect: Of<'raise'>, loaded: Loaded, outside: Outside): Promise<void> {
    const { movedSeq } = effect;
    if (loaded.now >= effect.notAfter) {
      const detail = row.lastError ?? 'nobody carried it out in time';
      const answer = await fact(row, 'expired', { type: 'raise_failed', movedSeq, reason: 'raise_expired', detail });
      await endEffect(db, row, 'expired');
      if (answer.kind === 'accepted') await options.run(answer.claimed);
      return;
    }
    // The verdicts the approver saw may be old: read once more, and let the rules say whether to go.
    const streaks = await freshStreaks(loaded, outside);
    const refused = isBeforeFirstRaise(loaded.rollout) ? await options.announce(row.rolloutId) : null;
    const checked = await fact(row, `checked:${row.fence}`, {
      type: 'raise_checked',
      movedSeq,
      streaks,
      ...(refused === null ? {} : { refused, tried: row.attempts > 1 }),
    });
    if (checked.kind === 'accepted') return await finish(row, checked);
    if (checked.kind !== 'nothing' || checked.note !== 'healthy') return void (await endEffect(db, row, 'done'));
    if (!(await renewClaim(db, row))) return;
    try {
      const answers = await readEachTarget(outside);
      const moved = movedMeanwhile(row, effect, loaded.rollout.plan, together(answers));
      if (moved) {
        const failed = { type: 'raise_failed', movedSeq, reason: 'exposure_moved', detail: moved } as const;
        return await finish(row, await fact(row, 'failed', failed));
      }
      const targets = seenTargets(outside.targets, answers);
      await whileMine(row, (signal) => raiseAll(targets, effect.to, { signal, mayWrite: () => !signal.aborted }));
      await step('FP06');
      await step('FP07');
      const found = together(await readEachTarget(outside));
      await step('FP08');
      if ('error' in found) throw new TargetError('rejected', found.error, { retryable: true });
      if (found.partial || found.exposure !== effect.to) {
        throw new TargetError(
          'rejected',
          `told to be ${plainExposure(loaded.rollout.plan, effect.to)}, read ${found.detail}`,
          { retryable: true },
        );
      }
      await finish(row, await fact(row, 'raised', { type: 'raised', movedSeq, exposure: found.exposure }));
    } catch (error) {
      await raiseAgainOrFail(row, effect, error);
    }
  }

  /**
   * A raise that was superseded is broken off, so that it holds nothing the lowering needs: at once when the lowering
   * runs here, within a moment when it runs in another process.
   */
  async function whileMine(row: EffectRow, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const controller = new AbortController();
    raising.set(row.rolloutId, controller);
    const look = setInterval(() => {
      stillMine(db, row).then(
        (mine) => mine || controller.abort(),
        () => undefined,
      );
    }, LOOK_AGAIN_MS);
    try {
      await work(controller.signal);
    } finally {
      clearInterval(look);
      if (raising.get(row.rolloutId) === controller) raising.delete(row.rolloutId);
    }
  }

  async function raiseAgainOrFail(row: EffectRow, effect: Of<'raise'>, error: unknown): Promise<void> {
    const detail = describe(error);
    log.warn({ rolloutId: row.rolloutId, attempt: row.attempts, why: detail }, 'raise not done');
    if (error instanceof TargetError && !error.retryable) {
      const failed = { type: 'raise_failed', movedSeq: effect.movedSeq, reason: 'raise_failed', detail } as const;
      return await finish(row, await fact(row, 'failed', failed));
    }
    await retryEffect(db, row, RAISE_RETRY_MS, detail);
  }

  async function lower(
    row: EffectRow,
    effect: Of<'lower'>,
    { rollout: { plan } }: Loaded,
    outside: Outside,
  ): Promise<void> {
    const { to, movedSeq } = effect;
    raising.get(row.rolloutId)?.abort();
    const { notes, errors, refusedForGood } = await lowerAll(outside.targets, to);
    await step('FP06');
    await step('FP07');
    const answers = await readEachTarget(outside);
    const found = afterLowering(answers);
    await step('FP08');
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

  /** The memory of the checks with one more reading each, taken now. */
  async function freshStreaks({ rollout, watch, now }: Loaded, outside: Outside): Promise<Record<string, Streak>> {
    const known = watch?.streaks ?? firstStreaks(rollout.verdicts, rollout.numbers);
    const readings = await readChecks(rollout, outside, now);
    const entries = checksOf(rollout).map((check): [string, Streak] => {
      const reading: CheckReading = readings[check.name] ?? { unknown: 'internal', detail: 'not measured', tookMs: 0 };
      return [check.name, nextStreak(known[check.name] ?? NEW_STREAK, check, reading, now)];
    });
    return Object.fromEntries(entries);
  }

  const lane: TargetLane = async (row, effect) => {
    const loaded = await loadRollout(db, row.rolloutId);
    if (!loaded) return void (await endEffect(db, row, 'failed', 'no such rollout'));
    let outside: Outside;
    try {
      outside = adapters.of(loaded.rollout);
    } catch (error) {
      // A variable of the plan is not set any more. Nothing is lost: the effect waits until it is.
      return void (await retryEffect(db, row, LOWER_RETRY_MAX_MS, describe(error)));
    }
    if (outside.changed) return await otherTargets(row, effect, outside.changed);
    if (effect.kind === 'raise' || effect.kind === 'lower') await step('FP05');
    switch (effect.kind) {
      case 'rehearse':
        return await rehearse(row, loaded, outside);
      case 'raise':
        return await raise(row, effect, loaded, outside);
      case 'lower':
        return await lower(row, effect, loaded, outside);
      case 'read':
        return await read(row, effect, outside);
      default:
        return effect satisfies never;
    }
  };
  return lane;
}
