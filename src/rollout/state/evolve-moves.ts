import { samePerson } from '../plan/actor.js';
import { later, REMIND_EVERY_MS } from '../plan/waits.js';
import type { EventOf, Recorded } from './events.js';
import type { Handlers } from './handlers.js';
import { nextReminder, nextRequestReminder } from './remind.js';
import {
  type ApprovalRequest,
  type Rollback,
  type Rollout,
  stageBelow,
  type VoidedCard,
  type Vote,
} from './rollout.js';
import { stepsToUndo, withStep } from './steps.js';

/** How approvals change a rollout. */
export const APPROVALS = {
  approval_requested(r, event, rec): Rollout {
    return {
      ...r,
      phase: 'awaiting_approval',
      stage: { ...r.stage, autoSpent: true, attempts: { ...r.stage.attempts, [event.stageNo]: event.attempt } },
      waiting: { ...r.waiting, voided: null, request: requestOf(r, event, rec) },
    };
  },
  approval_withdrawn(r, event, rec): Rollout {
    return withdrawn(r, event, rec);
  },
  approval_recorded(r, event, rec): Rollout {
    if (!r.waiting.request) throw new Error('approval_recorded without a request');
    const vote = { teamId: event.teamId, userId: event.userId, roles: event.roles, at: rec.at };
    return {
      ...r,
      waiting: { ...r.waiting, request: { ...r.waiting.request, votes: [...r.waiting.request.votes, vote] } },
    };
  },

  approval_denied(r, _event, rec): Rollout {
    const after = requestOver(r, rec);
    return r.entry ? { ...after, entry: { ...r.entry, denied: true } } : after;
  },
  approval_voided(r, _event, rec): Rollout {
    const after = requestOver(r, rec);
    return { ...after, waiting: { ...after.waiting, voided: voidedCard(r, rec) } };
  },
  approval_expired(r, _event, rec): Rollout {
    return requestOver(r, rec);
  },
} satisfies Partial<Handlers>;

/** No request is open any more. It may have been asked before the bake was over: that goes on. */
function requestOver(r: Rollout, rec: Recorded): Rollout {
  const phase = r.bake.done ? 'ready' : 'baking';
  return { ...r, phase, waiting: { ...r.waiting, request: null, remindAt: nextReminder(r.plan, rec.at, 0) } };
}

function requestOf(r: Rollout, event: EventOf<'approval_requested'>, rec: Recorded): ApprovalRequest {
  const {
    requestId: id,
    stageNo,
    attempt,
    from,
    to,
    bakedMs,
    reason,
    expiresAt,
    quorum,
    override,
    card,
    before,
    readings,
  } = event;
  return {
    id,
    stageNo,
    attempt,
    from,
    to,
    bakedMs,
    reason,
    expiresAt,
    planHash: r.planHash,
    verdicts: r.health.verdicts,
    numbers: r.health.numbers,
    requestedBy: rec.actor,
    requestedAt: rec.at,
    votes: [],
    remindAt: nextRequestReminder(r.plan, { expiresAt }, rec.at, 0),
    ...(quorum && { quorum }),
    ...(override && { override }),
    ...(card !== undefined && { card }),
    ...(before && { before }),
    ...(readings && { readings }),
  };
}

function voidedCard({ waiting: { request } }: Rollout, rec: Recorded): VoidedCard | null {
  if (!request) return null;
  const { card = request.id, stageNo, votes, before = [] } = request;
  const again = (one: Vote) => votes.some((vote) => samePerson(vote, one));
  // Two tries ago or now: whoever approved on this card has to do it once more.
  return { card, stageNo, at: rec.at, votes: [...before.filter((vote) => !again(vote)), ...votes] };
}

/** From an open request it is one vote less; a move that is under way already is called back. */
function withdrawn(r: Rollout, event: EventOf<'approval_withdrawn'>, rec: Recorded): Rollout {
  const { request } = r.waiting;
  if (!event.raise) {
    const votes = (request?.votes ?? []).filter(
      ({ teamId, userId }) => teamId !== event.teamId || userId !== event.userId,
    );
    return { ...r, waiting: { ...r.waiting, request: request && { ...request, votes } } };
  }
  return {
    ...r,
    phase: 'held',
    exposure: { ...r.exposure, wanted: r.exposure.confirmed, movedSeq: rec.seq },
    waiting: {
      ...r.waiting,
      raise: null,
      remindAt: nextReminder(r.plan, rec.at, 0),
      held: { cause: 'approval_withdrawn', since: rec.at, by: rec.actor, note: '', detail: null },
    },
  };
}

