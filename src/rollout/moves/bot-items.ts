/** Items that the bot does: when it begins them, and what it says of their end. */
import { type Actor, BOT } from '../plan/actor.js';
import { mayRepeat } from '../plan/jobs.js';
import { isBegun } from '../plan/lists.js';
import type { Fact } from '../state/commands.js';
import type { Context } from '../state/context.js';
import { type Decision, nothing } from '../state/decision.js';
import type { ItemRef, ItemState, Output } from '../state/item-state.js';
import { type ItemsRead, type ListedItem, rowsOf, sameItem } from '../state/items.js';
import type { ListState } from '../state/list-state.js';
import { isTime, sameList } from '../state/lists.js';
import type { Rollout } from '../state/rollout.js';
import { completeIfDone } from './complete.js';
import { Draft } from './draft.js';

type Of<T extends Fact['type']> = Extract<Fact, { type: T }>;

/**
 * Begins whatever the bot can do now: in lists whose time has come, what is open and waits for nothing. What it only writes is done
 * with that, so it may make way for more.
 */
export function beginDue(draft: Draft, read: ItemsRead): void {
  for (let more = true; more; ) {
    more = false;
    for (const row of openLists(draft.state).flatMap((list) => dueIn(draft, list, read))) {
      if (row.plan.work.kind === 'say') more = true;
      begin(draft, row);
    }
  }
}

function openLists({ lists }: Rollout): readonly ListState[] {
  return lists.filter(({ state }) => state === 'open');
}

function dueIn(draft: Draft, list: ListState, read: ItemsRead): ListedItem[] {
  if (list.waiting === 0 || !isTime(draft.state, list)) return [];
  return rowsOf(draft.items(read), list).filter(
    ({ plan, state, waitsFor }) => isBegun(plan.work) && state === 'open' && waitsFor.length === 0,
  );
}

/** One item: what is done outside is ordered, what is only written is written. `by`: who has it done. */
export function begin(draft: Draft, row: ListedItem, by: Actor = BOT): void {
  const { work } = row.plan;
  const run = (row.item?.run ?? 0) + 1;
  switch (work.kind) {
    case 'run':
    case 'request':
    case 'query':
      change(draft, row, { to: 'running', run, by });
      draft.effects.push({ kind: 'item', item: row.ref, run });
      break;
    case 'say': {
      change(draft, row, { to: 'done', run, by });
      const { kind, stageNo, opening, no } = row.ref;
      draft.show(`said:${kind}:${stageNo}:${opening}:${no}:${run}`, { template: 'said', text: work.text });
      break;
    }
    case 'check':
    case 'do':
    case 'test':
      break;
    default:
      work satisfies never;
  }
}

interface Change {
  readonly to: ItemState;
  readonly run: number;
  /** The bot where it is absent. */
  readonly by?: Actor;
  readonly note?: string;
  readonly output?: Output | undefined;
  readonly staleAt?: Date | undefined;
}

/** By the bot: better or worse, it voids no request. Whoever approves is refused with the row while it is worse. */
function change(
  draft: Draft,
  { ref, plan, state: was }: ListedItem,
  { to, run, by = BOT, note = '', output, staleAt }: Change,
): void {
  const bot = new Draft(draft.state, by, draft.now);
  const required = !plan.optional;
  bot.add({
    type: 'item_changed',
    item: ref,
    title: plan.title,
    was,
    to,
    required,
    note,
    roles: [],
    run,
    ...(output && { output }),
    ...(staleAt && { staleAt }),
  });
  draft.take(bot);
}

/**
 * Recorded before it goes out: if the process dies in between, the record says that it may have been done. Nothing begins any more
 * in a list that was closed meanwhile.
 */
