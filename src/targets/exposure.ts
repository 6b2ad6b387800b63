import { TargetError } from './target.js';

/** Stops an exposure that is no percentage before anything is asked of the outside. Throws TargetError `rejected`. */
export function requirePercent(target: string, exposure: number): void {
  if (exposure >= 0 && exposure <= 100) return;
  throw new TargetError('rejected', `${exposure} is not a percentage from 0 to 100`, {
    target,
    retryable: false,
  });
}
