/** The baseline before any exposure, what people report, and the summaries of a bake. */

import { checksOf, type JudgedCheck } from '../health/in-force.js';
import { meanOf } from '../health/mean.js';
import { nextSummary, reportsDue } from '../health/reported.js';
import { levelRead, type Streak } from '../health/streak.js';
import type { Plan, PlannedLimit } from '../plan/plan.js';
import { captureLimitMs } from '../plan/waits.js';
import { lackOf, mayRise } from '../requirements/may-rise.js';
import type { Command, CommandAsked, Fact } from '../state/commands.js';
import type { Context } from '../state/context.js';
import { type Decision, nothing, refused } from '../state/decision.js';
import type { Detail } from '../state/detail.js';
import { refusal } from '../state/refusal.js';
import type { Rollout } from '../state/rollout.js';
import { isLegal } from '../state/verbs.js';
import { askFor } from './ask.js';
import { Draft } from './draft.js';

type Assessed = Extract<Fact, { type: 'assessed' }>;
type Of<T extends Command['type']> = CommandAsked & { command: Extract<Command, { type: T }> };

/** Fewer windows than this are no baseline: numbers that share their data are one. */
const BASELINE_WINDOWS = 5;

/** The names of the checks that cannot be judged without a baseline, in any stage. */
function needBaseline(plan: Pick<Plan, 'checks' | 'stages'>): string[] {
  return plan.checks.flatMap((check) => {
    const overrides = plan.stages.flatMap((stage) => stage.checks?.[check.name] ?? []);
    const limits = [check, ...overrides].flatMap(({ warning, critical, others = [] }) => [
      warning,
      critical,
      ...others,
    ]);
    return limits.some(isToBaseline) ? [check.name] : [];
  });
}

function isToBaseline(limit: PlannedLimit | null | undefined): boolean {
  return limit?.than?.of.kind === 'baseline';
}

/** Starts a capture: at the start of a rollout, or because a person asked again. */
export function startCapture(draft: Draft, reason: string): void {
  draft.add({ type: 'baseline_started', no: draft.state.health.captures + 1, reason });
}

/** Ends a capture whose time is over; true when it was captured. One that gives no numbers is given up in the end. */
export function endCapture(draft: Draft, { streaks }: Pick<Assessed, 'streaks'>): boolean {
  const {
    health: { capture },
    plan,
    exposure: { confirmed },
  } = draft.state;
  if (!capture || draft.now.getTime() - capture.since.getTime() < (plan.baselineMs ?? 0)) return false;
  const sums = checksOf(draft.state).flatMap(({ name, windowMs }) => {
    const base = streaks[name]?.base;
    const mean = meanOf(base);
    if (base?.no !== capture.no || mean === null) return [];
    const enough = base.count >= BASELINE_WINDOWS && base.ms >= BASELINE_WINDOWS * windowMs;
    return enough ? [{ name, mean, count: base.count }] : [];
  });
  const short = needBaseline(plan).find((name) => !sums.some((known) => known.name === name));
  if (short !== undefined) {
    giveUpCapture(draft, { kind: 'few_windows', check: short, windows: BASELINE_WINDOWS });
    return false;
  }
  const numbers = Object.fromEntries(sums.map(({ name, mean }) => [name, mean]));
  const readings = sums.length === 0 ? 0 : Math.min(...sums.map(({ count }) => count));
  const { no, by, reason } = capture;
  draft.add({ type: 'baseline_captured', no, numbers, readings, exposure: confirmed });
  draft.show(`baseline:${no}`, {
    template: 'baseline',
    no,
    numbers,
    readings,
    exposure: confirmed,
    by,
    reason,
    missed: null,
  });
  judgeAnew(draft, streaks);
  return true;
}

/** Numbers may still come: it is given up only when its time is long over. */
function giveUpCapture(draft: Draft, detail: Detail): void {
  const {
    health: { capture },
    plan,
    phase,
  } = draft.state;
  if (!capture || draft.now.getTime() - capture.since.getTime() < captureLimitMs(plan)) return;
  if (phase === 'starting') {
    draft.add({ type: 'rehearsal_failed', reason: 'no_baseline', detail });
    draft.show('not_started', { template: 'not_started', reason: 'no_baseline', detail });
    return;
  }
  dropCapture(draft, detail);
}

/** What was measured until now is no baseline: people are told why, and limits follow the one before. */
export function dropCapture(draft: Draft, detail: Detail): void {
  const {
    health: { capture },
    exposure: { confirmed },
  } = draft.state;
  if (!capture) return;
  const { no, by, reason } = capture;
  draft.add({ type: 'baseline_missed', no, detail });
  const empty = { numbers: {}, readings: 0, exposure: confirmed };
  draft.show(`baseline:${no}`, { template: 'baseline', no, ...empty, by, reason, missed: { detail } });
}

