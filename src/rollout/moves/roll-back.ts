import { TARGET_SUBJECT } from '../health/assess.js';
import { type Place, typedPlace } from '../plan/place.js';
import type { RollbackTo } from '../plan/plan.js';
import type { Instead } from '../spoken/unclear.js';
import type { Command, CommandAsked, Fact } from '../state/commands.js';
import type { Context } from '../state/context.js';
import { type Decision, nothing } from '../state/decision.js';
import type { Detail } from '../state/detail.js';
import { isTerminal, type RollbackCause, type Rollout, type RolloutIn, stageBelow } from '../state/rollout.js';
import { stepsToUndo } from '../state/steps.js';
import { closeAlert, openAlert } from './alerts.js';
import { Draft } from './draft.js';

/** Where a rollback ends: the exposure, the stage that stands for it, and whether the rollout is over there. */
export interface Destination {
  readonly to: number;
  readonly stageNo: number;
  readonly ends: boolean;
}

type RollbackCommand = Extract<Command, { type: 'rollback' }>;

/** A place as an exposure to go back to; null for one that is no way back. */
function wayTo(place: Place): RollbackTo | null {
  switch (place.kind) {
    case 'off':
    case 'previous':
      return place;
    case 'stage':
    case 'percent':
      return { kind: 'exposure', exposure: place.exposure };
    case 'next':
      return null;
    default:
      return place satisfies never;
  }
}

/** Only off, 0 or the anchor end a rollout; anything between is the highest stage not above it, held there. */
export function destination(rollout: Rollout, to: RollbackTo): Destination {
  const anchor = rollout.exposure.anchor ?? 0;
  const exposure =
    to.kind === 'off'
      ? 0
      : to.kind === 'exposure'
        ? to.exposure
        : (rollout.plan.stages[rollout.stage.no - 2]?.exposure ?? anchor);
  const stageNo = stageBelow(rollout, exposure);
  const ends = exposure === 0 || exposure === anchor;
  return { to: exposure, stageNo: ends ? 0 : stageNo, ends };
}

/**
 * `rollback`: legal in every phase that exists, and never refused for its words. Without a place it goes where the plan
 * says; so it does with one that is not below where users are now, for who rolls back wants to go down.
 */
export function decideRollback(
  rollout: Rollout,
  asked: CommandAsked & { command: RollbackCommand },
  ctx: Context,
): Decision {
  const { command, actor } = asked;
  // Nobody has anything of it, and its targets may be another rollout's.
  if (rollout.phase === 'planned') return cancel(new Draft(rollout, actor, ctx.now), command.reason);
  const { to } = lowerPlace(rollout, command);
  if (rollout.phase === 'rolling_back') {
    // Its own way down is under way and goes at least as far.
    if (to && destination(rollout, to).to >= rollout.exposure.wanted) return nothing('already_rolling_back');
    if (!to && (rollout.exposure.wanted === 0 || safePlace(rollout, undefined).to >= rollout.exposure.wanted))
      return nothing('already_rolling_back');
  }
  return rollBackAsked(new Draft(rollout, actor, ctx.now), command).done();
}

/** A person wants it taken back: to the place they named where it lies lower, else to the plan's own. */
export function rollBackAsked(draft: Draft, asked: Pick<RollbackCommand, 'to' | 'reason' | 'instead'>): Draft {
  const { to, instead } = lowerPlace(draft.state, asked);
  const cause: RollbackCause = { reason: 'person', by: draft.actor, note: asked.reason };
  return rollBack(draft, to, instead ? { ...cause, instead } : cause);
}

/** The place that was asked for where it is one to go back to; undefined for the plan's own, with why. */
function lowerPlace(
  rollout: Rollout,
  { to, instead }: Pick<RollbackCommand, 'to' | 'instead'>,
): { to: RollbackTo | undefined; instead?: Instead } {
  if (!to) return { to: undefined, ...(instead && { instead }) };
  const way = wayTo(to);
  const place = way && destination(rollout, way);
  if (way && place && (rollout.phase === 'rolling_back' || isWayDown(rollout, place))) return { to: way };
  return { to: undefined, instead: { said: typedPlace(rollout.plan, to), because: 'not_lower' } };
}

function isWayDown({ exposure: { confirmed }, phase }: Rollout, { to, ends }: Destination): boolean {
  return to < confirmed || (to === confirmed && (ends || phase === 'applying'));
}

