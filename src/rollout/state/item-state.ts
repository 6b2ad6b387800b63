import type { ListId } from '../plan/lists.js';

/** `blocked`: it cannot be tried. `waived`: somebody said, with a reason, that it is not needed. */
export const ITEM_STATES = ['open', 'done', 'failed', 'blocked', 'waived'] as const;
export type ItemState = (typeof ITEM_STATES)[number];

/** It blocks nothing any more. */
export function isMet(state: ItemState): boolean {
  switch (state) {
    case 'done':
    case 'waived':
      return true;
    case 'open':
    case 'failed':
    case 'blocked':
      return false;
    default:
      return state satisfies never;
  }
}

/** Which item, in which opening of its list. A button carries it: what was said of an earlier opening is said of no other. */
export interface ItemRef extends ListId {
  readonly opening: number;
  /** Its place in the list, from 1. */
  readonly no: number;
}
