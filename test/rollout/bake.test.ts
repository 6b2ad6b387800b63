import { describe, expect, test } from 'vitest';
import { assess, type ExposureReading, firstStreaks, type Watch } from '../../src/rollout/health/assess.js';
import type { CheckReading } from '../../src/rollout/health/streak.js';
import { stageAt } from '../../src/rollout/plan/plan.js';
import type { Level } from '../../src/rollout/plan/verdict.js';
import { CHECKS, HOUR, MINUTE, NOON, numberFor, PLAN, plus, SECOND } from './fixture.js';

const FINE: ExposureReading = { exposure: 10, partial: false, detail: '10 %' };
type Said = Level | 'unknown' | number;

/** No baseline is captured, and the targets are where they should be. */
const QUIET = { checks: CHECKS, expected: 10, capture: null };

/** A watch and its clock: rounds of checks go in, what the watch remembers comes out. */
class Bake {
  watch: Watch;
  /** Null while the rollout is not baking: held, ready or waiting for an approval. */
  bakingSince: Date | null = NOON;
  now = NOON;

  constructor(raisedAt: Date = NOON) {
    const passed = Object.fromEntries(CHECKS.map(({ name }) => [name, 'pass'] as const));
    this.watch = {
      rolloutId: 7,
      stageNo: 1,
      attempt: 1,
      raisedAt,
      nextCheckAt: NOON,
      lastCheckAt: null,
      observedMs: 0,
      stopped: null,
      streaks: firstStreaks(passed, {}),
      fence: 0,
    };
  }

  /** One round `ms` after the last; checks not named pass. */
  round(ms: number, said: Readonly<Record<string, Said>> = {}, target: ExposureReading = FINE): this {
    this.now = plus(ms, this.now);
    const readings = CHECKS.map(({ name }): [string, CheckReading] => {
      const what = said[name] ?? 'pass';
      if (what === 'unknown') return [name, { unknown: 'timeout', detail: 'timed out', tookMs: 3_000 }];
      return [name, { value: typeof what === 'number' ? what : numberFor(name, what), tookMs: 4 }];
    });
    const { watch, bakingSince, now } = this;
    const input = { ...QUIET, stage: stageAt(PLAN, 1), readings: Object.fromEntries(readings), target };
    this.watch = assess({ ...input, watch, bakingSince, now }).watch;
    return this;
  }

  verdict(name = 'errors') {
    return this.watch.streaks[name]?.verdict;
  }

  get dueInMs(): number {
    return this.watch.nextCheckAt.getTime() - this.now.getTime();
  }
}

/** A bake with one good round behind it, so that the next one can be counted from it. */
const begun = () => new Bake().round(0);

describe('observed healthy time', () => {
  test('begins with the first reading, not before it', () => {
    expect(new Bake().round(40 * SECOND).watch.observedMs).toBe(0);
  });

  test('is the time between readings that count', () => {
    expect(
      begun()
        .round(10 * SECOND)
        .round(20 * SECOND).watch.observedMs,
    ).toBe(30 * SECOND);
  });

  test.each([
    [89 * SECOND, 89 * SECOND],
    [90 * SECOND, 90 * SECOND],
    [91 * SECOND, 90 * SECOND],
    [6 * HOUR, 90 * SECOND],
  ])('a gap of %d ms credits %d ms: never more than 1.5 times the rhythm', (gap, credit) => {
    expect(begun().round(gap).watch.observedMs).toBe(credit);
  });

  test('a warning counts', () => {
    const bake = begun().round(MINUTE, { errors: 'warning' }).round(MINUTE, { errors: 'warning' });
    expect(bake.watch.observedMs).toBe(2 * MINUTE);
  });

  test('unknown stops the clock on both of its sides, and is neither pass nor breach', () => {
    const bake = begun().round(MINUTE, { errors: 'unknown' });
    expect(bake.watch.observedMs).toBe(0);
    expect(bake.verdict()).toBe('unknown');
    expect(bake.watch.stopped).toEqual({
      subject: 'errors',
      why: { kind: 'reading', code: 'timeout', said: 'timed out' },
      since: bake.now,
    });
    expect(bake.round(MINUTE).watch.observedMs).toBe(0);
    expect(bake.round(MINUTE).watch).toMatchObject({ observedMs: MINUTE, stopped: null });
  });

  test('says since when it stands still, not only that it does', () => {
    const bake = begun().round(MINUTE, { errors: 'unknown' }).round(MINUTE, { errors: 'unknown' });
    expect(bake.watch.stopped?.since).toEqual(plus(MINUTE));
  });

  test('a reading over the critical limit does not count, even a single one', () => {
    const bake = begun().round(MINUTE, { errors: 'critical' });
    expect(bake.watch).toMatchObject({ observedMs: 0, stopped: { subject: 'errors', why: null } });
  });

  test('is the least over all checks: one that is not counted stops it for all', () => {
    const bake = begun().round(MINUTE, { orders: 'unknown' });
    expect(bake.watch.observedMs).toBe(0);
    expect(bake.verdict('errors')).toBe('pass');
  });

  test('stands still while the targets cannot be read', () => {
    const bake = begun().round(MINUTE, {}, { error: 'connection refused' });
    expect(bake.watch).toMatchObject({
      observedMs: 0,
      stopped: { subject: '@target', why: { kind: 'said', text: 'connection refused' } },
    });
  });

  test('a check that was not measured at all is unknown', () => {
    const bake = begun();
    const { watch } = bake;
    const input = { ...QUIET, stage: stageAt(PLAN, 1), readings: {}, target: FINE, bakingSince: NOON };
    const next = assess({ ...input, watch, now: plus(MINUTE) }).watch;
    expect(next).toMatchObject({ observedMs: 0, streaks: { errors: { verdict: 'unknown' } } });
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%d is unknown', (value) => {
    const bake = begun().round(MINUTE, { errors: value });
    expect(bake.verdict()).toBe('unknown');
    expect(bake.watch.observedMs).toBe(0);
  });

  test('stands still while the rollout is paused or waits for people, and nothing catches up', () => {
    const bake = begun().round(MINUTE);
    bake.bakingSince = null;
    bake.round(MINUTE).round(MINUTE);
    expect(bake.watch).toMatchObject({ observedMs: MINUTE, stopped: null });
    bake.bakingSince = plus(20 * SECOND, bake.now);
    expect(bake.round(MINUTE).watch.observedMs).toBe(MINUTE + 40 * SECOND);
  });

  test('is never negative when the bake resumes after the reading before', () => {
    const bake = begun();
    bake.bakingSince = plus(HOUR);
    expect(bake.round(MINUTE).watch.observedMs).toBe(0);
  });
});

