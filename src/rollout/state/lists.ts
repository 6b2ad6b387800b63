import { type ItemPlan, isBegun, isBots, type ListId, type ListKind, type Lists, ownersOf } from '../plan/lists.js';
import { later } from '../plan/waits.js';
import type { EventOf } from './events.js';
import { isMet } from './item-state.js';
import type { ListState } from './list-state.js';
import { nextWorkingMoment, remindersOf } from './remind.js';
import { isTerminal, nextStage, type Phase, type Rollout } from './rollout.js';

export function sameList(one: ListId, other: ListId): boolean {
  return one.kind === other.kind && one.stageNo === other.stageNo;
}

/** The lists of a rollout that begins, in the plan's order. */
export function listsAhead(lists: Lists): readonly ListState[] {
  return lists.map(({ kind, stageNo, items }) => ({
    kind,
    stageNo,
    state: 'ahead',
    opening: 0,
    openedFor: '',
    openedAt: null,
    drawAt: null,
    items: items.length,
    required: items.filter(({ optional }) => !optional).length,
    met: 0,
    criteria: items.flatMap(({ no, title, optional, work }) =>
      work.kind === 'check' ? [{ no, title, required: !optional, work, state: 'open' as const }] : [],
    ),
    bots: items.filter(({ work }) => isBegun(work)).length,
    waiting: 0,
    aging: [],
    owners: rolesOf(items, ({ work }) => !isBots(work)),
    botsOwners: rolesOf(items, ({ work }) => isBegun(work)),
    asked: [],
    counts: noneOf(items.length),
  }));
}

/** The roles whose items block, of those that this is true of. */
function rolesOf(items: readonly ItemPlan[], which: (item: ItemPlan) => boolean): readonly string[] {
  return [...new Set(items.flatMap((item) => (item.optional || !which(item) ? [] : ownersOf(item))))];
}

function noneOf(items: number): ListState['counts'] {
  return { open: items, running: 0, done: 0, failed: 0, blocked: 0, unknown: 0, stale: 0, waived: 0 };
}

/** What a list is open for; null while it is not open. */
type OpenFor = (rollout: Rollout, stageNo: number) => string | null;

/** When each kind is open. A new kind does not compile before it has its line. */
const OPEN: Readonly<Record<ListKind, OpenFor>> = {
  before: (rollout, stageNo) => (!isTerminal(rollout.phase) && isNext(rollout, stageNo) ? place(rollout) : null),
  exit: (rollout, stageNo) => (!isTerminal(rollout.phase) && rollout.stage.no === stageNo ? place(rollout) : null),
  after: ({ phase }) => (phase === 'completed' ? phase : null),
  after_rollback: ({ phase }) => (phase === 'rolled_back' ? phase : null),
};

/** The list of the plan as a whole comes before whatever stage is the first. */
function isNext(rollout: Rollout, stageNo: number): boolean {
  return stageNo === 0 ? rollout.stage.no === 0 : nextStage(rollout)?.no === stageNo;
}

/** Something is to be done before it begins at all: what belongs to the first stage only keeps that from being raised to. */
export function beginsPlanned(lists: Lists): boolean {
  return lists.some(isOfThePlan);
}

function isOfThePlan({ kind, stageNo }: ListId): boolean {
  return kind === 'before' && stageNo === 0;
}

function place({ stage: { no, attempt } }: Rollout): string {
  return `${no}.${attempt}`;
}

/** The lists as they are now that the rollout has moved: opened, opened again, closed, or as they were. */
export function listsMoved(rollout: Rollout, at: Date): readonly ListState[] {
  const moved = rollout.lists.map((list) => listMoved(list, OPEN[list.kind](rollout, list.stageNo), at));
  return moved.every((list, index) => list === rollout.lists[index]) ? rollout.lists : moved;
}

/** What is to be done when all is over is done within so long, or is not done any more. */
const AFTERWARDS_MS = 30 * 24 * 3_600_000;

/** When a list closes although nothing moves; null: it does not. */
function closesAt({ kind, openedAt }: Pick<ListState, 'kind' | 'openedAt'>): Date | null {
  switch (kind) {
    case 'before':
    case 'exit':
      return null;
    case 'after':
    case 'after_rollback':
      return openedAt && later(openedAt, AFTERWARDS_MS);
    default:
      return kind satisfies never;
  }
}

/** A list that is open and whose time is over. */
export function isOverdue(list: ListState, now: Date): boolean {
  const end = closesAt(list);
  return list.state === 'open' && end !== null && end <= now;
}

function listMoved(list: ListState, wanted: string | null, at: Date): ListState {
  const end = closesAt(list);
  const openFor = end && end <= at && list.openedFor === wanted ? null : wanted;
  if (openFor === null) return list.state === 'open' ? { ...list, state: 'closed', drawAt: at } : list;
  if (list.state !== 'ahead' && list.openedFor === openFor)
    return list.state === 'open' ? list : { ...list, state: 'open', drawAt: at };
  return {
    ...list,
    state: 'open',
    opening: list.opening + 1,
    openedFor: openFor,
    openedAt: at,
    drawAt: at,
    met: 0,
    criteria: list.criteria.map((criterion) => ({ ...criterion, state: 'open' })),
    waiting: list.bots,
    aging: [],
    asked: [],
    counts: noneOf(list.items),
  };
}

