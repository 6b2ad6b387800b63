/** Whoever has to do something is called once for it, when nothing but that is waited for. */
import { isBots, ownersOf } from '../plan/lists.js';
import { mayRise, type RequirementName } from '../requirements/may-rise.js';
import type { Context } from '../state/context.js';
import { isMet } from '../state/item-state.js';
import { type ItemsRead, type ListedItem, rowsOf } from '../state/items.js';
import type { ListState } from '../state/list-state.js';
import { asksOwnersAt, listsInTheWay } from '../state/lists.js';
import { isInHours, remindersOf } from '../state/remind.js';
import type { Rollout } from '../state/rollout.js';
import type { Draft } from './draft.js';

/** Whether owners are left alone while this is not met: what they do would not lead on. */
const COMES_FIRST: Readonly<Record<RequirementName, boolean>> = {
  order: false,
  nextStage: false,
  phase: false,
  bake: true,
  lists: false,
  health: true,
  targets: true,
  // It is asked for beside it.
  approval: false,
};

/** Calls the owners of what can be done now who were not called in this opening, in one post. */
export function askOwners(draft: Draft, context: Context): void {
  const { items, now } = context;
  const { plan } = draft.state;
  const { hours } = remindersOf(plan);
  if (!items || (hours && !isInHours(now, hours, plan.timezone))) return;
  const read = draft.items(items);
  const clear = isClear(draft.state, context);
  const lists = draft.state.lists.flatMap((list) => {
    const at = asksOwnersAt(draft.state, list);
    if (at === null || at > now || (!clear && listsInTheWay(draft.state).includes(list))) return [];
    const owners = uncalled(list, read);
    return owners.length === 0 ? [] : [{ kind: list.kind, stageNo: list.stageNo, opening: list.opening, owners }];
  });
  if (lists.length === 0) return;
  draft.add({
    type: 'owners_asked',
    lists: lists.map(({ kind, stageNo, owners }) => ({ kind, stageNo, owners })),
  });
  draft.show(`owners:${draft.state.seq}`, { template: 'owners_asked', lists });
}

/** Nothing stands in the way but people: what is to be done, and who approves. */
function isClear(rollout: Rollout, context: Context): boolean {
  const may = mayRise(rollout, context, { at: 'asked' });
  return may.answer === 'yes' || !may.unmet.some(({ requirement }) => COMES_FIRST[requirement]);
}

/** The roles that have something to do now and were not called for this list. */
function uncalled(list: ListState, read: ItemsRead): readonly string[] {
  const roles = rowsOf(read, list).flatMap((row) => (isForPeople(row) ? ownersOf(row.plan) : []));
  return [...new Set(roles)].filter((role) => !list.asked.includes(role));
}

/** A required item that a person can do something about now. What the bot does, or reads, is looked at once it did not go well. */
export function isForPeople({ plan, state, waitsFor }: ListedItem): boolean {
  if (plan.optional || isMet(state) || waitsFor.length > 0) return false;
  if (!isBots(plan.work)) return true;
  return plan.work.kind !== 'check' && (state === 'failed' || state === 'blocked' || state === 'unknown');
}
