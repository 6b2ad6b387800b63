import { decideAdvance, decideRaiseChecked, decideRaised, failRaise, notThere } from './moves/advance.js';
import { callPeople } from './moves/alerts.js';
import { decideChannelMoved, decidePostRefused } from './moves/announcement.js';
import { decideApprove, decideDeny, decideWithdraw, rollbackMeant } from './moves/approval.js';
import { askOwners } from './moves/ask-owners.js';
import { decideAssessed } from './moves/assessed.js';
import { decideBaseline, decideReport } from './moves/baseline-and-reports.js';
import { ageResults, beginDue, decideItemEnded, decideItemStarted, decideStaleNeeded } from './moves/bot-items.js';
import { toldInThread } from './moves/changes.js';
import { Draft } from './moves/draft.js';
import { decideExtend, decideFinish, decideHave, decidePause, decideResume } from './moves/hold.js';
import { decideDone, decideFail, decideReopen, decideRun, decideWaive } from './moves/items.js';
import { decideLateRaise } from './moves/late-raise.js';
import {
  decideLowered,
  decideLowerLate,
  decideLowerRefused,
  decideOverdue,
  decideRollback,
  decideSettleRead,
} from './moves/roll-back.js';
import { decideRehearsalFailed, decideRehearsed } from './moves/start.js';
import { decideStepEnded, decideStepStarted } from './moves/steps.js';
import { BOT } from './plan/actor.js';
import { later, startingLimitMs } from './plan/waits.js';
import { forbids, refusedDetail } from './state/authority.js';
import type { CommandAsked, Fact } from './state/commands.js';
import type { Context } from './state/context.js';
import { type Decision, nothing, refused } from './state/decision.js';
import { said } from './state/detail.js';
import { isOverdue } from './state/lists.js';
import type { Condition } from './state/refusal.js';
import { refusal } from './state/refusal.js';
import { isTerminal, quorumOf, type Rollout } from './state/rollout.js';
import { isLegal, rowOf } from './state/verbs.js';

/** What a person's command does to a rollout: accepted with events and effects, nothing to do, or refused with reasons. */
export function decide(rollout: Rollout, asked: CommandAsked, ctx: Context): Decision {
  return toldInThread(judge(rollout, asked, ctx), asked);
}

function judge(rollout: Rollout, asked: CommandAsked, ctx: Context): Decision {
  const { command } = asked;
  const approvers = rollout.request ? (quorumOf(rollout, rollout.request)?.roles ?? []) : [];
  const forbidden = forbids(command.type, asked.standing, approvers);
  const meant = rollbackMeant(rollout, command, forbidden);
  if (meant) return judge(rollout, { ...asked, command: meant }, ctx);
  if (forbidden) {
    const needs = rowOf(command.type).who === 'approvers' ? approvers : ['operators'];
    const who: Condition = { kind: 'who', ok: false, needs };
    const reason = approverless(rollout, command.type) ? 'request_closed' : forbidden;
    return refused(refusal(reason, [who], { ...refusedDetail(reason, asked.standing), helps: 'help' }));
  }
  if (!isLegal(command.type, rollout.phase)) return illegal(rollout, asked, ctx);
  switch (command.type) {
    case 'advance':
      return decideAdvance(rollout, { ...asked, command }, ctx);
    case 'approve':
      return decideApprove(rollout, { ...asked, command }, ctx);
    case 'deny':
      return decideDeny(rollout, { ...asked, command }, ctx);
    case 'withdraw':
      return decideWithdraw(rollout, { ...asked, command }, ctx);
    case 'pause':
      return decidePause(rollout, { ...asked, command }, ctx);
    case 'resume':
      return decideResume(rollout, { ...asked, command }, ctx);
    case 'extend':
      return decideExtend(rollout, { ...asked, command }, ctx);
    case 'finish':
      return decideFinish(rollout, { ...asked, command }, ctx);
    case 'rollback':
      return decideRollback(rollout, { ...asked, command }, ctx);
    case 'baseline':
      return decideBaseline(rollout, { ...asked, command }, ctx);
    case 'report':
      return decideReport(rollout, { ...asked, command }, ctx);
    case 'have':
      return decideHave(rollout, { ...asked, command }, ctx);
    case 'done':
      return decideDone(rollout, { ...asked, command }, ctx);
    case 'fail':
      return decideFail(rollout, { ...asked, command }, ctx);
    case 'reopen':
      return decideReopen(rollout, { ...asked, command }, ctx);
    case 'waive':
      return decideWaive(rollout, { ...asked, command }, ctx);
    case 'run':
      return decideRun(rollout, { ...asked, command }, ctx);
    default:
      return command satisfies never;
  }
}

