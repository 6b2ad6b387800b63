/** The lane of items that the bot does: each run goes out once, whatever becomes of the process that carries it out. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ActionEnd, Actions } from '../actions/index.js';
import type { OnCrashPoint } from '../crash-points.js';
import type { Dispatch } from '../dispatch.js';
import { afterLostRun, mayBegin } from '../rollout/moves/bot-items.js';
import { ASK_AGAIN_MS, type Job, mayRepeat } from '../rollout/plan/jobs.js';
import type { Fact } from '../rollout/state/commands.js';
import type { ItemEffect } from '../rollout/state/effects.js';
import type { Output } from '../rollout/state/item-state.js';
import { type ListedItem, rowsOf, sameItem } from '../rollout/state/items.js';
import type { Rollout } from '../rollout/state/rollout.js';
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
const LOST = 'it was begun, its end was not recorded, and nobody knows how it went';
const CLOSED = 'not asked again, since its list was closed';

/** How it goes on with what is claimed: it is to be done now, it is over, or it was begun before. */
type Begins = { readonly how: 'now' | 'over' } | { readonly how: 'begun'; readonly rollout: Rollout };

export function createItemLane({ db, dispatch, actions, log, onCrashPoint, signal }: Options): ItemLane {
  const crashPoint: OnCrashPoint = onCrashPoint ?? (() => undefined);
  const fact = (row: EffectRow, name: string, value: Fact) =>
    dispatch.fact(`effect:${row.id}:${name}`, row.rolloutId, value);

  async function begins(row: EffectRow, { item, run }: ItemEffect): Promise<Begins> {
    const answer = await fact(row, 'started', { type: 'item_started', item, run });
    // Where its list was closed meanwhile it was taken back instead, which is accepted as well.
    if (answer.kind === 'accepted' && !answer.repeated) return { how: mayBegin(answer.rollout, item) ? 'now' : 'over' };
    const { rollout } = answer;
    const before = answer.kind === 'accepted' || (answer.kind === 'nothing' && answer.because === 'item_begun_before');
    if (!before || !rollout) return { how: 'over' };
    const now = (await listed(row, item))?.item;
    return now?.state === 'running' && now.run === run && now.started ? { how: 'begun', rollout } : { how: 'over' };
  }

  async function listed(row: EffectRow, item: ItemEffect['item']): Promise<ListedItem | undefined> {
    return rowsOf(await itemsOf(db, row.rolloutId), item).find(({ ref }) => sameItem(ref, item));
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
  async function findOut(row: EffectRow, found: ListedItem, job: Job, rollout: Rollout): Promise<ActionEnd | null> {
    const lost = { end: 'unknown', note: LOST, output: '' } as const;
    const closed = !mayBegin(rollout, found.ref);
    if (job.withinMs !== undefined) {
      if (!closed) return null;
      return row.lastError === null ? lost : { end: 'failed', note: `${row.lastError}; ${CLOSED}`, output: '' };
    }
    const how = afterLostRun(found);
    switch (how) {
      case 'again':
        return closed ? lost : null;
      case 'unknown':
        return lost;
      case 'verify':
        return job.verify
          ? verified(await actions.perform(job.verify, { timeoutMs: job.timeoutMs, signal }), LOST)
          : lost;
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
    const found = await listed(row, effect.item);
    const job = found && jobOf(found);
    if (!found || !job) return void (await endEffect(db, row, 'expired', 'the plan has no such item'));
    await crashPoint('FP20');
    const begun = await begins(row, effect);
    if (begun.how === 'over') return void (await endEffect(db, row, 'expired', 'item_over'));
    // Somebody else has it meanwhile, and may be at it. What this process itself has just recorded nobody else does.
    if (begun.how === 'begun' && !(await renewClaim(db, row))) return;
    await crashPoint('FP21');
    const known = begun.how === 'begun' ? await findOut(row, found, job, begun.rollout) : null;
    const performed = known ?? (await perform(job));
    await crashPoint('FP22');
    // Broken off because this process ends: the next one finds that it was begun, and goes on from there.
    if (signal.aborted && performed.end === 'unknown') return;
    if (!known && performed.end === 'failed' && (await mayAskAgain(found, job)))
      return void (await retryEffect(db, row, ASK_AGAIN_MS, performed.note));
    await record(row, effect, performed);
  };
}

/** What a look at it says. A look that found nothing out is no reason to say that it was not done. */
function verified({ end, note, output, unasked }: ActionEnd, was: string): ActionEnd {
  const unsaid = { end: 'unknown', note: `${was}; looking at it afterwards did not say: ${note}`, output } as const;
  if (unasked) return unsaid;
  switch (end) {
    case 'done':
      return { end: 'done', note: `${was}; looked at afterwards, it is done`, output };
    case 'failed':
      return { end: 'failed', note: `${was}; looked at afterwards, it is not done: ${note}`, output };
    case 'unknown':
      return unsaid;
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
