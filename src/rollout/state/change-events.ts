import type { Verb } from './authority.js';
import type { Event, EventType } from './events.js';

/**
 * The event of each verb that is told in a line. Null: a post of its own tells it, or it changes nothing. A request has its
 * card, so that an advance is told in a line only where it raises at once.
 */
export const LINES = {
  start: null,
  advance: 'raise_ordered',
  approve: 'approval_recorded',
  deny: 'approval_denied',
  withdraw: 'approval_withdrawn',
  pause: 'paused',
  resume: 'resumed',
  extend: 'bake_extended',
  finish: null,
  rollback: 'rollback_ordered',
  have: 'acknowledged',
  baseline: 'baseline_started',
  report: 'reported',
  status: null,
  why: null,
  check: null,
  list: null,
  plans: null,
  alerts: null,
  history: null,
  help: null,
} as const satisfies Record<Verb, EventType | null>;

type LineType = Exclude<(typeof LINES)[Verb], null>;
/** An event that people made and that the thread learns of in a line. */
export type ChangeEvent = Extract<Event, { type: LineType }>;
