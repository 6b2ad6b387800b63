import { describe, expect, test } from 'vitest';
import type { Outside } from '../src/adapters/index.js';
import { readEachTarget, together } from '../src/read-outside.js';
import { createMemoryTarget, memoryStore } from '../src/targets/memory.js';
import { TargetError } from '../src/targets/target.js';

describe('the readings of all targets as one', () => {
  test('what a target could read of itself counts, although it is not read as a whole', async () => {
    const [half, whole] = [memoryStore('measure-half'), memoryStore('measure-whole')];
    half.reset();
    whole.reset();
    whole.exposure = 10;
    half.failNext(new TargetError('timeout', '1 of 4 hung', { target: 'half', retryable: true, atLeast: 50 }), 'read');
    const targets = [createMemoryTarget('half', 'measure-half'), createMemoryTarget('whole', 'measure-whole')];
    const outside: Outside = { targets, probes: new Map(), changed: null };
    const readings = await readEachTarget(outside);
    expect(together(readings)).toEqual({ error: 'half: 1 of 4 hung', atLeast: 50 });
    expect(together(readings.slice(0, 1))).toEqual({ error: 'half: 1 of 4 hung', atLeast: 50 });
    expect(together(readings.slice(1))).toMatchObject({ exposure: 10 });
  });

  test('what says nothing of itself adds nothing', () => {
    const silent = { target: 'a', reading: { error: 'gone' } };
    expect(together([silent])).toEqual({ error: 'a: gone' });
    const off = { target: 'b', reading: { exposure: 0, partial: false, detail: 'off' } };
    expect(together([silent, off])).toEqual({ error: 'a: gone', atLeast: 0 });
  });
});
