import { isNamedUsers } from '../../rollout/plan/exposure.js';
import type { TargetConfig } from '../../rollout/plan/plan.js';
import { TargetError } from '../target.js';

/** What a plan says of a flag table. */
export type PostgresConfig = Extract<TargetConfig, { kind: 'postgres' }>;

/** Rows that are only on or off have no place between. Throws TargetError `rejected`. */
export function requireHoldable(target: string, { columns, tenants, users }: PostgresConfig, exposure: number): void {
  const between = exposure > 0 && exposure < 100;
  if (!between || columns.exposure !== undefined || tenants || (users && isNamedUsers(exposure))) return;
  const message = `rows that are on or off cannot hold ${exposure} %`;
  throw new TargetError('rejected', message, { target, retryable: false });
}
