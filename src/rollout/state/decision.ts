/** What comes of asking the rules: what happened and what has to be done, nothing, or why not. */
import type { Effect } from './effects.js';
import type { Recorded } from './events.js';
import type { NothingBecause } from './nothing.js';
import type { Refusal } from './refusal.js';
import type { Rollout } from './rollout.js';

/** Without events: nothing to do, and asking again is harmless. */
export interface Accepted {
  readonly outcome: 'accepted';
  readonly before: Rollout | null;
  readonly after: Rollout;
  readonly events: readonly Recorded[];
  readonly effects: readonly Effect[];
}

export type Decision =
  | Accepted
  | { readonly outcome: 'nothing'; readonly because: NothingBecause }
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

export function refused(refusal: Refusal): Decision {
  return { outcome: 'refused', refusal };
}

export function nothing(because: NothingBecause): Decision {
  return { outcome: 'nothing', because };
}
