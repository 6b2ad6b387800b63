import { ACTS, POSTS } from '../plan/acts.js';
import type {
  Act,
  CheckOverride,
  CheckPlan,
  Limit,
  Plan,
  PlannedLimit,
  PlannedLimits,
  Reference,
} from '../plan/plan.js';
import { isFloor, isInclusive, type LimitInForce, type LimitsInForce } from '../plan/verdict.js';
import type { Baseline, Capture } from './baseline.js';
import type { Unjudged } from './why-unknown.js';

/** Where no stage says how often checks come: only for a look outside a rollout. */
const DEFAULT_RHYTHM_MS = 60_000;

/** A check with its limits as they hold now: numbers all of them, of this stage, of this rollout. */
export interface JudgedCheck extends Omit<CheckPlan, keyof PlannedLimits>, LimitsInForce {
  /** Numbers that are this far apart share no data, ms: the check's window, else the rhythm it is read at. */
  readonly windowMs: number;
  /** The slowest rhythm at which it is read now, ms. */
  readonly everyMs: number;
  /** Why a limit cannot be told yet; then no number of this check is good or bad. */
  readonly unjudged?: Unjudged;
}

/** What limits are reckoned from. */
export interface LimitBasis {
  readonly plan: Pick<Plan, 'checks' | 'stages'>;
  /** The stage whose limits hold; 0 before the first. */
  readonly stage: { readonly no: number };
  readonly health?: {
    readonly baseline?: Baseline | null;
    readonly capture?: Capture | null;
    /** The mean of every check over the bakes that passed, by stage. */
    readonly means?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  };
}

/** The checks of a rollout as they are judged now: with what the stage changes, and relative limits made into numbers. */
export function checksOf(rollout: LimitBasis): JudgedCheck[] {
  return rollout.plan.checks.map((check) => nowOf(check, rollout));
}

/** One of them by its name. */
export function checkIn(rollout: LimitBasis, name: string): JudgedCheck | undefined {
  const check = rollout.plan.checks.find((candidate) => candidate.name === name);
  return check && nowOf(check, rollout);
}

/** Every limit of a check that holds now, with what it does, as it is written. Those compared with a stage to come do not hold yet. */
export function rulesInForce(known: LimitBasis, name: string): LimitInForce<PlannedLimit>[] {
  const check = known.plan.checks.find((each) => each.name === name);
  if (!check) return [];
  const { warning, critical, others = [] } = overridden(check, known.plan.stages[known.stage.no - 1]?.checks?.[name]);
  const named: readonly (readonly [PlannedLimit | undefined, LimitInForce['level'], Act])[] = [
    [warning, 'warning', POSTS],
    [critical, 'critical', { kind: 'rollback' }],
    ...others.map((limit) => [limit, 'warning', POSTS] as const),
  ];
  return named.flatMap(([limit, usual, does], index) => {
    const number = inNumbers(limit, check, known);
    if (!limit || number === null) return [];
    const act = limit.act ?? does;
    // A further limit is named after what it does.
    const level = index > 1 ? ACTS[act.kind].level : usual;
    return [{ level, act, limit: isLimit(number) ? number : limit }];
  });
}

/** These limits with their numbers, as they would hold for a check now; null where one of them cannot be told. */
export function limitsInNumbers(limits: readonly PlannedLimit[], name: string, known: LimitBasis): Limit[] | null {
  const check = known.plan.checks.find((each) => each.name === name);
  const all = check ? limits.map((limit) => inNumbers(limit, check, known)) : [];
  const numbers = all.filter(isLimit);
  return numbers.length > 0 && numbers.length === limits.length ? numbers : null;
}

function nowOf(check: CheckPlan, rollout: LimitBasis): JudgedCheck {
  const stage = rollout.plan.stages[rollout.stage.no - 1];
  // Before the first stage its rhythm counts already: a baseline is measured at it.
  const { checkEveryMs: everyMs } = stage ?? rollout.plan.stages[0] ?? { checkEveryMs: DEFAULT_RHYTHM_MS };
  const timing = { everyMs, windowMs: windowOf(check, everyMs) };
  return judged(overridden(check, stage?.checks?.[check.name]), timing, rollout);
}

