import { describe, expect, test } from 'vitest';
import type { Lists } from '../../src/rollout/plan/lists.js';
import type { Plan } from '../../src/rollout/plan/plan.js';
import { HOUR, LENA, MINUTE, NOON, OTTO, PLAN, SAM } from './fixture.js';
import type { Story } from './given.js';
import {
  approvedByAll,
  BEFORE_ALL,
  inSecondStage,
  item,
  LISTS,
  readyInSecond,
  ref,
  startedWith,
  ticks,
} from './lists.js';

/** Whom the last wake called, by list. */
function called(story: Story): string[] {
  return story.added.includes('owners_asked')
    ? story.event('owners_asked').lists.map(({ kind, owners }) => `${kind}: ${owners.join(' ')}`)
    : [];
}

/** The exit of the second stage alone, with these items. */
const exit = (...items: Lists[number]['items']): Lists => [{ kind: 'exit', stageNo: 2, items }];
const QA = { kind: 'each', roles: ['sre'] } as const;
const LEAD = { kind: 'each', roles: ['engineering-lead'] } as const;

/** NOON is a Friday, 12:00 UTC. */
const NIGHTS: Plan = {
  ...PLAN,
  timezone: 'UTC',
  reminders: {
    everyMs: HOUR,
    atMost: 3,
    hours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], fromMinute: 15 * 60, toMinute: 17 * 60 },
  },
};

describe('the owners of what is left are called once, when nothing else is waited for', () => {
  test('as soon as the bake is over, by list, and whoever can do nothing yet is not', () => {
    const story = readyInSecond();
    expect(story.rollout.nextWakeAt).toEqual(story.now);
    expect(called(story.woke())).toEqual(['exit: sre', 'before: operators engineering-lead sre']);
    expect(story.shown('owners_asked')).toMatchObject([
      { message: { lists: [{ kind: 'exit', stageNo: 2, opening: 1, owners: ['sre'] }, { kind: 'before' }] } },
    ]);
  });

  test('not while it bakes', () => {
    expect(called(inSecondStage().waits(MINUTE).woke())).toEqual([]);
  });

  test('and not again, whatever is done, reopened or reminded of', () => {
    const story = readyInSecond().woke();
    ticks(story, SAM, ref(story, 'exit', 'flow-one'));
    expect(called(story.waits(HOUR).woke())).toEqual([]);
    story.asks(SAM, { type: 'reopen', item: ref(story, 'exit', 'flow-one'), reason: 'it broke' });
    expect(called(story.waits(HOUR).woke())).toEqual([]);
  });

  test('somebody whose item had to wait for another one is called when it can be done', () => {
    const lists = exit(item(1, 'flow', { by: QA }), item(2, 'sign-off', { by: LEAD, needs: [1] }));
    const story = readyInSecond(lists);
    expect(called(story.woke())).toEqual(['exit: sre']);
    ticks(story, SAM, ref(story, 'exit', 'flow'));
    expect(called(story.waits(MINUTE).woke())).toEqual(['exit: engineering-lead']);
  });

  test('while an approval is waited for as well', () => {
    const story = readyInSecond().advances();
    expect(called(story.woke())).toEqual(['exit: sre', 'before: operators engineering-lead sre']);
  });

  test('once more in another try of the stage', () => {
    const story = readyInSecond().woke();
    for (const [who, kind, name] of [
      [SAM, 'exit', 'flow-one'],
      [SAM, 'exit', 'flow-two'],
      [OTTO, 'before', 'support-briefed'],
      [OTTO, 'before', 'gates'],
      [LENA, 'before', 'signed-off'],
      [SAM, 'before', 'signed-off'],
    ] as const)
      ticks(story, who, ref(story, kind, name));
    approvedByAll(story.advances()).raised().rollsBack('25');
    story.lowered().resumes();
    expect(called(story.baked().woke())).toEqual(['exit: sre', 'before: operators engineering-lead sre']);
  });

  test('for what is to be done before it begins', () => {
    expect(called(startedWith([BEFORE_ALL]).woke())).toEqual(['before: operators']);
  });

  test('to complete', () => {
    const lists: Lists = [{ kind: 'exit', stageNo: 1, items: [item(1, 'review', { by: LEAD })] }];
    const one: Plan = { ...PLAN, stages: PLAN.stages.slice(0, 1) };
    expect(called(startedWith(lists, one).rehearsed().raised().baked().woke())).toEqual(['exit: engineering-lead']);
  });

  test('and for what is to be done afterwards', () => {
    const story = readyInSecond().pauses().finishes();
    expect(called(story.woke())).toEqual(['after: operators']);
    expect(called(readyInSecond().rollsBack().lowered().woke())).toEqual(['after_rollback: operators']);
  });
});

