import { createProbe } from './probes/index.js';
import type { NetworkRules } from './probes/network.js';
import type { Probe } from './probes/probe.js';
import type { Plan } from './rollout/plan.js';
import type { Rollout } from './rollout/rollout.js';
import { createTarget } from './targets/index.js';
import type { Target } from './targets/target.js';

/** The outside of one plan: what moves its exposure and what tells its health. */
export interface Outside {
  readonly targets: readonly Target[];
  readonly probes: ReadonlyMap<string, Probe>;
}

export interface Adapters {
  /** Built once per plan hash and kept. Throws TargetError when a variable of the plan is not set. */
  of(plan: Plan, planHash: string): Outside;
  /** The targets alone, for reading their keys before a plan has a hash. The caller closes them. */
  targetsOf(plan: Plan): Target[];
  /** What a person can do at each target without the bot, for where this rollout wants to be; empty when it cannot be told. */
  byHand(rollout: Rollout): string[];
  close(): Promise<void>;
}

export function createAdapters(options: { fill: (value: string) => string; network: NetworkRules }): Adapters {
  const known = new Map<string, Outside>();
  return {
    of(plan, planHash) {
      const found = known.get(planHash);
      if (found) return found;
      const targets = plan.targets.map((target) => createTarget(target, options.fill));
      const probes = new Map(
        plan.checks.map((check) => [check.name, createProbe(check.probe, options.fill, options.network)]),
      );
      const made = { targets, probes };
      known.set(planHash, made);
      return made;
    },
    targetsOf: (plan) => plan.targets.map((target) => createTarget(target, options.fill)),
    byHand(rollout) {
      try {
        return this.of(rollout.plan, rollout.planHash).targets.map((target) => target.byHand(rollout.wanted));
      } catch {
        return [];
      }
    },
    async close() {
      const all = [...known.values()];
      known.clear();
      await Promise.allSettled(
        all.flatMap(({ targets, probes }) => [...targets, ...probes.values()].map((each) => each.close())),
      );
    },
  };
}
