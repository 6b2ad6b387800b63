import { describe, expect, test } from 'vitest';
import { assess, type Watch } from '../../src/rollout/health/assess.js';
import type { JudgedCheck } from '../../src/rollout/health/in-force.js';
import { type CheckReading, NEW_STREAK, nextStreak, type Streak } from '../../src/rollout/health/streak.js';
import type { Limit } from '../../src/rollout/plan/plan.js';
import { MINUTE, NOON, plus, SECOND, stage } from './fixture.js';

const FINE = 0;
const BAD = 9;

function check(limit: Partial<Limit> = {}, more: Partial<JudgedCheck> = {}): JudgedCheck {
  return {
    name: 'errors',
    title: 'errors',
    unit: '%',
    probe: { kind: 'memory', name: 'errors' },
    windowMs: MINUTE,
    everyMs: MINUTE,
    critical: { op: 'above', value: 5, ...limit },
    ...more,
  };
}

/** What was read at which second. */
type Looks = readonly (readonly [second: number, read: number | 'unknown'])[];

/** `0x 30. 60?`: bad, good and missing numbers, each at its second. */
function at(text: string): Looks {
  const reads: Readonly<Record<string, number | 'unknown'>> = { x: BAD, '.': FINE, '?': 'unknown' };
  return text.split(' ').map((each) => [Number(each.slice(0, -1)), reads[each.slice(-1)] ?? FINE] as const);
}

/** At which seconds the limit counted as broken. A good number long before stands for a healthy past. */
function brokenAt(judged: JudgedCheck, looks: Looks): number[] {
  let streak: Streak = nextStreak(NEW_STREAK, judged, { value: good(judged), tookMs: 0 }, plus(-MINUTE));
  return looks.flatMap(([second, read]) => {
    const reading: CheckReading =
      read === 'unknown' ? { unknown: 'timeout', detail: '', tookMs: 0 } : { value: read, tookMs: 0 };
    streak = nextStreak(streak, judged, reading, plus(second * SECOND));
    return streak.counting.length > 0 && streak.unknownInRow === 0 ? [second] : [];
  });
}

function good({ critical }: JudgedCheck): number {
  return critical?.op === 'below' || critical?.op === 'at_most' ? 100 : FINE;
}

const every10s = (from: number, to: number, read: number | 'unknown'): Looks =>
  Array.from({ length: (to - from) / 10 + 1 }, (_, i) => [from + i * 10, read] as const);

describe('two in a row', () => {
  test.each<[string, Looks, number[]]>([
    ['the second look at the same minute says nothing new', every10s(0, 50, BAD), []],
    ['the first look a window later is the second', every10s(0, 60, BAD), [60]],
    ['and it lasts while numbers are bad', every10s(0, 80, BAD), [60, 70, 80]],
    ['a look a moment before the window is over is too early', at('0x 59.9x 60x'), [60]],
    ['a good number between them ends the row', at('0x 30. 60x 110x 120x'), [120]],
    ['a missing number neither counts nor ends it', at('0x 10? 50? 60x'), [60]],
    ['numbers five minutes apart are still in a row', at('0x 10? 300x'), [300]],
    ['a longer gap begins again', at('0x 10? 301x 350x 361x'), [361]],
    ['so does one in which nobody looked', at('0x 301x 360x 361x'), [361]],
    ['a reading that comes late or twice is no second one', at('60x 60x 0x 120x'), [120]],
    ['flapping is no row', at('0x 10. 20x 30. 60x 70. 80x'), []],
  ])('%s', (_name, looks, broken) => {
    expect(brokenAt(check(), looks)).toEqual(broken);
  });

  test('a long window makes a gap longer, too: two windows and five minutes', () => {
    const hourly = check({}, { windowMs: 10 * MINUTE });
    expect(brokenAt(hourly, at('0x 10? 1200x'))).toEqual([1_200]);
    expect(brokenAt(hourly, at('0x 10? 1201x'))).toEqual([]);
  });

  test('a short window counts looks as they come', () => {
    expect(brokenAt(check({}, { windowMs: 10 * SECOND }), every10s(0, 20, BAD))).toEqual([10, 20]);
  });

  test('what was not known is not fine by one bad number, and what was a warning is one until it is well', () => {
    const judged = check({}, { warning: { op: 'above', value: 2 } });
    const next = (streak: Streak, second: number, value: number) =>
      nextStreak(streak, judged, { value, tookMs: 0 }, plus(second * SECOND));
    const first = next(NEW_STREAK, 0, BAD);
    expect([first, next(first, 10, BAD), next(next(first, 10, BAD), 60, BAD)].map(({ verdict }) => verdict)).toEqual([
      'unknown',
      'unknown',
      'critical',
    ]);
    const started = { ...NEW_STREAK, level: 'warning', verdict: 'warning' } as const;
    expect(next(started, 0, 3).verdict).toBe('warning');
    expect(next(started, 0, BAD).verdict).toBe('warning');
    expect(next(started, 0, FINE).verdict).toBe('pass');
  });
});

