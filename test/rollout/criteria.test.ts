import { describe, expect, test } from 'vitest';
import type { Streak } from '../../src/rollout/health/streak.js';
import type { Lists } from '../../src/rollout/plan/lists.js';
import type { PlannedLimit } from '../../src/rollout/plan/plan.js';
import { LENA, OTTO, PLAN, SAM, streaksOf } from './fixture.js';
import type { Story } from './given.js';
import { inSecondStage, item, ref, states, ticks } from './lists.js';

const MINUTE = 60_000;

function criteria(broken: readonly PlannedLimit[], stageNo = 2): Lists {
  return [
    { kind: 'exit', stageNo, items: [item(1, 'errors-low', { work: { kind: 'check', check: 'errors', broken } })] },
  ];
}

const AT_MOST_2: readonly PlannedLimit[] = [{ op: 'above', value: 2 }];

/** What a round read of the errors: now, and on average over so many minutes. */
function errors(value: number | null, mean: number, minutes = 30): Record<string, Streak> {
  const all = streaksOf();
  const known = all.errors;
  if (!known) throw new Error('no errors');
  const ms = minutes * MINUTE;
  const streak = {
    ...known,
    value,
    unknownInRow: value === null ? 1 : 0,
    sum: { count: minutes, ms, total: mean * ms },
  };
  return { ...all, errors: streak };
}

/** The second stage has baked with these numbers. */
function baked(lists: Lists, streaks: Record<string, Streak>): Story {
  const story = inSecondStage(lists);
  story.observedMs = 30 * MINUTE;
  return story.waits(30 * MINUTE).assessed({}, { streaks });
}

describe('a criterion', () => {
  test.each<[string, readonly PlannedLimit[], number | null, number, number, string]>([
    ['holds', AT_MOST_2, 1, 1, 30, 'done'],
    ['holds at its number', AT_MOST_2, 2, 2, 30, 'done'],
    ['does not hold now', AT_MOST_2, 3, 1, 30, 'failed'],
    ['did not hold on average', AT_MOST_2, 1, 3, 30, 'failed'],
    ['is measured for less than five windows', AT_MOST_2, 1, 1, 0.1, 'open'],
    ['is not read', AT_MOST_2, null, 1, 30, 'open'],
    [
      'between, below',
      [
        { op: 'below', value: 1 },
        { op: 'above', value: 2 },
      ],
      0.5,
      1.5,
      30,
      'failed',
    ],
    [
      'between, in it',
      [
        { op: 'below', value: 1 },
        { op: 'above', value: 2 },
      ],
      1.5,
      1.5,
      30,
      'done',
    ],
    [
      'compared with a baseline that is not known',
      [{ op: 'above', than: { of: { kind: 'baseline' }, times: 1, plus: 2 } }],
      1,
      1,
      30,
      'open',
    ],
  ])('that %s', (_, broken, value, mean, minutes, state) => {
    const story = baked(criteria(broken), errors(value, mean, minutes));
    expect(story.rollout.phase).toBe('ready');
    expect(states(story, 'exit', 2)).toEqual([state]);
  });

  test('is not looked at before the bake is over, and raises no alert', () => {
    const story = inSecondStage(criteria(AT_MOST_2)).assessed({}, { streaks: errors(3, 3) });
    expect(states(story, 'exit', 2)).toEqual(['open']);
    const over = baked(criteria(AT_MOST_2), errors(3, 3));
    expect(over.shown('alert')).toEqual([]);
    expect(over.added).toContain('item_changed');
  });

  test('is recorded when it changes, not in every round', () => {
    const story = baked(criteria(AT_MOST_2), errors(1, 1));
    expect(story.assessed({}, { streaks: errors(1.2, 1.1) }).added).not.toContain('item_changed');
    expect(story.assessed({}, { streaks: errors(3, 1.1) }).added).toContain('item_changed');
    expect(states(story, 'exit', 2)).toEqual(['failed']);
  });

  test('is in the way of approving, and what the bot reads worse voids nothing', () => {
    const story = baked(criteria(AT_MOST_2), errors(1, 1)).advances();
    story.assessed({}, { streaks: errors(3, 1) });
    expect(story.rollout.phase).toBe('awaiting_approval');
    expect(story.approves(LENA).answer).toBe('items_unmet');
    story.assessed({}, { streaks: errors(1, 1) });
    expect(story.approves(LENA).answer).toBe('accepted');
  });

  test('nobody ticks or runs it; it is waived, and then not looked at', () => {
    const story = baked(criteria(AT_MOST_2), errors(3, 3));
    const low = ref(story, 'exit', 'errors-low');
    expect(ticks(story, SAM, low).answer).toBe('item_of_bot');
    expect(story.asks(SAM, { type: 'run', item: low }).answer).toBe('item_is_measured');
    expect(story.asks(OTTO, { type: 'waive', item: low, reason: 'known' }).answer).toBe('accepted');
    story.assessed({}, { streaks: errors(1, 1) });
    expect(states(story, 'exit', 2)).toEqual(['waived']);
  });

  test('of the last stage completes the rollout when it holds', () => {
    const last = PLAN.stages.length;
    const story = inSecondStage(criteria(AT_MOST_2, last));
    for (let no = 2; no < last; no += 1) {
      story.baked().advances();
      for (const person of [LENA, SAM]) if (story.rollout.phase === 'awaiting_approval') story.approves(person);
      story.raised();
    }
    story.observedMs = 30 * MINUTE;
    story.waits(30 * MINUTE).assessed({}, { streaks: errors(3, 3) });
    expect(story.rollout.phase).toBe('ready');
    story.assessed({}, { streaks: errors(1, 1) });
    expect(story.rollout.phase).toBe('completed');
  });

  test('of another round than this stage’s says nothing', () => {
    const story = baked(criteria(AT_MOST_2), errors(null, 1));
    story.assessed({}, { stageNo: 1, streaks: errors(1, 1) });
    expect(states(story, 'exit', 2)).toEqual(['open']);
  });
});
