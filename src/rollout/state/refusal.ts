import type { Actor } from '../plan/actor.js';
import type { ListId } from '../plan/lists.js';
import type { Quorum } from '../plan/plan.js';
import type { Reason } from '../plan/reasons.js';
import type { Verdict } from '../plan/verdict.js';
import type { Unclear } from '../spoken/unclear.js';
import type { ItemState } from './item-state.js';
import type { Phase } from './rollout.js';
import type { Verb } from './verbs.js';

/** One thing that had to hold, whether it does, and what a person needs to know to clear it. */
export type Condition =
  | { readonly kind: 'phase'; readonly ok: boolean; readonly phase: Phase }
  | {
      readonly kind: 'bake';
      readonly ok: boolean;
      readonly observedMs: number;
      readonly neededMs: number;
    }
  | {
      readonly kind: 'health';
      readonly ok: boolean;
      readonly verdicts: Readonly<Record<string, Verdict>>;
      /** Checks that pass and have numbers beyond a limit that does not count yet; absent where there are none. */
      readonly doubts?: readonly string[];
      /** The check that is in the way; absent where none is, or where all of them are looked at together. */
      readonly fails?: { readonly check: string; readonly verdict: Verdict; readonly value: number | null };
    }
  /** Asked next, so neither pass nor fail yet. */
  | { readonly kind: 'approval'; readonly ok: 'next' | boolean; readonly quorum: Quorum }
  /** How far the lists are that are in the way. */
  | { readonly kind: 'lists'; readonly ok: boolean; readonly lists: readonly ListCondition[] }
  /** An item, and why it is not taken: the items it waits for, or what somebody said of it. */
  | {
      readonly kind: 'item';
      readonly ok: boolean;
      readonly title: string;
      readonly state: ItemState;
      readonly by: Actor | null;
      readonly at: Date | null;
      readonly waitsFor: readonly string[];
    }
  /** Too few people hold its roles to say that it is done. */
  | { readonly kind: 'item_of_nobody'; readonly ok: boolean; readonly title: string; readonly by: Quorum }
  | { readonly kind: 'who'; readonly ok: boolean; readonly needs: readonly string[] }
  /** What stood in the words instead of an order that is clear. */
  | { readonly kind: 'words'; readonly ok: boolean; readonly read: Unclear }
  | { readonly kind: 'stage'; readonly ok: boolean; readonly asked: string; readonly next: string }
  /** Who could still approve a stage, the one who asks left out: Slack user ids. */
  | {
      readonly kind: 'approvers';
      readonly ok: boolean;
      readonly stage: string;
      readonly quorum: Quorum;
      readonly people: readonly string[];
    }
  | { readonly kind: 'text'; readonly ok: boolean; readonly text: string };

/** `rows`: its required items that are not met, where they were read. */
export interface ListCondition {
  readonly list: ListId;
  readonly met: number;
  readonly required: number;
  readonly rows?: readonly { readonly title: string; readonly state: ItemState; readonly by?: Quorum }[];
}

/** What is known beside the conditions, as data. Its words are in src/slack/words/phrases/refused.ts. */
export type RefusalFacts =
  /** The targets are free again after so many seconds. */
  | { readonly kind: 'settles'; readonly seconds: number }
  /** The plans that can be started. `asked`: '' where none was named. */
  | { readonly kind: 'plans'; readonly asked: string; readonly there: readonly string[] }
  /** What stood where a number or a duration belongs, '' where nothing did, and what it may look like. */
  | { readonly kind: 'amount'; readonly of: 'number' | 'duration'; readonly said: string; readonly example: string }
  /** A word that is no command; `near`: the one it may mean, null where none is near. */
  | { readonly kind: 'no_command'; readonly said: string; readonly near: Verb | null };

/** A refusal is a value: a code, every condition with pass or fail, who can clear it, and the one verb that helps. */
export interface Refusal {
  readonly reason: Reason;
  readonly conditions: readonly Condition[];
  /** Facts for the sentence: names, numbers, already plain text. */
  readonly detail?: string;
  readonly facts?: RefusalFacts;
  readonly helps?: Verb;
}

export function refusal(
  reason: Reason,
  conditions: readonly Condition[] = [],
  more: { detail?: string; facts?: RefusalFacts; helps?: Verb } = {},
): Refusal {
  return { reason, conditions, ...more };
}