/** Where a rollback goes that names no place: the stage's own, or the plan's. */
function plannedPlace(rollout: Rollout): Destination {
  if (isTerminal(rollout.phase) && rollout.phase !== 'completed') return destination(rollout, { kind: 'off' });
  return destination(rollout, rollout.plan.stages[rollout.stage.no - 1]?.rollbackTo ?? rollout.plan.rollback.to);
}

export function safePlace(rollout: Rollout, to: RollbackTo | undefined): Destination {
  if (to) return destination(rollout, to);
  const planned = plannedPlace(rollout);
  // The anchor can be above where users are by now (lowered by hand, or to a free percentage): never up.
  const lower = planned.to < rollout.exposure.confirmed || (planned.ends && planned.to === rollout.exposure.confirmed);
  return lower ? planned : destination(rollout, { kind: 'off' });
}

/** Orders the way down and tells people; an open request or raise ends with it. */
export function rollBack(draft: Draft, to: RollbackTo | undefined, cause: RollbackCause): Draft {
  const { state } = draft;
  const place = safePlace(state, to);
  const { request } = state;
  // What users may have by now: a raise under way may have reached them.
  const from = Math.max(
    state.exposure.confirmed,
    state.raise?.to ?? 0,
    state.phase === 'rolling_back' ? state.rollback.from : 0,
  );
  // Asked for again when it is done: the same rollback once more, told in the same message.
  const again = state.phase === 'rolled_back' && cause.reason === 'person' ? state.rollback : null;
  const undos = stepsToUndo(state);
  draft.add({
    type: 'rollback_ordered',
    no: again?.no ?? (state.rollback?.no ?? 0) + 1,
    from: again?.from ?? from,
    to: place.to,
    stageNo: place.stageNo,
    ends: place.ends,
    cause: again?.cause ?? cause,
  });
  draft.lower();
  // On their own lane: exposure waits for none of them.
  for (const step of undos) draft.effects.push({ kind: 'step', way: 'undo', step });
  for (const episode of Object.values(state.alerts.episodes)) {
    // The incident says it all from here on; what the targets do is known when they were read.
    if (episode.open && episode.kind !== 'drift') closeAlert(draft, episode, null, 'rolled_back');
  }
  if (request) {
    draft.showRequest(request, {
      kind: 'void',
      reason: cause.reason === 'person' ? 'exposure_moved' : cause.reason,
      detail: { kind: 'rolled_back' },
      at: draft.now,
    });
  }
  return draft.showIncident({ tookMs: null, exposure: null, wait: true });
}

/** The targets were lowered and read back. In `rolling_back` that is the end of the way; elsewhere it only restored order. */
export function decideLowered(rollout: Rollout, fact: Extract<Fact, { type: 'lowered' }>, ctx: Context): Decision {
  if (fact.movedSeq !== rollout.exposure.movedSeq) return nothing('moved_since');
  // Believed only when read: read higher, it is not done, and goes out again.
  if (fact.exposure > rollout.exposure.wanted)
    return decideSettleRead(rollout, { ...fact, type: 'settle_read', last: false }, ctx);
  const draft = new Draft(rollout, { kind: 'bot' }, ctx.now);
  if (rollout.phase === 'rolling_back') {
    const tookMs = ctx.now.getTime() - rollout.rollback.orderedAt.getTime();
    draft.add({ type: 'rollback_confirmed', exposure: fact.exposure, tookMs, ...leftOf(fact) });
    closeDrift(draft, fact.exposure);
    return draft.settleReads().showIncident({ tookMs, exposure: fact.exposure, wait: false }).done();
  }
  if (fact.exposure < rollout.exposure.wanted && !isTerminal(rollout.phase)) return foundLower(draft, fact.exposure);
  draft.add({ type: 'exposure_restored', exposure: fact.exposure, ...leftOf(fact) });
  closeDrift(draft, fact.exposure);
  return draft.settleReads().showRollback().done();
}

function leftOf({ left }: { readonly left?: string }): { left?: string } {
  return left === undefined ? {} : { left };
}

/** Somebody took it further down meanwhile: believed, and held, like any drift downwards. */
function foundLower(draft: Draft, found: number): Decision {
  const expected = draft.state.exposure.wanted;
  const detail: Detail = { kind: 'read', expected, found };
  draft.voidRequest('exposure_moved', detail);
  draft.add({ type: 'drift_found', direction: 'down', expected, found, detail: '' });
  if (!isToldOfTargets(draft.state)) {
    openAlert(draft, TARGET_SUBJECT, 'drift', { value: found, reason: 'drift_down', detail, since: draft.now });
  }
  return draft.add({ type: 'held', cause: 'drift_down', detail, exposure: found }).settleReads().done();
}

