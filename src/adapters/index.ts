import type { ReadAlerts } from '../probes/alert.js';
import type { Probe } from '../probes/probe.js';
import type { ProgramDirs } from '../programs/run.js';
import { plainExposure } from '../rollout/plan/exposure.js';
import type { CheckPlan, Plan } from '../rollout/plan/plan.js';
import type { Rollout } from '../rollout/state/rollout.js';
import type { Target } from '../targets/target.js';
import type { NetworkRules } from '../web/network.js';
import { createProbe } from './probes.js';
import { createTarget } from './targets.js';

/** The outside of one rollout: what moves its exposure and what tells its health. */
export interface Outside {
  readonly targets: readonly Target[];
  readonly probes: ReadonlyMap<string, Probe>;
  /**
   * Why these are not the targets the rollout started with, rehearsed and locked; null when they are. Then nothing may be
   * raised through them, and nothing read from them is believed.
   */
  readonly changed: string | null;
}

export interface Adapters {
  /** Built once per plan hash and kept. Throws TargetError when a variable of a target is not set. */
  of(rollout: Rollout): Outside;
  /** The targets alone, for reading their keys before a plan has a hash. The caller closes them. */
  targetsOf(plan: Plan): Target[];
  /** The probes alone, by the names of their checks. The caller closes them. */
  probesOf(plan: Plan): Map<string, Probe>;
  /** What a person can do at each target without the bot, for where this rollout wants to be; empty when it cannot be told. */
  byHand(rollout: Rollout): string[];
  close(): Promise<void>;
}

export interface AdapterOptions {
  readonly fill: (value: string) => string;
  readonly network: NetworkRules;
  /** Folders that programs may come from, all of them; undefined: any. */
  readonly programDirs?: ProgramDirs;
  /** Reads what was pushed to the bot; without it checks of kind `alert` know nothing. */
  readonly alerts?: ReadAlerts;
}

export function createAdapters(options: AdapterOptions): Adapters {
  const known = new Map<string, Omit<Outside, 'changed'>>();

  function build(rollout: Rollout): Omit<Outside, 'changed'> {
    const found = known.get(rollout.planHash);
    if (found) return found;
    const targets = rollout.plan.targets.map((target) => createTarget(target, options));
    const made = { targets, probes: probesOf(rollout.plan) };
    known.set(rollout.planHash, made);
    return made;
  }

  function probesOf(plan: Plan): Map<string, Probe> {
    return new Map(plan.checks.map((check) => [check.name, probeOf(check)]));
  }

  /** A probe that cannot be built knows nothing; it must not stand in the way of the targets. */
  function probeOf(check: CheckPlan): Probe {
    try {
      return createProbe(check.probe, options);
    } catch (error) {
      const detail = error instanceof Error ? error.message : 'the probe cannot be built';
      const { kind } = check.probe;
      return { kind, measure: async () => ({ unknown: 'internal', detail, tookMs: 0 }), close: async () => undefined };
    }
  }

  function of(rollout: Rollout): Outside {
    const made = build(rollout);
    return { ...made, changed: changeOf(rollout, made.targets) };
  }

  return {
    of,
    probesOf,
    targetsOf: (plan) => plan.targets.map((target) => createTarget(target, options)),
    byHand(rollout) {
      try {
        const { targets, changed } = of(rollout);
        if (!changed)
          return targets.map((target) =>
            target.byHand(rollout.exposure.wanted, rollout.exposure.tried?.rungs[target.name]),
          );
      } catch {
        // Not to be built at all: what is left are the names it started with.
      }
      return rollout.targetKeys.map((key) => `set ${key} to ${plainExposure(rollout.plan, rollout.exposure.wanted)}`);
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

function changeOf(rollout: Rollout, targets: readonly Target[]): string | null {
  const now = targets.flatMap((target) => target.keys);
  const gone = rollout.targetKeys.filter((key) => !now.includes(key));
  const same = gone.length === 0 && now.length === rollout.targetKeys.length;
  return same
    ? null
    : `the environment now names ${now.join(', ')}, this rollout moves ${rollout.targetKeys.join(', ')}`;
}
