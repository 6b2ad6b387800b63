import type { WhyUnknown } from '../health/why-unknown.js';
import type { Verdict } from '../plan/verdict.js';
import type { ItemState } from './item-state.js';

/** What is known beside a reason, as data. Exposures are percent. Its words are in src/slack/words/phrases/details.ts. */
export type Detail =
  /** In the words of somebody outside: a target, a probe, Slack, a driver. */
  | { readonly kind: 'said'; readonly text: string; readonly target?: string }
  /** Why there is no number that can be judged. */
  | { readonly kind: 'unknown'; readonly why: WhyUnknown }
  /** Slack's code for why a channel takes no posts. */
  | { readonly kind: 'channel'; readonly code: string }
  | { readonly kind: 'no_target' }
  /** What it is about: the name of a check, or `@target`. */
  | { readonly kind: 'subject'; readonly subject: string }
  /** What a check says now. */
  | { readonly kind: 'check'; readonly check: string; readonly verdict: Verdict; readonly value: number | null }
  /** A check is worse than it was when it was asked for. */
  | { readonly kind: 'became'; readonly check: string; readonly verdict: Verdict }
  /** A check is beyond a limit that pauses the rollout. */
  | { readonly kind: 'pauses'; readonly check: string }
  /** What somebody said of an item. */
  | { readonly kind: 'item'; readonly title: string; readonly to: ItemState }
  | { readonly kind: 'on_and_off' }
  | { readonly kind: 'rolled_back' }
  /** `said`: in the words of the targets; absent: the exposure as it was read. */
  | { readonly kind: 'read'; readonly expected: number; readonly found: number; readonly said?: string }
  | { readonly kind: 'above_first'; readonly found: number; readonly first: number }
  /** A lowering was tried several times and is not read back. */
  | { readonly kind: 'not_lowered'; readonly to: number; readonly text: string }
  /** A raise ended when its order had been taken back. `elsewhere`: another rollout moves its targets now. */
  | { readonly kind: 'late_raise'; readonly to: number; readonly elsewhere: boolean }
  | {
      readonly kind: 'read_after';
      readonly what: 'raise' | 'lowering';
      readonly found: number;
      readonly wanted: number;
    }
  | { readonly kind: 'few_windows'; readonly check: string; readonly windows: number }
  | { readonly kind: 'raised_meanwhile' }
  | { readonly kind: 'not_in_time'; readonly what: 'checks' | 'targets' };

/** What somebody outside said; null where they said nothing. */
export function said(text: string, target?: string): Detail | null {
  if (text === '' && target === undefined) return null;
  return target === undefined ? { kind: 'said', text } : { kind: 'said', text, target };
}
