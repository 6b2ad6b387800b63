import type { Effect } from '../rollout/state/effects.js';
import type { Recorded } from '../rollout/state/events.js';
import type { Rollout } from '../rollout/state/rollout.js';

/** One accepted decision, ready to be made durable. */
export interface Decided {
  readonly key: string;
  readonly paramsHash: string;
  readonly actor: string;
  readonly outcome: unknown;
  readonly before: Rollout | null;
  readonly after: Rollout;
  readonly events: readonly Recorded[];
  readonly effects: readonly Effect[];
  /** head_hash that was read with `before`; ignored for a start. */
  readonly headHash: string;
  readonly planText: string;
  /** This process, which claims the effects it creates; null leaves them to whoever comes. */
  readonly worker: string | null;
}
