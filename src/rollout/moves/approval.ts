import { sameActor } from '../plan/actor.js';
import type { Reason } from '../plan/reasons.js';
import { type MayRise, mayRise } from '../requirements/may-rise.js';
import type { Command, CommandAsked } from '../state/commands.js';
import type { Context } from '../state/context.js';
import { type Decision, nothing, refused } from '../state/decision.js';
import type { Saw } from '../state/events.js';
import { type Condition, refusal } from '../state/refusal.js';
import { type ApprovalRequest, quorumOf, type Rollout, type Vote } from '../state/rollout.js';
import { Draft } from './draft.js';
import { extendBake } from './hold.js';
import { rollBackAsked } from './roll-back.js';

type Of<T extends Command['type']> = CommandAsked & { command: Extract<Command, { type: T }> };

/** A click on Approve: for this request, by somebody else than who asked, who holds a role still needed. */
export function decideApprove(rollout: Rollout, asked: Of<'approve'>, ctx: Context): Decision {
  const { command, actor, standing } = asked;
  const request = rollout.request;
  const quorum = request && quorumOf(rollout, request);
  if (!quorum) return refused(refusal('request_closed', [], { helps: 'status' }));
  const roles = standing.roles === 'unknown' ? [] : standing.roles.filter((role) => quorum.roles.includes(role));
  const vote = actor.kind === 'slack' ? { key: actor.userId, roles } : null;
  const may = mayRise(rollout, ctx, { at: 'approved', requestId: command.requestId, vote });
  const lacks = refusedFor(may);
  if (lacks.includes('request_closed')) return refused(refusal('request_closed', [], { helps: 'status' }));
  if (actor.kind !== 'slack') return refused(refusal('not_allowed'));
  if (sameActor(actor, request.requestedBy)) return refused(refusal('own_request', [], { helps: 'status' }));
  if (request.votes.some(({ userId }) => userId === actor.userId)) return nothing('already_voted');
  if (lacks[0]) return refused(refusal(lacks[0], may.conditions.map(withoutThisVote), { helps: 'why' }));
  const granted = may.answer === 'yes';
  const draft = new Draft(rollout, actor, ctx.now);
  const { teamId, userId } = actor;
  draft.add({
    type: 'approval_recorded',
    requestId: request.id,
    teamId,
    userId,
    roles,
    messageTs: command.messageTs,
    saw: seenOn(request),
    granted,
  });
  const voted = draft.state.request ?? request;
  draft.showRequest(voted, granted ? { kind: 'granted' } : { kind: 'open' });
  if (granted) draft.raise(request.stageNo, request.attempt, request.to, { requestId: request.id });
  return draft.done();
}

/** Refused, it is not kept: what it would have made complete is still open. */
function withoutThisVote(condition: Condition): Condition {
  return condition.kind === 'approval' ? { ...condition, ok: false } : condition;
}

/** Votes that are still missing are no reason to refuse this one; everything else is. */
function refusedFor(may: MayRise): Reason[] {
  switch (may.answer) {
    case 'yes':
      return [];
    // What only has to wait has a reason as well: a vote that is kept for later would never be the last one, nobody asks again then.
    case 'no':
    case 'not_before':
      return may.unmet.flatMap(({ reason }) => reason ?? []);
    default:
      return may satisfies never;
  }
}

export function decideDeny(rollout: Rollout, asked: Of<'deny'>, ctx: Context): Decision {
  const { command, actor } = asked;
  const { reason, next, after } = command;
  const request = rollout.request;
  if (!request || (command.requestId !== '' && request.id !== command.requestId)) {
    return refused(refusal('request_closed', [], { helps: 'status' }));
  }
  if (reason.trim() === '') return refused(refusal('reason_missing', [], { helps: 'deny' }));
  // Before the first stage nothing bakes yet.
  if (after.kind === 'extend' && rollout.stage.no === 0)
    return refused(refusal('wrong_phase', [{ kind: 'phase', ok: false, phase: rollout.phase }], { helps: 'deny' }));
  const more = {
    ...(next !== null && { next }),
    ...(after.kind === 'extend' && { extendedByMs: after.byMs }),
  };
  const draft = new Draft(rollout, actor, ctx.now);
  draft.add({
    type: 'approval_denied',
    requestId: request.id,
    reason,
    messageTs: command.messageTs,
    saw: seenOn(request),
    ...more,
  });
  draft.showRequest(request, { kind: 'denied', by: actor, reason, at: ctx.now, ...more });
  return and(draft, command, ctx).done();
}

/** What becomes of the exposure, in the same write. */
function and(draft: Draft, { after, reason }: Of<'deny'>['command'], ctx: Context): Draft {
  switch (after.kind) {
    case 'stay':
      return draft;
    case 'extend':
      return extendBake(draft, { byMs: after.byMs, reason }, ctx);
    case 'lower':
      return rollBackAsked(draft, { to: after.to, reason });
    default:
      return after satisfies never;
  }
}

/**
 * Who denies and wants it taken back wants it down in any case. Where the request is closed by now (granted, expired, asked
 * for again), it is not certain that they may deny it, or no reason was given, this is a rollback like any other.
 */
export function rollbackMeant(
  { request }: Rollout,
  command: Command,
  forbidden: Reason | null,
): Extract<Command, { type: 'rollback' }> | null {
  if (command.type !== 'deny' || command.after.kind !== 'lower') return null;
  const isOpen = request && (command.requestId === '' || request.id === command.requestId);
  return isOpen && !forbidden && command.reason.trim() !== ''
    ? null
    : { type: 'rollback', to: command.after.to, reason: command.reason };
}

/** What stood on the card: kept with the vote, because it is what the approval is for. */
function seenOn({ from, to, planHash, verdicts, numbers }: ApprovalRequest): Saw {
  return { from, to, planHash, verdicts, numbers };
}

/**
 * "Withdraw": one's own approval, until what it allowed was read back. From an open request it is a vote less; a move that
 * is under way is called back, and the rollout held.
 */
export function decideWithdraw(rollout: Rollout, { command, actor }: Of<'withdraw'>, ctx: Context): Decision {
  const request = rollout.request ?? rollout.raise?.request;
  if (!request || (command.requestId !== '' && request.id !== command.requestId))
    return refused(refusal('request_closed', [], { helps: 'status' }));
  if (actor.kind !== 'slack') return refused(refusal('not_allowed'));
  const { teamId, userId } = actor;
  const mine = (vote: Vote): boolean => vote.teamId === teamId && vote.userId === userId;
  if (!request.votes.some(mine)) return refused(refusal('not_voted', [], { helps: 'status' }));
  const draft = new Draft(rollout, actor, ctx.now);
  draft.add({ type: 'approval_withdrawn', requestId: request.id, teamId, userId, raise: rollout.phase === 'applying' });
  if (draft.state.request) return draft.showRequest(draft.state.request, { kind: 'open' }).done();
  return draft.showRequest(request, { kind: 'taken_back', by: actor, at: ctx.now }).lower().done();
}