/** A click on a closed request: say that it is closed, not that the person may not. */
function approverless(rollout: Rollout, type: CommandAsked['command']['type']): boolean {
  return rowOf(type).who === 'approvers' && !rollout.request;
}

function illegal(rollout: Rollout, asked: CommandAsked, ctx: Context): Decision {
  const { command } = asked;
  const { who } = rowOf(command.type);
  if (who === 'approvers' || who === 'voter') return refused(refusal('request_closed', [], { helps: 'status' }));
  if (command.type === 'pause' && rollout.phase === 'held') return nothing('already_paused');
  if (command.type === 'advance' && rollout.phase === 'baking')
    return decideAdvance(rollout, { ...asked, command }, ctx);
  // Words that name another place are answered about that place, in any phase.
  if (command.type === 'advance' && !command.button && !isTerminal(rollout.phase)) {
    const elsewhere = notThere(rollout, command);
    if (elsewhere) return refused(elsewhere);
  }
  return refused(
    refusal('wrong_phase', [{ kind: 'phase', ok: false, phase: rollout.phase }], {
      helps: isTerminal(rollout.phase) ? 'start' : 'status',
    }),
  );
}

/** What a fact from the world or the clock does to a rollout. Facts are never refused: they happened. */
export function record(rollout: Rollout, fact: Fact, ctx: Context): Decision {
  if (rollout.phase === 'not_started') return nothing('never_started');
  switch (fact.type) {
    case 'rehearsed':
      return decideRehearsed(rollout, fact, ctx);
    case 'rehearsal_failed':
      return decideRehearsalFailed(rollout, fact.reason, said(fact.detail), ctx);
    case 'raise_checked':
      return decideRaiseChecked(rollout, fact, ctx);
    case 'post_refused':
      return decidePostRefused(rollout, fact, ctx);
    case 'raised': {
      const over = rollout.phase !== 'applying' || fact.movedSeq !== rollout.exposure.movedSeq;
      if (over) return decideLateRaise(rollout, { ...fact, type: 'late_raise', to: fact.exposure }, ctx);
      return decideRaised(rollout, fact, ctx);
    }
    case 'late_raise':
      return decideLateRaise(rollout, fact, ctx);
    case 'raise_failed':
      return raiseFailed(rollout, fact, ctx);
    case 'lowered':
      return decideLowered(rollout, fact, ctx);
    case 'lower_late':
      return decideLowerLate(rollout, fact, ctx);
    case 'lower_refused':
      return decideLowerRefused(rollout, fact, ctx);
    case 'settle_read':
      return decideSettleRead(rollout, fact, ctx);
    case 'assessed':
      return decideAssessed(rollout, fact, ctx);
    case 'step_started':
      return decideStepStarted(rollout, fact, ctx);
    case 'step_ended':
      return decideStepEnded(rollout, fact, ctx);
    case 'item_started':
      return decideItemStarted(rollout, fact, ctx);
    case 'item_ended':
      return decideItemEnded(rollout, fact, ctx);
    case 'stale_needed':
      return decideStaleNeeded(rollout, ctx);
    case 'channel_moved':
      return decideChannelMoved(rollout, fact, ctx);
    case 'target_changed':
      return decideTargetChanged(rollout, fact.detail, ctx);
    case 'woke':
      return decideWoke(rollout, fact.approvable ?? null, ctx);
    default:
      return fact satisfies never;
  }
}

function raiseFailed(rollout: Rollout, fact: Extract<Fact, { type: 'raise_failed' }>, ctx: Context): Decision {
  if (rollout.phase !== 'applying' || fact.movedSeq !== rollout.exposure.movedSeq) return nothing('raise_over');
  const known = fact.reason === 'raise_expired' || fact.reason === 'exposure_moved';
  const reason = known ? fact.reason : 'raise_failed';
  return failRaise(new Draft(rollout, { kind: 'bot' }, ctx.now), reason, said(fact.detail));
}

