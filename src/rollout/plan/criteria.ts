/** What has to hold of a check before a stage is left. It is no alarm: nothing is posted while it does not hold. */
import type { PlannedLimit } from './plan.js';

export interface CriterionPlan {
  readonly kind: 'check';
  readonly check: string;
  /** It does not hold while one of these is broken: `at_most: 3` is broken `above` 3. One or two. */
  readonly broken: readonly PlannedLimit[];
}
