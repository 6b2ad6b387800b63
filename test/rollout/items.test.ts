import { describe, expect, test } from 'vitest';
import { replay } from '../../src/rollout/state/evolve.js';
import { isListMet } from '../../src/rollout/state/lists.js';
import {
  BEA,
  byItself,
  LARS,
  LEAD,
  LENA,
  MINUTE,
  member,
  OLGA,
  OPEN_PLAN,
  OTTO,
  PLAN,
  SAM,
  SECOND,
} from './fixture.js';
import type { Story } from './given.js';
import {
  approvedByAll,
  BEFORE_ALL,
  BEFORE_FIRST,
  inSecondStage,
  item,
  LISTS,
  readyInSecond,
  ref,
  startedWith,
  states,
  ticks,
} from './lists.js';

const NOBODY = member('UNORA');

function openLists(story: Story): string[] {
  return story.rollout.lists.flatMap(({ kind, stageNo, state, opening }) =>
    state === 'open' ? [`${kind} ${stageNo} (${opening})`] : [],
  );
}

/** Everything is done that stands in the way into the third stage. */
function doneForThird(story: Story): Story {
  ticks(story, SAM, ref(story, 'exit', 'flow-one'), ref(story, 'exit', 'flow-two'));
  ticks(story, OTTO, ref(story, 'before', 'support-briefed'), ref(story, 'before', 'gates'));
  ticks(story, LENA, ref(story, 'before', 'signed-off'));
  return ticks(story, SAM, ref(story, 'before', 'signed-off'));
}

describe('a list opens and closes with the way of the rollout', () => {
  test('before the first stage nothing of the later ones is open', () => {
    expect(openLists(startedWith())).toEqual([]);
  });

  test('the exit of a stage and what comes before the next open when the stage is read back', () => {
    expect(openLists(inSecondStage())).toEqual(['exit 2 (1)', 'before 3 (1)']);
  });

  test('both close when the next stage is read back', () => {
    const story = approvedByAll(doneForThird(readyInSecond()).advances());
    expect(openLists(story)).toEqual(['exit 2 (1)', 'before 3 (1)']);
    expect(openLists(story.raised())).toEqual([]);
  });

  test('a pause, a failed raise and a resume keep what was ticked', () => {
    const story = doneForThird(readyInSecond());
    approvedByAll(story.advances()).hears({
      type: 'raise_failed',
      movedSeq: story.rollout.exposure.movedSeq,
      reason: 'raise_failed',
      detail: 'no answer',
    });
    expect(story.rollout.phase).toBe('held');
    expect(openLists(story)).toEqual(['exit 2 (1)', 'before 3 (1)']);
    expect(states(story, 'exit', 2)).toEqual(['done', 'done', 'open']);
  });

  test('back in an earlier stage it opens again, and nothing that was said before counts', () => {
    const story = doneForThird(readyInSecond());
    approvedByAll(story.advances()).raised().rollsBack('25');
    story.lowered();
    expect(openLists(story)).toEqual(['exit 2 (2)', 'before 3 (2)']);
    expect(states(story, 'exit', 2)).toEqual(['open', 'open', 'open']);
  });

  test('after the end: the list of the completion, or that of the rollback', () => {
    expect(openLists(readyInSecond().pauses().finishes())).toEqual(['after 0 (1)']);
    expect(openLists(readyInSecond().rollsBack())).toEqual(['exit 2 (1)', 'before 3 (1)']);
    expect(openLists(readyInSecond().rollsBack().lowered())).toEqual(['after_rollback 0 (1)']);
  });

  test('each opening shows its card; a list that closes shows it once more', () => {
    const story = inSecondStage();
    expect(story.shown('list_card').map(({ slot }) => slot)).toEqual(['list:exit:2:1', 'list:before:3:1']);
    approvedByAll(doneForThird(story.baked()).advances()).raised();
    expect(story.shown('list_card').map(({ slot, message }) => [slot, message.open])).toEqual([
      ['list:exit:2:1', false],
      ['list:before:3:1', false],
    ]);
  });
});