export function decideItemStarted(rollout: Rollout, { item, run }: Of<'item_started'>, ctx: Context): Decision {
  const row = rowOf(rollout, item, ctx);
  if (row?.state !== 'running' || row.item?.run !== run) return nothing('item_over');
  if (row.item.started) return nothing('item_begun_before');
  if (!mayBegin(rollout, item)) {
    const draft = new Draft(rollout, BOT, ctx.now);
    change(draft, row, { to: 'open', run });
    return draft.done();
  }
  return new Draft(rollout, BOT, ctx.now).add({ type: 'item_started', item, title: row.plan.title, run }).done();
}

/** How it ended; of one whose end nobody knew also late. What a person has said meanwhile stays. */
export function decideItemEnded(rollout: Rollout, fact: Of<'item_ended'>, ctx: Context): Decision {
  const { item, run, to, note, output } = fact;
  const row = rowOf(rollout, item, ctx);
  const waits = row?.state === 'running' || (row?.state === 'unknown' && to !== 'unknown');
  if (!row || !waits || row.item?.run !== run) return nothing('item_end_known');
  const draft = new Draft(rollout, BOT, ctx.now);
  const { work } = row.plan;
  const freshMs = 'freshMs' in work ? work.freshMs : undefined;
  const staleAt = to === 'done' && freshMs !== undefined ? new Date(ctx.now.getTime() + freshMs) : undefined;
  change(draft, row, { to, run, note, output, staleAt });
  return endOf(draft, ctx);
}

/** Results that are too old by now are so. They are not got again before somebody needs them. */
export function ageResults(draft: Draft, read: ItemsRead): void {
  for (const list of openLists(draft.state)) {
    const old = list.aging.filter(({ staleAt }) => staleAt <= draft.now);
    if (old.length === 0) continue;
    for (const row of rowsOf(draft.items(read), list)) {
      if (row.state === 'done' && old.some(({ no }) => no === row.ref.no))
        change(draft, row, { to: 'stale', run: row.item?.run ?? 0, note: row.item?.note ?? '' });
    }
  }
}

/** Somebody wants to go on, and waits for what is too old: it is got again. */
export function decideStaleNeeded(rollout: Rollout, ctx: Context): Decision {
  const draft = new Draft(rollout, BOT, ctx.now);
  const { items } = ctx;
  if (!items) throw new Error('items are decided on without having been read');
  ageResults(draft, items);
  for (const list of openLists(draft.state)) {
    for (const row of rowsOf(draft.items(items), list)) if (row.state === 'stale') begin(draft, row);
  }
  return draft.done('nothing_due');
}

/** What follows from an item that ended: others may begin, and with the last one the rollout may be complete. */
export function endOf(draft: Draft, { items }: Context): Decision {
  if (items) beginDue(draft, items);
  completeIfDone(draft);
  return draft.done();
}

function rowOf(rollout: Rollout, ref: ItemRef, { items }: Context): ListedItem | undefined {
  if (!items) throw new Error('items are decided on without having been read');
  const list = rollout.lists.find((one) => sameList(one, ref));
  if (!list || list.opening !== ref.opening) return undefined;
  return rowsOf(items, ref).find((row) => sameItem(row.ref, ref));
}

/** Whether anything may still begin in its list. */
export function mayBegin(rollout: Rollout, ref: ItemRef): boolean {
  const list = rollout.lists.find((one) => sameList(one, ref) && one.opening === ref.opening && one.state === 'open');
  return list !== undefined && !(rollout.phase === 'rolling_back' && (list.kind === 'before' || list.kind === 'exit'));
}

/** Where a run was begun and its end is not known. */
export type AfterLostRun = 'again' | 'verify' | 'unknown';

export function afterLostRun({ plan: { work } }: ListedItem): AfterLostRun {
  switch (work.kind) {
    case 'run':
    case 'request':
    case 'query':
      if (work.verify) return 'verify';
      return mayRepeat(work) ? 'again' : 'unknown';
    case 'say':
    case 'check':
    case 'do':
    case 'test':
      return 'unknown';
    default:
      return work satisfies never;
  }
}
