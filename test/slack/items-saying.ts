import type { ItemPlan, Lists } from '../../src/rollout/plan/lists.js';
import type { ItemsRead, ListedItem } from '../../src/rollout/state/items.js';
import { rowsOf } from '../../src/rollout/state/items.js';
import type { ListState } from '../../src/rollout/state/list-state.js';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import { LEA, NOW, OPAL, rolloutAt } from '../support/rollouts.js';

const EXIT = { kind: 'exit', stageNo: 2, opening: 1 } as const;

function itemsSaying(words: string, count: number): ItemPlan[] {
  return Array.from({ length: count }, (_, at) => {
    const plan = { no: at + 1, name: `item-${at + 1}`, title: `${words} ${at + 1}`, needs: at === 3 ? [1] : [] };
    const by = { kind: 'each', roles: ['engineering-lead', words] } as const;
    switch (at % 4) {
      case 0:
        return { ...plan, work: { kind: 'do' } };
      case 1:
        return { ...plan, group: words, by, work: { kind: 'test', as: words, how: words, expect: words } };
      case 2:
        return { ...plan, optional: true, work: { kind: 'do' } };
      default:
        return { ...plan, by, work: { kind: 'do' } };
    }
  });
}

/** A rollout with a list of so many items, some of which something was said of, and the items as the store has them. */
export function withItems(
  words: string,
  count: number,
): { rollout: Rollout; items: ItemsRead; rows: readonly ListedItem[] } {
  const plans = itemsSaying(words, count);
  const lists: Lists = [
    { kind: 'exit', stageNo: 2, items: plans },
    { kind: 'after', stageNo: 0, items: plans.slice(0, 1) },
  ];
  const said = (no: number, state: 'done' | 'failed' | 'waived') => ({
    ref: { ...EXIT, no },
    state,
    at: NOW,
    by: no % 2 === 0 ? OPAL : LEA,
    note: words,
    signed: [],
    run: 0,
    started: false,
    output: null,
  });
  const items: ItemsRead = {
    lists,
    items: count < 8 ? [said(2, 'failed')] : [said(2, 'failed'), said(5, 'done'), said(8, 'waived')],
  };
  const counts = {
    open: count - items.items.length,
    running: 0,
    done: 0,
    failed: 1,
    blocked: 0,
    unknown: 0,
    stale: 0,
    waived: count < 8 ? 0 : 1,
  };
  const list = {
    openedFor: '2.1',
    openedAt: NOW,
    drawAt: NOW,
    items: count,
    criteria: [],
    bots: 0,
    waiting: 0,
    aging: [],
    owners: ['qa'],
    botsOwners: [],
    asked: [],
    counts,
  } as const;
  const states: ListState[] = [
    { ...EXIT, ...list, state: 'open', required: count - Math.floor(count / 4), met: count < 8 ? 0 : 2 },
    { kind: 'after', stageNo: 0, ...list, opening: 0, state: 'ahead', required: 1, met: 0 },
  ];
  const rollout = rolloutAt('ready', { lists: states });
  return { rollout, items, rows: rowsOf(items, EXIT) };
}
