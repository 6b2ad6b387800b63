import type { Event, Recorded } from './events.js';
import type { Rollout } from './rollout.js';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

/** How what is measured and reported changes a rollout. */
export function applyMeasures(
  r: Rollout,
  event: Of<
    | 'baseline_started'
    | 'baseline_captured'
    | 'baseline_missed'
    | 'bake_restarted'
    | 'reported'
    | 'report_asked'
    | 'summary_shown'
    | 'hold_noted'
    | 'hold_cleared'
  >,
  rec: Recorded,
): Rollout {
  switch (event.type) {
    case 'baseline_started':
      return {
        ...r,
        health: {
          ...r.health,
          captures: event.no,
          capture: { no: event.no, since: rec.at, by: rec.actor, reason: event.reason },
        },
      };
    case 'baseline_captured': {
      const { no, numbers, exposure } = event;
      const { by = rec.actor, reason = '' } = r.health.capture ?? {};
      return {
        ...r,
        health: { ...r.health, capture: null, baseline: { no, numbers, exposure, by, reason, at: rec.at } },
      };
    }
    case 'baseline_missed':
      return { ...r, health: { ...r.health, capture: null } };
    case 'bake_restarted':
      return { ...r, bake: { ...r.bake, restarts: (r.bake.restarts ?? 0) + 1 } };
    case 'reported': {
      const report = { value: event.value, at: rec.at, by: rec.actor, note: event.note };
      return { ...r, health: { ...r.health, reports: { ...r.health.reports, [event.check]: report } } };
    }
    case 'report_asked':
      return { ...r, health: { ...r.health, asked: { ...r.health.asked, [event.check]: { at: rec.at } } } };
    case 'hold_noted':
      return { ...r, health: { ...r.health, holds: [...(r.health.holds ?? []), event.check] } };
    case 'hold_cleared':
      return { ...r, health: { ...r.health, holds: (r.health.holds ?? []).filter((name) => name !== event.check) } };
    case 'summary_shown':
      return { ...r, bake: { ...r.bake, summaryAt: rec.at } };
    default:
      return event satisfies never;
  }
}
