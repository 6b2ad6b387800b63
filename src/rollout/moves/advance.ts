import { plainExposure, plainPercent } from '../plan/exposure.js';
import { isStage, type Place, typedPlace } from '../plan/place.js';
import { type StagePlan, stageAt } from '../plan/plan.js';
import type { Reason } from '../plan/reasons.js';
import { ANOTHER_OPERATOR } from '../requirements/approval.js';
import { lackingApprovers } from '../requirements/approvers-left.js';
import { lackOf, mayRise } from '../requirements/may-rise.js';
import { refusedDetail, unknown } from '../state/authority.js';
import type { Command, CommandAsked, Fact } from '../state/commands.js';
import type { Context } from '../state/context.js';
import { type Decision, nothing, refused } from '../state/decision.js';
import type { Detail } from '../state/detail.js';
import { type Condition, type Refusal, refusal } from '../state/refusal.js';
import { type ApprovalRequest, beginsLater, isExposed, nextStage, type Rollout } from '../state/rollout.js';
import { wayDown } from './acts.js';
import { closeAlert, openAlert, RAISE_SUBJECT } from './alerts.js';
import { isBeforeFirstRaise, refuseStart } from './announcement.js';
import { ask } from './ask.js';
import { dropCapture } from './baseline-and-reports.js';
import { Draft } from './draft.js';
import { notUnderstood } from './orders.js';
import { rollBack } from './roll-back.js';

type Of<T extends Command['type']> = CommandAsked & { command: Extract<Command, { type: T }> };

/** `advance`: to the next stage only, baked, with no check unknown or critical. */
export function decideAdvance(rollout: Rollout, asked: Of<'advance'>, ctx: Context): Decision {
  const { command, actor } = asked;
  const { button } = command;
  if (button && (button.stageNo !== rollout.stage.no || button.attempt !== rollout.stage.attempt)) {
    return refused(refusal('stale_button', [], { helps: 'status' }));
  }
  const next = nextStage(rollout);
  if (!next)
    return refused(refusal('last_stage', [{ kind: 'phase', ok: false, phase: rollout.phase }], { helps: 'status' }));
  const may = mayRise(rollout, ctx, { at: 'asked', override: command.override === true });
  const elsewhere = notThere(rollout, command, may.conditions);
  if (elsewhere) return refused(elsewhere);
  const lacking = lackOf(may);
  // What is refused today and may be met tomorrow is asked again by a person: nobody is made a promise.
  if (lacking) return refused(refusal(lacking, may.conditions, { helps: 'why' }));
  if (rollout.phase === 'planned') return go(new Draft(rollout, actor, ctx.now), command.reason);
  const override = overridden(command, may.conditions);
  if (override && command.reason.trim() === '') return refused(refusal('reason_missing', [], { helps: 'why' }));
  // Where a run that was rolled back is entered again, somebody else always says yes.
  const always = override !== undefined || beginsLater(rollout);
  const unable = cannotBeApproved(next, asked, always);
  if (unable) return refused(unable);
  const draft = new Draft(rollout, actor, ctx.now);
  const streaks = ctx.watch?.streaks;
  ask(draft, { stageNo: next.no, reason: command.reason, always, streaks, ...(override && { override }) });
  return draft.done();
}

/** It is not planned any more: its targets are its own, and are read and written as at any start. */
function go(draft: Draft, reason: string): Decision {
  draft.add({ type: 'begun', reason });
  draft.effects.push({ kind: 'rehearse' });
  return draft.done();
}

/** Why the words are no order to go to the next stage; null when they are. Asked before anything else is judged. */
export function notThere(
  rollout: Rollout,
  { to, unclear }: Extract<Command, { type: 'advance' }>,
  conditions: readonly Condition[] = [],
): Refusal | null {
  const next = nextStage(rollout);
  if (unclear) return notUnderstood(unclear, 'advance');
  if (!next || !to || isStage(to, next)) return null;
  const place = `${next.name} (${plainExposure(rollout.plan, next.exposure)})`;
  const stage: Condition = { kind: 'stage', ok: false, asked: placeWords(rollout, to), next: place };
  return refusal('not_next_stage', [stage, ...conditions], { helps: 'advance' });
}

/** `half (50 %)`, `100 %`, `off`. */
function placeWords({ plan }: Rollout, place: Place): string {
  if (place.kind === 'stage') return `${typedPlace(plan, place)} (${plainExposure(plan, place.exposure)})`;
  return place.kind === 'percent' ? plainPercent(place.exposure) : typedPlace(plan, place);
}

