import { describe, expect, test } from 'vitest';
import type { Limit } from '../../src/rollout/plan/plan.js';
import { inDoubt } from '../../src/rollout/requirements/doubt.js';
import { byItself, HOUR, MINUTE, OPEN_PLAN, SECOND } from './fixture.js';
import { planWith, Watched } from './watched.js';

const BAD = 9;
const A_LOOK = 10 * SECOND;

const above = (value: number, more: Partial<Limit> = {}): Limit => ({ op: 'above', value, ...more });

/** Baking the first stage, with a window of a minute. */
function baking(errors: Parameters<typeof planWith>[0] = {}, more?: Parameters<typeof planWith>[1]) {
  const plan = planWith({ windowMs: MINUTE, critical: above(5), ...errors }, more);
  return new Watched(plan).raised().round(A_LOOK).round(A_LOOK);
}

type Numbers = Parameters<Watched['round']>[1];

/** So long, one reading after the other, over and over. */
function repeating(story: Watched, ms: number, ...numbers: readonly Numbers[]): Watched {
  for (let i = 0; i * A_LOOK < ms; i += 1) story.round(A_LOOK, numbers[i % numbers.length]);
  return story;
}

const opened = (story: Watched) =>
  story.story.events.flatMap(({ event }) => (event.type === 'alert_opened' ? [`${event.subject} ${event.kind}`] : []));

const bad = { errors: BAD };
const missing = { errors: 'unknown' } as const;
const fine = {};

describe('numbers beyond a limit that does not count yet', () => {
  test.each<[string, Parameters<typeof planWith>[0], readonly Numbers[]]>([
    ['every other number', {}, [bad, fine]],
    ['every third one', {}, [fine, bad, fine]],
    ['every other one, of a limit that waits long', { critical: above(5, { forMs: HOUR }) }, [bad, fine]],
    ['all of them, of a limit that waits long', { critical: above(5, { forMs: HOUR }) }, [bad]],
    ['all of them, of a warning that waits long', { warning: above(2, { forMs: HOUR }), critical: above(90) }, [bad]],
    ['every other one, of so many', { critical: above(5, { fail: { count: 30, of: 30 } }) }, [bad, fine]],
  ])('%s: people are told after five minutes, once, and no sooner', (_name, errors, numbers) => {
    const story = repeating(baking(errors), 5 * MINUTE - A_LOOK, ...numbers);
    expect(opened(story)).toEqual([]);
    expect(opened(repeating(story, 20 * MINUTE, ...numbers))).toEqual(['errors feared']);
    expect(story.rollout).toMatchObject({
      phase: 'baking',
      alerts: { episodes: { errors: { kind: 'feared', open: true } } },
    });
  });

  test('are no longer fine, while they come and go and until they have not for five minutes', () => {
    const story = baking();
    const doubts = () => inDoubt(story.rollout, story.watch);
    expect(doubts()).toEqual([]);
    expect([story.round(A_LOOK, bad).verdict(), doubts()]).toEqual(['pass', ['errors']]);
    expect([story.round(A_LOOK).verdict(), doubts()]).toEqual(['pass', []]);
    repeating(story, 10 * MINUTE, bad, fine);
    expect([story.verdict(), doubts()]).toEqual(['pass', ['errors']]);
    expect(opened(repeating(story, 5 * MINUTE, fine))).toEqual(['errors feared']);
    expect(doubts()).toEqual([]);
    expect(story.rollout.alerts.episodes.errors).toMatchObject({ open: false });
  });

  test('one bad spell for itself is not told, nor two that are far apart', () => {
    const story = repeating(baking(), 30 * SECOND, bad);
    repeating(story, 10 * MINUTE, fine);
    repeating(story, 30 * SECOND, bad);
    expect(opened(repeating(story, 10 * MINUTE, fine))).toEqual([]);
  });

  test('four minutes bad and six fine, over and over: told once, with the third time, and in doubt until it stays away', () => {
    const story = baking({ critical: above(5, { forMs: 10 * MINUTE }) }, { stages: { bakeMs: 12 * HOUR } });
    const again = () => repeating(repeating(story, 4 * MINUTE, bad), 6 * MINUTE, fine);
    again();
    expect(opened(again())).toEqual([]);
    expect(opened(again())).toEqual(['errors feared']);
    expect(story.rollout.alerts.episodes.errors).toMatchObject({ open: true, times: 3 });
    for (let i = 0; i < 5; i += 1) expect(opened(again())).toEqual(['errors feared']);
    expect(inDoubt(story.rollout, story.watch)).toEqual(['errors']);
    repeating(story, 40 * MINUTE, fine);
    expect(story.rollout.alerts.episodes.errors).toMatchObject({ open: false });
    expect(opened(again())).toEqual(['errors feared']);
  });

  test('at a slow rhythm every second look is bad: that is on and off as well', () => {
    const story = baking({}, { stages: { checkEveryMs: 10 * MINUTE, bakeMs: 12 * HOUR } });
    for (let i = 0; i < 4; i += 1) story.round(10 * MINUTE, bad).round(A_LOOK);
    expect(opened(story)).toEqual(['errors feared']);
  });

  test('become the alert they are when the limit counts, and a warning is told as a warning', () => {
    const story = baking({ warning: above(2), critical: above(5, { forMs: 20 * MINUTE, act: { kind: 'post' } }) });
    expect(opened(repeating(story, 2 * MINUTE, { errors: 3 }))).toEqual(['errors warning']);
    expect(opened(repeating(story, 19 * MINUTE, bad))).toEqual(['errors warning', 'errors feared']);
    expect(opened(repeating(story, 3 * MINUTE, bad)).at(-1)).toBe('errors critical');
    expect(opened(repeating(baking({ warning: above(2), critical: above(90) }), 20 * MINUTE, bad))).toEqual([
      'errors warning',
    ]);
  });

  test('nothing goes on by itself meanwhile', () => {
    const { checks } = planWith({ windowMs: MINUTE, warning: above(2, { forMs: HOUR }), critical: above(90) });
    const story = new Watched(byItself({ ...OPEN_PLAN, checks })).raised();
    for (let i = 0; i < 40 && story.phase === 'baking'; i += 1) story.round(MINUTE, i % 2 === 0 ? bad : fine);
    expect([story.phase, story.verdict()]).toEqual(['ready', 'pass']);
    expect(repeating(story, 10 * MINUTE, bad, fine).phase).toBe('ready');
    expect(repeating(story, 6 * MINUTE, fine).phase).toBe('applying');
  });
});

