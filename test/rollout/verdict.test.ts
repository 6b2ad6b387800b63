import { describe, expect, test } from 'vitest';
import type { JudgedCheck } from '../../src/rollout/health/in-force.js';
import type { Limit } from '../../src/rollout/plan/plan.js';
import { breaks, isWorse, levelOf, type Verdict, worst } from '../../src/rollout/plan/verdict.js';

describe('a limit', () => {
  test.each<[Limit['op'], boolean, boolean, boolean]>([
    ['above', false, false, true],
    ['at_least', false, true, true],
    ['below', true, false, false],
    ['at_most', true, true, false],
  ])('%s 5 is broken at 4: %s, at 5: %s, at 6: %s', (op, under, exactly, over) => {
    expect([4, 5, 6].map((value) => breaks({ op, value: 5 }, value))).toEqual([under, exactly, over]);
  });

  test('holds for fractions just beside it', () => {
    expect(breaks({ op: 'above', value: 0.5 }, 0.5000001)).toBe(true);
    expect(breaks({ op: 'below', value: 0.5 }, 0.5)).toBe(false);
  });
});

describe('a number against a check', () => {
  const check: JudgedCheck = {
    name: 'errors',
    title: 'errors',
    unit: '%',
    probe: { kind: 'memory', name: 'errors' },
    windowMs: 60_000,
    everyMs: 60_000,
    warning: { op: 'above', value: 2 },
    critical: { op: 'above', value: 5 },
  };

  test.each([
    [2, 'pass'],
    [3, 'warning'],
    [5, 'warning'],
    [6, 'critical'],
  ])('%d is %s', (value, level) => {
    expect(levelOf(check, value)).toBe(level);
  });

  test('with a critical limit alone never warns', () => {
    const { warning: _, ...critical } = check;
    expect([2, 5, 6].map((value) => levelOf(critical, value))).toEqual(['pass', 'pass', 'critical']);
  });

  test('with a warning limit alone is never critical', () => {
    const { critical: _, ...warning } = check;
    expect([2, 6, 1e9].map((value) => levelOf(warning, value))).toEqual(['pass', 'warning', 'warning']);
  });
});

describe('verdicts', () => {
  const order: readonly Verdict[] = ['pass', 'warning', 'unknown', 'critical'];

  test('order pass < warning < unknown < critical', () => {
    const pairs = order.flatMap((a, i) => order.map((b, j) => [isWorse(a, b), i > j]));
    for (const [said, expected] of pairs) expect(said).toBe(expected);
  });

  test('the worst of several counts, and of none it is unknown, never pass', () => {
    expect(worst(['pass', 'unknown', 'warning'])).toBe('unknown');
    expect(worst(['critical', 'unknown'])).toBe('critical');
    expect(worst(['pass', 'pass'])).toBe('pass');
    expect(worst([])).toBe('unknown');
  });
});
