import { checksOf } from '../health/in-force.js';
import { type CheckReading, levelRead } from '../health/streak.js';
import { NOT_MEASURED } from '../health/why-unknown.js';
import { isNamedUsers } from '../plan/exposure.js';
import type { Plan, StagePlan } from '../plan/plan.js';
import { canBeGranted } from '../plan/quorum.js';
import type { Reason } from '../plan/reasons.js';
import { sameValue } from '../plan/same-value.js';
import type { Verdict } from '../plan/verdict.js';
import { ANOTHER_OPERATOR } from '../requirements/approval.js';
import { lackingApprovers } from '../requirements/approvers-left.js';
import { forbids, refusedDetail } from '../state/authority.js';
import type { Fact, StartRequest } from '../state/commands.js';
import type { Context } from '../state/context.js';
import { type Decision, refused } from '../state/decision.js';
import { type Detail, said } from '../state/detail.js';
import type { Effect } from '../state/effects.js';
import type { Event, Recorded } from '../state/events.js';
import { evolve } from '../state/evolve.js';
import { isListMet, isOverdue } from '../state/lists.js';
import { type Condition, type Refusal, refusal } from '../state/refusal.js';
import type { Entry, Rollout, RolloutIn, WayBack } from '../state/rollout.js';
import { begin, startCapture } from './baseline-and-reports.js';
import { Draft, listCards } from './draft.js';

/** Judges `/rollout start`: who asks, and whether every stage could be approved by somebody else than who asks. */
export function decideStart(request: StartRequest, now: Date): Decision {
  const forbidden = forbids('start', request.standing);
  if (forbidden) {
    const who: Condition = { kind: 'who', ok: false, needs: ['operators'] };
    return refused(refusal(forbidden, [who], refusedDetail(forbidden, request.standing)));
  }
  const again = afterAFall(request);
  if ('reason' in again) return refused(again);
  const left = leftToDo(request, now);
  if (left) return refused(left);
  const { entry } = again;
  const lacking = lackingStages(request, entry);
  if (lacking.length > 0) return refused(refusal('too_few_approvers', lacking, { helps: 'help' }));
  const ownerless = itemsOfNobody(request);
  if (ownerless.length > 0) return refused(refusal('items_of_nobody', ownerless, { helps: 'help' }));
  const { plan, planHash, id, run, teamId, note, channelId, people, targetKeys, actor, lists = [] } = request;
  const event: Event = {
    type: 'started',
    id,
    teamId,
    plan,
    planHash,
    run,
    note,
    channelId,
    people,
    targetKeys,
    ...(lists.length > 0 && { lists }),
    ...(entry && { entry }),
  };
  const recorded: Recorded = { seq: 1, at: now, actor, event };
  const after = evolve(null, recorded);
  const live: Effect = { kind: 'show', slot: 'live', message: { template: 'live' } };
  const effects: Effect[] =
    after.phase === 'planned' ? [live, ...listCards(after.lists)] : [{ kind: 'rehearse' }, live];
  return { outcome: 'accepted', before: null, after, events: [recorded], effects };
}

/** What the plan wants done after a rollback comes before the next start, whatever that rollback was. */
function leftToDo({ last }: StartRequest, now: Date): Refusal | null {
  const open = (last?.phase === 'rolled_back' ? last.lists : []).filter(
    (list) => list.kind === 'after_rollback' && list.state === 'open' && !isOverdue(list, now) && !isListMet(list),
  );
  if (open.length === 0) return null;
  const lists = open.map(({ kind, stageNo, met, required }) => ({ list: { kind, stageNo }, met, required }));
  return refusal('rollback_unfinished', [{ kind: 'lists', ok: false, lists }], { helps: 'items' });
}

/** Stages whose quorum nobody could fill once the requester is left out. */
function lackingStages({ plan, actor, holders }: StartRequest, entry: Entry | undefined): Condition[] {
  return plan.stages.flatMap((stage): Condition[] => {
    const quorum = stage.approve ?? (entry?.stageNo === stage.no ? ANOTHER_OPERATOR : undefined);
    const lacking = quorum && lackingApprovers(stage.name, quorum, { actor, holders });
    return lacking ? [lacking] : [];
  });
}

/** Required items that nobody who holds their roles now could sign; found at the start, not at three in the morning. */
function itemsOfNobody({ lists = [], holders }: StartRequest): Condition[] {
  const items = lists.flatMap(({ items: all }) => all);
  return items.flatMap(({ title, by, optional }): Condition[] => {
    if (!by || optional || canBeGranted(by, holders)) return [];
    return [{ kind: 'item_of_nobody', ok: false, title, by }];
  });
}

/** The last run was rolled back by the bot: people see why before the next one begins, and say so. */
export function rolledBackByBot(last: Rollout | null): last is RolloutIn<'rolled_back'> {
  return last?.phase === 'rolled_back' && last.rollback.cause.by.kind === 'bot';
}

/**
 * The last stage whose bake had passed in a run that was rolled back, not above where that run stood, as this plan has it.
 * Null when there is no such stage, or when the plan is not the one that was baked: other stages or targets, or a check
 * that is gone. Limits and probes may differ; correcting one is what a false alarm is about.
 */
