/** Limits of a plan file that passed every rule → limits of a plan. */
import type { Act, CheckOverride, CheckPlan, PlannedLimit, RollbackTo } from '../../rollout/plan/plan.js';
import { OPERATORS } from '../../rollout/plan/verdict.js';
import { withoutUndefined } from '../../rollout/plan/without-undefined.js';
import type { PlanFile } from '../language/schema.js';
import type { WrittenAct, WrittenLimit, WrittenOverride } from '../values/limit-forms.js';

/** The stages with their places in the order of exposure, whatever says who gets them. */
export type PlacedStages = readonly { readonly stage: string; readonly exposure: number }[];
type Stages = PlacedStages;

const OPS = Object.keys(OPERATORS) as readonly (keyof typeof OPERATORS)[];

/** The limits of one check, as far as there are any. */
export function limitsOf(
  check: Pick<PlanFile['checks'][string], 'warning' | 'critical' | 'limits'>,
  stages: Stages,
): Pick<CheckPlan, 'warning' | 'critical' | 'others'> {
  const warning = check.warning && toLimit(check.warning, stages);
  const critical = check.critical && toLimit(check.critical, stages);
  const others = check.limits?.flatMap((each) => toLimit(each, stages) ?? []);
  return withoutUndefined<Pick<CheckPlan, 'warning' | 'critical' | 'others'>>({ warning, critical, others });
}

/** What a stage changes, by check. */
export function overridesOf(stage: PlanFile['stages'][number], stages: Stages): Record<string, CheckOverride> {
  return Object.fromEntries(
    Object.entries(stage.checks ?? {}).map(([name, by]) => [name, overrideOf(by, stages)] as const),
  );
}

function overrideOf(by: WrittenOverride, stages: Stages): CheckOverride {
  /** Null: the stage takes the limit away. */
  const one = (given: WrittenLimit | 'none') => (given === 'none' ? null : (toLimit(given, stages) ?? null));
  const others = by.limits === 'none' ? [] : by.limits?.flatMap((each) => toLimit(each, stages) ?? []);
  return withoutUndefined<CheckOverride>({
    warning: by.warning && one(by.warning),
    critical: by.critical && one(by.critical),
    others,
  });
}

function toLimit(file: WrittenLimit, stages: Stages): PlannedLimit | undefined {
  const op = OPS.find((candidate) => file[candidate] !== undefined);
  const bound = op && file[op];
  if (!op || bound === undefined) return undefined;
  const more = withoutUndefined<Pick<PlannedLimit, 'act' | 'forMs' | 'fail'>>({
    act: file.do && toAct(file.do, stages),
    forMs: file.for,
    fail: file.fail,
  });
  return typeof bound === 'number' ? { op, value: bound, ...more } : { op, than: bound, ...more };
}

function toAct(act: WrittenAct, stages: Stages): Act {
  if (act.kind !== 'rollback') return { kind: act.kind };
  return act.to === undefined ? { kind: 'rollback' } : { kind: 'rollback', to: placeOf(act.to, stages) };
}

/** A place as `rollback to` names it. A name that is no stage was refused when the file was read. */
function placeOf(to: string, stages: Stages): RollbackTo {
  if (to === 'off' || to === '0') return { kind: 'off' };
  if (to === 'previous') return { kind: 'previous' };
  const stage = stages.find((each) => each.stage === to);
  return { kind: 'exposure', exposure: stage?.exposure ?? Number(to) };
}
