/** A plan file that passed every rule → the Plan that rollouts keep. Only names and defaults change here. */
import type { CheckPlan, Plan, Population, Quorum, Reminders, RollbackTo, StagePlan } from '../../rollout/plan/plan.js';
import { PROBE_KINDS } from '../../rollout/plan/probe-kinds.js';
import { withoutUndefined } from '../../rollout/plan/without-undefined.js';
import { toProbe, toTarget } from '../language/kinds/index.js';
import type { PlanFile } from '../language/schema.js';
import { rangeIn } from '../values/query-range.js';
import { exposuresOf, stepsOf } from '../values/stage-steps.js';
import { limitsOf, overridesOf, type PlacedStages } from './to-limits.js';

export function toPlan(file: PlanFile): Plan {
  const listed = tenantsIn(file);
  const exposures = exposuresOf(file.stages, listed).map((exposure) => exposure ?? 0);
  const steps = stepsOf(file.stages, exposures);
  const placed = file.stages.map((stage, index) => ({ ...stage, exposure: exposures[index] ?? 0 }));
  return withoutUndefined<Plan>({
    name: file.plan,
    title: file.title,
    channel: file.channel,
    timezone: file.timezone,
    links: file.links,
    contact: file.contact,
    people: file.people,
    targets: Object.entries(file.targets).map(([name, target]) => ({ name, config: toTarget(target, steps) })),
    checks: Object.entries(file.checks).map(([name, check]) => checkPlan(name, check, placed)),
    stages: file.stages.map((stage, index) => ({
      ...stagePlan(stage, index + 1, exposures[index] ?? 0),
      ...who(stage, listed),
      ...advance(file, index),
      ...watching(file, stage, placed),
    })),
    rollback: { to: rollbackTo(file.rollback.to), withinMs: file.rollback.within },
    baselineMs: file.baseline,
    approveWithinMs: file.approve_within,
    reminders: file.reminders && reminders(file.reminders),
    templates: file.templates,
  });
}

function checkPlan(name: string, check: PlanFile['checks'][string], stages: PlacedStages): CheckPlan {
  return {
    name,
    title: check.title ?? name,
    unit: check.unit,
    probe: toProbe(check.probe),
    ...looking(check),
    ...limitsOf(check, stages),
  };
}

/** What one number of a check is made of, and whether it is believed at once. */
function looking({
  probe,
  window,
  share,
}: PlanFile['checks'][string]): Pick<CheckPlan, 'settled' | 'windowMs' | 'share'> {
  return withoutUndefined<Pick<CheckPlan, 'settled' | 'windowMs' | 'share'>>({
    settled: PROBE_KINDS[probe.kind].settled ? true : undefined,
    windowMs: window ?? rangeOf(probe),
    share,
  });
}

function rangeOf(probe: PlanFile['checks'][string]['probe']): number | undefined {
  return rangeIn(probe.kind, 'query' in probe ? probe.query : '');
}

function tenantsIn(file: PlanFile): number | undefined {
  const lists = Object.values(file.targets).flatMap((target) => {
    switch (target.kind) {
      case 'http':
        return target.per ? [target.per.tenants] : [];
      case 'postgres':
        return target.tenants ? [target.tenants.list] : [];
      case 'exec':
      case 'memory':
        return [];
      default:
        return target satisfies never;
    }
  });
  return lists[0]?.length;
}

function stagePlan(stage: PlanFile['stages'][number], no: number, exposure: number): StagePlan {
  return withoutUndefined<StagePlan>({
    no,
    name: stage.stage,
    title: stage.title ?? stage.stage,
    exposure,
    ...bake(stage.bake),
    checkEveryMs: stage.check_every,
    approve: stage.approve && quorum(stage.approve),
  });
}

/** Where targets list tenants, a percentage is one of tenants; all of them are everybody. */
function who(stage: StageFile, listed: number | undefined): { population?: Population } {
  const [population] = Object.values(WRITTEN).flatMap((one) => one(stage, listed) ?? []);
  return population ? { population } : {};
}

/** How each is written; the first that is there counts. */
const WRITTEN = {
  users: ({ users }) => users && { kind: 'users', users },
  tenants: ({ tenants }) => tenants && { kind: 'tenants', tenants },
  everyone: ({ exposure }) => (exposure === 'on' ? { kind: 'everyone' } : undefined),
  part: ({ exposure, of }, listed) => {
    const whose = of ?? (listed !== undefined && exposure !== 100 ? 'tenants' : undefined);
    return whose === undefined ? undefined : { kind: 'part', of: whose };
  },
} satisfies { readonly [K in Population['kind']]: Written<K> };

type StageFile = PlanFile['stages'][number];
type Written<K extends Population['kind']> = (
  stage: StageFile,
  listed: number | undefined,
) => Extract<Population, { readonly kind: K }> | undefined;

function bake(given: PlanFile['stages'][number]['bake']): Pick<StagePlan, 'bakeMs' | 'maxBakeMs' | 'restartsOn'> {
  if (typeof given === 'number') return { bakeMs: given };
  const { for: bakeMs, max, restarts_on: restartsOn } = given;
  return withoutUndefined<ReturnType<typeof bake>>({ bakeMs, maxBakeMs: max, restartsOn });
}

/** How a stage is watched, and where back is from it. */
function watching(
  file: PlanFile,
  stage: PlanFile['stages'][number],
  placed: PlacedStages,
): Pick<StagePlan, 'reportEvery' | 'checks' | 'rollbackTo'> {
  return withoutUndefined<ReturnType<typeof watching>>({
    reportEvery: stage.report_every ?? file.report_every,
    checks: stage.checks && overridesOf(stage, placed),
    rollbackTo: stage.rollback && rollbackTo(stage.rollback.to),
  });
}

function quorum(approve: NonNullable<PlanFile['stages'][number]['approve']>): Quorum {
  if (Array.isArray(approve)) return { kind: 'each', roles: approve };
  return { kind: 'any', count: approve.any, roles: approve.of };
}

/** What the plan says for all its stages never reaches the last one: nothing comes after it. */
function advance(file: PlanFile, index: number): Pick<StagePlan, 'advance'> {
  const says = file.stages[index]?.advance ?? file.advance;
  return says === 'auto' && index < file.stages.length - 1 ? { advance: 'auto' } : {};
}

function reminders({ every, at_most, hours }: NonNullable<PlanFile['reminders']>): Reminders {
  return withoutUndefined<Reminders>({
    everyMs: every,
    atMost: at_most,
    hours: hours && { days: hours.days, fromMinute: hours.from, toMinute: hours.to },
  });
}

function rollbackTo(to: PlanFile['rollback']['to']): RollbackTo {
  // 0 % and disabled is what off means.
  if (to === 'off' || to === 0) return { kind: 'off' };
  return to === 'previous' ? { kind: 'previous' } : { kind: 'exposure', exposure: to };
}
