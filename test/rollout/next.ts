import type { Phase } from '../../src/rollout/state/rollout.js';

/** Which phase may follow which. The verbs' half is in the table of verbs; this is everything, the world included. */
export const NEXT: Readonly<Record<Phase, readonly Phase[]>> = {
  planned: ['starting', 'not_started'],
  // Ready: something is to be done before the first stage.
  starting: ['ready', 'awaiting_approval', 'applying', 'not_started', 'rolling_back'],
  ready: ['awaiting_approval', 'applying', 'baking', 'held', 'completed', 'not_started', 'rolling_back'],
  // Back to the bake: an override that was not granted.
  awaiting_approval: ['applying', 'ready', 'baking', 'held', 'not_started', 'rolling_back'],
  // Not started: before anything went out, because the channel does not take the first message.
  applying: ['baking', 'held', 'not_started', 'rolling_back'],
  // On without a stop at ready: by itself, or by an override.
  baking: ['ready', 'awaiting_approval', 'applying', 'completed', 'held', 'rolling_back'],
  held: ['baking', 'ready', 'completed', 'rolling_back'],
  rolling_back: ['rolled_back', 'held'],
  rolled_back: ['rolling_back'],
  completed: ['rolling_back'],
  not_started: [],
};
