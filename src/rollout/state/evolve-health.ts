import { later, REMIND_EVERY_MS } from '../plan/waits.js';
import { said } from './detail.js';
import { hold, ready } from './enter.js';
import type { EventOf, Recorded } from './events.js';
import { backAt } from './evolve-moves.js';
import type { Handlers } from './handlers.js';
import { nextReminder, nextRequestReminder } from './remind.js';
import { enter, type Health, type Rollout, stageBelow } from './rollout.js';

/** How health changes a rollout. */
export const HEALTH = {
  verdict_changed(r, event): Rollout {
    const numbers = event.value === null ? r.health.numbers : { ...r.health.numbers, [event.check]: event.value };
    return { ...r, health: { ...r.health, verdicts: { ...r.health.verdicts, [event.check]: event.to }, numbers } };
  },
  drift_found(r, event, rec): Rollout {
    if (event.direction === 'up') return { ...r, exposure: { ...r.exposure, movedSeq: rec.seq } };
    // Fewer users than the stage has: its bake would count what it does not show, and the next stage would be a leap.
    return {
      ...backAt(r, stageBelow(r, event.found), rec.at),
      exposure: { ...r.exposure, confirmed: event.found, wanted: event.found, movedSeq: rec.seq },
    };
  },
} satisfies Partial<Handlers>;

/** How bakes, and people's holds, change a rollout. */
export const PHASES = {
  bake_passed(r, event, rec): Rollout {
    const passed = {
      ...r,
      bake: {
        ...r.bake,
        done: true,
        observedMs: event.observedMs,
        last: {
          stageNo: r.stage.no,
          attempt: r.stage.attempt,
          observedMs: event.observedMs,
          issues: r.stage.issues,
          numbers: event.numbers,
          passedAt: rec.at,
          wallMs: rec.at.getTime() - (r.bake.startedAt ?? r.phaseSince).getTime(),
        },
      },
      health: {
        ...r.health,
        numbers: event.numbers,
        numbersAt: rec.at,
        means: { ...r.health.means, ...measuredIn(r, event.means) },
      },
    };
    return ready(passed, rec);
  },
  completed(r, _event, { at }): Rollout {
    return enter(r, 'completed', { endedAt: at, finishNote: null });
  },
  finished(r, event, { at }): Rollout {
    return enter(r, 'completed', { endedAt: at, finishNote: event.reason });
  },
  paused(r, event, rec): Rollout {
    return hold(stopped(r, rec), rec, { cause: 'paused_by_person', note: event.reason });
  },
  held(r, event, rec): Rollout {
    return hold(r, rec, { cause: event.cause, detail: event.detail });
  },
  target_changed(r, event, rec): Rollout {
    return hold(stopped(r, rec), rec, { cause: 'target_changed', detail: said(event.detail) });
  },
  resumed(r, event, rec): Rollout {
    // A person stopped it or had to look: from here on a person goes on.
    const next = { ...r, stage: { ...r.stage, autoSpent: true } };
    return event.to === 'ready' ? ready(next, rec) : enter(next, 'baking', {});
  },
  bake_extended(r, event, rec): Rollout {
    const next = {
      ...r,
      bake: {
        ...r.bake,
        done: r.bake.done && !event.reopened,
        extraMs: r.bake.extraMs + event.byMs,
        extension: { by: rec.actor, reason: event.reason, byMs: event.byMs },
      },
    };
    // A held rollout stays held; resume then goes to the reopened bake.
    return event.reopened && r.phase === 'ready' ? enter(next, 'baking', {}) : next;
  },
  reminded(r, _event, rec): Rollout {
    return reminded(r, rec);
  },
} satisfies Partial<Handlers>;

/** The targets stay where they were last read. A raise that was under way is called back. */
function stopped(r: Rollout, rec: Recorded): Rollout {
  const movedSeq = r.phase === 'applying' ? rec.seq : r.exposure.movedSeq;
  return { ...r, exposure: { ...r.exposure, wanted: r.exposure.confirmed, movedSeq } };
}

/** What this stage's bake measured, under its name. */
function measuredIn(
  { plan, stage: { no: stageNo } }: Rollout,
  means: EventOf<'bake_passed'>['means'],
): Health['means'] {
  const stage = plan.stages[stageNo - 1];
  return stage ? { [stage.name]: means } : {};
}

function reminded(r: Rollout, { at }: Recorded): Rollout {
  switch (r.phase) {
    case 'awaiting_approval': {
      const sent = r.reminded + 1;
      const remindAt = nextRequestReminder(r.plan, r.request, at, sent);
      return { ...r, reminded: sent, request: { ...r.request, remindAt } };
    }
    case 'planned':
    case 'ready':
    case 'held': {
      const sent = r.reminded + 1;
      return { ...r, reminded: sent, remindAt: nextReminder(r.plan, at, sent) };
    }
    case 'rolling_back':
      // An unfinished rollback is reported at any hour.
      return { ...r, remindAt: later(at, REMIND_EVERY_MS) };
    case 'starting':
    case 'applying':
    case 'baking':
    case 'rolled_back':
    case 'completed':
    case 'not_started':
      return r;
    default:
      return r satisfies never;
  }
}
