import type { Verb } from './authority.js';
import type { Phase } from './rollout.js';

/**
 * The table: which verb is legal in which phase. Guards, buttons, help and the diagram in the docs come from it.
 * Reads are always legal; `start` makes a rollout and so stands in no phase.
 */
export const LEGAL = {
  advance: ['ready'],
  approve: ['awaiting_approval'],
  deny: ['awaiting_approval'],
  withdraw: ['awaiting_approval', 'applying'],
  pause: ['ready', 'awaiting_approval', 'applying', 'baking'],
  resume: ['held'],
  extend: ['ready', 'baking', 'held'],
  finish: ['ready', 'held'],
  rollback: [
    'starting',
    'ready',
    'awaiting_approval',
    'applying',
    'baking',
    'held',
    'rolling_back',
    'rolled_back',
    'completed',
  ],
  baseline: ['ready', 'awaiting_approval', 'baking', 'held'],
  report: ['starting', 'ready', 'awaiting_approval', 'applying', 'baking', 'held'],
  have: ['ready', 'awaiting_approval', 'applying', 'baking', 'held', 'rolling_back', 'rolled_back', 'completed'],
} as const satisfies Partial<Record<Verb, readonly Phase[]>>;

export type MovingVerb = keyof typeof LEGAL;

export function isLegal(verb: MovingVerb, phase: Phase): boolean {
  return (LEGAL[verb] as readonly Phase[]).includes(phase);
}

/** The verbs that make sense in this phase, in the order of the table. */
export function legalVerbs(phase: Phase): MovingVerb[] {
  return (Object.keys(LEGAL) as MovingVerb[]).filter((verb) => isLegal(verb, phase));
}