/** The limits are others now: what stands on the next card is judged by them. */
function judgeAnew(draft: Draft, streaks: Readonly<Record<string, Streak>>): void {
  for (const check of checksOf(draft.state)) {
    const streak = streaks[check.name];
    const from = draft.state.health.verdicts[check.name] ?? 'unknown';
    if (from !== 'unknown' || !streak || streak.value === null) continue;
    const to = firstVerdict(check, streak.value);
    if (to === from) continue;
    draft.add({ type: 'verdict_changed', check: check.name, from, to, value: streak.value, why: null });
  }
}

function firstVerdict(check: JudgedCheck, value: number) {
  return levelRead(check, { value, tookMs: 0 }) ?? 'unknown';
}

/** A round while the rollout has not begun: the baseline grows, and what is critical already ends it. */
export function decideBaselineRound(draft: Draft, fact: Assessed): Decision {
  const critical = draft.state.plan.checks.find(({ name }) => fact.streaks[name]?.verdict === 'critical');
  if (critical) {
    const value = fact.streaks[critical.name]?.value ?? null;
    const detail = { kind: 'check', check: critical.name, verdict: 'critical', value } as const;
    draft.add({ type: 'rehearsal_failed', reason: 'health_critical', detail });
    return draft.show('not_started', { template: 'not_started', reason: 'health_critical', detail }).done();
  }
  if (endCapture(draft, fact)) return begin(draft);
  askForReports(draft);
  return draft.done('capture_under_way');
}

/** The first request: everything that had to be known before is. */
export function begin(draft: Draft): Decision {
  const { entry, startedBy, note } = draft.state;
  const may = mayRise(draft.state, { now: draft.now, watch: null }, { at: 'start' });
  // A start does not wait: what has to hold before it holds, or it is begun another time.
  const reason = lackOf(may);
  // Items are done by people in their time; it waits for them as ready, and a person goes on.
  if (may.answer === 'no' && may.unmet.every(({ requirement }) => requirement === 'lists'))
    return draft.add({ type: 'first_stage_waits' }).done();
  if (reason) {
    const fails = may.conditions.flatMap((row) => (row.kind === 'health' && row.fails) || [])[0];
    const detail = fails ? ({ kind: 'subject', subject: fails.check } as const) : null;
    draft.add({ type: 'rehearsal_failed', reason, detail });
    return draft.show('not_started', { template: 'not_started', reason, detail }).done();
  }
  // Starting is the request for stage 1, asked by whoever started; or for the stage that a false alarm took away.
  const asking = { stageNo: entry?.stageNo ?? 1, reason: entry?.reason ?? note, always: Boolean(entry) };
  askFor(draft, startedBy, asking);
  return draft.done();
}

/** `baseline <reason>`: every check is measured again for the plan's period, and limits follow it from then on. */
export function decideBaseline(rollout: Rollout, { command, actor }: Of<'baseline'>, ctx: Context): Decision {
  if (rollout.plan.baselineMs === undefined) return refused(refusal('plan_has_none', [], { helps: 'status' }));
  if (command.reason.trim() === '') return refused(refusal('reason_missing', [], { helps: 'baseline' }));
  if (rollout.health.capture) return nothing('capture_under_way');
  const draft = new Draft(rollout, actor, ctx.now);
  startCapture(draft, command.reason);
  return draft.done();
}

/** `report <check> <number>`: a number that only people know. */
export function decideReport(rollout: Rollout, { command, actor }: Of<'report'>, ctx: Context): Decision {
  const check = rollout.plan.checks.find(({ name }) => name === command.check);
  if (check?.probe.kind !== 'manual') {
    return refused(refusal('no_such_check', [], { detail: command.check, helps: 'report' }));
  }
  if (!Number.isFinite(command.value)) return refused(refusal('bad_arguments', [], { helps: 'report' }));
  const { value, note } = command;
  return new Draft(rollout, actor, ctx.now).add({ type: 'reported', check: check.name, value, note }).done();
}

/** Asks for reports that are due, and shows the bake at the plan's rhythm. */
export function remindOfLooks(draft: Draft, fact: Assessed): void {
  askForReports(draft);
  const { state } = draft;
  const stage = state.plan.stages[state.stage.no - 1];
  if (state.phase !== 'baking' || !state.bake.startedAt || !stage) return;
  const due = nextSummary(stage.reportEvery, state.bake.startedAt, state.bake.summaryAt ?? null);
  if (!due || due > draft.now) return;
  draft.add({ type: 'summary_shown' });
  // An older number would be shown as one of now.
  const values = Object.entries(fact.streaks).flatMap(([name, { value, unknownInRow }]) =>
    value === null || unknownInRow > 0 ? [] : [[name, value] as const],
  );
  draft.show(`summary:${stage.no}:${state.stage.attempt}:${draft.state.seq}`, {
    template: 'summary',
    stageNo: stage.no,
    exposure: state.exposure.confirmed,
    observedMs: fact.observedMs,
    verdicts: state.health.verdicts,
    numbers: Object.fromEntries(values),
    issues: state.stage.issues,
  });
}

function askForReports(draft: Draft): void {
  if (!isLegal('report', draft.state.phase)) return;
  for (const check of reportsDue(draft.state, draft.now)) {
    draft.add({ type: 'report_asked', check });
    draft.show(`report:${check}:${draft.state.seq}`, { template: 'report_due', check });
  }
}
