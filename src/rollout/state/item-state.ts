import type { ListId } from '../plan/lists.js';

/**
 * `running`: the bot has it in hand. `blocked`: it cannot be tried. `unknown`: it was begun and nobody knows its end. `stale`: its
 * result is older than it may be. `waived`: somebody said, with a reason, that it is not needed.
 */
export const ITEM_STATES = ['open', 'running', 'done', 'failed', 'blocked', 'unknown', 'stale', 'waived'] as const;
export type ItemState = (typeof ITEM_STATES)[number];

/** It blocks nothing any more. */
export function isMet(state: ItemState): boolean {
  switch (state) {
    case 'done':
    case 'waived':
      return true;
    case 'open':
    case 'running':
    case 'failed':
    case 'blocked':
    case 'unknown':
    case 'stale':
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

/** What the bot kept of one run. The text lies in a table of its own. */
export interface Output {
  readonly id: number;
  /** Of what was kept, which is the end where it was more. */
  readonly bytes: number;
  readonly sha256: string;
}
