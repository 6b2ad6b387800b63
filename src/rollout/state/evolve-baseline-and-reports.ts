import type { Handlers } from './handlers.js';
import type { Rollout } from './rollout.js';

/** How what is measured and reported changes a rollout. */
export const BASELINE_AND_REPORTS = {
  baseline_started(r, event, rec): Rollout {
    return {
      ...r,
      health: {
        ...r.health,
        captures: event.no,
        capture: { no: event.no, since: rec.at, by: rec.actor, reason: event.reason },
      },
    };
  },
  baseline_captured(r, event, rec): Rollout {
    const { no, numbers, exposure } = event;
    const { by = rec.actor, reason = '' } = r.health.capture ?? {};
    return {
      ...r,
      health: { ...r.health, capture: null, baseline: { no, numbers, exposure, by, reason, at: rec.at } },
    };
  },
  baseline_missed(r): Rollout {
    return { ...r, health: { ...r.health, capture: null } };
  },
  bake_restarted(r): Rollout {
    return { ...r, bake: { ...r.bake, restarts: r.bake.restarts + 1 } };
  },
  reported(r, event, rec): Rollout {
    const report = { value: event.value, at: rec.at, by: rec.actor, note: event.note };
    return { ...r, health: { ...r.health, reports: { ...r.health.reports, [event.check]: report } } };
  },
  report_asked(r, event, rec): Rollout {
    return { ...r, health: { ...r.health, asked: { ...r.health.asked, [event.check]: { at: rec.at } } } };
  },
  hold_noted(r, event): Rollout {
    return { ...r, health: { ...r.health, holds: [...r.health.holds, event.check] } };
  },
  hold_cleared(r, event): Rollout {
    return { ...r, health: { ...r.health, holds: r.health.holds.filter((name) => name !== event.check) } };
  },
  summary_shown(r, _event, rec): Rollout {
    return { ...r, bake: { ...r.bake, summaryAt: rec.at } };
  },
} satisfies Partial<Handlers>;
