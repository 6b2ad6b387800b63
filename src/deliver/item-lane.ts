/** The lane of items that the bot does: each run goes out once, whatever becomes of the process that carries it out. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ActionEnd, Actions } from '../actions/index.js';
import type { OnCrashPoint } from '../crash-points.js';
import type { Dispatch } from '../dispatch.js';
import { afterLostRun } from '../rollout/moves/bot-items.js';
import { ASK_AGAIN_MS, type Job, mayRepeat } from '../rollout/plan/jobs.js';
import type { Fact } from '../rollout/state/commands.js';
import type { ItemEffect } from '../rollout/state/effects.js';
import type { Output } from '../rollout/state/item-state.js';
import { type ListedItem, rowsOf, sameItem } from '../rollout/state/items.js';
import type { Db } from '../store/connect.js';
import { type EffectRow, endEffect, renewClaim, retryEffect } from '../store/effects.js';
import { itemsOf, keepOutput } from '../store/items.js';
import { domainNow } from '../store/rollouts.js';

export type ItemLane = (row: EffectRow, effect: ItemEffect) => Promise<void>;

interface Options {
  readonly db: Db;
  readonly dispatch: Pick<Dispatch, 'fact'>;
  readonly actions: Actions;
  readonly log: Logger;
  readonly onCrashPoint?: OnCrashPoint;
  /** Given when the process ends and what is under way has had its time. */
  readonly signal: AbortSignal;
}

/** What was found out is recorded sooner or later: the database may be away just now. */
const RECORD_AGAIN_MS = 1_000;
const LOST = 'the bot ended while it ran, and nobody knows how that went';

export function createItemLane({ db, dispatch, actions, log, onCrashPoint, signal }: Options): ItemLane {
  const crashPoint: OnCrashPoint = onCrashPoint ?? (() => undefined);
  const fact = (row: EffectRow, name: string, value: Fact) =>
    dispatch.fact(`effect:${row.id}:${name}`, row.rolloutId, value);

  /** How it goes on with what is claimed: it is to be done now, it is over, or it was begun before. */
  async function begins(row: EffectRow, { item, run }: ItemEffect): Promise<'now' | 'over' | 'begun'> {
    const answer = await fact(row, 'started', { type: 'item_started', item, run });
    if (answer.kind === 'accepted') return answer.repeated ? 'begun' : 'now';
    return answer.kind === 'nothing' && answer.because === 'item_begun_before' ? 'begun' : 'over';
  }

  async function record(row: EffectRow, { item, run }: ItemEffect, { end, note, output }: ActionEnd): Promise<void> {
    let kept: Output | undefined;
    for (;;) {
      try {
        kept ??= output === '' ? undefined : await keepOutput(db, row.rolloutId, output);
        await fact(row, `ended:${row.fence}`, {
          type: 'item_ended',
          item,
          run,
          to: end,
          note,
          ...(kept && { output: kept }),
        });
        return void (await endEffect(db, row, end === 'done' ? 'done' : 'failed', end === 'done' ? null : note));
      } catch (error) {
        log.warn({ err: error, rolloutId: row.rolloutId }, 'the end of an item is not recorded yet; tried again');
        if (signal.aborted) throw error;
        await delay(RECORD_AGAIN_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** What is known where a run was begun and its end is not recorded. Null: it is done once more. */
  async function findOut(found: ListedItem, job: Job): Promise<ActionEnd | null> {
    const how = afterLostRun(found);
    switch (how) {
      case 'again':
        return null;
      case 'unknown':
        return { end: 'unknown', note: LOST, output: '' };
      case 'verify': {
        if (!job.verify) return { end: 'unknown', note: LOST, output: '' };
        return verified(await actions.perform(job.verify, { timeoutMs: job.timeoutMs, signal }), LOST);
      }
      default:
        return how satisfies never;
    }
  }

  /** `within`: since it was to be done. */
  async function mayAskAgain({ item }: ListedItem, { withinMs }: Job): Promise<boolean> {
    if (withinMs === undefined || !item) return false;
    return (await domainNow(db)).getTime() + ASK_AGAIN_MS <= item.at.getTime() + withinMs;
  }

  async function perform(job: Job): Promise<ActionEnd> {
    const performed = await actions.perform(job, { timeoutMs: job.timeoutMs, signal });
    if (performed.end !== 'unknown' || signal.aborted) return performed;
    if (job.verify) {
      const looked = await actions.perform(job.verify, { timeoutMs: job.timeoutMs, signal });
      return { ...verified(looked, performed.note), output: performed.output };
    }
    // What may be done twice is done again by whoever wants it: nothing is in doubt.
    return mayRepeat(job) ? { ...performed, end: 'failed' } : performed;
  }

  return async (row, effect) => {
    if (!(await renewClaim(db, row))) return;
    const found = rowsOf(await itemsOf(db, row.rolloutId), effect.item).find(({ ref }) => sameItem(ref, effect.item));
    const job = found && jobOf(found);
    if (!found || !job) return void (await endEffect(db, row, 'expired', 'the plan has no such item'));
    await crashPoint('FP20');
    const how = await begins(row, effect);
    if (how === 'over') return void (await endEffect(db, row, 'expired', 'item_over'));
    await crashPoint('FP21');
    const known = how === 'begun' && job.withinMs === undefined ? await findOut(found, job) : null;
    const performed = known ?? (await perform(job));
    await crashPoint('FP22');
    // Broken off because this process ends: the next one finds that it was begun, and goes on from there.
    if (signal.aborted && performed.end === 'unknown') return;
    if (performed.end === 'failed' && (await mayAskAgain(found, job)))
      return void (await retryEffect(db, row, ASK_AGAIN_MS, performed.note));
    await record(row, effect, performed);
  };
}

function verified({ end, note, output }: ActionEnd, was: string): ActionEnd {
  switch (end) {
    case 'done':
      return { end: 'done', note: `${was}; looked at afterwards, it is done`, output };
    case 'failed':
      return { end: 'failed', note: `${was}; looked at afterwards, it is not done: ${note}`, output };
    case 'unknown':
      return { end: 'unknown', note: `${was}; looking at it afterwards did not say: ${note}`, output };
    default:
      return end satisfies never;
  }
}

function jobOf({ plan: { work } }: ListedItem): Job | null {
  switch (work.kind) {
    case 'run':
    case 'request':
    case 'query':
      return work;
    case 'say':
    case 'check':
    case 'do':
    case 'test':
      return null;
    default:
      return work satisfies never;
  }
}
