import { describe, expect, test } from 'vitest';
import { lacksAt } from './asked-at.js';

describe('the next stage', () => {
  test.each(['start', 'asked', 'auto'] as const)('at "%s" has to be there', (at) => {
    expect(lacksAt(at, { stage: { no: 4 } })).toMatchObject({ nextStage: 'last_stage' });
    expect(lacksAt(at, { stage: { no: 3 } })).not.toHaveProperty('nextStage');
  });

  test.each(['approved', 'raising'] as const)('at "%s" was there when it was asked for', (at) => {
    expect(lacksAt(at, { stage: { no: 4 } })).toEqual({});
  });
});
