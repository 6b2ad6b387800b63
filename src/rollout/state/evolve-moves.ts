import { samePerson } from '../plan/actor.js';
import { later, REMIND_EVERY_MS } from '../plan/waits.js';
import { expectPhase, hold, ready } from './enter.js';
import type { EventOf, Recorded } from './events.js';
import type { Handlers } from './handlers.js';
import { nextRequestReminder } from './remind.js';
import {
  type ApprovalRequest,
  enter,
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
    const attempts = { ...r.stage.attempts, [event.stageNo]: event.attempt };
    return enter(
      { ...r, stage: { ...r.stage, autoSpent: true, attempts }, voided: null, denied: null },
      'awaiting_approval',
      {
        request: requestOf(r, event, rec),
        reminded: 0,
      },
    );
  },
  approval_withdrawn(r, event, rec): Rollout {
    return withdrawn(r, event, rec);
  },
  approval_recorded(r, event, rec): Rollout {
    expectPhase(r, 'awaiting_approval', event);
    const vote = { teamId: event.teamId, userId: event.userId, roles: event.roles, at: rec.at };
    return { ...r, request: { ...r.request, votes: [...r.request.votes, vote] } };
  },

  approval_denied(r, { reason, next = null }, rec): Rollout {
    const denied = { by: rec.actor, at: rec.at, reason, next };
    const after = requestOver({ ...r, denied }, rec);
    return r.entry ? { ...after, entry: { ...r.entry, denied: true } } : after;
  },
  approval_voided(r, _event, rec): Rollout {
    return requestOver({ ...r, voided: r.request ? voidedCard(r.request, rec) : null }, rec);
  },
  approval_expired(r, _event, rec): Rollout {
    return requestOver(r, rec);
  },
} satisfies Partial<Handlers>;

/** No request is open any more. It may have been asked before the bake was over: that goes on. */
function requestOver(r: Rollout, rec: Recorded): Rollout {
  return r.bake.done ? ready(r, rec) : enter(r, 'baking', {});
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
    auto,
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
    ...(auto && { auto }),
    ...(quorum && { quorum }),
    ...(override && { override }),
    ...(card !== undefined && { card }),
    ...(before && { before }),
    ...(readings && { readings }),
  };
}

function voidedCard(request: ApprovalRequest, rec: Recorded): VoidedCard {
  const { card = request.id, stageNo, votes, before = [] } = request;
  const again = (one: Vote) => votes.some((vote) => samePerson(vote, one));
  // Two tries ago or now: whoever approved on this card has to do it once more.
  return { card, stageNo, at: rec.at, votes: [...before.filter((vote) => !again(vote)), ...votes] };
}

/** From an open request it is one vote less; a move that is under way already is called back. */
function withdrawn(r: Rollout, event: EventOf<'approval_withdrawn'>, rec: Recorded): Rollout {
  if (event.raise) return hold(calledBack(r, rec), rec, { cause: 'approval_withdrawn' });
  expectPhase(r, 'awaiting_approval', event);
  const votes = r.request.votes.filter(({ teamId, userId }) => teamId !== event.teamId || userId !== event.userId);
  return { ...r, request: { ...r.request, votes } };
}

/** What is under way goes on no more: the targets are wanted where they were last read. */
function calledBack(r: Rollout, rec: Recorded): Rollout {
  return { ...r, exposure: { ...r.exposure, wanted: r.exposure.confirmed, movedSeq: rec.seq } };
}

/** How raises change a rollout. */
export const RAISES = {
  raise_ordered(r, event, rec): Rollout {
    const { stageNo, attempt, from, to, expiresAt, auto } = event;
    const { request = null } = r;
    return enter(
      {
        ...r,
        denied: null,
        exposure: { ...r.exposure, wanted: to, movedSeq: rec.seq },
        stage: { ...r.stage, attempts: { ...r.stage.attempts, [stageNo]: attempt } },
      },
      'applying',
      {
        raise: {
          stageNo,
          attempt,
          from,
          to,
          expiresAt,
          request,
          verdicts: (request ?? r.health).verdicts,
          orderedBy: rec.actor,
          orderedAt: rec.at,
          ...(auto && { auto }),
        },
      },
    );
  },
  exposure_confirmed(r, event, rec): Rollout {
    expectPhase(r, 'applying', event);
    const { stageNo: no, attempt } = r.raise;
    return enter(
      {
        ...r,
        exposure: {
          ...r.exposure,
          confirmed: event.exposure,
          movedSeq: rec.seq,
          // The reads that would have ended the settling belong to a move this one replaced.
          settled: true,
          late: null,
        },
        voided: null,
        stage: { ...r.stage, no, attempt, issues: { opened: 0, closed: 0 }, told: [], autoSpent: false },
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
      },
      'baking',
      {},
    );
  },
  raise_failed(r, event, rec): Rollout {
    return hold(calledBack(r, rec), rec, { cause: event.reason, detail: event.detail });
  },
  exposure_restored(r, event, rec): Rollout {
    return { ...r, exposure: { ...r.exposure, confirmed: event.exposure, movedSeq: rec.seq, late: null } };
  },
} satisfies Partial<Handlers>;

/** How rollbacks change a rollout, and what comes after them. */
export const ROLLBACKS = {
  rollback_ordered(r, event, rec): Rollout {
    return enter(
      {
        ...r,
        denied: null,
        steps: stepsToUndo(r).reduce((steps, step) => withStep(steps, step, 'undoing'), r.steps),
        exposure: { ...r.exposure, wanted: event.to, movedSeq: rec.seq, settled: false },
        alerts: { ...r.alerts, haveIt: [] },
      },
      'rolling_back',
      {
        remindAt: later(rec.at, r.plan.rollback.withinMs),
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
      },
    );
  },
  rollback_confirmed(r, event, rec): Rollout {
    return rolledBack(r, event, rec);
  },
  rollback_overdue(r, event, rec): Rollout {
    expectPhase(r, 'rolling_back', event);
    return { ...r, rollback: { ...r.rollback, overdue: true }, remindAt: later(rec.at, REMIND_EVERY_MS) };
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

/** The same rollback once more: what was said about it first stays true. */
function firstOf(before: Rollback | null, no: number): Pick<Rollback, 'first'> {
  if (before?.no !== no) return {};
  const { orderedAt, confirmedAt, first } = before;
  if (first || !confirmedAt) return first ? { first } : {};
  return { first: { orderedAt, tookMs: confirmedAt.getTime() - orderedAt.getTime() } };
}

function rolledBack(r: Rollout, event: EventOf<'rollback_confirmed'>, rec: Recorded): Rollout {
  expectPhase(r, 'rolling_back', event);
  const left = event.left === undefined ? {} : { left: event.left };
  const rollback = { ...r.rollback, confirmedAt: rec.at, ...left };
  const exposure = { ...r.exposure, confirmed: event.exposure, movedSeq: rec.seq, late: null };
  if (rollback.ends) return enter({ ...r, exposure }, 'rolled_back', { rollback, endedAt: rec.at });
  // Read lower than the stage it was to end in: that stage is not what users have.
  const stageNo = event.exposure < rollback.to ? stageBelow(r, event.exposure) : rollback.stageNo;
  const { by, note } = rollback.cause;
  const back = { ...backAt(r, stageNo, rec.at), rollback, exposure: { ...exposure, wanted: event.exposure } };
  return hold(back, rec, { cause: 'rolled_back_to_stage', by, note });
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
