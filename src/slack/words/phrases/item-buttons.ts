import type { Button } from '@slack/types';
import { isBots } from '../../../rollout/plan/lists.js';
import type { ItemRef } from '../../../rollout/state/item-state.js';
import type { ListedItem } from '../../../rollout/state/items.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { isLegal } from '../../../rollout/state/verbs.js';
import { button } from './buttons.js';

/** What a button about an item, or about a list (`no` 0), carries. */
function carrying({ id }: Rollout, { kind, stageNo, opening, no }: ItemRef, more: object = {}): object {
  return { rollout: id, item: [kind, stageNo, opening, no], ...more };
}

/** The one thing that most people want to say of an open item; null where it waits for another, or runs. */
export function itemButton(rollout: Rollout, { ref, plan, state, waitsFor }: ListedItem): Button | null {
  if (waitsFor.length > 0 || state === 'running' || !isLegal('done', rollout.phase)) return null;
  // Of the three things that can be said of it none is more likely than the others: it has a row of buttons.
  if (plan.work.kind === 'check' || state === 'unknown') return null;
  if (isBots(plan.work)) return button('run', state === 'open' ? 'Run now' : 'Run again', carrying(rollout, ref));
  return button('done', plan.work.kind === 'test' ? 'Pass' : 'Done', carrying(rollout, ref));
}

/** Of what the bot did and nobody knows the end of: what a person can say who has looked. */
export function unknownButtons(rollout: Rollout, { ref, state }: ListedItem): (Button | null)[] {
  if (state !== 'unknown' || !isLegal('done', rollout.phase)) return [];
  return [
    button('done', 'Done', carrying(rollout, ref)),
    button('run', 'Run again', carrying(rollout, ref)),
    button('fail', 'Failed…', carrying(rollout, ref, { form: 'items' })),
  ];
}

/** What else can be said of the items of a list: each opens a form. */
export function listButtons(rollout: Rollout, rows: readonly ListedItem[]): (Button | null)[] {
  const [first] = rows;
  if (!first || !isLegal('done', rollout.phase)) return [];
  const value = (): object => carrying(rollout, { ...first.ref, no: 0 }, { form: 'items' });
  const open = rows.filter(({ state }) => state !== 'done' && state !== 'waived' && state !== 'running');
  const theirs = open.filter(({ plan, state }) => !isBots(plan.work) || state === 'unknown');
  const ended = rows.filter(({ state }) => state !== 'open' && state !== 'running');
  return [
    theirs.length > 1 ? button('done', 'Several…', value()) : null,
    theirs.length > 0 ? button('fail', 'Failed…', value()) : null,
    open.length > 0 ? button('waive', 'Waive…', value()) : null,
    ended.length > 0 ? button('reopen', 'Reopen…', value()) : null,
    rows.some(({ item }) => item?.output) ? button('output', 'Output…', value()) : null,
  ];
}