/** The environment now points this plan at other targets than it started with: a person must look. */
function decideTargetChanged(rollout: Rollout, detail: string, ctx: Context): Decision {
  if (isTerminal(rollout.phase) || rollout.phase === 'rolling_back' || rollout.held?.cause === 'target_changed')
    return nothing('targets_do_not_matter');
  if (rollout.phase === 'starting') return decideRehearsalFailed(rollout, 'target_changed', said(detail), ctx);
  // It has no targets yet; it would begin with those it was planned for, and they are gone.
  if (rollout.phase === 'planned') return cancelPlanned(rollout, detail, ctx);
  const draft = new Draft(rollout, { kind: 'bot' }, ctx.now);
  const { request, raise } = rollout;
  draft.add({ type: 'target_changed', detail });
  if (raise) draft.lower();
  if (request)
    draft.showRequest(request, { kind: 'void', reason: 'target_changed', detail: said(detail), at: ctx.now });
  return draft.done();
}

function cancelPlanned(rollout: Rollout, detail: string, ctx: Context): Decision {
  const draft = new Draft(rollout, { kind: 'bot' }, ctx.now);
  draft.add({ type: 'rehearsal_failed', reason: 'target_changed', detail: said(detail) });
  return draft.show('not_started', { template: 'not_started', reason: 'target_changed', detail: said(detail) }).done();
}

/** The clock looks at a rollout whose time has come: expiries, reminders, broken promises. */
function decideWoke(rollout: Rollout, approvable: boolean | null, ctx: Context): Decision {
  const draft = new Draft(rollout, BOT, ctx.now);
  // Whatever else is due: it comes with the next wake, which is due at once.
  if (ctx.items) {
    ageResults(draft, ctx.items);
    if (draft.state.lists.some((list) => isOverdue(list, ctx.now))) draft.add({ type: 'lists_closed' });
    beginDue(draft, ctx.items);
    askOwners(draft, ctx);
    if (draft.events.length > 0) return draft.done();
  }
  const due = (at: Date): boolean => at <= ctx.now;
  switch (rollout.phase) {
    case 'starting':
      if (!due(later(rollout.phaseSince, startingLimitMs(rollout)))) break;
      if (rollout.health.capture)
        return decideRehearsalFailed(rollout, 'no_baseline', { kind: 'not_in_time', what: 'checks' }, ctx);
      return decideRehearsalFailed(rollout, 'rehearsal_failed', { kind: 'not_in_time', what: 'targets' }, ctx);
    case 'awaiting_approval': {
      const { request } = rollout;
      if (due(request.expiresAt)) {
        draft.add({ type: 'approval_expired', requestId: request.id });
        return draft.showRequest(request, { kind: 'expired', at: ctx.now }).done();
      }
      if (due(request.remindAt)) return remind(draft, 'approval', approvable === false);
      break;
    }
    case 'applying':
      if (due(rollout.raise.expiresAt)) return failRaise(draft, 'raise_expired', null);
      break;
    // Not `nextWakeAt`: whoever claims a wake moves it on before asking.
    case 'rolling_back':
      if (due(rollout.remindAt)) return decideOverdue(rollout, ctx);
      break;
    case 'planned':
      if (due(rollout.remindAt)) return remind(draft, 'begin');
      break;
    case 'ready':
      if (due(rollout.remindAt)) return remind(draft, 'advance');
      break;
    case 'held':
      if (due(rollout.remindAt)) return remind(draft, 'resume');
      break;
    case 'baking':
    case 'rolled_back':
    case 'completed':
    case 'not_started':
      break;
    default:
      return rollout satisfies never;
  }
  callPeople(draft, ctx.watch);
  return draft.done('nothing_due');
}

function remind(draft: Draft, waitingFor: 'approval' | 'begin' | 'advance' | 'resume', nobodyLeft = false): Decision {
  draft.add({ type: 'reminded' });
  const since = draft.before.phaseSince;
  const message = { template: 'reminder', waitingFor, since, ...(nobodyLeft ? { nobodyLeft } : {}) } as const;
  return draft.show(`reminder:${draft.state.seq}`, message).done();
}