describe('so many of the last', () => {
  test.each<[string, string, Looks, number[]]>([
    ['1 of 1', 'the first bad number', at('0x 10. 20x'), [0, 20]],
    ['2 of 2', 'as two in a row', every10s(0, 60, BAD), [60]],
    ['3 of 3', 'three, each a window after the one before', every10s(0, 120, BAD), [120]],
    ['3 of 5', 'three looks at one minute are one', every10s(0, 110, BAD), []],
    ['3 of 5', 'three windows', every10s(0, 120, BAD), [120]],
    ['2 of 3', 'a good one between them', at('0x 60. 120x'), [120]],
    [
      '2 of 3',
      'good looks at the same minute do not push a bad one out',
      [[0, BAD], ...every10s(10, 50, FINE), [60, BAD]],
      [60],
    ],
    ['2 of 3', 'older ones are forgotten', at('0x 60. 120. 180x'), []],
    ['2 of 3', 'after a gap it begins again', at('0x 10? 301x'), []],
  ])('%s: %s', (fail, _name, looks, broken) => {
    const [count = 0, of = 0] = fail.split(' of ').map(Number);
    expect(brokenAt(check({ fail: { count, of } }), looks)).toEqual(broken);
  });

  test('a slow rhythm is no gap', () => {
    const slow = check({ fail: { count: 2, of: 3 } }, { windowMs: 10 * SECOND, everyMs: 10 * MINUTE });
    expect(brokenAt(slow, at('0x 10. 610x'))).toEqual([610]);
  });
});

describe('a hard breach of a share', () => {
  const share = (limit: Partial<Limit>) => check(limit, { share: true });

  test.each<[string, Partial<Limit>, number, number]>([
    ['above 5: from 52.5 on', { op: 'above', value: 5 }, 52.5, 52.4],
    ['at least 50: from 75 on', { op: 'at_least', value: 50 }, 75, 74.9],
    ['below 95: from 47.5 down', { op: 'below', value: 95 }, 47.5, 47.6],
    ['at most 90: from 45 down', { op: 'at_most', value: 90 }, 45, 45.1],
    ['above 0: from 50 on', { op: 'above', value: 0 }, 50, 49.9],
  ])('%s two looks in a row count without waiting', (_name, limit, hard, soft) => {
    expect(brokenAt(share(limit), every10s(0, 10, hard))).toEqual([10]);
    expect(brokenAt(share(limit), every10s(0, 50, soft))).toEqual([]);
    expect(
      brokenAt(share(limit), [
        [0, soft],
        [10, hard],
      ]),
    ).toEqual([]);
    expect(
      brokenAt(share(limit), [
        [0, hard],
        [10, soft],
        [20, hard],
      ]),
    ).toEqual([]);
    expect(
      brokenAt(share(limit), [
        [0, soft],
        [10, hard],
        [20, hard],
      ]),
    ).toEqual([20]);
    expect(
      brokenAt(share(limit), [
        [0, hard],
        [10, 'unknown'],
        [20, hard],
      ]),
    ).toEqual([20]);
  });

  test('of so many of the last: each that follows another hard one', () => {
    expect(brokenAt(share({ fail: { count: 3, of: 5 } }), every10s(0, 30, 100))).toEqual([20, 30]);
  });

  test('not of what is not known to be a share: 100 may be little there', () => {
    expect(brokenAt(check(), every10s(0, 50, 100))).toEqual([]);
  });

  test('not with `for`: whoever wrote it said how long', () => {
    expect(brokenAt(share({ forMs: 5 * MINUTE }), every10s(0, 60, 100))).toEqual([]);
  });
});

