/**
 * May exposure rise now? The only place that says so, asked when a rollout starts, when a person asks, when a stage goes on
 * by itself, when somebody approves and just before the targets are told; `why` shows the same answer. The way down asks
 * none of this.
 */

import type { Reason } from '../plan/reasons.js';
import type { Context } from '../state/context.js';
import type { Condition } from '../state/refusal.js';
import type { Rollout } from '../state/rollout.js';
import { approval } from './approval.js';
import { bake } from './bake.js';
import { health } from './health.js';
import { lists } from './lists.js';
import { nextStageLeft } from './next-stage.js';
import { order } from './order.js';
import { phase } from './phase.js';
import type { Lack, RaiseMoment, Requirement, RequirementAnswer } from './requirement.js';
import { targets } from './targets.js';

/** Every requirement. The first that is not met gives a refusal its reason, and people read the rows in this order. */
export const REQUIREMENTS = {
  order,
  nextStage: nextStageLeft,
  phase,
  bake,
  lists,
  health,
  targets,
  approval,
} as const satisfies Readonly<Record<string, Requirement>>;

export type RequirementName = keyof typeof REQUIREMENTS;

export type Unmet = Lack & { readonly requirement: RequirementName };

type OneOrMore<T> = readonly [T, ...T[]];

/** `conditions`: what people are shown of it, met or not. */
export type MayRise =
  | { readonly answer: 'yes'; readonly conditions: readonly Condition[] }
  | { readonly answer: 'no'; readonly unmet: OneOrMore<Unmet>; readonly conditions: readonly Condition[] }
  /** Nothing but time is lacking: certainly not before `at`, and the question has to be asked again then. */
  | {
      readonly answer: 'not_before';
      readonly at: Date;
      readonly unmet: OneOrMore<Unmet>;
      readonly conditions: readonly Condition[];
    };

export function mayRise(rollout: Rollout, context: Context, moment: RaiseMoment): MayRise {
  const names = Object.keys(REQUIREMENTS) as RequirementName[];
  const found = names.map((requirement) => ({
    requirement,
    ...ask(REQUIREMENTS[requirement], rollout, context, moment),
  }));
  const conditions = found.flatMap(({ row }) => row ?? []);
  const [first, ...others] = found.flatMap(({ requirement, lack }): Unmet[] =>
    lack ? [{ requirement, ...lack }] : [],
  );
  if (!first) return { answer: 'yes', conditions };
  const unmet: OneOrMore<Unmet> = [first, ...others];
  const at = latest(unmet);
  return at === null ? { answer: 'no', unmet, conditions } : { answer: 'not_before', at, unmet, conditions };
}

/** The reason of the first thing that is lacking; `otherwise` where that has none. Null: exposure may rise. */
export function lackOf(may: MayRise, otherwise: Reason = 'wrong_phase'): Reason | null {
  switch (may.answer) {
    case 'yes':
      return null;
    case 'no':
    case 'not_before':
      return may.unmet[0].reason ?? otherwise;
    default:
      return may satisfies never;
  }
}

/** When the last of these may be met; null where one of them waits for something else than time. */
export function latest(unmet: readonly Unmet[]): Date | null {
  const times = unmet.flatMap(({ notBefore }) => notBefore?.getTime() ?? []);
  return times.length < unmet.length ? null : new Date(Math.max(...times));
}

function ask(
  requirement: Requirement,
  rollout: Rollout,
  { now, watch, items }: Context,
  moment: RaiseMoment,
): RequirementAnswer {
  const situation = items ? { rollout, now, watch, items } : { rollout, now, watch };
  switch (moment.at) {
    case 'start':
      return requirement.start({ ...situation, moment });
    case 'asked':
      return requirement.asked({ ...situation, moment });
    case 'auto':
      return requirement.auto({ ...situation, moment });
    case 'approved':
      return requirement.approved({ ...situation, moment });
    case 'raising':
      return requirement.raising({ ...situation, moment });
    default:
      return moment satisfies never;
  }
}
