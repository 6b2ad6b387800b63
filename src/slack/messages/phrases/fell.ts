import type { Rollout } from '../../../rollout/rollout.js';
import { percent } from '../../text.js';
import { causeWords } from './reasons.js';

/** `rolled back from 50 % to 0 %: Error rate 12 % is over its limit 5 %`. */
export function fellWords(rollout: Rollout): string {
  const { rollback } = rollout;
  if (!rollback) return `ended at ${percent(rollout.confirmed)}`;
  return `rolled back from ${percent(rollback.from)} to ${percent(rollback.to)}: ${causeWords(rollout, rollback.cause)}`;
}