describe('a share', () => {
  test.each([
    [-0.1, 'unknown'],
    [0, 'pass'],
    [100, 'critical'],
    [100.00000000000001, 'critical'],
    [250, 'unknown'],
    [Number.NaN, 'unknown'],
  ])('of %d is %s', (value, said) => {
    const judged = check({ fail: { count: 1, of: 1 } }, { share: true });
    const streak = nextStreak(NEW_STREAK, judged, { value, tookMs: 0 }, NOON);
    expect(streak.verdict).toBe(said);
    if (said === 'unknown') expect(streak.why).not.toBeNull();
  });

  test('any other number over its limit is a breach, however large', () => {
    expect(
      brokenAt(check(), [
        [0, 250],
        [60, 250],
      ]),
    ).toEqual([60]);
  });
});

describe('`for`', () => {
  const lasting = check({ forMs: 5 * MINUTE });
  const each = (marks: string, seconds = 60): Looks =>
    [...marks].map((mark, i) => [i * seconds, mark === 'x' ? BAD : mark === '?' ? 'unknown' : FINE] as const);

  test.each<[string, Looks, boolean]>([
    ['every number for five minutes', each('xxxxxx'), true],
    ['four minutes and a half', each('xxxxxxxxxx', 30), false],
    ['one good number of six', each('xx.xxx'), true],
    ['two good numbers of six', each('x.x.xx'), false],
    ['one good of five, four of twenty', each('xxxx.xxxx.xxxx.xxxx.x', 15), true],
    ['five bad numbers after a good past', each('.....xxxxx'), false],
    ['fewer than five numbers, however far apart', at('0x 150x 300x'), false],
    ['two numbers around a silence', each('x?????x'), false],
    ['a pause is no part of the five minutes', each('xxx??xx'), false],
    ['what was seen on both sides of a pause counts', each('xxx??xxx'), true],
    [
      'a gap longer than five minutes begins it again',
      [...each('xxxxx'), [300, 'unknown'], [545, BAD], [550, BAD]],
      false,
    ],
  ])('%s', (_name, looks, broken) => {
    expect(brokenAt(lasting, looks).length > 0).toBe(broken);
  });

  test('many looks at one bad spell weigh no more than few at a good one', () => {
    const hour = check({ forMs: 60 * MINUTE });
    const spells = Array.from(
      { length: 12 },
      (_, i) => [...every10s(i * 300, i * 300 + 60, BAD), [i * 300 + 120, FINE], [i * 300 + 180, FINE]] as Looks,
    );
    expect(brokenAt(hour, [...spells.flat(), [3_600, BAD]])).toEqual([]);
  });

  test('remembers a day in sixty slices', () => {
    const day = check({ forMs: 24 * 60 * MINUTE });
    let streak = NEW_STREAK;
    for (let i = 0; i <= 8_640; i += 1) {
      streak = nextStreak(streak, day, { value: BAD, tookMs: 0 }, plus(i * 10 * SECOND));
      if (i === 8_639) expect(streak.counting).toEqual([]);
    }
    expect(streak.counting).toHaveLength(1);
    expect(JSON.stringify(streak.memory).length).toBeLessThan(2_000);
  });
});