/** How far apart numbers of this check share no data, ms, where it is read every so often. */
function windowOf({ windowMs, probe }: Pick<CheckPlan, 'windowMs' | 'probe'>, everyMs: number): number {
  // What people report is a number of its own each time.
  return probe.kind === 'manual' ? 1 : (windowMs ?? everyMs);
}

function overridden(check: CheckPlan, by: CheckOverride | undefined): CheckPlan {
  if (!by) return check;
  const { warning, critical, others, ...rest } = check;
  const [warn, crit] = [
    by.warning === undefined ? warning : by.warning,
    by.critical === undefined ? critical : by.critical,
  ];
  const more = by.others ?? others;
  return { ...rest, ...(warn && { warning: warn }), ...(crit && { critical: crit }), ...(more && { others: more }) };
}

function judged(check: CheckPlan, timing: Pick<JudgedCheck, 'everyMs' | 'windowMs'>, known: LimitBasis): JudgedCheck {
  const { warning, critical, others, ...rest } = check;
  const planned = [warning, critical, ...(others ?? [])];
  const [warn, crit, ...more] = planned.map((limit) => inNumbers(limit, check, known));
  const all = [warn, crit, ...more];
  const missing: Unjudged[] = all.flatMap((limit) => (!limit || isLimit(limit) ? [] : limit));
  // One that only criteria ask about has no limit, and is well with every number.
  if (planned.some((limit) => limit !== undefined) && !all.some(isLimit)) missing.push({ kind: 'no_limit' });
  return {
    ...rest,
    ...timing,
    ...(isLimit(warn) && { warning: warn }),
    ...(isLimit(crit) && { critical: crit }),
    ...(more.length > 0 && { others: more.filter(isLimit) }),
    ...(missing[0] !== undefined && { unjudged: missing[0] }),
  };
}

function isLimit(limit: Limit | Unjudged | null | undefined): limit is Limit {
  return limit !== null && limit !== undefined && 'op' in limit;
}

/** The limit; null where it does not hold yet; or why it cannot be told. */
function inNumbers(limit: PlannedLimit | undefined, check: CheckPlan, known: LimitBasis): Limit | Unjudged | null {
  if (!limit) return null;
  if (limit.value !== undefined) return limit;
  const { than } = limit;
  if (than.of.kind === 'stage' && isAhead(than.of.stage, known)) return null;
  const number = numberOf(than, check.name, known);
  if (number === undefined) {
    if (than.of.kind === 'stage') return { kind: 'stage_not_measured', stage: than.of.stage };
    return { kind: known.health?.capture ? 'baseline_under_way' : 'no_baseline' };
  }
  return cannotCompare(limit, than, number) ?? { ...limit, value: number * than.times + than.plus };
}

/** Why a limit reckoned from this number says nothing; undefined when it does. */
function cannotCompare({ op }: Pick<Limit, 'op'>, { times, plus }: Reference, number: number): Unjudged | undefined {
  // A part of nothing is nothing, and of less than nothing it is on the other side of it.
  if (times !== 1 && number <= 0) return { kind: 'no_part', value: number };
  const value = number * times + plus;
  const never = isFloor({ op }) && (isInclusive({ op }) ? value < 0 : value <= 0);
  // What was never below 0 cannot fall that far.
  return never && number >= 0 ? { kind: 'nothing_below', value: number } : undefined;
}

/** A stage is compared with from the one after it. */
function isAhead(name: string, { plan, stage }: LimitBasis): boolean {
  const no = plan.stages.findIndex((stage) => stage.name === name) + 1;
  return stage.no <= no;
}

function numberOf({ of }: Reference, check: string, { health }: LimitBasis): number | undefined {
  const numbers = of.kind === 'baseline' ? health?.baseline?.numbers : health?.means?.[of.stage];
  return numbers && Object.hasOwn(numbers, check) ? numbers[check] : undefined;
}