/** How much of the bake is left out when somebody asks to go on before it is over; undefined when it is over. */
function overridden(command: Of<'advance'>['command'], conditions: readonly Condition[]): ApprovalRequest['override'] {
  if (!command.override) return undefined;
  const bake = conditions.find((condition) => condition.kind === 'bake');
  return bake && !bake.ok ? { observedMs: bake.observedMs, neededMs: bake.neededMs } : undefined;
}

/** Asked for at once, not when the request expires: nobody would be left who may say yes. */
function cannotBeApproved(
  next: StagePlan,
  { actor, holders, standing }: CommandAsked,
  always: boolean,
): Refusal | null {
  const quorum = next.approve ?? (always ? ANOTHER_OPERATOR : undefined);
  if (!quorum || holders === undefined) return null;
  if (holders === null) {
    const reason = unknown(standing);
    return refusal(reason, [], { ...refusedDetail(reason, standing), helps: 'advance' });
  }
  const lacking = lackingApprovers(next.name, quorum, { actor, holders });
  return lacking ? refusal('too_few_approvers', [lacking], { helps: 'why' }) : null;
}

/** Verdicts were read once more just before the raise goes out; anything worse than the approver saw stops it. */
export function decideRaiseChecked(
  rollout: Rollout,
  fact: Extract<Fact, { type: 'raise_checked' }>,
  ctx: Context,
): Decision {
  if (rollout.phase !== 'applying' || fact.movedSeq !== rollout.exposure.movedSeq) return nothing('raise_over');
  const draft = new Draft(rollout, { kind: 'bot' }, ctx.now);
  if (fact.refused !== undefined && isBeforeFirstRaise(rollout))
    return fact.tried
      ? failRaise(draft, 'channel_refused', { kind: 'channel', code: fact.refused })
      : refuseStart(draft, fact.refused);
  const way = isExposed(rollout) ? wayDown(rollout, fact.streaks) : null;
  const broken = way && fact.streaks[way.check];
  if (way && broken) {
    return rollBack(draft, way.to, {
      reason: 'check_critical',
      by: { kind: 'bot' },
      note: '',
      check: way.check,
      since: broken.since ?? ctx.now,
      ...(broken.value === null ? {} : { value: broken.value }),
      ...(way.limit && { limit: way.limit }),
    }).done();
  }
  const may = mayRise(rollout, ctx, { at: 'raising', movedSeq: fact.movedSeq, streaks: fact.streaks });
  const lacking = lackOf(may, 'raise_failed');
  // An order is not kept for later: what it was given for may be different by then.
  return lacking ? failRaise(draft, lacking, inTheWay(may.conditions)) : draft.done('raise_may_go');
}

/** The check that is in the way; null where none is. */
function inTheWay(conditions: readonly Condition[]): Detail | null {
  const fails = conditions.flatMap((row) => (row.kind === 'health' && row.fails) || [])[0];
  return fails ? { kind: 'check', check: fails.check, verdict: fails.verdict, value: fails.value } : null;
}

export function decideRaised(rollout: Rollout, fact: Extract<Fact, { type: 'raised' }>, ctx: Context): Decision {
  if (rollout.phase !== 'applying' || fact.movedSeq !== rollout.exposure.movedSeq) return nothing('raise_over');
  const draft = new Draft(rollout, { kind: 'bot' }, ctx.now);
  // Half of it before the raise and half after is a measure of neither.
  dropCapture(draft, { kind: 'raised_meanwhile' });
  draft.add({ type: 'exposure_confirmed', exposure: fact.exposure });
  const failed = draft.state.alerts.episodes[RAISE_SUBJECT];
  if (failed?.open) closeAlert(draft, failed, fact.exposure);
  const stage = stageAt(rollout.plan, draft.state.stage.no);
  draft.show(`start:${stage.no}:${draft.state.stage.attempt}`, {
    template: 'stage_start',
    stageNo: stage.no,
    exposure: fact.exposure,
    bakeMs: stage.bakeMs,
    at: ctx.now,
  });
  return draft.done();
}

/** The raise is given up: hold, and put the targets back where they were last read, whatever the raise still does. */
export function failRaise(draft: Draft, reason: Reason, detail: Detail | null): Decision {
  const to = draft.state.raise?.to ?? draft.state.exposure.wanted;
  draft.add({ type: 'raise_failed', reason, detail });
  const about = { value: null, reason, detail, since: draft.now, exposure: to };
  openAlert(draft, RAISE_SUBJECT, 'raise_failed', about);
  return draft.lower().done();
}
