/** The lists of a plan file that passed every rule → the lists that rollouts keep. */
import type { ItemPlan, ListPlan, Lists, Work } from '../../rollout/plan/lists.js';
import { withoutUndefined } from '../../rollout/plan/without-undefined.js';
import { itemsIn, type PlannedList, plannedLists, type WithLists, type WrittenItem } from '../language/lists.js';
import { namesOf, neededBy } from '../language/needs.js';
import { quorumOf } from '../language/written-quorum.js';

export function toLists(file: WithLists): Lists {
  return plannedLists(file).map(toList);
}

function toList(list: PlannedList): ListPlan {
  const names = namesOf(list);
  const items = itemsIn(list);
  const numbers = new Map(items.map((item, index) => [item, index + 1] as const));
  const needs = (item: WrittenItem) =>
    neededBy(item, names)
      .flatMap((needed) => numbers.get(needed) ?? [])
      .sort((a, b) => a - b);
  return {
    kind: list.kind,
    stageNo: list.stageNo,
    items: items.map((item, index) => toItem(item, { no: index + 1, needs: needs(item) })),
  };
}

function toItem(item: WrittenItem, place: Pick<ItemPlan, 'no' | 'needs'>): ItemPlan {
  return withoutUndefined<ItemPlan>({
    ...place,
    name: item.name,
    title: item.title,
    group: item.group?.title,
    work: toWork(item),
    by: quorumOf(item.by),
    optional: item.optional ? true : undefined,
    waive: item.waive?.flatMap((role) => role ?? []),
  });
}

function toWork({ written }: WrittenItem): Work {
  if (written.test === undefined) return { kind: 'do' };
  return withoutUndefined<Work>({
    kind: 'test',
    as: written.as?.trim(),
    how: written.how?.trim(),
    expect: written.expect?.trim(),
  });
}