/** How raises change a rollout. */
export const RAISES = {
  raise_ordered(r, event, rec): Rollout {
    return {
      ...r,
      phase: 'applying',
      exposure: { ...r.exposure, wanted: event.to, movedSeq: rec.seq },
      waiting: {
        ...r.waiting,
        request: null,
        raise: {
          stageNo: event.stageNo,
          attempt: event.attempt,
          from: event.from,
          to: event.to,
          requestId: event.requestId,
          verdicts: r.waiting.request?.verdicts ?? r.health.verdicts,
          orderedBy: rec.actor,
          orderedAt: rec.at,
          expiresAt: event.expiresAt,
          request: r.waiting.request,
        },
      },
      stage: { ...r.stage, attempts: { ...r.stage.attempts, [event.stageNo]: event.attempt } },
    };
  },
  exposure_confirmed(r, event, rec): Rollout {
    return {
      ...r,
      phase: 'baking',
      exposure: {
        ...r.exposure,
        confirmed: event.exposure,
        movedSeq: rec.seq,
        // The reads that would have ended the settling belong to a move this one replaced.
        settled: true,
        late: null,
      },
      waiting: { ...r.waiting, raise: null, voided: null },
      stage: {
        ...r.stage,
        no: r.waiting.raise?.stageNo ?? r.stage.no,
        attempt: r.waiting.raise?.attempt ?? r.stage.attempt,
        issues: { opened: 0, closed: 0 },
        told: [],
        autoSpent: false,
      },
      bake: {
        ...r.bake,
        done: false,
        startedAt: rec.at,
        observedMs: 0,
        extraMs: 0,
        extension: null,
        summaryAt: null,
        restarts: 0,
      },
    };
  },
  raise_failed(r, event, rec): Rollout {
    return {
      ...r,
      phase: 'held',
      exposure: { ...r.exposure, wanted: r.exposure.confirmed, movedSeq: rec.seq },
      waiting: {
        ...r.waiting,
        raise: null,
        remindAt: nextReminder(r.plan, rec.at, 0),
        held: { cause: event.reason, since: rec.at, by: rec.actor, note: '', detail: event.detail },
      },
    };
  },
  exposure_restored(r, event, rec): Rollout {
    return { ...r, exposure: { ...r.exposure, confirmed: event.exposure, movedSeq: rec.seq, late: null } };
  },
} satisfies Partial<Handlers>;

/** How rollbacks change a rollout, and what comes after them. */
export const ROLLBACKS = {
  rollback_ordered(r, event, rec): Rollout {
    return {
      ...r,
      steps: stepsToUndo(r).reduce((steps, step) => withStep(steps, step, 'undoing'), r.steps),
      phase: 'rolling_back',
      exposure: { ...r.exposure, wanted: event.to, movedSeq: rec.seq, settled: false },
      waiting: { ...r.waiting, raise: null, request: null, held: null, remindAt: null },
      alerts: { ...r.alerts, haveIt: [] },
      rollback: {
        no: event.no,
        from: event.from,
        to: event.to,
        stageNo: event.stageNo,
        ends: event.ends,
        cause: event.cause,
        orderedAt: rec.at,
        orderSeq: rec.seq,
        overdue: false,
        confirmedAt: null,
        ...firstOf(r.rollback, event.no),
      },
    };
  },
  rollback_confirmed(r, event, rec): Rollout {
    return rolledBack(r, event, rec);
  },
  rollback_overdue(r, _event, rec): Rollout {
    return {
      ...r,
      rollback: r.rollback && { ...r.rollback, overdue: true },
      waiting: { ...r.waiting, remindAt: later(rec.at, REMIND_EVERY_MS) },
    };
  },
  late_raise_seen(r, event, rec): Rollout {
    return {
      ...r,
      exposure: { ...r.exposure, movedSeq: rec.seq, settled: false, late: { exposure: event.found, seen: true } },
    };
  },
  late_raise_reported(r, event, rec): Rollout {
    return {
      ...r,
      exposure: { ...r.exposure, movedSeq: rec.seq, settled: false, late: { exposure: event.to, seen: false } },
    };
  },
  settled(r): Rollout {
    return { ...r, exposure: { ...r.exposure, settled: true, late: null } };
  },
} satisfies Partial<Handlers>;

/** The same rollback once more: what was first said of it stays true. */
function firstOf(before: Rollback | null, no: number): Pick<Rollback, 'first'> {
  if (before?.no !== no) return {};
  const { orderedAt, confirmedAt, first } = before;
  if (first || !confirmedAt) return first ? { first } : {};
  return { first: { orderedAt, tookMs: confirmedAt.getTime() - orderedAt.getTime() } };
}

function rolledBack(r: Rollout, event: EventOf<'rollback_confirmed'>, rec: Recorded): Rollout {
  const rollback: Rollback | null = r.rollback && {
    ...r.rollback,
    confirmedAt: rec.at,
    ...(event.left !== undefined && { left: event.left }),
  };
  const exposure = { ...r.exposure, confirmed: event.exposure, movedSeq: rec.seq, late: null };
  if (!rollback || rollback.ends) return { ...r, rollback, exposure, phase: 'rolled_back' };
  // Read lower than the stage it was to end in: that stage is not what users have.
  const stageNo = event.exposure < rollback.to ? stageBelow(r, event.exposure) : rollback.stageNo;
  return {
    ...backAt(r, stageNo, rec.at),
    rollback,
    exposure: { ...exposure, wanted: event.exposure },
    phase: 'held',
    waiting: {
      ...r.waiting,
      held: {
        cause: 'rolled_back_to_stage',
        since: rec.at,
        by: rollback.cause.by,
        note: rollback.cause.note,
        detail: null,
      },
      remindAt: nextReminder(r.plan, rec.at, 0),
    },
  };
}

/** Back in an earlier stage (0: before the first): a new attempt, its bake from zero. */
export function backAt(r: Rollout, stageNo: number, at: Date): Rollout {
  const attempt = (r.stage.attempts[stageNo] ?? 0) + 1;
  return {
    ...r,
    stage: {
      ...r.stage,
      no: stageNo,
      attempt,
      attempts: { ...r.stage.attempts, [stageNo]: attempt },
      // After a way back nothing goes up by itself.
      autoSpent: true,
      issues: { opened: 0, closed: 0 },
      told: [],
    },
    bake: {
      ...r.bake,
      extension: null,
      summaryAt: null,
      restarts: 0,
      done: stageNo === 0,
      startedAt: at,
      observedMs: 0,
      extraMs: 0,
    },
  };
}
