/** What the thread learns of a person's command: one line, where no post of its own says it. */

import { type Actor, sameActor } from '../plan/actor.js';
import { type ChangeEvent, isChange } from '../state/change-events.js';
import type { CommandAsked } from '../state/commands.js';
import type { Accepted, Decision } from '../state/decision.js';
import type { ShowEffect } from '../state/effects.js';
import type { EventType, Recorded } from '../state/events.js';
import { rowOf } from '../state/verbs.js';

/** The same decision, and the line in the thread that tells it. */
export function toldInThread(decision: Decision, { command, actor }: CommandAsked): Decision {
  if (decision.outcome !== 'accepted') return decision;
  const made = changeIn(decision.events, rowOf(command.type).told, actor);
  if (!made || hasItsPost(made.event, decision)) return decision;
  const line: ShowEffect = {
    kind: 'show',
    slot: `change:${made.seq}`,
    message: { template: 'change', by: actor, exposure: decision.after.exposure.confirmed, event: made.event },
  };
  return { ...decision, effects: [line, ...decision.effects] };
}

/** A post that is new says it. An edit of one that stands there, of a card or an incident, is heard by nobody. */
function hasItsPost(event: ChangeEvent, { before, after }: Accepted): boolean {
  switch (event.type) {
    case 'rollback_ordered':
      return before?.rollback?.no !== after.rollback?.no;
    // The raise follows at once, and its own post with it: that it began, or that it failed.
    case 'approval_recorded':
      return event.granted;
    case 'raise_ordered':
    case 'approval_denied':
    case 'approval_withdrawn':
    case 'paused':
    case 'resumed':
    case 'bake_extended':
    case 'acknowledged':
    case 'baseline_started':
    case 'reported':
    case 'item_changed':
      return false;
    default:
      return event satisfies never;
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