/** A place the targets refuse is given up for off, which every target knows: a rollback must end somewhere. */
export function decideLowerRefused(
  rollout: Rollout,
  fact: Extract<Fact, { type: 'lower_refused' }>,
  ctx: Context,
): Decision {
  if (fact.movedSeq !== rollout.exposure.movedSeq || rollout.phase !== 'rolling_back') return nothing('moved_since');
  const draft = new Draft(rollout, { kind: 'bot' }, ctx.now);
  const { cause } = rollout.rollback;
  return rollBack(draft, { kind: 'off' }, { ...cause, refused: { to: rollout.rollback.to, text: fact.detail } }).done();
}

/** A rollback's own message says when it is not done; any other lowering that is stuck has to be told too. */
export function decideLowerLate(rollout: Rollout, fact: Extract<Fact, { type: 'lower_late' }>, ctx: Context): Decision {
  if (fact.movedSeq !== rollout.exposure.movedSeq || rollout.phase === 'rolling_back') return nothing('said_elsewhere');
  if (isToldOfTargets(rollout)) return nothing('told_already');
  const draft = new Draft(rollout, { kind: 'bot' }, ctx.now);
  const detail = { kind: 'not_lowered', to: rollout.exposure.wanted, text: fact.detail } as const;
  openAlert(draft, TARGET_SUBJECT, 'drift', { value: null, detail, since: ctx.now });
  return draft.done();
}

function closeDrift(draft: Draft, exposure: number): void {
  const episode = draft.state.alerts.episodes[TARGET_SUBJECT];
  if (episode?.open && episode.kind === 'drift') closeAlert(draft, episode, exposure);
}

/** Reads after a lowering. Found higher: something landed late; down again, and settle again. */
export function decideSettleRead(
  rollout: Rollout,
  fact: Extract<Fact, { type: 'settle_read' }>,
  ctx: Context,
): Decision {
  if (fact.movedSeq !== rollout.exposure.movedSeq) return nothing('moved_since');
  const draft = new Draft(rollout, { kind: 'bot' }, ctx.now);
  if (fact.exposure > rollout.exposure.wanted) {
    const { wanted } = rollout.exposure;
    const detail = { kind: 'read_after', what: 'lowering', found: fact.exposure, wanted } as const;
    seenLate(draft, detail);
    return draft.voidRequest('late_raise', detail).lower().showRollback().done();
  }
  if (fact.last && !rollout.exposure.settled) {
    draft.add({ type: 'settled' });
    // The incident said that it is being read again; now it is certain.
    if (rollout.rollback?.confirmedAt) draft.showIncident({ tookMs: null, exposure: null, wait: false });
  }
  return draft.done();
}

/** More was read than is wanted, and a raise that was over did it. */
export function seenLate(draft: Draft, detail: Extract<Detail, { kind: 'read_after' }>): void {
  draft.add({ type: 'late_raise_seen', found: detail.found });
  tellOfTargets(draft, detail.found, detail);
}

/** People know that the targets are elsewhere. That they do not answer says nothing of where they are. */
function isToldOfTargets({ alerts: { episodes } }: Rollout): boolean {
  const episode = episodes[TARGET_SUBJECT];
  return episode?.open === true && episode.kind === 'drift';
}

/** A raise landed late: one alert while the targets are not where they should be. */
export function tellOfTargets(draft: Draft, value: number | null, detail: Detail): void {
  if (isToldOfTargets(draft.state)) return;
  openAlert(draft, TARGET_SUBJECT, 'drift', { value, reason: 'late_raise', detail, since: draft.now });
}

/** The promise was not kept: say so, with what to do by hand. Trying goes on. */
export function decideOverdue(rollout: RolloutIn<'rolling_back'>, ctx: Context): Decision {
  const draft = new Draft(rollout, { kind: 'bot' }, ctx.now);
  if (!rollout.rollback.overdue) draft.add({ type: 'rollback_overdue' });
  else draft.add({ type: 'reminded' });
  return draft.showIncident({ tookMs: null, exposure: null, wait: false }).done();
}

/** Before it began there is nothing to take back. */
function cancel(draft: Draft, reason: string): Decision {
  draft.add({ type: 'cancelled', reason });
  const { failure } = draft.state;
  return draft
    .show('not_started', { template: 'not_started', reason: 'cancelled', detail: failure?.detail ?? null })
    .done();
}
