/** What people say of items: done, failed, open again, not needed. */
import { type Actor, sameActor, samePerson } from '../plan/actor.js';
import { isBegun, isBots, waivers } from '../plan/lists.js';
import { unknown } from '../state/authority.js';
import type { Command, CommandAsked } from '../state/commands.js';
import type { Context } from '../state/context.js';
import { type Decision, nothing, refused } from '../state/decision.js';
import { type ItemRef, type ItemState, isMet } from '../state/item-state.js';
import { type ListedItem, rowsOf, sameItem, signatures } from '../state/items.js';
import { listsInTheWay, sameList } from '../state/lists.js';
import { type Condition, type Refusal, refusal } from '../state/refusal.js';
import type { Rollout } from '../state/rollout.js';
import { begin, endOf } from './bot-items.js';
import { Draft } from './draft.js';

type Of<T extends Command['type']> = CommandAsked & { command: Extract<Command, { type: T }> };
/** What a person may say something of, as far as it is theirs to say. */
const SAYABLE: readonly ItemState[] = ['open', 'failed', 'blocked', 'unknown'];

type Change = { readonly to: ItemState; readonly note: string };

/**
 * `done`: each of these is done. What is done already stays so; where one of them cannot be said, the others are taken all the
 * same, and a single one is refused with the reason.
 */
export function decideDone(rollout: Rollout, asked: Of<'done'>, ctx: Context): Decision {
  const { command, actor } = asked;
  const draft = new Draft(rollout, actor, ctx.now);
  let why: Refusal | null = null;
  let signedBefore = false;
  for (const ref of command.items) {
    // Each as the ones before have left it: an item may wait for another of the same form.
    const found = rowAt(draft, ref, ctx);
    if ('reason' in found) {
      why ??= found;
      continue;
    }
    if (found.state === 'done') continue;
    const cannot = cannotTick(found, asked) ?? notForPeople(found) ?? cannotLeave(found, SAYABLE) ?? waits(found);
    if (cannot) {
      why ??= cannot;
      continue;
    }
    if (mine(found, actor)) signedBefore = true;
    else sign(draft, found, asked);
  }
  if (draft.events.length === 0)
    return why ? refused(why) : nothing(signedBefore ? 'already_signed' : 'items_already_so');
  return endOf(draft, ctx);
}

/** `fail`: it was tried and did not pass, or cannot be tried; with what was seen. */
export function decideFail(rollout: Rollout, asked: Of<'fail'>, ctx: Context): Decision {
  const { item, how, note } = asked.command;
  const may = (row: ListedItem) => cannotTick(row, asked) ?? notForPeople(row);
  return change(rollout, asked, ctx, { item, to: how, note, from: SAYABLE, may });
}

/** `reopen`: what was said of it does not count any more. */
export function decideReopen(rollout: Rollout, asked: Of<'reopen'>, ctx: Context): Decision {
  const { item, reason: note } = asked.command;
  return change(rollout, asked, ctx, {
    item,
    to: 'open',
    note,
    from: ['done', 'failed', 'blocked', 'unknown', 'stale', 'waived'],
    may: cannotReopen,
  });
}

/** `waive`: it is not needed, and who may says why. */
export function decideWaive(rollout: Rollout, asked: Of<'waive'>, ctx: Context): Decision {
  const { item, reason: note } = asked.command;
  const may = (row: ListedItem) => cannotWaive(rollout, row, asked);
  return change(rollout, asked, ctx, { item, to: 'waived', note, from: [...SAYABLE, 'stale'], may });
}

function change(
  rollout: Rollout,
  asked: CommandAsked,
  ctx: Context,
  how: Change & {
    readonly item: ItemRef;
    readonly from: readonly ItemState[];
    readonly may: (row: ListedItem, asked: CommandAsked) => Refusal | null;
  },
): Decision {
  const draft = new Draft(rollout, asked.actor, ctx.now);
  const row = rowAt(draft, how.item, ctx);
  if ('reason' in row) return refused(row);
  const cannot = how.may(row, asked);
  if (cannot) return refused(cannot);
  if (row.state === how.to) return nothing('items_already_so');
  const late = cannotLeave(row, how.from);
  if (late) return refused(late);
  if (how.note.trim() === '') return refused(refusal('reason_missing', [], { helps: asked.command.type }));
  set(draft, row, { to: how.to, note: how.note });
  return endOf(draft, ctx);
}

/** `run`: the bot does it now, before its time or once more. */
export function decideRun(rollout: Rollout, asked: Of<'run'>, ctx: Context): Decision {
  const { actor, command, standing } = asked;
  const draft = new Draft(rollout, actor, ctx.now);
  const row = rowAt(draft, command.item, ctx);
  if ('reason' in row) return refused(row);
  if (!isBots(row.plan.work)) return refused(refusal('item_of_people', [conditionOf(row)], { helps: 'items' }));
  if (!isBegun(row.plan.work)) return refused(refusal('item_is_measured', [conditionOf(row)], { helps: 'items' }));
  if (standing.roles === 'unknown') return refused(refusal(unknown(standing), [], { helps: 'items' }));
  if (row.state === 'running') return nothing('items_already_so');
  const late = cannotLeave(row, ['open', 'done', 'failed', 'blocked', 'unknown', 'stale']) ?? waits(row);
  if (late) return refused(late);
  begin(draft, row, actor);
  voidIfWorse(draft, row, 'running');
  return endOf(draft, ctx);
}

