/** Which tenants have it at an exposure: a stable order, never fewer than at a lower one. Pure. */
import type { TenantShares } from '../rollout/plan/tenant-shares.js';

/** Shares such as 1 of 3 are no exact percentages. */
const ROUNDING = 1e-9;

/**
 * The tenants who have it: at a stage's exposure at least that share (10 % of 25 are 3), at any other exposure never more
 * than it, but everybody of the stages below. So what is read back of a lowering is never above what was asked for.
 */
export function tenantsAt(shares: TenantShares, exposure: number): readonly string[] {
  return shares.list.slice(0, tenantCount(shares, exposure));
}

/** How many tenants that is. */
export function tenantCount({ list, exposures }: TenantShares, exposure: number): number {
  const below = exposures.filter((stage) => stage <= exposure);
  const promised = Math.max(0, ...below.map((stage) => Math.ceil(shareOf(list, stage) - ROUNDING)));
  return Math.max(promised, Math.floor(shareOf(list, exposure) + ROUNDING));
}

/** The exposure at which so many tenants have it: a stage's where it is a stage's number, else their share. */
export function exposureOfTenants(shares: TenantShares, count: number): number {
  const { list, exposures } = shares;
  if (count === 0) return 0;
  return (
    exposures.find((stage) => tenantCount(shares, stage) === count) ??
    (100 * Math.min(count, list.length)) / list.length
  );
}

function shareOf(list: readonly string[], exposure: number): number {
  return (list.length * exposure) / 100;
}
