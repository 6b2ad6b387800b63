import { describe, expect, test } from 'vitest';
import { episodeOf } from '../../support/rollouts.js';
import { lacksAt } from './asked-at.js';

const drift = (open: boolean) => ({ alerts: { episodes: { '@target': episodeOf({ kind: 'drift', open }) } } });

describe('the targets', () => {
  test('given a stage that goes on by itself, are read and where they were put', () => {
    expect(lacksAt('auto', {}, { more: { target: { error: 'no answer' } } })).toEqual({ targets: null });
    expect(lacksAt('auto', {}, { more: { movedSeq: 1 } })).toEqual({ targets: null });
    expect(lacksAt('auto', drift(true))).toEqual({ targets: null });
    expect(lacksAt('auto', drift(false))).toEqual({});
  });

  test('given an approval, are where its card says the move begins', () => {
    expect(lacksAt('approved', { exposure: { confirmed: 20 } })).toEqual({ targets: 'exposure_moved' });
  });

  test.each(['start', 'asked', 'raising'] as const)('at "%s" are read by the move itself', (at) => {
    expect(lacksAt(at, drift(true))).toEqual({});
  });
});