describe('`for` counts only time that was seen', () => {
  const judged = check({ forMs: 5 * MINUTE });
  const afterwards = (second: number): Looks => every10s(second, second + 600, BAD);

  // A number stands for one and a half times its rhythm, which is a minute here.
  test.each([60, 90, 120, 200, 290, 300])('a look %i s after the first bad one', (gap) => {
    const [broken = Number.NaN] = brokenAt(judged, [[0, BAD], ...afterwards(gap)]);
    expect(broken).toBe(gap + 300 - Math.min(gap, 90));
  });

  test('nor does a time without numbers before or after one in which nobody looked', () => {
    expect(brokenAt(judged, [[0, BAD], [200, 'unknown'], ...afterwards(280)])[0]).toBe(280 + 300 - 90);
  });
});

describe('while another limit of the check cannot be told', () => {
  const judged = check({}, { unjudged: { kind: 'baseline_under_way' } });

  test('a good number ends the row', () => {
    expect(brokenAt(judged, at('0x 60. 120. 180x'))).toEqual([]);
    expect(brokenAt(judged, at('0x 60. 120. 180x 240x'))).toEqual([240]);
  });

  test('what is over is not feared, nor has it begun earlier', () => {
    const reads = (streak: Streak, value: number, second: number) =>
      nextStreak(streak, judged, { value, tookMs: 0 }, plus(second * SECOND));
    const over = reads(reads(reads(NEW_STREAK, FINE, 0), BAD, 60), FINE, 600);
    expect(over).toMatchObject({ since: null, verdict: 'unknown' });
    expect(over.feared).toBeUndefined();
    expect(over.memory).toBeUndefined();
  });
});

describe('the next look', () => {
  const longAgo = plus(-60 * MINUTE);

  function dueInMs(judged: JudgedCheck, looks: Looks, everyMs = MINUTE): number {
    let watch: Watch = {
      rolloutId: 7,
      stageNo: 1,
      attempt: 1,
      raisedAt: longAgo,
      nextCheckAt: NOON,
      lastCheckAt: null,
      observedMs: 0,
      stopped: null,
      streaks: {},
      fence: 0,
    };
    for (const [second, read] of looks) {
      const reading: CheckReading =
        read === 'unknown' ? { unknown: 'timeout', detail: '', tookMs: 0 } : { value: read, tookMs: 0 };
      watch = assess({
        checks: [judged],
        stage: { ...stage(1, 10), checkEveryMs: everyMs },
        watch,
        readings: { errors: reading },
        target: { exposure: 10, partial: false, detail: '' },
        bakingSince: NOON,
        expected: 10,
        capture: null,
        now: plus(second * SECOND),
      }).watch;
    }
    return watch.nextCheckAt.getTime() - (watch.lastCheckAt?.getTime() ?? 0);
  }

  test('is not after the one that can count', () => {
    expect(dueInMs(check({}, { windowMs: 15 * SECOND }), at('0. 60x 70x'))).toBe(5 * SECOND);
  });

  test('comes often enough for five numbers in the span of `for`, also after a good one', () => {
    expect(dueInMs(check({ forMs: 30 * SECOND }), at('0x'))).toBe(6 * SECOND);
    expect(dueInMs(check({ forMs: 5 * MINUTE }), at('0x 10.'))).toBe(10 * SECOND);
    expect(dueInMs(check({ forMs: 60 * MINUTE }), at('0x 60.'), 10 * MINUTE)).toBe(MINUTE);
  });

  test('is the plan’s again when nothing bad is remembered', () => {
    expect(dueInMs(check({ forMs: 5 * MINUTE }), at('0x 10. 70. 130. 190. 250. 310.'))).toBe(MINUTE);
    expect(dueInMs(check(), at('0x 10.'))).toBe(MINUTE);
  });
});
