import { actorKey } from './actor.js';
import { closeAlert } from './alerts.js';
import { tally } from './approvals.js';
import type { Asked, Command, Fact } from './commands.js';
import { rollBack } from './decide-rollback.js';
import { type Context, type Decision, Draft, nothing, refused } from './draft.js';
import { stageAt } from './plan.js';
import { type Condition, refusal } from './refusal.js';
import { bakeNeededMs, isExposed, type Rollout } from './rollout.js';
import { isWorse, type Verdict } from './verdict.js';
import { REQUEST_EXPIRES_MS } from './waits.js';

type Of<T extends Command['type']> = Asked & { command: Extract<Command, { type: T }> };

/** `advance`: to the next stage only, baked, with no check unknown or critical. */
export function decideAdvance(rollout: Rollout, { command, actor }: Of<'advance'>, ctx: Context): Decision {
  const { button } = command;
  if (button && (button.stageNo !== rollout.stageNo || button.attempt !== rollout.attempt)) {
    return refused(refusal('stale_button', [], { helps: 'status' }));
  }
  const next = rollout.plan.stages[rollout.stageNo];
  if (!next)
    return refused(refusal('last_stage', [{ kind: 'phase', ok: false, phase: rollout.phase }], { helps: 'status' }));
  const conditions = advanceConditions(rollout, ctx);
  if (command.to !== '' && command.to !== next.name && command.to !== String(next.exposure)) {
    const stage: Condition = { kind: 'stage', ok: false, asked: command.to, next: `${next.name} (${next.exposure} %)` };
    return refused(refusal('not_next_stage', [stage, ...conditions], { helps: 'advance' }));
  }
  const failed = conditions.find((condition) => condition.ok === false);
  if (failed) return refused(refusal(advanceReason(rollout, failed), conditions, { helps: 'why' }));
  const draft = new Draft(rollout, actor, ctx.now);
  ask(draft, next.no, command.reason);
  return draft.done();
}

function advanceReason(rollout: Rollout, failed: Condition) {
  if (failed.kind === 'bake') return 'bake_incomplete' as const;
  if (failed.kind === 'health') {
    return Object.values(rollout.verdicts).includes('critical')
      ? ('health_critical' as const)
      : ('health_not_known' as const);
  }
  return 'wrong_phase' as const;
}

/** Every condition of the next advance, whether it holds or not: the refusal's list and the table of `why`. */
export function advanceConditions(rollout: Rollout, ctx: Context): Condition[] {
  const next = rollout.plan.stages[rollout.stageNo];
  const needed = bakeNeededMs(rollout);
  const observed = rollout.bakeDone ? Math.max(rollout.bakedMs, needed) : (ctx.watch?.observedMs ?? 0);
  const stopped = ctx.watch?.stopped ? `${ctx.watch.stopped.subject}: ${ctx.watch.stopped.why}` : null;
  const conditions: Condition[] = [];
  if (rollout.phase !== 'ready' && rollout.phase !== 'baking')
    conditions.push({ kind: 'phase', ok: false, phase: rollout.phase });
  if (rollout.stageNo > 0) {
    conditions.push({ kind: 'bake', ok: rollout.bakeDone, observedMs: observed, neededMs: needed, stopped });
  }
  const verdicts = Object.values(rollout.verdicts);
  const healthy = rollout.stageNo === 0 || !verdicts.some((verdict) => verdict === 'critical' || verdict === 'unknown');
  conditions.push({ kind: 'health', ok: healthy && !verdicts.includes('critical'), verdicts: rollout.verdicts });
  if (next?.approve)
    conditions.push({
      kind: 'approval',
      ok: rollout.phase === 'awaiting_approval' ? false : 'next',
      quorum: next.approve,
    });
  return conditions;
}

/** Asks for the stage's approval, or orders the raise when it needs none. */
export function ask(draft: Draft, stageNo: number, reason: string): void {
  const rollout = draft.state;
  const stage = stageAt(rollout.plan, stageNo);
  const attempt = (rollout.attempts[stageNo] ?? 0) + 1;
  if (!stage.approve) {
    draft.raise(stageNo, attempt, stage.exposure, null);
    return;
  }
  draft.add({
    type: 'approval_requested',
    requestId: `${rollout.id}.${rollout.seq + 1}`,
    ...{ stageNo, attempt, from: rollout.confirmed, to: stage.exposure, bakedMs: rollout.bakedMs, reason },
    expiresAt: new Date(draft.now.getTime() + REQUEST_EXPIRES_MS),
  });
  if (draft.state.request) draft.showRequest(draft.state.request, { kind: 'open' });
}

