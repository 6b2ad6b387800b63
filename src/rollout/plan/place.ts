/** Somewhere a rollout can be, as people name it. */
import type { Plan, StagePlan } from './plan.js';

export type Place =
  | { readonly kind: 'off' }
  /** The stage before the current one. */
  | { readonly kind: 'previous' }
  /** The stage behind the current one. */
  | { readonly kind: 'next' }
  | { readonly kind: 'stage'; readonly no: number; readonly exposure: number }
  /** A share of users that somebody named as a number, or as everyone or half. */
  | { readonly kind: 'percent'; readonly exposure: number };

/** A place as it can be typed again and is read as the same. */
export function typedPlace(plan: Plan, place: Place): string {
  switch (place.kind) {
    case 'off':
    case 'previous':
    case 'next':
      return place.kind;
    case 'stage':
      return plan.stages[place.no - 1]?.name ?? `${place.exposure}%`;
    case 'percent':
      return `${place.exposure}%`;
    default:
      return place satisfies never;
  }
}

/** Whether this stage is what was named. */
export function isStage(place: Place, stage: StagePlan): boolean {
  switch (place.kind) {
    case 'next':
      return true;
    case 'stage':
      return place.no === stage.no;
    case 'percent':
      return place.exposure === stage.exposure;
    case 'off':
    case 'previous':
      return false;
    default:
      return place satisfies never;
  }
}

export function samePlace(a: Place, b: Place): boolean {
  if (a.kind === 'stage' && b.kind === 'stage') return a.no === b.no;
  if (a.kind === 'percent' && b.kind === 'percent') return a.exposure === b.exposure;
  return a.kind === b.kind;
}
