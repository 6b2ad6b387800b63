import { describe, expect, test } from 'vitest';
import type { JudgedCheck } from '../../src/rollout/health/in-force.js';
import { NEW_STREAK } from '../../src/rollout/health/streak.js';
import type { CheckOverride, CheckPlan, Limit, Reference } from '../../src/rollout/plan/plan.js';
import { checkLines, limitsAsWritten } from '../../src/slack/words/phrases/checks.js';
import { actingWords, limitChanges } from '../../src/slack/words/phrases/limits.js';
import { NOW, PLAN } from '../support/rollouts.js';

const above = (value: number, more: Partial<Limit> = {}): Limit => ({ op: 'above', value, ...more });
const CHECK: CheckPlan = { name: 'rate', title: 'Rate', unit: '%', probe: { kind: 'memory', name: 'rate' } };
const plain = (text: string) => text.replaceAll('\u00a0', ' ');
const MIN = 60_000;

describe('what else happens by the limits of a check, each by its act', () => {
  test.each<[string, Partial<JudgedCheck>, string]>([
    ['nothing', { warning: above(2) }, ''],
    ['rollback', { critical: above(5) }, 'Rolls back above 5 %.'],
    ['rollback after a while', { critical: above(5, { forMs: 5 * MIN }) }, 'Rolls back above 5 % for 5 m.'],
    ['3 of 5', { critical: above(5, { fail: { count: 3, of: 5 } }) }, 'Rolls back above 5 % in 3 of 5 readings.'],
    ['a floor', { critical: { op: 'below', value: 90 } }, 'Rolls back below 90 %.'],
    ['at least', { critical: { op: 'at_least', value: 5 } }, 'Rolls back at or above 5 %.'],
    ['at most', { critical: { op: 'at_most', value: 90 } }, 'Rolls back at or below 90 %.'],
    ['hold', { critical: above(5, { act: { kind: 'hold' } }) }, 'Pauses above 5 %.'],
    ['disable', { critical: above(5, { act: { kind: 'disable' } }) }, 'Switches off above 5 %.'],
    ['a criterion', { critical: above(5, { act: { kind: 'post' } }) }, 'To go on: at most 5 %.'],
    [
      'a criterion with a floor',
      { critical: { op: 'below', value: 90, act: { kind: 'post' } } },
      'To go on: at least 90 %.',
    ],
    ['a strict criterion', { critical: { op: 'at_least', value: 5, act: { kind: 'post' } } }, 'To go on: below 5 %.'],
    [
      'back to the stage before',
      { critical: above(5, { act: { kind: 'rollback', to: { kind: 'previous' } } }) },
      'Rolls back to the stage before above 5 %.',
    ],
    [
      'back to a percentage',
      { critical: above(5, { act: { kind: 'rollback', to: { kind: 'exposure', exposure: 10 } } }) },
      'Rolls back to 10 % above 5 %.',
    ],
    ['off', { critical: above(5, { act: { kind: 'rollback', to: { kind: 'off' } } }) }, 'Rolls back to off above 5 %.'],
    [
      'the further limit acts first',
      { critical: above(10), others: [above(7.8, { act: { kind: 'rollback' } }), above(4)] },
      'Rolls back above 10 %; rolls back above 7.8 %.',
    ],
    [
      'reckoned from a measurement',
      { critical: above(7.8, { than: { of: { kind: 'baseline' }, times: 1.5, plus: 0 } }) },
      'Rolls back above 7.8 % (1.5 × baseline).',
    ],
  ])('%s', (_, limits, words) => {
    expect(plain(actingWords({ ...CHECK, ...limits } as JudgedCheck))).toBe(words);
  });
});