/** The item in the opening that was shown, as it is after what this decision has said so far. */
function rowAt(draft: Draft, ref: ItemRef, { items }: Context): ListedItem | Refusal {
  const list = draft.state.lists.find((one) => sameList(one, ref));
  if (list?.state !== 'open' || list.opening !== ref.opening) return refusal('list_closed', [], { helps: 'items' });
  if (!items) throw new Error('items are decided on without having been read');
  const row = rowsOf(draft.items(items), ref).find((one) => sameItem(one.ref, ref));
  return row ?? refusal('no_such_item', [], { helps: 'items' });
}

function cannotTick({ plan: { by } }: ListedItem, { standing }: CommandAsked): Refusal | null {
  if (!by || standing.roles === 'unknown') return by ? refusal(unknown(standing), [], { helps: 'items' }) : null;
  return holdsOneOf(standing.roles, by.roles) ? null : notTheirs(by.roles);
}

/** What the bot does is told by what came of it; only where nobody knows does a person say it. */
function notForPeople(row: ListedItem): Refusal | null {
  if (!isBots(row.plan.work) || row.state === 'unknown') return null;
  return refusal('item_of_bot', [conditionOf(row)], { helps: 'items' });
}

/** Whoever may say that it is done may take it back, and so may operators. */
function cannotReopen(row: ListedItem, asked: CommandAsked): Refusal | null {
  const { standing } = asked;
  if (standing.roles !== 'unknown' && standing.roles.includes('operators')) return null;
  const { by } = row.plan;
  const cannot = cannotTick(row, asked);
  return by && cannot?.reason === 'not_allowed' ? notTheirs([...by.roles, 'operators']) : cannot;
}

/** Not by somebody who wants to go on: they asked for the move, began the rollout, or saw it fail. */
function cannotWaive({ startedBy, request }: Rollout, { plan, item }: ListedItem, asked: CommandAsked): Refusal | null {
  const { actor, standing } = asked;
  const roles = waivers(plan);
  if (standing.roles === 'unknown') return refusal(unknown(standing), [], { helps: 'items' });
  if (!holdsOneOf(standing.roles, roles)) return notTheirs(roles);
  const failedBy = item?.state === 'failed' || item?.state === 'blocked' ? item.by : null;
  const interested = [startedBy, request?.requestedBy, failedBy];
  return interested.some((one) => one && sameActor(one, actor)) ? refusal('own_waiver', [], { helps: 'items' }) : null;
}

function holdsOneOf(roles: readonly string[], needed: readonly string[]): boolean {
  return needed.some((role) => roles.includes(role));
}

function notTheirs(needs: readonly string[]): Refusal {
  return refusal('not_allowed', [{ kind: 'who', ok: false, needs }], { helps: 'items' });
}

/** Somebody was faster, and said something else: what is on the card by now is not what was clicked. */
function cannotLeave(row: ListedItem, from: readonly ItemState[]): Refusal | null {
  return from.includes(row.state) ? null : refusal('item_changed', [conditionOf(row)], { helps: 'items' });
}

function waits(row: ListedItem): Refusal | null {
  return row.waitsFor.length > 0 ? refusal('item_waits', [conditionOf(row)], { helps: 'items' }) : null;
}

function conditionOf({ plan, state, item, waitsFor }: ListedItem): Condition {
  const said = { by: item?.by ?? null, at: item?.at ?? null };
  return { kind: 'item', ok: false, title: plan.title, state, ...said, waitsFor: waitsFor.map(({ title }) => title) };
}

function mine({ item }: ListedItem, actor: Actor): boolean {
  return (
    actor.kind === 'slack' && item?.state !== 'done' && Boolean(item?.signed.some((vote) => samePerson(vote, actor)))
  );
}

/** One signature; with the last one that it needs, it is done. */
function sign(draft: Draft, row: ListedItem, { command, actor, standing }: Of<'done'>): void {
  const { by, title } = row.plan;
  const roles = standing.roles === 'unknown' ? [] : standing.roles.filter((role) => by?.roles.includes(role));
  const voted = actor.kind === 'slack' ? [{ teamId: actor.teamId, userId: actor.userId, roles, at: draft.now }] : [];
  const needed = signatures(by, [...(row.item?.signed ?? []), ...voted]);
  const { note } = command;
  if (needed && !needed.granted) draft.add({ type: 'item_signed', item: row.ref, title, note, roles });
  else set(draft, row, { to: 'done', note }, roles);
}

function set(draft: Draft, row: ListedItem, { to, note }: Change, roles: readonly string[] = []): void {
  const { ref, plan, state: was, item } = row;
  const said = {
    type: 'item_changed',
    item: ref,
    title: plan.title,
    was,
    to,
    required: !plan.optional,
    note,
    roles,
  } as const;
  draft.add(isBegun(plan.work) ? { ...said, run: item?.run ?? 0 } : said);
  voidIfWorse(draft, row, to);
}

function voidIfWorse(draft: Draft, { ref, plan, state: was }: ListedItem, to: ItemState): void {
  const { state } = draft;
  if (plan.optional || !isWorse(was, to) || !listsInTheWay(state).some((list) => sameList(list, ref))) return;
  // What the approvers were shown is not what people say now. Better never voids.
  draft.voidRequest('item_changed', { kind: 'item', title: plan.title, to });
}

/** Waived is worse than open too: what an approver took to be done is not. */
function isWorse(was: ItemState, to: ItemState): boolean {
  if (to === 'waived') return true;
  return isMet(was) ? !isMet(to) : was === 'open' && !isMet(to);
}
