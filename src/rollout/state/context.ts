import type { Watch } from '../health/assess.js';

/** What a decision is made from besides the rollout: domain time and the checker's memory, as data. */
export interface Context {
  readonly now: Date;
  readonly watch: Watch | null;
}
