/** Everywhere a rollout of a plan can take its targets, and what of the way there is not tried at the start. Pure. */

import { wayOf } from './acts.js';
import type { Act, CheckOverride, CheckPlan, Plan, RollbackTo } from './plan.js';

/** Percent, in rising order: off, every stage, and every place a rollback names, wherever the plan names it. */
export function placesOf(plan: Plan): number[] {
  const named = [
    plan.rollback.to,
    ...plan.stages.flatMap(({ rollbackTo }) => rollbackTo ?? []),
    ...actsOf(plan).flatMap((act) => wayOf(act)?.to ?? []),
  ];
  const all = [0, ...plan.stages.map(({ exposure }) => exposure), ...named.flatMap(percentOf)];
  return [...new Set(all)].sort((a, b) => a - b);
}

function percentOf(to: RollbackTo): number[] {
  return to.kind === 'exposure' ? [to.exposure] : [];
}

function actsOf({ checks, stages }: Plan): Act[] {
  const limitsOf = ({ warning, critical, others = [] }: CheckPlan | CheckOverride) => [warning, critical, ...others];
  const limits = [
    ...checks.flatMap(limitsOf),
    ...stages.flatMap(({ checks: overrides = {} }) => Object.values(overrides).flatMap(limitsOf)),
  ];
  return limits.flatMap((limit) => limit?.act ?? []);
}

/** What a start does not try at a target, by what the plan says: every write, or the one that switches off. */
export interface Untried {
  readonly target: string;
  readonly what: 'writes' | 'off';
}

export function untried({ targets }: Pick<Plan, 'targets'>): Untried[] {
  return targets.flatMap(({ name, config }): Untried[] => {
    switch (config.kind) {
      case 'http':
      case 'exec':
        if (config.rehearse === 'read') return [{ target: name, what: 'writes' }];
        return config.off && config.rehearse !== 'write' ? [{ target: name, what: 'off' }] : [];
      case 'postgres':
      case 'memory':
        return [];
      default:
        return config satisfies never;
    }
  });
}
