/** What the thread learns of a person's command: one line, where no post of its own says it. */
import { type Actor, sameActor } from './actor.js';
import type { Verb } from './authority.js';
import type { Asked } from './commands.js';
import type { Decision } from './draft.js';
import type { ShowEffect } from './effects.js';
import type { Event, EventType, Recorded } from './events.js';

/**
 * The event of each verb that is told in a line. Null: a post of its own tells it, or it changes nothing. A request has its
 * card, so that an advance is told in a line only where it raises at once.
 */
const LINES = {
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

/** The same decision, and the line in the thread that tells it. */
export function toldInThread(decision: Decision, { command, actor }: Asked): Decision {
  if (decision.outcome !== 'accepted') return decision;
  const made = changeIn(decision.events, LINES[command.type], actor);
  if (!made || hasItsPost(made.event, decision)) return decision;
  const line: ShowEffect = {
    kind: 'show',
    slot: `change:${made.seq}`,
    message: { template: 'change', by: actor, exposure: decision.after.confirmed, event: made.event },
  };
  return { ...decision, effects: [line, ...decision.effects] };
}

/** A post that is new says it. An edit of one that stands there, of a card or an incident, is heard by nobody. */
function hasItsPost(event: ChangeEvent, { before, after }: Extract<Decision, { outcome: 'accepted' }>): boolean {
  switch (event.type) {
    case 'rollback_ordered':
      return before?.rollback?.no !== after.rollback?.no;
    // The raise follows at once, and its own post with it: that it began, or that it failed.
    case 'approval_recorded':
      return event.granted;
    default:
      return false;
  }
}

function changeIn(
  events: readonly Recorded[],
  type: EventType | null,
  actor: Actor,
): { readonly seq: number; readonly event: ChangeEvent } | null {
  for (const { seq, event, actor: by } of events)
    if (event.type === type && isChange(event) && sameActor(by, actor)) return { seq, event };
  return null;
}

function isChange(event: Event): event is ChangeEvent {
  return Object.values<EventType | null>(LINES).includes(event.type);
}