describe('nobody is called', () => {
  test.each([
    [
      'whose items block nothing',
      exit(item(1, 'shots', { optional: true }), item(2, 'flow', { by: QA })),
      ['exit: sre'],
    ],
    [
      'for what is read with the checks',
      exit(item(1, 'errors', { work: criterion() }), item(2, 'flow', { by: QA })),
      ['exit: sre'],
    ],
    ['for what the bot does', exit(item(1, 'gate', { work: gate() }), item(2, 'flow', { by: QA })), ['exit: sre']],
    [
      'but both roles of which one is enough',
      exit(item(1, 'flow', { by: { kind: 'any', count: 1, roles: ['sre', 'engineering-lead'] } })),
      ['exit: sre engineering-lead'],
    ],
  ])('%s', (_what, lists, expected) => {
    const story = readyInSecond(lists);
    // The bot begins its own with the first wake.
    story.woke();
    if (called(story).length === 0) story.waits(MINUTE).woke();
    expect(called(story)).toEqual(expected);
  });

  test('while a check is critical or not known; when it is fine, they are', () => {
    const story = readyInSecond();
    story.waits(MINUTE).assessed({ errors: 'unknown' });
    expect(called(story.woke())).toEqual([]);
    story.waits(MINUTE).assessed();
    expect(called(story.waits(MINUTE).woke())).toEqual(['exit: sre', 'before: operators engineering-lead sre']);
  });

  test('while it is paused', () => {
    const story = readyInSecond().pauses();
    expect(called(story.waits(HOUR).woke())).toEqual([]);
  });

  test('whose items were all done before anybody had to be called', () => {
    const story = readyInSecond(exit(item(1, 'flow', { by: QA })));
    ticks(story, SAM, ref(story, 'exit', 'flow'));
    expect(called(story.woke())).toEqual([]);
  });

  test('outside of working hours; the clock looks again when they begin', () => {
    const story = readyInSecond(LISTS, NIGHTS);
    const wakes = story.rollout.nextWakeAt;
    expect(wakes).toEqual(new Date(NOON.getTime() + 3 * HOUR));
    story.waits((wakes?.getTime() ?? 0) - story.now.getTime() - 1);
    expect(called(story.woke())).toEqual([]);
    expect(called(story.waits(1).woke())).toEqual(['exit: sre', 'before: operators engineering-lead sre']);
  });
});

describe('what the bot could not do is looked at by people', () => {
  test('a gate that failed calls whoever looks after it', () => {
    const story = readyInSecond(exit(item(1, 'gate', { work: gate(), by: LEAD })));
    story.woke();
    const failed = ref(story, 'exit', 'gate');
    story.hears({ type: 'item_started', item: failed, run: 1 });
    story.hears({ type: 'item_ended', item: failed, run: 1, to: 'failed', note: 'exit 1' });
    expect(called(story.waits(MINUTE).woke())).toEqual(['exit: engineering-lead']);
  });
});

function gate() {
  return { kind: 'run', run: ['gate'], env: [], timeoutMs: MINUTE } as const;
}

/** A check on which nothing was measured yet. */
function criterion() {
  return { kind: 'check', check: 'errors', broken: [{ op: 'above', value: 2 }] } as const;
}
