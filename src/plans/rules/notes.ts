/** What is right in a plan and will surprise its author all the same; and how soon its limits act. */
import { looksNeeded } from '../../rollout/health/patience.js';
import { ACTS, POSTS } from '../../rollout/plan/acts.js';
import type { CheckPlan, Plan, PlannedLimit, StagePlan } from '../../rollout/plan/plan.js';
import { writtenDuration } from '../values/duration.js';
import { promRange, sqlRange, withoutText } from '../values/query-range.js';

/** For `validate`: one line for each. */
export function notesOf(plan: Plan): string[] {
  return [
    ...soonest(plan),
    ...plan.checks.flatMap((check) => [...queryNotes(check), ...limitNotes(check, plan)]),
    ...restartNotes(plan),
  ];
}

const AT_ONCE = 'at the first bad number';

/** `critical limits act at best 5m after the first bad number: p95, p99`. */
function soonest(plan: Plan): string[] {
  const byTime = new Map<number, string[]>();
  for (const check of plan.checks) {
    const times = plan.stages.map((stage) => actingLimits(check, stage).map((limit) => takesMs(limit, check, stage)));
    for (const ms of [...new Set(times.flat())].sort((a, b) => a - b)) {
      const where = plan.stages.filter((_, index) => times[index]?.includes(ms)).map(({ name }) => name);
      const inStages = where.length === plan.stages.length ? '' : ` (in ${where.join(', ')})`;
      const outage = check.share === true && ms > 0 ? ', an outage after two looks' : '';
      byTime.set(ms, [...(byTime.get(ms) ?? []), `${check.name}${inStages}${outage}`]);
    }
  }
  return [...byTime]
    .sort(([a], [b]) => a - b)
    .map(([ms, checks]) => {
      const when = ms === 0 ? AT_ONCE : `${writtenDuration(ms)} after the first bad number`;
      return `critical limits act at best ${when}: ${checks.join('; ')}`;
    });
}

function limitsIn(check: CheckPlan, stage: StagePlan): { limit: PlannedLimit; critical: boolean }[] {
  const by = stage.checks?.[check.name];
  const warning = by?.warning === undefined ? check.warning : by.warning;
  const critical = by?.critical === undefined ? check.critical : by.critical;
  const others = by?.others ?? check.others ?? [];
  return [
    ...(warning ? [{ limit: warning, critical: false }] : []),
    ...(critical ? [{ limit: critical, critical: true }] : []),
    ...others.map((limit) => ({ limit, critical: ACTS[(limit.act ?? POSTS).kind].level === 'critical' })),
  ];
}

function actingLimits(check: CheckPlan, stage: StagePlan): PlannedLimit[] {
  return limitsIn(check, stage).flatMap(({ limit, critical }) => (critical ? [limit] : []));
}

function takesMs(limit: PlannedLimit, check: CheckPlan, stage: StagePlan): number {
  if (limit.forMs !== undefined) return limit.forMs;
  const window = check.probe.kind === 'manual' ? check.probe.everyMs : (check.windowMs ?? stage.checkEveryMs);
  return (looksNeeded(limit, check.settled).count - 1) * window;
}

const ZERO = /\bor\s{1,20}(?:on\s{0,20}\(\s{0,20}\)\s{0,20})?vector\s{0,20}\(/i;
const UP = /\bup\b/;
const RECORDED = /[a-z_]:[a-z_]/i;

function queryNotes({ name, probe, windowMs }: CheckPlan): string[] {
  if (probe.kind !== 'prometheus' && probe.kind !== 'sql') return [];
  const range = probe.kind === 'prometheus' ? promRange(probe.query) : sqlRange(probe.query);
  const notes: string[] = [];
  if (range !== undefined && windowMs !== undefined && windowMs < range) {
    const [short, long] = [writtenDuration(windowMs), writtenDuration(range)];
    notes.push(
      `${name}: its window of ${short} is less than the ${long} of its query: two numbers in a row may be the same data`,
    );
  }
  if (probe.kind === 'sql') return notes;
  const query = withoutText(probe.query);
  if (ZERO.test(query) && !UP.test(query)) {
    notes.push(
      `${name}: \`or vector(…)\` gives a number also when the service is gone, and that passes; pair it with \`up\``,
    );
  }
  if (range === undefined && windowMs === undefined && RECORDED.test(query)) {
    notes.push(
      `${name}: how much time a recorded number is made of is not seen, check_every is taken for it; say window:`,
    );
  }
  return notes;
}

function limitNotes(check: CheckPlan, plan: Plan): string[] {
  const { name, unit } = check;
  if (unit !== '%') return [];
  const all = plan.stages.flatMap((stage) => limitsIn(check, stage).map(({ limit }) => limit));
  const part = all.find(({ than }) => than?.percent === true);
  const notes: string[] = [];
  if (check.share === undefined) {
    notes.push(
      `${name}: if its number is a share, so many of a hundred, say share: true, and an outage is believed after two looks`,
    );
  }
  if (part?.than) {
    const points = Math.round(Math.abs(part.than.times - 1) * 1e6) / 1e4;
    const sign = part.than.times < 1 ? '-' : '+';
    notes.push(
      `${name}: \`${sign} ${points}%\` is a part of what was measured, 0.2 becomes ${number(0.2 * part.than.times)}; points are \`${sign} ${points}\``,
    );
  }
  return notes;
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** One error among few requests is a high share: with little traffic there is always a warning. */
function restartNotes(plan: Plan): string[] {
  return plan.stages.flatMap((stage) => {
    if (!stage.restartsOn?.includes('warning')) return [];
    const shares = plan.checks.filter(
      (check) => (check.share ?? check.unit === '%') && limitsIn(check, stage).length > 0,
    );
    if (shares.length === 0) return [];
    const names = shares.map(({ name }) => name).join(', ');
    return [
      `${stage.name}: restarts_on: [warning] may never end with little traffic, by ${names}: one error of few requests is a warning`,
    ];
  });
}