describe('two in a row', () => {
  test('one critical reading is no breach', () => {
    expect(begun().round(MINUTE, { errors: 'critical' }).verdict()).toBe('pass');
  });

  test('two are, and it is known since when and at which number', () => {
    const bake = begun()
      .round(MINUTE, { errors: 'critical' })
      .round(10 * SECOND, { errors: 11 });
    expect(bake.watch.streaks.errors).toMatchObject({
      verdict: 'critical',
      value: 11,
      before: 9,
      since: plus(MINUTE),
    });
  });

  test('the last eight numbers are kept for people to see, and a reading without one adds none', () => {
    const bake = begun();
    for (const errors of [1, 2, 'unknown', 3, 4, 5, 6, 7, 8, 9] as const) bake.round(MINUTE, { errors });
    expect(bake.watch.streaks.errors?.recent).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('a reading that passes between them starts over', () => {
    const bake = begun().round(MINUTE, { errors: 'critical' }).round(MINUTE).round(MINUTE, { errors: 'critical' });
    expect(bake.verdict()).toBe('pass');
  });

  test('a warning between them leaves a warning', () => {
    const bake = begun().round(MINUTE, { errors: 'critical' }).round(MINUTE, { errors: 'warning' });
    expect(bake.verdict()).toBe('warning');
    expect(bake.round(MINUTE, { errors: 'critical' }).verdict()).toBe('warning');
  });

  test('unknown between them does not reset: the next critical one is the second', () => {
    const bake = begun().round(MINUTE, { errors: 'critical' }).round(MINUTE, { errors: 'unknown' });
    expect(bake.verdict()).toBe('unknown');
    expect(bake.round(MINUTE, { errors: 'critical' }).verdict()).toBe('critical');
  });

  test('unknown does not count: after it one critical reading is still the first, and nothing passes by it', () => {
    const bake = begun().round(MINUTE, { errors: 'unknown' }).round(MINUTE, { errors: 'unknown' });
    expect(bake.watch.streaks.errors).toMatchObject({ unknownInRow: 2, unknownSince: plus(MINUTE) });
    expect(bake.round(MINUTE, { errors: 'critical' }).verdict()).toBe('unknown');
    expect(bake.watch.streaks.errors).toMatchObject({ unknownInRow: 0, counting: [] });
  });

  test('the very first number of a check nobody ever read proves only that it passes', () => {
    const bake = new Bake();
    bake.watch = { ...bake.watch, streaks: firstStreaks({ errors: 'unknown' }, {}) };
    expect(bake.round(MINUTE, { errors: 'critical' }).verdict()).toBe('unknown');
    expect(bake.round(MINUTE, { errors: 'critical' }).verdict()).toBe('critical');
    expect(bake.verdict('latency')).toBe('pass');
  });

  test('what was read when the rollout started is the reading before', () => {
    expect(new Bake().round(MINUTE, { errors: 'critical' }).verdict()).toBe('pass');
  });
});

describe('the rhythm of the checks', () => {
  const longAgo = new Date(NOON.getTime() - HOUR);

  test('is the plan’s when all is calm', () => {
    expect(new Bake(longAgo).round(0).dueInMs).toBe(MINUTE);
  });

  test.each(['warning', 'critical', 'unknown'] as const)('is ten seconds after a %s', (said) => {
    const bake = new Bake(longAgo).round(0, { errors: said });
    expect(bake.dueInMs).toBe(10 * SECOND);
    expect(bake.round(10 * SECOND).dueInMs).toBe(MINUTE);
  });

  test('is ten seconds while the targets cannot be read', () => {
    expect(new Bake(longAgo).round(0, {}, { error: 'refused' }).dueInMs).toBe(10 * SECOND);
  });

  test('is ten seconds for ten minutes after a raise', () => {
    expect(new Bake().round(10 * MINUTE - 1).dueInMs).toBe(10 * SECOND);
    expect(new Bake().round(10 * MINUTE).dueInMs).toBe(MINUTE);
  });

  test('is never slower than the plan’s own', () => {
    const plan = { ...PLAN, stages: PLAN.stages.map((stage) => ({ ...stage, checkEveryMs: 3 * SECOND })) };
    const { watch } = new Bake();
    const input = { ...QUIET, stage: stageAt(plan, 1), readings: {}, target: FINE, bakingSince: NOON };
    expect(assess({ ...input, watch, now: NOON }).watch.nextCheckAt).toEqual(plus(3 * SECOND));
  });
});
