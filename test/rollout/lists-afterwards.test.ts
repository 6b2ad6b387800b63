import { describe, expect, test } from 'vitest';
import { decideStart } from '../../src/rollout/moves/start.js';
import type { Lists } from '../../src/rollout/plan/lists.js';
import { NOON, OLGA, OTTO, PLAN, startRequest } from './fixture.js';
import type { Story } from './given.js';
import { inSecondStage, item, readyInSecond, ref, states, ticks } from './lists.js';

const DAY = 24 * 3_600_000;
const AFTER: Lists = [
  {
    kind: 'after_rollback',
    stageNo: 0,
    items: [item(1, 'incident-report'), item(2, 'lessons', { optional: true })],
  },
];

function rolledBack(lists: Lists = AFTER): Story {
  return inSecondStage(lists).rollsBack().lowered();
}

describe('what is to be done after a rollback', () => {
  const next = (story: Story, more: object = {}) =>
    decideStart({ ...startRequest(PLAN), run: 2, last: story.rollout, lists: AFTER, ...more }, story.now);

  test('comes before the next start', () => {
    const story = rolledBack();
    expect(next(story)).toMatchObject({
      outcome: 'refused',
      refusal: { reason: 'rollback_unfinished', conditions: [{ kind: 'lists', lists: [{ met: 0, required: 1 }] }] },
    });
    ticks(story, OLGA, ref(story, 'after_rollback', 'incident-report'));
    expect(next(story)).toMatchObject({ outcome: 'accepted' });
  });

  test('may be waived, and what is optional blocks nothing', () => {
    const story = rolledBack();
    story.asks(OTTO, { type: 'waive', item: ref(story, 'after_rollback', 'incident-report'), reason: 'a drill' });
    expect(states(story, 'after_rollback', 0)).toEqual(['waived', 'open']);
    expect(next(story)).toMatchObject({ outcome: 'accepted' });
  });

  test('blocks nothing where the last run completed, or there is none', () => {
    expect(next(rolledBack([]))).toMatchObject({ outcome: 'accepted' });
    expect(decideStart({ ...startRequest(PLAN), last: null }, NOON)).toMatchObject({ outcome: 'accepted' });
  });

  test('is not asked for any more after 30 days', () => {
    const story = rolledBack();
    const report = ref(story, 'after_rollback', 'incident-report');
    // Those who have to do it are called first.
    story.woke();
    expect(story.rollout.nextWakeAt).toEqual(new Date(story.now.getTime() + 30 * DAY));
    story.waits(30 * DAY - 1).woke();
    expect(story.answer).toBe('nothing');
    story.waits(1);
    // Before the clock has looked, too.
    expect(next(story)).toMatchObject({ outcome: 'accepted' });
    expect(story.woke().added).toEqual(['lists_closed']);
    expect(story.shown('list_card').map(({ message }) => message.open)).toEqual([false]);
    expect(ticks(story, OLGA, report).answer).toBe('list_closed');
    expect(story.rollout.nextWakeAt).toBeNull();
    expect(next(story)).toMatchObject({ outcome: 'accepted' });
  });

  test('does not open again with what happens later', () => {
    const story = rolledBack()
      .waits(31 * DAY)
      .woke();
    story.settleRead(0, true);
    expect(story.rollout.lists.map(({ state }) => state)).toEqual(['closed']);
  });
});

test('the post of a passed bake is drawn once more when the rollout is ended there: nothing is to be advanced any more', () => {
  const story = readyInSecond().finishes();
  expect(story.rollout.phase).toBe('completed');
  expect(story.shown('stage_complete').map(({ slot }) => slot)).toEqual(['complete:2:1']);
});
