/** What is to be done before exposure rises is done: to leave this stage, and to go into the next. */
import { isMet } from '../state/item-state.js';
import { type ListedItem, rowsOf } from '../state/items.js';
import type { ListState } from '../state/list-state.js';
import { isListMetAt, listsInTheWay } from '../state/lists.js';
import type { ListCondition } from '../state/refusal.js';
import { beginsLater, nextStage } from '../state/rollout.js';
import { met, type Requirement, type RequirementAnswer, type Situation, unmet } from './requirement.js';

function isTooOld({ aging }: ListState, { ref, state }: ListedItem, now: Date): boolean {
  return state === 'done' && aging.some(({ no, staleAt }) => no === ref.no && staleAt <= now);
}

function rowOf(list: ListState, { items, now }: Situation): ListCondition {
  const { kind, stageNo, met, required } = list;
  const row = { list: { kind, stageNo }, met, required };
  if (!items) return row;
  const rows = rowsOf(items, list)
    .map((row) => (isTooOld(list, row, now) ? { ...row, state: 'stale' as const } : row))
    .filter(({ plan, state }) => !plan.optional && !isMet(state))
    .map(({ plan, state }) => (plan.by ? { title: plan.title, state, by: plan.by } : { title: plan.title, state }));
  return { ...row, rows };
}

function allMet(question: Situation): RequirementAnswer {
  const lists = listsInTheWay(question.rollout).filter(({ required }) => required > 0);
  if (lists.length === 0) return met();
  const ok = lists.every((list) => isListMetAt(list, question.now));
  const row = { kind: 'lists', ok, lists: lists.map((list) => rowOf(list, question)) } as const;
  return ok ? met(row) : unmet('items_unmet', row);
}

/** Whoever has to approve sees on the card what is left; the move waits, asking does not. */
function mayBeAsked(question: Situation): RequirementAnswer {
  const { rollout } = question;
  const answer = allMet(question);
  // Before it begins nothing is asked of anybody: with the last item done it can.
  const asked = nextStage(rollout)?.approve !== undefined || beginsLater(rollout);
  return rollout.phase !== 'planned' && asked ? met(answer.row) : answer;
}

export const lists: Requirement = {
  start: mayBeAsked,
  asked: mayBeAsked,
  auto: mayBeAsked,
  approved: allMet,
  raising: allMet,
};
