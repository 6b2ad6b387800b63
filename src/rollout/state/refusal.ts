import type { Quorum } from '../plan/plan.js';
import type { Reason } from '../plan/reasons.js';
import type { Verdict } from '../plan/verdict.js';
import type { Unclear } from '../spoken/unclear.js';
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
      readonly stopped: string | null;
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

/** A refusal is a value: a code, every condition with pass or fail, who can clear it, and the one verb that helps. */
export interface Refusal {
  readonly reason: Reason;
  readonly conditions: readonly Condition[];
  /** Facts for the sentence: names, numbers, already plain text. */
  readonly detail?: string;
  readonly helps?: Verb;
}

export function refusal(
  reason: Reason,
  conditions: readonly Condition[] = [],
  more: { detail?: string; helps?: Verb } = {},
): Refusal {
  return { reason, conditions, ...more };
}