describe('what is to be done blocks the move, not asking', () => {
  test('a request can be opened while rows are unmet, and Approve is refused', () => {
    const story = readyInSecond().advances();
    expect(story.rollout.phase).toBe('awaiting_approval');
    story.approves(LENA);
    expect(story.answer).toBe('items_unmet');
    expect(story.rollout.request?.votes).toEqual([]);
  });

  test('the refusal names each row that is in the way and whose it is', () => {
    const story = readyInSecond().advances().approves(LENA);
    const { conditions } = story.last.outcome === 'refused' ? story.last.refusal : { conditions: [] };
    // The vote that would have been enough is not kept.
    expect(conditions.find(({ kind }) => kind === 'approval')).toMatchObject({ ok: false });
    expect(conditions.find(({ kind }) => kind === 'lists')).toEqual({
      kind: 'lists',
      ok: false,
      lists: [
        {
          list: { kind: 'exit', stageNo: 2 },
          met: 0,
          required: 2,
          rows: [
            { title: 'flow one', state: 'open', by: { kind: 'each', roles: ['sre'] } },
            { title: 'flow two', state: 'open', by: { kind: 'each', roles: ['sre'] } },
          ],
        },
        {
          list: { kind: 'before', stageNo: 3 },
          met: 0,
          required: 3,
          rows: [
            { title: 'support briefed', state: 'open' },
            { title: 'signed off', state: 'open', by: { kind: 'each', roles: ['engineering-lead', 'sre'] } },
            { title: 'gates', state: 'open' },
          ],
        },
      ],
    });
  });

  test('Deny is open all the time', () => {
    expect(readyInSecond().advances().denies(LENA).answer).toBe('accepted');
  });

  test('with everything done it is approved as ever', () => {
    const story = approvedByAll(doneForThird(readyInSecond()).advances());
    expect(story.rollout.phase).toBe('applying');
  });

  test('where nobody has to approve, the order itself is refused', () => {
    const story = readyInSecond(LISTS, OPEN_PLAN).advances();
    expect(story.answer).toBe('items_unmet');
    expect(story.effects('raise')).toEqual([]);
    expect(doneForThird(story).advances().answer).toBe('accepted');
  });

  test('an item that was opened again after the approval stops the raise just before it goes out', () => {
    const story = approvedByAll(doneForThird(readyInSecond()).advances());
    story.asks(OTTO, { type: 'reopen', item: ref(story, 'before', 'gates'), reason: 'the gate is red' });
    story.raiseChecked({});
    expect(story.effects('lower')).toHaveLength(1);
    expect(story.event('raise_failed').reason).toBe('items_unmet');
  });

  test('an optional item blocks nothing', () => {
    const story = readyInSecond([{ kind: 'exit', stageNo: 2, items: [item(1, 'photo', { optional: true })] }]);
    expect(approvedByAll(story.advances()).rollout.phase).toBe('applying');
  });
});

describe('advance: auto', () => {
  test('a stage without approval waits for its rows, and goes on with the next round of checks', () => {
    const story = inSecondStage(LISTS, byItself(OPEN_PLAN)).baked();
    expect(story.rollout.phase).toBe('ready');
    doneForThird(story);
    expect(story.rollout.phase).toBe('ready');
    expect(story.waits(MINUTE).assessed().rollout.phase).toBe('applying');
  });

  test('a stage with an approval is asked for at once, with its rows open', () => {
    const story = inSecondStage(LISTS, byItself(PLAN)).baked();
    expect(story.rollout.phase).toBe('awaiting_approval');
    expect(story.approves(LENA).answer).toBe('items_unmet');
  });
});

describe('the last stage completes by its exit', () => {
  function inLast(): Story {
    const story = doneForThird(readyInSecond());
    approvedByAll(story.advances()).raised().baked().advances();
    return approvedByAll(story).raised();
  }

  test('it is not completed while a row is unmet, and is when the last one is met', () => {
    const story = inLast().baked();
    expect(story.rollout.phase).toBe('ready');
    ticks(story, OTTO, ref(story, 'exit', 'full-review', 4));
    expect(story.rollout.phase).toBe('completed');
    expect(story.added).toEqual(['item_changed', 'completed']);
    expect(story.events.at(-1)?.actor).toEqual({ kind: 'bot' });
    expect(openLists(story)).toEqual(['after 0 (1)']);
  });

  test('with its rows met before the end of the bake it is completed by the bake', () => {
    const story = inLast();
    ticks(story, OTTO, ref(story, 'exit', 'full-review', 4));
    expect(story.rollout.phase).toBe('baking');
    expect(story.baked().rollout.phase).toBe('completed');
  });

  test('not while a check is unknown: with the first round of checks that is fine', () => {
    const story = inLast().baked();
    story.assessed({ errors: 'unknown' });
    ticks(story, OTTO, ref(story, 'exit', 'full-review', 4));
    expect(story.rollout.phase).toBe('ready');
    expect(story.waits(MINUTE).assessed().rollout.phase).toBe('completed');
  });
});

