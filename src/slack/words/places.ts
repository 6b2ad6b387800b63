/** The places a rollout of a plan goes to, and what of the way there is not tried: plain text, for whoever shows it. */
import { plainPercent } from '../../rollout/plan/exposure.js';
import { placesOf, type Untried } from '../../rollout/plan/places.js';
import type { Plan } from '../../rollout/plan/plan.js';

/** `stage wave-2`, `rollback to 7.5 %`, `off`: what the plan calls this place, percent. */
export function placeName(plan: Plan, place: number): string {
  const stage = plan.stages.find(({ exposure }) => exposure === place);
  if (stage) return `stage ${stage.name}`;
  if (place === 0) return 'off';
  return placesOf(plan).includes(place)
    ? `rollback to ${plainPercent(place)}`
    : `where it is now, ${plainPercent(place)}`;
}

export function untriedLine({ target, what }: Untried): string {
  switch (what) {
    case 'writes':
      return `${target}: nothing is written at the start, neither set nor off is tried`;
    case 'off':
      return `${target}: off is not tried at the start`;
    default:
      return what satisfies never;
  }
}
