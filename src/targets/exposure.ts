import { isNamedUsers } from '../rollout/exposure.js';
import type { PostgresConfig } from './postgres-sql.js';
import { TargetError } from './target.js';

/** Stops an exposure that is no percentage before anything is asked of the outside. Throws TargetError `rejected`. */
export function requirePercent(target: string, exposure: number): void {
  if (exposure >= 0 && exposure <= 100) return;
  throw new TargetError('rejected', `target ${target}: ${exposure} is not a percentage from 0 to 100`, {
    retryable: false,
  });
}

/** Rows that are only on or off have no place between. Throws TargetError `rejected`. */
export function requireHoldable(target: string, { columns, tenants, users }: PostgresConfig, exposure: number): void {
  const between = exposure > 0 && exposure < 100;
  if (!between || columns.exposure !== undefined || tenants || (users && isNamedUsers(exposure))) return;
  const message = `target ${target}: rows that are on or off cannot hold ${exposure} %`;
  throw new TargetError('rejected', message, { retryable: false });
}
