import type { Actor } from '../plan/actor.js';
import { type ItemPlan, isBegun, type ListId, type ListPlan, type Lists } from '../plan/lists.js';
import type { Quorum } from '../plan/plan.js';
import { type Tally, tally } from '../plan/quorum.js';
import type { EventOf, Recorded } from './events.js';
import { type ItemRef, type ItemState, isMet, type Output } from './item-state.js';
import type { Vote } from './rollout.js';

/** What is known of an item since somebody said something about it. One without is open. */
export interface Item {
  readonly ref: ItemRef;
  readonly state: ItemState;
  /** When it came into this state, by whom, and what they said. */
  readonly at: Date;
  readonly by: Actor;
  readonly note: string;
  /** Who has signed it since it was open last. */
  readonly signed: readonly Vote[];
  /** How often the bot was to do it in this opening. */
  readonly run: number;
  /** The last of these runs has gone out. */
  readonly started: boolean;
  /** What was kept of the last run that ended. */
  readonly output: Output | null;
}

type ItemEvent = EventOf<'item_changed'> | EventOf<'item_signed'> | EventOf<'item_started'>;

export function isItemEvent(event: Recorded['event']): event is ItemEvent {
  return event.type === 'item_changed' || event.type === 'item_signed' || event.type === 'item_started';
}

export function sameItem(one: ItemRef, other: ItemRef): boolean {
  return (
    one.kind === other.kind && one.stageNo === other.stageNo && one.opening === other.opening && one.no === other.no
  );
}

/** The items a list of events adds up to, each as it is after the last of them, in no order. */
export function evolveItems(items: readonly Item[], events: readonly Recorded[]): readonly Item[] {
  return events.reduce<readonly Item[]>((known, recorded) => {
    const { event } = recorded;
    if (!isItemEvent(event)) return known;
    const before = known.find(({ ref }) => sameItem(ref, event.item));
    return [...known.filter((item) => item !== before), evolveItem(before, event, recorded)];
  }, items);
}

function evolveItem(before: Item | undefined, event: ItemEvent, { at, actor }: Recorded): Item {
  const { item: ref } = event;
  const known: Item = before ?? {
    ref,
    state: 'open',
    at,
    by: actor,
    note: '',
    signed: [],
    run: 0,
    started: false,
    output: null,
  };
  switch (event.type) {
    case 'item_signed':
      return { ...known, signed: signedAfter(known.signed, event, { at, actor }) };
    case 'item_started':
      return { ...known, started: true };
    case 'item_changed': {
      const { to, note, run = known.run, output = null } = event;
      const signed = signedAfter(known.signed, event, { at, actor });
      // What the bot kept of a run stays until it has done it once more.
      return {
        ref,
        state: to,
        at,
        by: actor,
        note,
        signed,
        run,
        started: to !== 'running',
        output: output ?? known.output,
      };
    }
    default:
      return event satisfies never;
  }
}

function signedAfter(
  signed: readonly Vote[],
  event: EventOf<'item_changed'> | EventOf<'item_signed'>,
  { at, actor }: Pick<Recorded, 'at' | 'actor'>,
): readonly Vote[] {
  if (event.type === 'item_changed' && event.to !== 'done') return [];
  if (actor.kind !== 'slack') return signed;
  return [...signed, { teamId: actor.teamId, userId: actor.userId, roles: event.roles, at }];
}

/** The lists of a plan and what is known of their items, as they were read together with the rollout. */
export interface ItemsRead {
  readonly lists: Lists;
  readonly items: readonly Item[];
}

export function listOf({ lists }: ItemsRead, id: ListId): ListPlan | undefined {
  return lists.find(({ kind, stageNo }) => kind === id.kind && stageNo === id.stageNo);
}

/** One item of an open list with all that is to be said of it. */
export interface ListedItem {
  readonly ref: ItemRef;
  readonly plan: ItemPlan;
  readonly state: ItemState;
  /** Absent: nobody has said anything of it since its list was opened. */
  readonly item?: Item;
  /** The items it waits for. */
  readonly waitsFor: readonly ItemPlan[];
}

/** Every item of a list in one of its openings, in the plan's order. */
export function rowsOf(read: ItemsRead, { kind, stageNo, opening }: Omit<ItemRef, 'no'>): readonly ListedItem[] {
  const known = new Map(
    read.items.flatMap((item) => {
      const { ref } = item;
      return ref.kind === kind && ref.stageNo === stageNo && ref.opening === opening ? [[ref.no, item] as const] : [];
    }),
  );
  const items = listOf(read, { kind, stageNo })?.items ?? [];
  const state = (no: number): ItemState => known.get(no)?.state ?? 'open';
  // Items stand in the order of their numbers, from 1.
  const needed = ({ needs }: ItemPlan) => needs.flatMap((no) => items[no - 1] ?? []);
  return items.map((plan) => {
    const item = known.get(plan.no);
    const waitsFor = needed(plan).filter(({ no }) => !isMet(state(no)));
    const row = { ref: { kind, stageNo, opening, no: plan.no }, plan, state: state(plan.no), waitsFor };
    return item ? { ...row, item } : row;
  });
}

/** Who has signed it, and who is still missing. Null: one person is enough, and any that may. */
export function signatures(by: Quorum | undefined, signed: readonly Vote[]): Tally | null {
  return by
    ? tally(
        by,
        signed.map(({ userId, roles }) => ({ key: userId, roles })),
      )
    : null;
}

/**
 * Which items a decision about these reads, of whatever opening: they themselves, what the bot may begin, and what any of them needs.
 * The others of the lists are as if nobody had said anything of them.
 */
export function itemsToRead(lists: Lists, refs: readonly ItemRef[]): readonly Omit<ItemRef, 'opening'>[] {
  return lists.flatMap(({ kind, stageNo, items }) => {
    const asked = new Set(refs.flatMap((ref) => (ref.kind === kind && ref.stageNo === stageNo ? [ref.no] : [])));
    const first = items.filter(({ no, work }) => asked.has(no) || isBegun(work));
    const all = new Set(first.flatMap(({ no, needs }) => [no, ...needs]));
    return [...all].map((no) => ({ kind, stageNo, no }));
  });
}
