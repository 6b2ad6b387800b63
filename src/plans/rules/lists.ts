/** Rules about the lists of a plan. Where there are too many items, only that is said. */
import { MOST_ITEMS } from '../language/items.js';
import { itemsIn, writtenLists } from '../language/lists.js';
import type { Outline } from '../language/outline.js';
import type { Finding, Path } from '../values/problem.js';
import { listActionFindings } from './list-actions.js';
import { listCriteriaFindings } from './list-criteria.js';
import { listItemFindings } from './list-items.js';
import { listNameFindings } from './list-names.js';

export function listFindings(outline: Outline, raw: (path: Path) => unknown): Finding[] {
  const tooMany = amountFindings(outline);
  if (tooMany.length > 0) return tooMany;
  return [
    ...listItemFindings(outline, raw),
    ...listActionFindings(outline),
    ...listCriteriaFindings(outline),
    ...listNameFindings(outline),
  ];
}

/** Told at the list with which there are too many. */
function amountFindings(outline: Outline): Finding[] {
  const stages = outline.stages?.length ?? 0;
  const counted = writtenLists(outline).map((list) => {
    const each = list.path[0] === 'every_stage';
    return { path: list.path, count: itemsIn(list).length * (each ? stages : 1) };
  });
  const all = counted.reduce((sum, { count }) => sum + count, 0);
  if (all <= MOST_ITEMS) return [];
  let sum = 0;
  const at = counted.find(({ count }) => {
    sum += count;
    return sum > MOST_ITEMS;
  });
  const message = `expected at most ${MOST_ITEMS} items in a plan, those of every_stage once for each stage, found ${all}`;
  return [{ code: 'too_large', path: at?.path ?? [], message }];
}