export function lastGoodStage(plan: Plan, last: Rollout): StagePlan | null {
  if (!sameValue(plan.targets, last.plan.targets)) return null;
  if (last.plan.checks.some(({ name }) => !plan.checks.some((check) => check.name === name))) return null;
  const was = last.plan.stages[Math.min(last.bake.last?.stageNo ?? 0, last.stage.no) - 1];
  const now = plan.stages.find((stage) => stage.name === was?.name);
  return was && now && now.exposure === was.exposure ? now : null;
}

function afterAFall({ last = null, again, plan }: StartRequest): Refusal | { readonly entry?: Entry } {
  if (again?.run !== undefined && again.run !== last?.run) return refusal('stale_button', [], { helps: 'start' });
  if (again?.kind === 'false_alarm') {
    if (again.reason.trim() === '') return refusal('reason_missing', [], { helps: 'start' });
    const stage = rolledBackByBot(last) ? lastGoodStage(plan, last) : null;
    if (!rolledBackByBot(last) || !stage) return refusal('no_good_stage', [], { helps: 'start' });
    return {
      entry: {
        stageNo: stage.no,
        run: last.run,
        reason: again.reason,
        means: last.health.means,
      },
    };
  }
  return rolledBackByBot(last) && !again ? refusal('last_run_rolled_back', [], { helps: 'start' }) : {};
}

/** The targets answered through the very path a rollback will use, and every check was read once. */
export function decideRehearsed(rollout: Rollout, fact: Extract<Fact, { type: 'rehearsed' }>, ctx: Context): Decision {
  const draft = new Draft(rollout, { kind: 'bot' }, ctx.now);
  if (rollout.phase !== 'starting') return draft.done();
  const found = exposureFound(rollout, fact);
  if ('reason' in found) return notStarted(draft, found.reason, found.detail);
  const readings = checksOf(rollout).map((check) => {
    const reading: CheckReading = fact.checks[check.name] ?? NOT_MEASURED;
    const verdict: Verdict = levelRead(check, reading) ?? 'unknown';
    return { check, reading, verdict };
  });
  const critical = readings.find((entry) => entry.verdict === 'critical');
  if (critical && !('unknown' in critical.reading)) {
    return notStarted(draft, 'health_critical', {
      kind: 'check',
      check: critical.check.name,
      verdict: 'critical',
      value: critical.reading.value,
    });
  }
  const verdicts = Object.fromEntries(readings.map((entry) => [entry.check.name, entry.verdict]));
  const numbers = Object.fromEntries(
    readings.flatMap((entry) =>
      'unknown' in entry.reading || entry.verdict === 'unknown'
        ? []
        : [[entry.check.name, entry.reading.value] as const],
    ),
  );
  draft.add({ type: 'rehearsed', anchor: found.anchor, verdicts, numbers, ...wayBackOf(fact) });
  if (rollout.plan.baselineMs === undefined) return begin(draft);
  startCapture(draft, '');
  return draft.done();
}

function wayBackOf({ exposures }: Extract<Fact, { type: 'rehearsed' }>): { wayBack?: WayBack } {
  const notes = exposures.flatMap(({ target, notes = [] }) => notes.map((note) => `${target}: ${note}`));
  const rungs = Object.fromEntries(exposures.flatMap(({ target, rungs }) => (rungs ? [[target, rungs]] : [])));
  return notes.length === 0 ? {} : { wayBack: { notes, rungs } };
}

function exposureFound(
  rollout: Rollout,
  fact: Extract<Fact, { type: 'rehearsed' }>,
): { anchor: number } | { reason: Reason; detail: Detail | null } {
  const exposures: number[] = [];
  for (const { target, reading } of fact.exposures) {
    if ('error' in reading) return { reason: 'rehearsal_failed', detail: said(reading.error, target) };
    if (reading.partial) return { reason: 'target_partial', detail: said(reading.detail, target) };
    exposures.push(reading.exposure);
  }
  const [anchor] = exposures;
  if (anchor === undefined) return { reason: 'rehearsal_failed', detail: { kind: 'no_target' } };
  if (exposures.some((exposure) => exposure !== anchor)) {
    return {
      reason: 'target_partial',
      detail: said(fact.exposures.map((e) => ('error' in e.reading ? '' : e.reading.detail)).join('; ')),
    };
  }
  const { plan } = rollout;
  const first = plan.stages[0];
  if (first && (anchor > first.exposure || isNamedUsers(anchor))) {
    // Off takes it from everybody named. Whoever had it before would lose what this rollout never gave.
    const detail = { kind: 'above_first', found: anchor, first: first.exposure } as const;
    return { reason: 'target_above_first_stage', detail };
  }
  return { anchor };
}

export function decideRehearsalFailed(rollout: Rollout, reason: Reason, detail: Detail | null, ctx: Context): Decision {
  const draft = new Draft(rollout, { kind: 'bot' }, ctx.now);
  return rollout.phase === 'starting' ? notStarted(draft, reason, detail) : draft.done();
}

function notStarted(draft: Draft, reason: Reason, detail: Detail | null): Decision {
  draft.add({ type: 'rehearsal_failed', reason, detail });
  return draft.show('not_started', { template: 'not_started', reason, detail }).done();
}
