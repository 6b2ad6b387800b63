/** How the way back goes where it does not go plainly, in words. */
import { untried } from '../../../rollout/plan/places.js';
import type { Plan } from '../../../rollout/plan/plan.js';
import type { Rollout } from '../../../rollout/state/rollout.js';
import { untriedLine } from '../places.js';
import { escapeText } from '../text.js';

/** One target's note is a line of a card, not its text. */
const NOTE = 240;
const MOST_NOTES = 3;

/** What the start found when it tried the way back; '' when it goes plainly. */
export function wayBackWords({ exposure: { tried } }: Rollout): string {
  return tried ? joined(tried.notes) : '';
}

/** What a start will not try, by what the plan says; '' when it tries everything. */
export function untriedWords(plan: Plan): string {
  return joined(untried(plan).map(untriedLine));
}

function joined(notes: readonly string[]): string {
  const shown = notes.slice(0, MOST_NOTES).map((note) => escapeText(note, NOTE));
  const more = notes.length > MOST_NOTES ? [`and ${notes.length - MOST_NOTES} more`] : [];
  return [...shown, ...more].join('; ');
}
