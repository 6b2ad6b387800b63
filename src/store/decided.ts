import type { Accepted } from '../rollout/state/decision.js';
import type { Item } from '../rollout/state/items.js';

/** One accepted decision, ready to be made durable. */
export interface Decided extends Omit<Accepted, 'outcome'> {
  readonly key: string;
  readonly paramsHash: string;
  readonly actor: string;
  readonly outcome: unknown;
  /** head_hash that was read with `before`; ignored for a start. */
  readonly headHash: string;
  readonly planText: string;
  /** What was known of the rollout's items when it was decided; absent where they were not read. */
  readonly items?: readonly Item[];
  /** This process, which claims the effects it creates; null leaves them to whoever comes. */
  readonly worker: string | null;
}
