/** What the names in `needs` stand for: an item of the same list, or a group, which is all its items but the optional ones. */
import { itemsIn, type PlannedList, type WrittenItem } from './lists.js';

export type Needs =
  | { readonly kind: 'item'; readonly items: readonly WrittenItem[] }
  | { readonly kind: 'group'; readonly items: readonly WrittenItem[] };

/** Name → what it stands for, in one list. Of two alike the first: another rule refuses them. */
export function namesOf({ entries }: Pick<PlannedList, 'entries'>): ReadonlyMap<string, Needs> {
  const names = new Map<string, Needs>();
  const add = (name: string, needed: Needs) => {
    if (name !== '' && !names.has(name)) names.set(name, needed);
  };
  for (const entry of entries) {
    if (entry.kind === 'group')
      add(entry.group.name, { kind: 'group', items: entry.items.filter(({ optional }) => !optional) });
  }
  for (const item of itemsIn({ entries })) add(item.name, { kind: 'item', items: [item] });
  return names;
}

/** The items that have to be met before this one, each once. */
export function neededBy({ needs }: WrittenItem, names: ReadonlyMap<string, Needs>): WrittenItem[] {
  return [...new Set(needs.flatMap((name) => (name === undefined ? [] : (names.get(name)?.items ?? []))))];
}
