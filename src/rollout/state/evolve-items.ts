import type { Handlers } from './handlers.js';
import type { ItemRef } from './item-state.js';
import type { ListState } from './list-state.js';
import { drawnAgain, sameList, withItem } from './lists.js';
import type { Rollout } from './rollout.js';

/** How items change a rollout: only how far their list is. The items themselves are `evolveItems`. */
export const ITEMS = {
  item_changed(r, event, { at }): Rollout {
    return withList(r, event.item, (list) => withItem(list, event, at));
  },
  owners_asked(r, event): Rollout {
    const lists = r.lists.map((list) => {
      const owners = event.lists.find((one) => sameList(one, list))?.owners ?? [];
      return owners.length === 0 ? list : { ...list, asked: [...list.asked, ...owners] };
    });
    return { ...r, lists };
  },
  // They close with the time of whatever event comes then.
  lists_closed(r): Rollout {
    return r;
  },
  item_started(r, event, { at }): Rollout {
    return withList(r, event.item, (list) => drawnAgain(list, at));
  },
  item_signed(r, event, { at }): Rollout {
    return withList(r, event.item, (list) => drawnAgain(list, at));
  },
} satisfies Partial<Handlers>;

function withList(r: Rollout, item: ItemRef, change: (list: ListState) => ListState): Rollout {
  const lists = r.lists.map((list) => (sameList(list, item) && list.opening === item.opening ? change(list) : list));
  return { ...r, lists };
}
