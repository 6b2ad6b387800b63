/** The lists of a plan as people will see them, in words for a terminal. */

import type { PlanRead } from '../plans/read/parse.js';
import { mayRepeat } from '../rollout/plan/jobs.js';
import { type ItemPlan, isBots, type ListPlan, type Work } from '../rollout/plan/lists.js';
import { ITEM_ICONS, listTitle } from '../slack/words/phrases/items.js';
import { quorumNames, roleNames } from '../slack/words/phrases/people.js';
import { duration } from '../slack/words/text.js';
import { plain } from './terminal.js';

/** A title for each list, then a line for each item, under that of its group. */
export function listLines({ plan, lists }: PlanRead): string[] {
  return lists.flatMap((list) => [
    `${plain(listTitle({ plan }, list))}:`,
    ...itemLines(list).map((line) => `  ${line}`),
  ]);
}

function itemLines({ items }: ListPlan): string[] {
  return items.flatMap((item, index) => {
    const { group } = item;
    const begins = group !== undefined && group !== items[index - 1]?.group;
    const line = `${group === undefined ? '' : '  '}${ITEM_ICONS.open} ${itemWords(item, items)}`;
    return begins ? [`${group}:`, line] : [line];
  });
}

/** `Batch management · qa · test · after merged`. */
function itemWords(item: ItemPlan, items: readonly ItemPlan[]): string {
  const { title, by, work, optional, needs, waive } = item;
  const parts = [
    title,
    isBots(work) ? 'the bot' : by ? plain(quorumNames(by)) : 'anybody with a role',
    ...workWords(work),
    ...(optional ? ['optional'] : []),
    ...(needs.length > 0 ? [`after ${neededWords(needs, items)}`] : []),
    ...(waive ? [`may be waived by ${plain(roleNames(waive, 'or'))}`] : []),
  ];
  return parts.join(' · ');
}

/** A group by its title where all that counts of it is needed, else items by their names. */
function neededWords(needs: readonly number[], items: readonly ItemPlan[]): string {
  const isWhole = (title: string) =>
    items.every(({ no, group, optional }) => group !== title || optional || needs.includes(no));
  const words = items.flatMap(({ no, name, group, optional }) => {
    if (!needs.includes(no)) return [];
    return group !== undefined && !optional && isWhole(group) ? [group] : [name];
  });
  return [...new Set(words)].join(', ');
}

/** How it is done, as far as its text does not say that. */
function workWords(work: Work): string[] {
  switch (work.kind) {
    case 'do':
      return [];
    case 'test':
      return [work.as === undefined ? 'test' : `test as ${work.as}`];
    case 'say':
      return ['written in the thread'];
    case 'check':
      return ['read when the bake is over'];
    case 'run':
    case 'request':
    case 'query':
      return [
        `at most ${duration(work.timeoutMs)}`,
        ...(work.withinMs === undefined ? [] : [`asked again for ${duration(work.withinMs)}`]),
        ...(work.freshMs === undefined ? [] : [`holds for ${duration(work.freshMs)}`]),
        ...(work.verify ? ['looked at where its end is not known'] : []),
        ...(mayRepeat(work) ? [] : ['once']),
      ];
    default:
      return work satisfies never;
  }
}
