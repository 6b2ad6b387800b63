/** Which tenants there are, in the order in which they get it, and the exposures of the plan's stages. */
export interface TenantShares {
  readonly list: readonly string[];
  readonly exposures: readonly number[];
}
