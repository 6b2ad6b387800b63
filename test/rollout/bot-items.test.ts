import { describe, expect, test } from 'vitest';
import { afterLostRun } from '../../src/rollout/moves/bot-items.js';
import type { Job } from '../../src/rollout/plan/jobs.js';
import type { ItemPlan, Lists } from '../../src/rollout/plan/lists.js';
import type { ItemRef } from '../../src/rollout/state/item-state.js';
import { rowsOf } from '../../src/rollout/state/items.js';
import { nextLookAt } from '../../src/rollout/state/lists.js';
import { LENA, OLGA, OTTO, SAM, SHELL } from './fixture.js';
import type { Story } from './given.js';
import { approvedByAll, inSecondStage, item, readyInSecond, ref, startedWith, states, ticks } from './lists.js';

const HOUR = 3_600_000;
const ONCE: Job = { kind: 'run', run: ['/srv/gate'], env: [], timeoutMs: 60_000 };
const FRESH: Job = { ...ONCE, freshMs: 4 * HOUR };

function beforeThird(...items: readonly ItemPlan[]): Lists {
  return [{ kind: 'before', stageNo: 3, items }];
}

function leavingSecond(...items: readonly ItemPlan[]): Lists {
  return [{ kind: 'exit', stageNo: 2, items }];
}

const GATE = item(1, 'gate', { work: ONCE });

function starts(story: Story, of: ItemRef, run = 1): Story {
  return story.hears({ type: 'item_started', item: of, run });
}

function ends(story: Story, of: ItemRef, to: 'done' | 'failed' | 'unknown' = 'done', run = 1): Story {
  return story.hears({ type: 'item_ended', item: of, run, to, note: 'exited with 0' });
}

/** It was begun and has ended. */
function runs(story: Story, of: ItemRef, to: 'done' | 'failed' | 'unknown' = 'done', run = 1): Story {
  return ends(starts(story, of, run), of, to, run);
}

describe('when the bot begins', () => {
  test('before a stage: as soon as the list is open', () => {
    const story = inSecondStage(beforeThird(GATE));
    expect(story.rollout.nextWakeAt?.getTime()).toBeLessThanOrEqual(story.now.getTime());
    story.woke();
    expect(states(story, 'before', 3)).toEqual(['running']);
    expect(story.effects('item')).toEqual([{ kind: 'item', item: ref(story, 'before', 'gate'), run: 1 }]);
    expect(story.woke().answer).toBe('nothing');
  });

  test('to leave a stage: not before its bake is over', () => {
    const story = inSecondStage(leavingSecond(GATE));
    expect(story.woke().answer).toBe('nothing');
    expect(states(story, 'exit', 2)).toEqual(['open']);
    story.baked().woke();
    expect(states(story, 'exit', 2)).toEqual(['running']);
  });

  test('behind what it needs, done by people: with the tick that frees it', () => {
    const story = inSecondStage(beforeThird(item(1, 'merged'), item(2, 'gate', { work: ONCE, needs: [1] })));
    expect(story.woke().answer).toBe('nothing');
    ticks(story, OLGA, ref(story, 'before', 'merged'));
    expect(story.effects('item')).toMatchObject([{ item: { no: 2 }, run: 1 }]);
  });

  test('behind what it needs, done by the bot: with its end, one after the other', () => {
    const gates = [
      GATE,
      item(2, 'two', { work: ONCE, needs: [1] }),
      item(3, 'told', { work: { kind: 'say', text: 'both passed' }, needs: [2] }),
    ];
    const story = inSecondStage(beforeThird(...gates)).woke();
    runs(story, ref(story, 'before', 'gate'));
    expect(states(story, 'before', 3)).toEqual(['done', 'running', 'open']);
    runs(story, ref(story, 'before', 'two'));
    expect(states(story, 'before', 3)).toEqual(['done', 'done', 'done']);
    expect(story.shown('said').map(({ message }) => message.text)).toEqual(['both passed']);
  });

  test('planned: before anything else of it begins', () => {
    const story = startedWith([{ kind: 'before', stageNo: 0, items: [GATE] }]).woke();
    expect(story.rollout.phase).toBe('planned');
    expect(story.advances().answer).toBe('items_unmet');
    runs(story, ref(story, 'before', 'gate'));
    expect(story.advances().rollout.phase).toBe('starting');
  });

  test('after the end: what is over is woken for what is left', () => {
    const story = inSecondStage([{ kind: 'after_rollback', stageNo: 0, items: [GATE] }]);
    story.rollsBack().lowered();
    expect(story.rollout).toMatchObject({ phase: 'rolled_back' });
    expect(nextLookAt(story.rollout)?.getTime()).toBeLessThanOrEqual(story.now.getTime());
    story.woke();
    runs(story, ref(story, 'after_rollback', 'gate'));
    expect(states(story, 'after_rollback', 0)).toEqual(['done']);
    // Until its list closes there is nothing more to do.
    expect(nextLookAt(story.rollout)).toEqual(story.rollout.nextWakeAt);
    story.waits(30 * 24 * HOUR).woke();
    expect(story.rollout.nextWakeAt).toBeNull();
  });

  test('nothing in a list that was closed in between', () => {
    const story = inSecondStage(beforeThird(GATE)).woke();
    const gate = ref(story, 'before', 'gate');
    story.rollsBack();
    starts(story, gate);
    expect(story.added).toEqual(['item_changed']);
    expect(rowsOf(story.items, gate).map(({ state }) => state)).toEqual(['open']);
  });
});

