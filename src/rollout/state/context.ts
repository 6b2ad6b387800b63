import type { Watch } from '../health/assess.js';
import type { ItemsRead } from './items.js';

/** What a decision is made from besides the rollout: domain time and the checker's memory, as data. */
export interface Context {
  readonly now: Date;
  readonly watch: Watch | null;
  /** Read with what people ask of a rollout that has lists; facts are decided by how far the lists are. */
  readonly items?: ItemsRead;
}