/** With one item in another state. */
export function withItem(list: ListState, event: EventOf<'item_changed'>, at: Date): ListState {
  const { was, to, required, item, run, staleAt } = event;
  const counts = { ...list.counts, [was]: list.counts[was] - 1 };
  const met = required ? Number(isMet(to)) - Number(isMet(was)) : 0;
  const others = list.aging.filter(({ no }) => no !== item.no);
  return {
    ...drawnAgain(list, at),
    met: list.met + met,
    criteria: list.criteria.map((one) => (one.no === item.no ? { ...one, state: to } : one)),
    waiting: list.waiting + (run === undefined ? 0 : Number(to === 'open') - Number(was === 'open')),
    aging: staleAt ? [...others, { no: item.no, staleAt, required }] : others,
    counts: { ...counts, [to]: counts[to] + 1 },
  };
}

/**
 * When the bot has to look at a list: at once where it has something in it that it has not begun, else when a result grows too old.
 * Null: there is nothing for it to do. What leaves a stage is done when its bake is over.
 */
function lookAt(rollout: Rollout, list: ListState): Date | null {
  const due = [...timesOf(list), asksOwnersAt(rollout, list)];
  if (list.state === 'open' && list.openedAt && list.waiting > 0 && isTime(rollout, list)) due.push(list.openedAt);
  return soonest(due);
}

/**
 * When the owners of what is left are to be called, if everything else is met then: the bake is over and nothing is under way, in
 * working hours. Null: all of them were called in this opening, or there is nothing to call them for now.
 */
export function asksOwnersAt(rollout: Rollout, list: ListState): Date | null {
  const { plan, phase, phaseSince, bake } = rollout;
  if (list.state !== 'open' || list.openedAt === null || isListMet(list)) return null;
  if (!hasUncalled(list) || !isTurnOf(list, phase, bake.done)) return null;
  const since = new Date(Math.max(list.openedAt.getTime(), phaseSince.getTime()));
  const { hours } = remindersOf(plan);
  return hours ? nextWorkingMoment(since, hours, plan.timezone) : since;
}

/** What the bot does is looked after by people once it did not go well. */
function hasUncalled({ owners, botsOwners, asked, counts }: ListState): boolean {
  const roles = counts.failed + counts.blocked + counts.unknown > 0 ? [...owners, ...botsOwners] : owners;
  return roles.some((role) => !asked.includes(role));
}

/** Its items are what is waited for in this phase. */
function isTurnOf(list: ListState, phase: Phase, baked: boolean): boolean {
  switch (list.kind) {
    case 'before':
    case 'exit':
      if (phase === 'planned') return isOfThePlan(list);
      return (phase === 'ready' || phase === 'awaiting_approval') && baked;
    case 'after':
    case 'after_rollback':
      return true;
    default:
      return list.kind satisfies never;
  }
}

/** When results of an open list grow too old, and when it closes. */
function timesOf(list: ListState): Date[] {
  if (list.state !== 'open') return [];
  const end = closesAt(list);
  return [...list.aging.map(({ staleAt }) => staleAt), ...(end ? [end] : [])];
}

function soonest(times: readonly (Date | null)[]): Date | null {
  const all = times.flatMap((time) => time?.getTime() ?? []);
  return all.length === 0 ? null : new Date(Math.min(...all));
}

/** The next of the lists' times, whatever else the bot has to do in them. */
export function nextByTime({ lists }: Pick<Rollout, 'lists'>): Date | null {
  return soonest(lists.flatMap(timesOf));
}

/** The bot does what is in it by itself from now on. Nothing begins that leads on while it goes back. */
export function isTime({ bake, phase }: Pick<Rollout, 'bake' | 'phase'>, { kind }: ListId): boolean {
  switch (kind) {
    case 'before':
      return phase !== 'rolling_back';
    case 'exit':
      return bake.done && phase !== 'rolling_back';
    case 'after':
    case 'after_rollback':
      return true;
    default:
      return kind satisfies never;
  }
}

/** The first time at which the bot has to look at one of the lists. */
export function nextLookAt(rollout: Rollout): Date | null {
  return soonest(rollout.lists.map((list) => lookAt(rollout, list)));
}

/** Forty clicks on one card are no forty edits: it is drawn at once, and then at most this often. */
const DRAW_EVERY_MS = 3_000;

/** The list, whose card has to be drawn for what happened now. */
export function drawnAgain(list: ListState, now: Date): ListState {
  const { drawAt } = list;
  if (drawAt === null || later(drawAt, DRAW_EVERY_MS) <= now) return { ...list, drawAt: now };
  return drawAt > now ? list : { ...list, drawAt: later(drawAt, DRAW_EVERY_MS) };
}

/** The slot of a card: each opening has its own. */
export function listSlot({ kind, stageNo, opening }: Pick<ListState, 'kind' | 'stageNo' | 'opening'>): string {
  return `list:${kind}:${stageNo}:${opening}`;
}

/** The lists that block the next move: out of the stage it is in and into the next; of one that is planned, the beginning. */
export function listsInTheWay({ phase, lists }: Pick<Rollout, 'phase' | 'lists'>): readonly ListState[] {
  const open = lists.filter(({ kind, state }) => state === 'open' && (kind === 'before' || kind === 'exit'));
  return phase === 'planned' ? open.filter(isOfThePlan) : open;
}

/** The same at this moment: what is too old by now is not met, whether or not the clock has looked. */
export function isListMetAt(list: ListState, now: Date): boolean {
  return isListMet(list) && !list.aging.some(({ staleAt, required }) => required && staleAt <= now);
}

export function isListMet({ met, required }: Pick<ListState, 'met' | 'required'>): boolean {
  return met >= required;
}
