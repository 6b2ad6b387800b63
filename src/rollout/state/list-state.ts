import type { CriterionPlan } from '../plan/criteria.js';
import type { ListId } from '../plan/lists.js';
import type { ItemState } from './item-state.js';

/** A criterion and what was last said of it: a round of checks reads it here. */
export interface Criterion {
  readonly no: number;
  readonly title: string;
  readonly required: boolean;
  readonly work: CriterionPlan;
  readonly state: ItemState;
}

/**
 * How far one list is. A rollout carries only this: whether exposure may rise is told by it, and the results of 300 items are read
 * only by who looks at them.
 */
export interface ListState extends ListId {
  /** `ahead`: not opened yet. `closed`: its results are the record. */
  readonly state: 'ahead' | 'open' | 'closed';
  /** How often it was opened, 0 before the first time. A result belongs to one opening. */
  readonly opening: number;
  /** What it was opened for; another attempt of its stage opens it again. */
  readonly openedFor: string;
  readonly openedAt: Date | null;
  /** When its card is drawn next, or was drawn last: see `drawnAgain`. */
  readonly drawAt: Date | null;
  /** Items in all, and those of them that block. */
  readonly items: number;
  readonly required: number;
  /** Required items that block nothing any more. */
  readonly met: number;
  readonly criteria: readonly Criterion[];
  /** Items that the bot begins. */
  readonly bots: number;
  /** Of what the bot does, how many it has not begun. */
  readonly waiting: number;
  /** Results that hold for a time, by the numbers of their items. */
  readonly aging: readonly { readonly no: number; readonly staleAt: Date; readonly required: boolean }[];
  /** Items in each state, required or not. */
  /** The roles whose items block: what people do, and what the bot begins. `asked`: those called in this opening. */
  readonly owners: readonly string[];
  readonly botsOwners: readonly string[];
  readonly asked: readonly string[];
  readonly counts: Readonly<Record<ItemState, number>>;
}