describe('who may', () => {
  test.each([
    ['of the role', SAM, 'accepted'],
    ['of another role', LENA, 'not_allowed'],
    ['an operator who does not have the role', OTTO, 'not_allowed'],
    ['of no role', NOBODY, 'not_allowed'],
    ['who started it, with the role', BEA, 'accepted'],
  ] as const)('tick an item of a role: %s', (_who, person, answer) => {
    const story = readyInSecond();
    expect(ticks(story, person, ref(story, 'exit', 'flow-one')).answer).toBe(answer);
  });

  test.each([
    ['operators', OTTO, 'accepted'],
    ['any role of the plan', LARS, 'accepted'],
    ['of no role', NOBODY, 'not_allowed'],
  ] as const)('tick an item of nobody: %s', (_who, person, answer) => {
    const story = readyInSecond();
    expect(ticks(story, person, ref(story, 'before', 'support-briefed')).answer).toBe(answer);
  });

  test.each([
    ['an operator, where the plan names another role', 'before', 'gates', OTTO, 'not_allowed'],
    ['the role the plan names', 'before', 'gates', LENA, 'accepted'],
    ['the only role of the item', 'exit', 'flow-one', SAM, 'accepted'],
    ['an operator, of an item of a role', 'exit', 'flow-one', OTTO, 'not_allowed'],
    ['an operator, of an item of nobody', 'before', 'support-briefed', OTTO, 'accepted'],
    ['an operator, of an item of two roles', 'before', 'signed-off', OTTO, 'accepted'],
    ['who started it', 'before', 'support-briefed', OLGA, 'own_waiver'],
  ] as const)('waive: %s', (_who, kind, name, person, answer) => {
    const story = readyInSecond();
    story.asks(person, { type: 'waive', item: ref(story, kind, name), reason: 'covered elsewhere' });
    expect(story.answer).toBe(answer);
  });

  test('who asked for the move, and who saw it fail, do not waive', () => {
    const story = readyInSecond().advances(BEA);
    story.asks(BEA, { type: 'waive', item: ref(story, 'before', 'gates'), reason: 'in a hurry' });
    expect(story.answer).toBe('own_waiver');
    story.asks(LENA, { type: 'fail', item: ref(story, 'before', 'gates'), how: 'failed', note: 'red' });
    story.asks(LENA, { type: 'waive', item: ref(story, 'before', 'gates'), reason: 'in a hurry' });
    expect(story.answer).toBe('own_waiver');
    story.asks(LARS, { type: 'waive', item: ref(story, 'before', 'gates'), reason: 'known to be flaky' });
    expect(story.answer).toBe('accepted');
  });

  test('a waiver needs a reason, and so do a failure and a reopening', () => {
    const story = readyInSecond();
    const gates = ref(story, 'before', 'gates');
    expect(story.asks(LENA, { type: 'waive', item: gates, reason: ' ' }).answer).toBe('reason_missing');
    expect(story.asks(LENA, { type: 'fail', item: gates, how: 'blocked', note: '' }).answer).toBe('reason_missing');
    ticks(story, LENA, gates);
    expect(story.asks(LENA, { type: 'reopen', item: gates, reason: '' }).answer).toBe('reason_missing');
  });
});

