import { describe, expect, test } from 'vitest';
import { PHASES } from '../../../src/rollout/state/rollout.js';
import { lacksAt, lacksIn, MOMENTS, PHASE_OF } from './asked-at.js';

describe('the phase', () => {
  test.each(MOMENTS)('given the phase in which "%s" comes, is not in the way', (at) => {
    expect(lacksAt(at)).toEqual({});
  });

  test.each(
    MOMENTS.flatMap((at) =>
      PHASES.filter(
        (phase) => phase !== PHASE_OF[at] && !(at === 'asked' && (phase === 'baking' || phase === 'planned')),
      ).map((phase) => [at, phase] as const),
    ),
  )('given "%s" in phase %s, is in the way', (at, phase) => {
    expect(lacksIn(phase, at)).toMatchObject({ phase: 'wrong_phase' });
  });
});
