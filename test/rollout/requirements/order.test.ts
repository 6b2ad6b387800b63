import { describe, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../fixture.js';
import { lacksAt, lacksIn } from './asked-at.js';

describe('the order', () => {
  test.each(['start', 'asked'] as const)('at "%s" is that moment itself', (at) => {
    expect(lacksAt(at, { stage: { autoSpent: true } })).toEqual({});
  });

  test('to go on by itself is used once', () => {
    expect(lacksAt('auto', { stage: { autoSpent: true } })).toEqual({ order: null });
  });

  test('to go on by itself is the plan’s, stage by stage', () => {
    expect(lacksAt('auto', { stage: { no: 4 } })).toMatchObject({ order: null });
  });

  test('given a request, is open until it expires', () => {
    expect(lacksAt('approved', {}, { waits: 24 * HOUR - 1 })).toEqual({});
    expect(lacksAt('approved', {}, { waits: 24 * HOUR })).toEqual({ order: 'request_closed' });
  });

  test('given a click on another request, is not there', () => {
    expect(lacksAt('approved', {}, { more: { requestId: 'other' } })).toEqual({ order: 'request_closed' });
  });

  test('to raise expires after ten minutes', () => {
    expect(lacksAt('raising', {}, { waits: 10 * MINUTE - 1 })).toEqual({});
    expect(lacksAt('raising', {}, { waits: 10 * MINUTE })).toEqual({ order: 'raise_expired' });
  });

  test('to raise is not the one before', () => {
    expect(lacksAt('raising', {}, { more: { movedSeq: 1 } })).toEqual({ order: 'exposure_moved' });
    expect(lacksIn('held', 'raising')).toMatchObject({ order: 'exposure_moved' });
  });
});
