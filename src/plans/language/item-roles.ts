/** Where items and groups of a plan name roles: each place once, as it is written. */
import type { Path } from '../values/problem.js';
import { MOST_ITEMS } from './items.js';
import { type WithLists, writtenLists } from './lists.js';
import type { ItemOutline } from './outline.js';

interface ItemRoles {
  /** Of the item or the group. */
  readonly path: Path;
  readonly by: ItemOutline['by'];
  readonly waive: ItemOutline['waive'];
}

/** Of so many as a plan may have: of more only their number is told. */
export function itemRoles(plan: WithLists): ItemRoles[] {
  const places = writtenLists(plan).flatMap(({ entries }) =>
    entries.flatMap((entry) => (entry.kind === 'item' ? [entry.item] : [entry.group, ...entry.items])),
  );
  // As many groups as items: no group is empty.
  return places
    .slice(0, 2 * MOST_ITEMS)
    .flatMap(({ path, written: { by, waive } }) =>
      by === undefined && waive === undefined ? [] : [{ path, by, waive }],
    );
}