describe('once', () => {
  test('a second start of the same run is nothing', () => {
    const story = inSecondStage(beforeThird(GATE)).woke();
    const gate = ref(story, 'before', 'gate');
    expect(starts(story, gate).added).toEqual(['item_started']);
    expect(starts(story, gate).last).toMatchObject({ outcome: 'nothing', because: 'item_begun_before' });
  });

  test('what is told of an earlier run is nothing', () => {
    const story = inSecondStage(beforeThird(GATE)).woke();
    const gate = ref(story, 'before', 'gate');
    runs(story, gate, 'failed');
    story.asks(SAM, { type: 'run', item: gate });
    expect(ends(story, gate, 'done', 1).last).toMatchObject({ because: 'item_end_known' });
    expect(starts(story, gate, 1).last).toMatchObject({ because: 'item_over' });
    expect(runs(story, gate, 'done', 2).added).toEqual(['item_changed']);
  });

  test('a late answer settles what nobody knew, and nothing that a person said', () => {
    const story = inSecondStage(beforeThird(GATE)).woke();
    const gate = ref(story, 'before', 'gate');
    runs(story, gate, 'unknown');
    const other = story.fork();
    expect(ends(story, gate).added).toContain('item_changed');
    expect(states(story, 'before', 3)).toEqual(['done']);
    other.asks(SAM, { type: 'fail', item: gate, how: 'failed', note: 'looked' });
    expect(ends(other, gate).last).toMatchObject({ because: 'item_end_known' });
    expect(states(other, 'before', 3)).toEqual(['failed']);
  });

  test.each<[string, Partial<Job>, string]>([
    ['a program', {}, 'unknown'],
    ['a program that may be repeated', { repeatable: true }, 'again'],
    ['a program that is asked until it holds', { withinMs: 60_000 }, 'again'],
    ['a program with a look at what it did', { verify: { kind: 'run', run: ['/srv/look'], env: [] } }, 'verify'],
  ])('%s whose bot died: %s', (_, more, how) => {
    const story = inSecondStage(beforeThird(item(1, 'gate', { work: { ...ONCE, ...more } as Job })));
    const [row] = rowsOf(story.items, ref(story, 'before', 'gate'));
    expect(row && afterLostRun(row)).toBe(how);
  });
});

describe('only some of the items are read for a click', () => {
  test('what the item needs, done by a click before, is among them', () => {
    const story = inSecondStage(beforeThird(item(1, 'merged'), item(2, 'tagged', { needs: [1] })));
    ticks(story, OLGA, ref(story, 'before', 'merged'));
    expect(ticks(story, OLGA, ref(story, 'before', 'tagged')).answer).toBe('accepted');
  });

  test('what the bot has done is among them: it is not done again', () => {
    const story = inSecondStage(beforeThird(GATE, item(2, 'merged'))).woke();
    runs(story, ref(story, 'before', 'gate'));
    ticks(story, OLGA, ref(story, 'before', 'merged'));
    expect(story.effects('item')).toEqual([]);
    expect(states(story, 'before', 3)).toEqual(['done', 'done']);
  });
});

