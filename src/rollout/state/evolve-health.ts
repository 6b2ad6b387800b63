import { later, REMIND_EVERY_MS } from '../plan/waits.js';
import { said } from './detail.js';
import type { EventOf, Recorded } from './events.js';
import { backAt } from './evolve-moves.js';
import type { Handlers } from './handlers.js';
import { nextReminder, nextRequestReminder } from './remind.js';
import { type Health, type Rollout, stageBelow } from './rollout.js';

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
    const remindAt = nextReminder(r.plan, rec.at, 0);
    return {
      ...r,
      phase: 'ready',
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
      waiting: { ...r.waiting, remindAt },
    };
  },
  completed(r): Rollout {
    return { ...r, phase: 'completed', waiting: { ...r.waiting, remindAt: null } };
  },
  finished(r, event): Rollout {
    return {
      ...r,
      phase: 'completed',
      finishNote: event.reason,
      waiting: { ...r.waiting, held: null, request: null, remindAt: null },
    };
  },
  paused(r, event, rec): Rollout {
    const remindAt = nextReminder(r.plan, rec.at, 0);
    return {
      ...r,
      phase: 'held',
      exposure: {
        ...r.exposure,
        wanted: r.exposure.confirmed,
        movedSeq: r.waiting.raise ? rec.seq : r.exposure.movedSeq,
      },
      waiting: {
        ...r.waiting,
        raise: null,
        request: null,
        remindAt,
        held: { cause: 'paused_by_person', since: rec.at, by: rec.actor, note: event.reason, detail: null },
      },
    };
  },
  held(r, event, rec): Rollout {
    const remindAt = nextReminder(r.plan, rec.at, 0);
    return {
      ...r,
      phase: 'held',
      waiting: {
        ...r.waiting,
        raise: null,
        request: null,
        remindAt,
        held: { cause: event.cause, since: rec.at, by: rec.actor, note: '', detail: event.detail },
      },
    };
  },
  target_changed(r, event, rec): Rollout {
    const remindAt = nextReminder(r.plan, rec.at, 0);
    return {
      ...r,
      phase: 'held',
      exposure: {
        ...r.exposure,
        wanted: r.exposure.confirmed,
        movedSeq: r.waiting.raise ? rec.seq : r.exposure.movedSeq,
      },
      waiting: {
        ...r.waiting,
        raise: null,
        request: null,
        remindAt,
        held: { cause: 'target_changed', since: rec.at, by: rec.actor, note: '', detail: said(event.detail) },
      },
    };
  },
  resumed(r, event, rec): Rollout {
    const remindAt = nextReminder(r.plan, rec.at, 0);
    // A person stopped it or had to look: from here on a person goes on.
    return {
      ...r,
      phase: event.to,
      waiting: { ...r.waiting, held: null, remindAt },
      stage: { ...r.stage, autoSpent: true },
    };
  },
  bake_extended(r, event, rec): Rollout {
    return {
      ...r,
      // A held rollout stays held; resume then goes to the reopened bake.
      phase: event.reopened && r.phase === 'ready' ? 'baking' : r.phase,
      bake: {
        ...r.bake,
        done: r.bake.done && !event.reopened,
        extraMs: r.bake.extraMs + event.byMs,
        extension: { by: rec.actor, reason: event.reason, byMs: event.byMs },
      },
    };
  },
  reminded(r, _event, rec): Rollout {
    return reminded(r, rec);
  },
} satisfies Partial<Handlers>;

/** What this stage's bake measured, under its name. */
function measuredIn(
  { plan, stage: { no: stageNo } }: Rollout,
  means: EventOf<'bake_passed'>['means'],
): Health['means'] {
  const stage = plan.stages[stageNo - 1];
  return stage && means ? { [stage.name]: means } : {};
}

function reminded(r: Rollout, { at }: Recorded): Rollout {
  const sent = r.waiting.reminded + 1;
  // An unfinished rollback is reported at any hour.
  const remindAt = r.phase === 'rolling_back' ? later(at, REMIND_EVERY_MS) : nextReminder(r.plan, at, sent);
  const request = r.waiting.request && {
    ...r.waiting.request,
    remindAt: nextRequestReminder(r.plan, r.waiting.request, at, sent),
  };
  return { ...r, waiting: { ...r.waiting, reminded: sent, remindAt, request } };
}
