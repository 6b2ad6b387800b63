import type { Button } from '@slack/types';
import type { ItemRef } from '../../../rollout/state/item-state.js';
import type { ListedItem } from '../../../rollout/state/items.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { isLegal } from '../../../rollout/state/verbs.js';
import { button } from './buttons.js';

/** What a button about an item, or about a list (`no` 0), carries. */
function carrying({ id }: Rollout, { kind, stageNo, opening, no }: ItemRef, more: object = {}): object {
  return { rollout: id, item: [kind, stageNo, opening, no], ...more };
}

/** The one thing that most people want to say of an open item; null where it waits for another. */
export function itemButton(rollout: Rollout, { ref, plan, waitsFor }: ListedItem): Button | null {
  if (waitsFor.length > 0 || !isLegal('done', rollout.phase)) return null;
  return button('done', plan.work.kind === 'test' ? 'Pass' : 'Done', carrying(rollout, ref));
}

/** What else can be said of the items of a list: each opens a form. */
export function listButtons(rollout: Rollout, rows: readonly ListedItem[]): (Button | null)[] {
  const [first] = rows;
  if (!first || !isLegal('done', rollout.phase)) return [];
  const value = (): object => carrying(rollout, { ...first.ref, no: 0 }, { form: 'items' });
  const open = rows.filter(({ state }) => state !== 'done' && state !== 'waived');
  return [
    open.length > 1 ? button('done', 'Several…', value()) : null,
    open.length > 0 ? button('fail', 'Failed…', value()) : null,
    open.length > 0 ? button('waive', 'Waive…', value()) : null,
    rows.some(({ state }) => state !== 'open') ? button('reopen', 'Reopen…', value()) : null,
  ];
}
