import type { Watch } from '../../../rollout/health/assess.js';
import type { ItemsRead } from '../../../rollout/state/items.js';
import type { Rollout } from '../../../rollout/state/rollout.js';

/** What a message is rendered from besides its own words: the rollout as it stands now, as data. */
export interface MessageContext {
  readonly rollout: Rollout;
  /** The checker's memory; null while nothing is watched. */
  readonly watch: Watch | null;
  /** Domain time. */
  readonly now: Date;
  /** The lowering that was ordered and not read back yet: tries so far and what the last one met. */
  readonly lowering: { readonly attempts: number; readonly lastError: string | null } | null;
  /** What a person can do by hand to lower the exposure, one statement each. */
  readonly byHand: readonly string[];
  /** The lists and their items, where the message shows them. */
  readonly items?: ItemsRead;
  /** Where the thread of a live message that was deleted can be read: its permalink. */
  readonly earlier?: string;
}