describe('what people say of it', () => {
  const unknown = () => {
    const story = inSecondStage(beforeThird(GATE)).woke();
    runs(story, ref(story, 'before', 'gate'), 'unknown');
    return story;
  };
  const failed = () => {
    const story = inSecondStage(beforeThird(GATE)).woke();
    runs(story, ref(story, 'before', 'gate'), 'failed');
    return story;
  };
  const at = (story: Story) => ref(story, 'before', 'gate');

  test('not that it is done, where it has failed: it is run again, or waived', () => {
    const story = failed();
    expect(ticks(story, OLGA, at(story)).answer).toBe('item_of_bot');
    expect(story.asks(OLGA, { type: 'fail', item: at(story), how: 'failed', note: 'x' }).answer).toBe('item_of_bot');
    expect(story.asks(SAM, { type: 'run', item: at(story) }).answer).toBe('accepted');
    expect(story.effects('item')).toMatchObject([{ run: 2 }]);
  });

  test('that it is done or has failed, where nobody knows', () => {
    const story = unknown();
    expect(ticks(story, OLGA, at(story)).answer).toBe('accepted');
    const other = unknown();
    expect(other.asks(OLGA, { type: 'fail', item: at(other), how: 'failed', note: 'looked' }).answer).toBe('accepted');
  });

  test('nothing while it runs', () => {
    const story = inSecondStage(beforeThird(GATE)).woke();
    expect(ticks(story, OLGA, at(story)).answer).toBe('item_of_bot');
    expect(story.asks(LENA, { type: 'waive', item: at(story), reason: 'no' }).answer).not.toBe('accepted');
    expect(story.asks(SAM, { type: 'reopen', item: at(story), reason: 'no' }).answer).not.toBe('accepted');
    expect(story.asks(SAM, { type: 'run', item: at(story) }).answer).toBe('nothing');
  });

  test('that it is to run before its time, and by whoever has a role', () => {
    const story = inSecondStage(leavingSecond(GATE));
    const gate = ref(story, 'exit', 'gate');
    expect(story.asks(OTTO, { type: 'run', item: gate }).answer).toBe('accepted');
    const other = inSecondStage(leavingSecond(GATE));
    expect(other.asks(SHELL, { type: 'run', item: gate }).answer).toBe('not_allowed');
  });

  test('not before what it needs', () => {
    const story = inSecondStage(beforeThird(item(1, 'merged'), item(2, 'gate', { work: ONCE, needs: [1] })));
    expect(story.asks(SAM, { type: 'run', item: at(story) }).answer).toBe('item_waits');
  });

  test('not that the bot is to do what people do', () => {
    const story = inSecondStage(beforeThird(item(1, 'gate')));
    expect(story.asks(SAM, { type: 'run', item: at(story) }).answer).toBe('item_of_people');
  });

  test('once more although it passed: that voids what was asked for', () => {
    const story = inSecondStage(beforeThird(GATE)).woke();
    runs(story, at(story));
    story.baked().advances();
    expect(story.rollout.phase).toBe('awaiting_approval');
    story.asks(SAM, { type: 'run', item: at(story) });
    expect(story.added).toEqual(['item_changed', 'approval_voided']);
  });

  test('what the bot finds worse voids nothing: approving is refused with the row', () => {
    const story = readyInSecond([...leavingSecond(item(1, 'gate', { work: FRESH }))]).woke();
    runs(story, ref(story, 'exit', 'gate'));
    story
      .advances()
      .waits(5 * HOUR)
      .woke();
    expect(story.rollout.phase).toBe('awaiting_approval');
    expect(states(story, 'exit', 2)).toEqual(['stale']);
    expect(story.approves(LENA).answer).toBe('items_unmet');
  });
});

describe('a result that holds for a time', () => {
  const ready = () => {
    const story = readyInSecond(leavingSecond(item(1, 'gate', { work: FRESH }))).woke();
    return runs(story, ref(story, 'exit', 'gate'));
  };

  test('is looked at when it ends, not before', () => {
    const story = ready();
    expect(nextLookAt(story.rollout)).toEqual(new Date(story.now.getTime() + 4 * HOUR));
    expect(story.waits(3 * HOUR).woke().added).not.toContain('item_changed');
    expect(states(story, 'exit', 2)).toEqual(['done']);
  });

  test('is too old then, and not got again before somebody needs it', () => {
    const story = ready()
      .waits(5 * HOUR)
      .woke();
    expect(states(story, 'exit', 2)).toEqual(['stale']);
    expect(nextLookAt(story.rollout)).toBeNull();
    story.hears({ type: 'stale_needed' });
    expect(states(story, 'exit', 2)).toEqual(['running']);
    runs(story, ref(story, 'exit', 'gate'), 'done', 2);
    expect(approvedByAll(story.advances()).rollout.phase).toBe('applying');
  });

  test('is too old at the moment somebody needs it, though no clock has looked', () => {
    const story = ready()
      .waits(5 * HOUR)
      .hears({ type: 'stale_needed' });
    expect(states(story, 'exit', 2)).toEqual(['running']);
  });
});
