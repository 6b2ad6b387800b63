/**
 * The one number of each stage, and what targets must know of the stages to move users and tenants by their names.
 * Works on files that may be wrong elsewhere too: what cannot be told is undefined.
 */
import { placeOfUsers } from '../../rollout/plan/exposure.js';
import type { UserOverrides } from '../../rollout/plan/plan.js';
import type { TenantShares } from '../../rollout/plan/tenant-shares.js';

/** A stage as far as it says who gets it. */
export interface StageWho {
  readonly exposure?: number | string | undefined;
  readonly users?: readonly (string | undefined)[] | undefined;
  readonly tenants?: readonly (string | undefined)[] | undefined;
}

/** What the stages mean for a target. */
export interface StageSteps {
  readonly users: UserOverrides['steps'];
  /** The tenants a target lists, those of the stages first. */
  tenantsOf(list: readonly string[]): TenantShares;
}

/** The exposure of each stage. `listed`: how many tenants there are; a stage by tenants is its share of them. */
export function exposuresOf(
  stages: readonly (StageWho | undefined)[],
  listed: number | undefined,
): (number | undefined)[] {
  let step = 0;
  return stages.map((stage) => {
    if (stage?.users) {
      step += 1;
      return placeOfUsers(step);
    }
    if (stage?.tenants) return listed ? (100 * stage.tenants.length) / listed : undefined;
    if (stage?.exposure === 'on') return 100;
    return typeof stage?.exposure === 'number' ? stage.exposure : undefined;
  });
}

/** For stages that passed every rule. */
export function stepsOf(stages: readonly StageWho[], exposures: readonly number[]): StageSteps {
  const named = stages.flatMap(({ tenants = [] }) => tenants.filter((name) => name !== undefined));
  return {
    users: stages.flatMap(({ users }, index) => {
      const names = users?.filter((name) => name !== undefined);
      return names ? [{ exposure: exposures[index] ?? 0, names }] : [];
    }),
    tenantsOf: (list) => ({
      list: [...new Set([...named, ...list])],
      exposures: exposures.filter((_, index) => !stages[index]?.users),
    }),
  };
}