describe('the last bake', () => {
  const last = (limit: Limit, level: 'warning' | 'critical' = 'critical') => {
    const plan = planWith({ windowMs: MINUTE, critical: above(90), [level]: limit });
    return new Watched({ ...plan, stages: OPEN_PLAN.stages.slice(-1).map((one) => ({ ...one, no: 1 })) }).raised();
  };

  test('does not end while an outage comes and goes, however much of it was seen to be fine', () => {
    const story = repeating(last(above(5)), 3 * HOUR, bad, fine, fine);
    expect(opened(story)).toEqual(['errors feared']);
    expect(story.phase).toBe('baking');
    expect(repeating(story, 6 * MINUTE, fine).phase).toBe('completed');
  });

  test('ends where only a warning comes and goes', () => {
    expect(repeating(last(above(2, { forMs: HOUR }), 'warning'), 3 * HOUR, bad, fine, fine).phase).toBe('completed');
  });
});

describe('missing numbers', () => {
  test('that come and go are told after five minutes, though never three in a row', () => {
    const story = repeating(baking(), 5 * MINUTE - A_LOOK, missing, fine);
    expect(opened(story)).toEqual([]);
    expect(opened(repeating(story, 20 * MINUTE, missing, fine))).toEqual(['errors no_data']);
  });

  test('and bad ones in turn, too', () => {
    expect(
      opened(repeating(baking({ critical: above(5, { forMs: HOUR }) }), 10 * MINUTE, missing, bad, fine)),
    ).not.toEqual([]);
  });

  test('three in a row are told at once, and are over with the first number', () => {
    const story = repeating(baking(), 10 * MINUTE, missing).round(A_LOOK);
    expect(opened(story)).toEqual(['errors no_data']);
    expect(story.rollout.alerts.episodes.errors).toMatchObject({ open: false });
  });

  test.each<[string, number, number]>([
    ['of half an hour: after half an hour', 30 * MINUTE, 30 * MINUTE],
    ['of four hours: after one', 4 * HOUR, HOUR],
    ['of two weeks: after a day', 14 * 24 * HOUR, 24 * HOUR],
  ])('hold a bake %s', (_name, bakeMs, after) => {
    const story = baking({}, { stages: { bakeMs } });
    const rounds = (ms: number) => story.rounds(ms / (after / 10), after / 10, missing);
    rounds(after);
    expect(story.phase).toBe('baking');
    rounds(after / 10);
    expect(story.rollout).toMatchObject({
      phase: 'held',
      held: { cause: 'no_data', detail: { kind: 'subject', subject: 'errors' } },
      exposure: { confirmed: 10 },
    });
  });

  test('hold it also where they come and go', () => {
    const story = repeating(baking(), 31 * MINUTE, missing, missing, fine);
    expect(story.rollout).toMatchObject({ phase: 'held', held: { cause: 'no_data' } });
  });

  test('hold it again only after as long a time, when somebody went on', () => {
    const story = baking().rounds(32, MINUTE, missing);
    expect(story.phase).toBe('held');
    story.story.resumes();
    expect(story.rounds(29, MINUTE, missing).phase).toBe('baking');
    expect(story.rounds(3, MINUTE, missing).phase).toBe('held');
  });

  test('of the targets hold it, too, and void what people were asked', () => {
    const story = baking({}, { stages: { bakeMs: HOUR } });
    story.targetsFail = true;
    expect(opened(story.rounds(29, MINUTE))).toEqual(['@target no_data']);
    expect(story.rounds(3, MINUTE).rollout).toMatchObject({
      phase: 'held',
      held: { cause: 'no_data', detail: { kind: 'subject', subject: '@target' } },
    });
  });

  test('in between do not: a bake in which numbers came again goes on', () => {
    const story = baking().rounds(25, MINUTE, missing).rounds(10, MINUTE).rounds(25, MINUTE, missing);
    expect(story.phase).toBe('baking');
  });
});