describe('signing off by several', () => {
  test('it is done with the last signature, and each person signs once', () => {
    const story = readyInSecond();
    const signed = ref(story, 'before', 'signed-off');
    expect(ticks(story, LENA, signed).added).toEqual(['item_signed']);
    expect(ticks(story, LENA, signed).last).toEqual({ outcome: 'nothing', because: 'already_signed' });
    expect(ticks(story, LARS, signed).added).toEqual(['item_signed']);
    expect(states(story, 'before', 3)).toEqual(['open', 'open', 'open']);
    expect(ticks(story, SAM, signed).added).toEqual(['item_changed']);
    expect(states(story, 'before', 3)).toEqual(['open', 'done', 'open']);
  });

  test('opened again, every signature is missing again', () => {
    const story = readyInSecond();
    const signed = ref(story, 'before', 'signed-off');
    ticks(ticks(story, LENA, signed), SAM, signed);
    story.asks(SAM, { type: 'reopen', item: signed, reason: 'the numbers changed' });
    expect(ticks(story, SAM, signed).added).toEqual(['item_signed']);
  });
});

describe('a click is for what was shown', () => {
  test('two people in the same second say opposite things: the first is recorded, the second is told', () => {
    const story = readyInSecond();
    const flow = ref(story, 'exit', 'flow-one');
    ticks(story, SAM, flow);
    story.asks(BEA, { type: 'fail', item: flow, how: 'failed', note: 'blank page' });
    expect(story.answer).toBe('item_changed');
    expect(states(story, 'exit', 2)[0]).toBe('done');
  });

  test('the same once more changes nothing', () => {
    const story = readyInSecond();
    const flow = ref(story, 'exit', 'flow-one');
    expect(ticks(ticks(story, SAM, flow), BEA, flow).last).toEqual({ outcome: 'nothing', because: 'items_already_so' });
  });

  test('done, opened again and done ends as the last click said', () => {
    const story = readyInSecond();
    const flow = ref(story, 'exit', 'flow-one');
    ticks(story, SAM, flow).asks(SAM, { type: 'reopen', item: flow, reason: 'wrong account' });
    expect(states(ticks(story, SAM, flow), 'exit', 2)[0]).toBe('done');
  });

  test('of an earlier opening it says nothing of this one', () => {
    const story = doneForThird(readyInSecond());
    const flow = ref(story, 'exit', 'flow-one');
    approvedByAll(story.advances()).raised().rollsBack('25');
    story.lowered();
    expect(ticks(story, SAM, flow).answer).toBe('list_closed');
  });

  test('a list that is closed, or not open yet, takes nothing', () => {
    const story = readyInSecond();
    expect(ticks(story, SAM, { kind: 'exit', stageNo: 4, opening: 1, no: 1 }).answer).toBe('list_closed');
    expect(ticks(story, SAM, { kind: 'exit', stageNo: 2, opening: 1, no: 9 }).answer).toBe('no_such_item');
    expect(ticks(story, SAM, { kind: 'after', stageNo: 0, opening: 1, no: 1 }).answer).toBe('list_closed');
  });

  test('an item waits for what it needs, also within one form', () => {
    const story = readyInSecond();
    expect(ticks(story, SAM, ref(story, 'exit', 'flow-two')).answer).toBe('item_waits');
    ticks(story, SAM, ref(story, 'exit', 'flow-one'), ref(story, 'exit', 'flow-two'));
    expect(states(story, 'exit', 2)).toEqual(['done', 'done', 'open']);
  });

  test('of several what can be taken is taken', () => {
    const story = readyInSecond();
    const [one, photo] = [ref(story, 'exit', 'flow-one'), ref(story, 'exit', 'screenshots')];
    ticks(story, LENA, one, photo);
    expect(story.answer).toBe('accepted');
    expect(states(story, 'exit', 2)).toEqual(['open', 'open', 'done']);
  });
});