describe('what a move does to the limits', () => {
  const changes = (check: Partial<CheckPlan>, override: CheckOverride, known: object = {}) => {
    const stages = PLAN.stages.map((stage) => (stage.no === 2 ? { ...stage, checks: { rate: override } } : stage));
    const plan = { ...PLAN, checks: [{ ...CHECK, ...check }], stages };
    return limitChanges({ plan, stage: { no: 1 }, ...known }, 2).map(plain);
  };

  test.each<[string, Partial<CheckPlan>, CheckOverride, string[]]>([
    ['nothing', { critical: above(5) }, {}, []],
    ['the same number said once more', { critical: above(5) }, { critical: above(5) }, []],
    [
      'a number',
      { critical: above(10) },
      { critical: above(5) },
      ['Rate: rolls back above 10 % → rolls back above 5 %'],
    ],
    [
      'what is only a criterion there',
      { critical: above(10) },
      { critical: above(5, { act: { kind: 'post' } }) },
      ['Rate: rolls back above 10 % → to go on: at most 5 %'],
    ],
    [
      'what holds no more',
      { critical: { op: 'below', value: 90, forMs: 5 * MIN } },
      { critical: null },
      ['Rate: rolls back below 90 % for 5 m → no limit in its place'],
    ],
    [
      'a warning too',
      { warning: above(2), critical: above(5) },
      { warning: above(1) },
      ['Rate: warns above 2 % → warns above 1 %'],
    ],
    [
      'the patience alone',
      { critical: above(5) },
      { critical: above(5, { forMs: 5 * MIN }) },
      ['Rate: rolls back above 5 % → rolls back above 5 % for 5 m'],
    ],
    [
      'the act alone',
      { critical: above(5) },
      { critical: above(5, { act: { kind: 'hold' } }) },
      ['Rate: rolls back above 5 % → pauses above 5 %'],
    ],
    [
      'one more',
      { critical: above(5) },
      { others: [above(3, { act: { kind: 'hold' } })] },
      ['Rate: also pauses above 3 %'],
    ],
  ])('%s', (_, check, override, words) => {
    expect(changes(check, override)).toEqual(words);
  });

  test('a limit against a measurement is said with its number, or with what it will be reckoned from', () => {
    const relative = {
      op: 'above',
      than: { of: { kind: 'stage', stage: 'early-access' }, times: 1, plus: 5 },
    } as const;
    expect(
      changes({ critical: above(5) }, { critical: relative }, { health: { means: { 'early-access': { rate: 2 } } } }),
    ).toEqual(['Rate: rolls back above 5 % → rolls back above 7 % (stage early-access + 5 points)']);
    expect(changes({ critical: above(5) }, { critical: relative })).toEqual([
      'Rate: rolls back above 5 % → rolls back above stage early-access + 5 points',
    ]);
  });
});

describe('what is added to a measurement', () => {
  const of = { kind: 'stage', stage: 'wave-1' } as const;
  test.each<[string, Reference, string]>([
    ['%', { of, times: 1, plus: 5 }, 'stage wave-1 + 5 points'],
    ['%', { of, times: 1, plus: 1 }, 'stage wave-1 + 1 point'],
    ['%', { of, times: 1, plus: -0.5 }, 'stage wave-1 − 0.5 points'],
    ['percent', { of, times: 1, plus: 2 }, 'stage wave-1 + 2 points'],
    ['pct', { of, times: 1, plus: 2 }, 'stage wave-1 + 2 points'],
    ['ms', { of, times: 1, plus: 50 }, 'stage wave-1 + 50 ms'],
    ['s', { of, times: 1, plus: 1 }, 'stage wave-1 + 1 s'],
    ['errors', { of, times: 1, plus: 3 }, 'stage wave-1 + 3 errors'],
    ['', { of, times: 1, plus: 3 }, 'stage wave-1 + 3'],
    ['%', { of: { kind: 'baseline' }, times: 1.5, plus: 0 }, '1.5 × baseline'],
  ])('with the unit %j: %o reads “%s”', (unit, than, words) => {
    const check: CheckPlan = { ...CHECK, unit, critical: { op: 'above', than } };
    expect(plain(limitsAsWritten(check))).toBe(`critical above ${words}`);
  });
});

describe('the arrow', () => {
  const arrow = (unit: string, before: number, value: number): string => {
    const streak = { ...NEW_STREAK, level: 'pass', verdict: 'pass', unknownInRow: 0, value, before } as const;
    const [line = ''] = checkLines(
      [{ check: { ...CHECK, unit, critical: above(1e9) } as JudgedCheck, verdict: 'pass', value, streak }],
      NOW,
    );
    return line.includes('↗') ? '↗' : line.includes('↘') ? '↘' : '';
  };
  const mirrored = { '↗': '↘', '↘': '↗', '': '' } as const;

  test.each([
    [97.2, 97.7, '↗'],
    [99.6, 99.5, '↘'],
    [99.99, 99.98, '↘'],
    [50, 50.5, ''],
    [50, 52, '↗'],
    [97.2, 97.21, ''],
    [0, 0, ''],
    [100, 99.9, '↘'],
    [100, 100, ''],
    [2.8, 2.3, '↘'],
  ] as const)('of a percentage that goes %d → %d is “%s”, and its mirror has the other one', (before, value, shown) => {
    expect(arrow('%', before, value)).toBe(shown);
    expect(arrow('%', 100 - before, 100 - value)).toBe(mirrored[shown]);
  });

  test.each([
    ['ms', 412, 413, ''],
    ['ms', 412, 450, '↗'],
    ['', 97.2, 97.7, ''],
    ['%', 180, 181, ''],
  ])('of other numbers compares with the number itself: %s %d → %d', (unit, before, value, shown) => {
    expect(arrow(unit, before, value)).toBe(shown);
  });
});
