/**
 * What is to be done around the moves of a rollout: lists of items, each with an owner and a result. Read with the plan and kept
 * beside it, since only who looks at items needs them: a round of checks does not.
 */

import type { CriterionPlan } from './criteria.js';
import type { Job } from './jobs.js';
import type { Quorum } from './plan.js';

/**
 * `before`: blocks the move into its stage; open from when that stage is next until the move is read back. `exit`: blocks the move
 * out of its stage, or the end; open from its read-back until the next one. `after`: opens when the rollout is completed.
 * `after_rollback`: opens when it is rolled back, and blocks the next start. The last two block no move, and close after 30 days.
 */
export const LIST_KINDS = ['before', 'exit', 'after', 'after_rollback'] as const;
export type ListKind = (typeof LIST_KINDS)[number];

/** Which list of a plan. `stageNo`: 0 where it belongs to the plan as a whole. */
export interface ListId {
  readonly kind: ListKind;
  readonly stageNo: number;
}

/** What is done, and who does it. */
export type Work = PeoplesWork | BotsWork;

export type PeoplesWork =
  /** A person does it, and says so. */
  | { readonly kind: 'do' }
  /** A person tries it, and says whether it passed. `as`: in whose place; `how`: what they do; `expect`: what they should see. */
  | { readonly kind: 'test'; readonly as?: string; readonly how?: string; readonly expect?: string };

export type BotsWork =
  /** The bot does it, once, and keeps what came of it. */
  | Job
  /** The bot reads it with every round of checks. */
  | CriterionPlan
  /** The bot writes it in the thread. */
  | { readonly kind: 'say'; readonly text: string };

export interface ItemPlan {
  /** Its place in the list, from 1. */
  readonly no: number;
  /** No other item of the list has it: what people type, and what `needs` names. */
  readonly name: string;
  /** As people read it. */
  readonly title: string;
  /** The title of the group it stands in. Items of a group stand behind each other. */
  readonly group?: string;
  readonly work: Work;
  /** Whose item it is: one of each role, or so many of several. Absent: operators and everybody with a role of the plan. */
  readonly by?: Quorum;
  /** The numbers of the items of this list that have to be met before. */
  readonly needs: readonly number[];
  /** Blocks nothing. */
  readonly optional?: true;
  /** Who may say that it is not needed. Absent: see `waivers`. */
  readonly waive?: readonly string[];
}

export interface ListPlan extends ListId {
  /** One or more. */
  readonly items: readonly ItemPlan[];
}

/** Every list of a plan, in the order in which they open. */
export type Lists = readonly ListPlan[];

/** The roles whose item it is. Everybody with a role may say that one without `by` is done; operators see to it. */
export function ownersOf({ by }: Pick<ItemPlan, 'by'>): readonly string[] {
  return by?.roles ?? ['operators'];
}

/** Who may waive an item: those the plan names, else the one role whose item it is, else operators. */
export function waivers({ waive, by }: Pick<ItemPlan, 'waive' | 'by'>): readonly string[] {
  if (waive) return waive;
  const [role, ...others] = by?.roles ?? [];
  return role !== undefined && others.length === 0 ? [role] : ['operators'];
}

/** Who does it; of what the bot does, a person only says what became of it where the bot does not know. */
export function isBots(work: Work): work is BotsWork {
  switch (work.kind) {
    case 'do':
    case 'test':
      return false;
    case 'run':
    case 'request':
    case 'query':
    case 'say':
    case 'check':
      return true;
    default:
      return work satisfies never;
  }
}

/** What the bot begins when its time has come; the rest of its own is read with every round of checks. */
export function isBegun(work: Work): work is Exclude<BotsWork, CriterionPlan> {
  return isBots(work) && work.kind !== 'check';
}
