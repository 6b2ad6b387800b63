import type { Place } from '../../src/rollout/plan/place.js';
import { PLAN, stage } from './fixture.js';

/** Stages as people name them: a family of names, words of several parts, a percentage with a fraction. */
export const WAVES = {
  ...PLAN,
  stages: [
    { ...stage(1, 10), name: 'wave-1', title: 'Early access' },
    { ...stage(2, 12.5), name: 'wave-2', title: 'First customers' },
    { ...stage(3, 50), name: 'half', title: 'Half of all shops' },
    { ...stage(4, 100), name: 'everyone', title: 'All of production' },
  ],
};

export const at = (no: number): Place => ({
  kind: 'stage',
  no,
  exposure: WAVES.stages[no - 1]?.exposure ?? Number.NaN,
});
export const percent = (exposure: number): Place => ({ kind: 'percent', exposure });
export const OFF: Place = { kind: 'off' };
export const PREVIOUS: Place = { kind: 'previous' };
export const NEXT: Place = { kind: 'next' };
