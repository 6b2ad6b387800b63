import { LOOK_AGAIN_MS, later, startingLimitMs } from '../plan/waits.js';
import { nextCallAt } from './alerts-due.js';
import { said } from './detail.js';
import { ready } from './enter.js';
import type { Event, EventOf, Recorded } from './events.js';
import { ALERTS_HAPPEN } from './evolve-alerts.js';
import { BASELINE_AND_REPORTS } from './evolve-baseline-and-reports.js';
import { HEALTH, PHASES } from './evolve-health.js';
import { ITEMS } from './evolve-items.js';
import { APPROVALS, RAISES, ROLLBACKS } from './evolve-moves.js';
import { STEPS } from './evolve-steps.js';
import type { Handler, Handlers } from './handlers.js';
import { beginsPlanned, listsAhead, listsMoved, nextLookAt } from './lists.js';
import { nextReminder } from './remind.js';
import { type Exposure, enter, type PhaseData, type Rollout } from './rollout.js';
import { overtaken } from './settling.js';

/** Sums one event into a rollout. `started` makes a new one; everything else needs one. */
export function evolve(rollout: Rollout | null, recorded: Recorded): Rollout {
  const { event, at, seq } = recorded;
  if (event.type === 'started') return withWake(withLists(begin(event, recorded), at));
  if (!rollout) throw new Error(`event ${event.type} before started`);
  const next = apply(rollout, event, recorded);
  const evolved = {
    ...next,
    exposure: { ...next.exposure, ...leftBehind(rollout, next, event) },
    seq,
    phaseSince: next.phase === rollout.phase ? rollout.phaseSince : at,
  };
  return withWake(withLists(evolved, at));
}

/** Lists open and close with the rollout's way, whatever event moved it. */
function withLists(rollout: Rollout, at: Date): Rollout {
  return { ...rollout, lists: listsMoved(rollout, at) };
}

/**
 * A raise that ends otherwise than by being read back may still be under way somewhere: whoever is at it learns of that only
 * when they look.
 */
function leftBehind({ raise }: Rollout, next: Rollout, event: Event): Partial<Exposure> {
  // One that is refused at its first look has not gone out.
  if (!raise || next.raise || event.type === 'announcement_refused' || event.type === 'exposure_confirmed') return {};
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
    ...beginning(event, at),
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
    voided: null,
    denied: null,
    rollback: null,
    lists: listsAhead(event.lists ?? []),
    steps: [],
    alerts: { episodes: {}, haveIt: [], posts: [], called: [] },
    entry: event.entry ?? null,
    nextWakeAt: null,
  };
}

/** A phase with its own data. */
type PhaseOf<P extends 'planned' | 'starting'> = P extends P ? { readonly phase: P } & PhaseData[P] : never;

/** Where something is to be done before the first stage, it is planned until that is done. */
function beginning({ lists = [], plan }: EventOf<'started'>, at: Date): PhaseOf<'planned' | 'starting'> {
  if (!beginsPlanned(lists)) return { phase: 'starting' };
  return { phase: 'planned', remindAt: nextReminder(plan, at, 0), reminded: 0 };
}

const BEGINNING = {
  begun(r): Rollout {
    return enter(r, 'starting', {});
  },
  first_stage_waits(r, _event, recorded): Rollout {
    return ready(r, recorded);
  },
  cancelled(r, { reason }, { at }): Rollout {
    return enter(r, 'not_started', { endedAt: at, failure: { reason: 'cancelled', detail: said(reason) } });
  },
  rehearsed(r, event, rec): Rollout {
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
  },
  channel_moved(r, event): Rollout {
    return { ...r, channelId: event.to };
  },
  announcement_refused(r, event, { at }): Rollout {
    const failure = { reason: 'channel_refused', detail: { kind: 'channel', code: event.code } } as const;
    const exposure = { ...r.exposure, wanted: r.exposure.confirmed };
    return enter({ ...r, exposure }, 'not_started', { endedAt: at, failure });
  },
  rehearsal_failed(r, { reason, detail }, { at }): Rollout {
    return enter(r, 'not_started', { endedAt: at, failure: { reason, detail } });
  },
} satisfies Partial<Handlers>;

/** What each event changes. One that has no line in any of these does not compile. */
const HANDLERS = {
  ...BEGINNING,
  ...APPROVALS,
  ...RAISES,
  ...ROLLBACKS,
  ...ALERTS_HAPPEN,
  ...HEALTH,
  ...BASELINE_AND_REPORTS,
  ...PHASES,
  ...STEPS,
  ...ITEMS,
} satisfies Handlers;

function apply(r: Rollout, event: Exclude<Event, { type: 'started' }>, rec: Recorded): Rollout {
  // The compiler does not see that a line of the table and its event go together.
  const handler = HANDLERS[event.type] as Handler<typeof event>;
  return handler(r, event, rec);
}

function withWake(rollout: Rollout): Rollout {
  const wake = nextWake(rollout);
  const due = [wake, wake && nextCallAt(rollout), nextLookAt(rollout)].flatMap((at) => at?.getTime() ?? []);
  return { ...rollout, nextWakeAt: due.length === 0 ? null : new Date(Math.min(...due)) };
}

/** When the clock must look at this rollout again, its lists aside; null only when it is over. */
function nextWake(r: Rollout): Date | null {
  switch (r.phase) {
    case 'starting':
      return later(r.phaseSince, startingLimitMs(r));
    case 'baking':
      return later(r.phaseSince, LOOK_AGAIN_MS);
    case 'awaiting_approval':
      return r.request.remindAt < r.request.expiresAt ? r.request.remindAt : r.request.expiresAt;
    case 'applying':
      return r.raise.expiresAt;
    case 'planned':
    case 'ready':
    case 'held':
    case 'rolling_back':
      return r.remindAt;
    case 'rolled_back':
    case 'completed':
    case 'not_started':
      return null;
    default:
      return r satisfies never;
  }
}
