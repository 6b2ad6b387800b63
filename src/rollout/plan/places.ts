/** Everywhere a rollout of a plan can take its targets, and what of the way there is not tried at the start. Pure. */

import { wayOf } from './acts.js';
import { plainPercent } from './exposure.js';
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

/** `stage wave-2`, `rollback.to 7.5 %`, `off`; what the plan calls this place. */
export function placeName(plan: Plan, place: number): string {
  const stage = plan.stages.find(({ exposure }) => exposure === place);
  if (stage) return `stage ${stage.name}`;
  if (place === 0) return 'off';
  return placesOf(plan).includes(place)
    ? `rollback to ${plainPercent(place)}`
    : `where it is now, ${plainPercent(place)}`;
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

/** What a start leaves untried by what the plan says, a line for each such target. */
export function untried({ targets }: Pick<Plan, 'targets'>): string[] {
  return targets.flatMap(({ name, config }) => {
    switch (config.kind) {
      case 'http':
      case 'exec':
        if (config.rehearse === 'read')
          return [`${name}: nothing is written at the start, neither set nor off is tried`];
        return config.off && config.rehearse !== 'write' ? [`${name}: off is not tried at the start`] : [];
      case 'postgres':
      case 'memory':
        return [];
      default:
        return config satisfies never;
    }
  });
}