/** A click on Approve: for this request, by somebody else than who asked, who holds a role still needed. */
export function decideApprove(rollout: Rollout, asked: Of<'approve'>, ctx: Context): Decision {
  const { command, actor, standing } = asked;
  const request = rollout.request;
  if (!request || request.id !== command.requestId) return refused(refusal('request_closed', [], { helps: 'status' }));
  if (actor.kind !== 'slack') return refused(refusal('not_allowed'));
  if (actorKey(actor) === actorKey(request.requestedBy))
    return refused(refusal('own_request', [], { helps: 'status' }));
  const quorum = stageAt(rollout.plan, request.stageNo).approve;
  if (!quorum) return refused(refusal('request_closed', [], { helps: 'status' }));
  const roles = standing.roles === 'unknown' ? [] : standing.roles.filter((role) => quorum.roles.includes(role));
  const voters = request.votes.map((vote) => ({ key: `${vote.teamId}:${vote.userId}`, roles: vote.roles }));
  const mine = { key: `${actor.teamId}:${actor.userId}`, roles };
  if (voters.some((voter) => voter.key === mine.key)) return nothing('already_voted');
  const { granted } = tally(quorum, [...voters, mine]);
  const draft = new Draft(rollout, actor, ctx.now);
  const saw = { from: request.from, to: request.to, planHash: request.planHash, verdicts: request.verdicts };
  const { teamId, userId } = actor;
  draft.add({
    type: 'approval_recorded',
    requestId: request.id,
    teamId,
    userId,
    roles,
    messageTs: command.messageTs,
    saw,
    granted,
  });
  const voted = draft.state.request ?? request;
  draft.showRequest(voted, granted ? { kind: 'granted' } : { kind: 'open' });
  if (granted) draft.raise(request.stageNo, request.attempt, request.to, request.id);
  return draft.done();
}

export function decideDeny(rollout: Rollout, asked: Of<'deny'>, ctx: Context): Decision {
  const { command, actor } = asked;
  const request = rollout.request;
  if (!request || (command.requestId !== '' && request.id !== command.requestId)) {
    return refused(refusal('request_closed', [], { helps: 'status' }));
  }
  const draft = new Draft(rollout, actor, ctx.now);
  const saw = { from: request.from, to: request.to, planHash: request.planHash, verdicts: request.verdicts };
  draft.add({
    type: 'approval_denied',
    requestId: request.id,
    reason: command.reason,
    messageTs: command.messageTs,
    saw,
  });
  draft.showRequest(request, { kind: 'denied', by: actor, reason: command.reason, at: ctx.now });
  return draft.done();
}

/** Verdicts were read once more just before the raise goes out; anything worse than the approver saw stops it. */
export function decideRaiseChecked(
  rollout: Rollout,
  fact: Extract<Fact, { type: 'raise_checked' }>,
  ctx: Context,
): Decision {
  const raise = rollout.raise;
  if (rollout.phase !== 'applying' || !raise || fact.movedSeq !== rollout.movedSeq) return nothing('raise is over');
  const draft = new Draft(rollout, { kind: 'bot' }, ctx.now);
  for (const check of rollout.plan.checks) {
    const streak = fact.streaks[check.name];
    if (!streak) continue;
    if (streak.verdict === 'critical' && isExposed(rollout)) {
      const since = streak.since ?? ctx.now;
      return rollBack(draft, undefined, {
        ...{ reason: 'check_critical', by: { kind: 'bot' }, note: '', check: check.name, since },
        ...(streak.value === null ? {} : { value: streak.value }),
      }).done();
    }
    // One reading is enough not to raise, though never enough to roll back.
    const read: Verdict = streak.unknownInRow > 0 ? 'unknown' : (streak.level ?? 'unknown');
    if (isWorse(read, raise.verdicts[check.name] ?? 'unknown')) {
      const detail = `${check.title} is ${read}${streak.value === null || read === 'unknown' ? '' : ` at ${streak.value}`}`;
      return failRaise(draft, 'health_worse', detail);
    }
  }
  return draft.done('healthy');
}

export function decideRaised(rollout: Rollout, fact: Extract<Fact, { type: 'raised' }>, ctx: Context): Decision {
  if (rollout.phase !== 'applying' || fact.movedSeq !== rollout.movedSeq || !rollout.raise)
    return nothing('raise is over');
  const draft = new Draft(rollout, { kind: 'bot' }, ctx.now);
  draft.add({ type: 'exposure_confirmed', exposure: fact.exposure });
  const failed = draft.state.episodes.raise;
  if (failed?.open) closeAlert(draft, 'raise', failed, fact.exposure);
  const stage = stageAt(rollout.plan, draft.state.stageNo);
  draft.show(`start:${stage.no}:${draft.state.attempt}`, {
    ...{ template: 'stage_start', stageNo: stage.no, exposure: fact.exposure, bakeMs: stage.bakeMs, at: ctx.now },
  });
  return draft.done();
}

/** The raise is given up: hold, and put the targets back where they were last read, whatever the raise still does. */
export function failRaise(
  draft: Draft,
  reason: 'raise_failed' | 'raise_expired' | 'health_worse' | 'exposure_moved',
  detail: string,
): Decision {
  const to = draft.state.raise?.to ?? draft.state.wanted;
  draft.add({ type: 'raise_failed', reason, detail });
  const no = (draft.state.episodes.raise?.no ?? 0) + 1;
  draft.add({ type: 'alert_opened', subject: 'raise', no, kind: 'raise_failed', detail, value: null });
  draft.show(`alert:raise:${no}`, {
    ...{ template: 'alert', subject: 'raise', no, kind: 'raise_failed', detail: `${reason}: ${detail}`, value: null },
    ...{ exposure: to, since: draft.now, closed: null },
  });
  return draft.lower().done();
}