describe('what people change to worse voids the request', () => {
  function asked(): Story {
    return doneForThird(readyInSecond()).advances();
  }

  test.each([
    [
      'opened again',
      (story: Story) => story.asks(OTTO, { type: 'reopen', item: ref(story, 'before', 'gates'), reason: 'red' }),
    ],
    [
      'waived after it was asked',
      (story: Story) => {
        story.asks(OTTO, { type: 'reopen', item: ref(story, 'before', 'support-briefed'), reason: 'not all' });
        story
          .advances()
          .asks(BEA, { type: 'waive', item: ref(story, 'before', 'support-briefed'), reason: 'tomorrow' });
      },
    ],
    [
      'failed',
      (story: Story) => {
        story.asks(OTTO, { type: 'reopen', item: ref(story, 'before', 'gates'), reason: 'again' });
        story.advances().asks(OTTO, { type: 'fail', item: ref(story, 'before', 'gates'), how: 'failed', note: 'red' });
      },
    ],
  ] as const)('%s', (_how, change) => {
    const story = asked();
    change(story);
    expect(story.added).toContain('approval_voided');
    expect(story.event('approval_voided').reason).toBe('item_changed');
    expect(story.rollout.request).toBeUndefined();
  });

  test('better never does, and the card is drawn again', () => {
    const story = readyInSecond().advances();
    const id = story.rollout.request?.id;
    ticks(story, SAM, ref(story, 'exit', 'flow-one'));
    expect(story.rollout.request?.id).toBe(id);
    expect(story.card).toEqual({ kind: 'open' });
  });

  test('an optional item never does', () => {
    const story = asked();
    story.asks(OTTO, { type: 'fail', item: ref(story, 'exit', 'screenshots'), how: 'failed', note: 'blurred' });
    expect(story.rollout.phase).toBe('awaiting_approval');
  });
});

describe('how far a list is', () => {
  test('is counted from the events alone, and a replay gives the same', () => {
    const story = doneForThird(readyInSecond());
    story.asks(LENA, { type: 'reopen', item: ref(story, 'before', 'gates'), reason: 'red' });
    story.asks(LENA, { type: 'waive', item: ref(story, 'before', 'gates'), reason: 'a known flake' });
    const [exit, before] = story.rollout.lists;
    expect(exit).toMatchObject({ met: 2, required: 2, counts: { open: 1, done: 2 } });
    expect(before).toMatchObject({ met: 3, required: 3, counts: { open: 0, done: 2, waived: 1 } });
    expect(exit && isListMet(exit)).toBe(true);
    expect(replay(story.events)).toEqual(story.rollout);
  });

  test('a card is drawn at once, and then at most every three seconds', () => {
    const story = inSecondStage([{ kind: 'exit', stageNo: 2, items: [1, 2, 3, 4, 5].map((no) => item(no, `i${no}`)) }]);
    const due: (number | null)[] = [];
    const began = story.now.getTime();
    for (const [no, after] of [
      [1, 10_000],
      [2, 500],
      [3, 500],
      [4, 2_500],
      [5, 9_000],
    ] as const) {
      story.waits(after);
      ticks(story, OTTO, { kind: 'exit', stageNo: 2, opening: 1, no });
      const [shown] = story.shown('list_card');
      due.push(shown?.notBefore ? (shown.notBefore.getTime() - began) / SECOND : null);
    }
    expect(due).toEqual([null, 13, 13, 16, null]);
  });
});

describe('before the first stage', () => {
  const FIRST = [BEFORE_FIRST];

  test('it begins, and a stage that nobody approves waits as ready until a person goes on', () => {
    const story = startedWith(FIRST).rehearsed();
    expect(story.rollout.phase).toBe('ready');
    expect(story.added).toEqual(['rehearsed', 'first_stage_waits']);
    expect(story.advances().answer).toBe('items_unmet');
    ticks(story, OTTO, ref(story, 'before', 'maintenance-is-on'));
    expect(story.advances().rollout.phase).toBe('applying');
  });

  test('a stage that is approved is asked for at once, and Approve is refused until then', () => {
    const [first, ...others] = PLAN.stages;
    if (!first) throw new Error('no stage');
    const story = startedWith(FIRST, { ...PLAN, stages: [{ ...first, approve: LEAD }, ...others] }).rehearsed();
    expect(story.rollout.phase).toBe('awaiting_approval');
    expect(story.approves(LENA).answer).toBe('items_unmet');
    ticks(story, OTTO, ref(story, 'before', 'maintenance-is-on'));
    expect(story.approves(LENA).rollout.phase).toBe('applying');
  });

  test('what is to be done before the start keeps it from beginning, what is to be done before the stage does not', () => {
    const story = startedWith([BEFORE_ALL, BEFORE_FIRST]);
    expect(story.rollout.phase).toBe('planned');
    expect(story.advances().answer).toBe('items_unmet');
    ticks(story, OTTO, ref(story, 'before', 'merged', 0), ref(story, 'before', 'on-call-briefed', 0));
    expect(story.advances().rollout.phase).toBe('starting');
    expect(story.effects('rehearse')).toHaveLength(1);
  });
});
