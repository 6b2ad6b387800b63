import { LOOK_AGAIN_MS, later, REMIND_EVERY_MS, startingLimitMs } from '../plan/waits.js';
import { nextCallAt } from './alerts-due.js';
import type { Event, Recorded } from './events.js';
import { applyAlerts } from './evolve-alerts.js';
import { applyHealth, applyPhase } from './evolve-health.js';
import { applyMeasures } from './evolve-measures.js';
import { applyApproval, applyMove, applyRollback } from './evolve-moves.js';
import { type Exposure, isTerminal, type Rollout } from './rollout.js';
import { overtaken } from './settling.js';

/** Sums one event into a rollout. `started` makes a new one; everything else needs one. */
export function evolve(rollout: Rollout | null, recorded: Recorded): Rollout {
  const { event, at, seq } = recorded;
  if (event.type === 'started') return withWake(begin(event, recorded));
  if (!rollout) throw new Error(`event ${event.type} before started`);
  const next = apply(rollout, event, recorded);
  const turned = next.phase !== rollout.phase;
  const phaseSince = turned ? at : rollout.phaseSince;
  const endedAt = isTerminal(next.phase) ? (rollout.endedAt ?? at) : null;
  const reminded = turned ? 0 : next.waiting.reminded;
  return withWake({
    ...next,
    exposure: { ...next.exposure, ...leftBehind(rollout, next, event) },
    seq,
    phaseSince,
    endedAt,
    waiting: { ...next.waiting, reminded },
  });
}

/**
 * A raise that ends otherwise than by being read back may still be under way somewhere: whoever is at it learns of that only
 * when they look.
 */
function leftBehind({ waiting: { raise } }: Rollout, next: Rollout, event: Event): Partial<Exposure> {
  // One that is refused at its first look has not gone out.
  if (!raise || next.waiting.raise || event.type === 'announcement_refused' || event.type === 'exposure_confirmed')
    return {};
  return { settled: false, overtaken: overtaken(raise.expiresAt) };
}

/** The rollout that a list of events adds up to. */
export function replay(events: readonly Recorded[]): Rollout | null {
  return events.reduce<Rollout | null>((rollout, recorded) => evolve(rollout, recorded), null);
}

function begin(event: Extract<Event, { type: 'started' }>, { at, seq, actor }: Recorded): Rollout {
  return {
    id: event.id,
    teamId: event.teamId,
    plan: event.plan,
    planHash: event.planHash,
    run: event.run,
    note: event.note,
    channelId: event.channelId,
    startedBy: actor,
    people: event.people,
    targetKeys: event.targetKeys,
    createdAt: at,
    phase: 'starting',
    phaseSince: at,
    stage: { no: 0, attempt: 0, attempts: {}, issues: { opened: 0, closed: 0 }, told: [], autoSpent: true },
    seq,
    exposure: { confirmed: 0, wanted: 0, anchor: null, movedSeq: seq, overtaken: null, late: null, settled: true },
    health: {
      verdicts: {},
      numbers: {},
      baseline: null,
      capture: null,
      means: event.entry?.means ?? {},
      reports: {},
      asked: {},
      captures: 0,
      holds: [],
    },
    bake: {
      done: true,
      startedAt: null,
      observedMs: 0,
      extraMs: 0,
      last: null,
      extension: null,
      summaryAt: null,
      restarts: 0,
    },
    waiting: { request: null, raise: null, held: null, voided: null, reminded: 0, remindAt: null },
    rollback: null,
    alerts: { episodes: {}, haveIt: [], posts: [], called: [] },
    entry: event.entry ?? null,
    failure: null,
    finishNote: null,
    nextWakeAt: null,
    endedAt: null,
  };
}

function apply(r: Rollout, event: Exclude<Event, { type: 'started' }>, rec: Recorded): Rollout {
  switch (event.type) {
    case 'rehearsed':
      return {
        ...r,
        exposure: {
          ...r.exposure,
          anchor: event.anchor,
          confirmed: event.anchor,
          wanted: event.anchor,
          movedSeq: rec.seq,
          ...(event.wayBack && { tried: event.wayBack }),
        },
        health: { ...r.health, verdicts: event.verdicts, numbers: event.numbers, numbersAt: rec.at },
      };
    case 'channel_moved':
      return { ...r, channelId: event.to };
    case 'announcement_refused':
      return {
        ...r,
        phase: 'not_started',
        exposure: { ...r.exposure, wanted: r.exposure.confirmed },
        waiting: { ...r.waiting, raise: null },
        failure: { reason: 'channel_refused', detail: event.code },
      };
    case 'rehearsal_failed':
      return { ...r, phase: 'not_started', failure: { reason: event.reason, detail: event.detail } };
    case 'approval_requested':
    case 'approval_recorded':
    case 'approval_denied':
    case 'approval_withdrawn':
    case 'approval_voided':
    case 'approval_expired':
      return applyApproval(r, event, rec);
    case 'raise_ordered':
    case 'exposure_confirmed':
    case 'raise_failed':
    case 'exposure_restored':
      return applyMove(r, event, rec);
    case 'rollback_ordered':
    case 'rollback_confirmed':
    case 'rollback_overdue':
    case 'late_raise_seen':
    case 'late_raise_reported':
    case 'settled':
      return applyRollback(r, event, rec);
    case 'alert_opened':
    case 'alert_eased':
    case 'alert_closed':
    case 'people_called':
    case 'acknowledged':
      return applyAlerts(r, event, rec);
    case 'verdict_changed':
    case 'drift_found':
      return applyHealth(r, event, rec);
    case 'baseline_started':
    case 'baseline_captured':
    case 'baseline_missed':
    case 'bake_restarted':
    case 'reported':
    case 'report_asked':
    case 'summary_shown':
    case 'hold_noted':
    case 'hold_cleared':
      return applyMeasures(r, event, rec);
    default:
      return applyPhase(r, event, rec);
  }
}

function withWake(rollout: Rollout): Rollout {
  const wake = nextWake(rollout);
  const call = wake && nextCallAt(rollout);
  return { ...rollout, nextWakeAt: wake && call && call < wake ? call : wake };
}

/** When the clock must look at this rollout again; null only when it is over. */
function nextWake(r: Rollout): Date | null {
  switch (r.phase) {
    case 'starting':
      return later(r.phaseSince, startingLimitMs(r));
    case 'baking':
      return later(r.phaseSince, LOOK_AGAIN_MS);
    case 'awaiting_approval':
      return (
        r.waiting.request &&
        (r.waiting.request.remindAt < r.waiting.request.expiresAt
          ? r.waiting.request.remindAt
          : r.waiting.request.expiresAt)
      );
    case 'applying':
      return r.waiting.raise?.expiresAt ?? null;
    case 'ready':
    case 'held':
      return r.waiting.remindAt ?? later(r.phaseSince, REMIND_EVERY_MS);
    case 'rolling_back': {
      const within = later(r.rollback?.orderedAt ?? r.phaseSince, r.plan.rollback.withinMs);
      return r.rollback?.overdue ? (r.waiting.remindAt ?? within) : within;
    }
    default:
      return null;
  }
}
