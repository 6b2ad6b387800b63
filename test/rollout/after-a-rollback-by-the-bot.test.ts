import { describe, expect, test } from 'vitest';
import { decideStart, lastGoodStage, rolledBackByBot } from '../../src/rollout/moves/start.js';
import type { Plan, StagePlan } from '../../src/rollout/plan/plan.js';
import { ANOTHER_OPERATOR } from '../../src/rollout/requirements/approval.js';
import type { StartRequest } from '../../src/rollout/state/commands.js';
import { replay } from '../../src/rollout/state/evolve.js';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import { BEA, HOUR, holders, LENA, MINUTE, NOON, OLGA, OPEN_PLAN, OTTO, PLAN, SAM, startRequest } from './fixture.js';
import { Story } from './given.js';
import { bakingStage, enteringAgain, inPhase, rolledBackIn } from './phases.js';

function startAfter(last: Rollout | null, more: Partial<StartRequest> = {}) {
  return decideStart({ ...startRequest(PLAN), id: 8, run: 2, last, ...more }, NOON);
}

function refusedFor(decision: ReturnType<typeof decideStart>) {
  return decision.outcome === 'refused' ? decision.refusal.reason : decision.outcome;
}

/** The same plan with another stage 2. */
function withStage2(more: Partial<StagePlan>): Plan {
  return { ...PLAN, stages: PLAN.stages.map((each) => (each.no === 2 ? { ...each, ...more } : each)) };
}

describe('start, after a run that the bot rolled back', () => {
  test('is refused once, so that people see why it was rolled back', () => {
    expect(startAfter(rolledBackIn(3).rollout)).toMatchObject({
      outcome: 'refused',
      refusal: { reason: 'last_run_rolled_back', helps: 'start' },
    });
  });

  test('is accepted when they say that they try again, and begins at stage 1', () => {
    const decision = startAfter(rolledBackIn(3).rollout, { again: { kind: 'again' } });
    const story = new Story(decision).rehearsed();
    expect(story.rollout).toMatchObject({ exposure: { wanted: 10 }, entry: null });
    expect(story.events[0]?.event).not.toHaveProperty('entry');
  });

  test('asks it also when a person rolled back once more after the bot did', () => {
    expect(refusedFor(startAfter(rolledBackIn(3).rollsBack().lowered().rollout))).toBe('last_run_rolled_back');
  });

  test.each([
    ['was rolled back by a person', () => inPhase('rolled_back').rollout],
    ['was completed', () => inPhase('completed').rollout],
    ['never started', () => inPhase('not_started').rollout],
    ['was ended by a person after the bot took it back a stage', () => endedByHand()],
    ['is none, because this is the first', () => null],
  ])('asks nothing when the run before %s', (_what, last) => {
    expect(refusedFor(startAfter(last()))).toBe('accepted');
    expect(refusedFor(startAfter(last(), { again: { kind: 'again' } }))).toBe('accepted');
  });

  test('is for operators first of all', () => {
    expect(refusedFor(startAfter(rolledBackIn(3).rollout, LENA))).toBe('not_allowed');
  });
});

function endedByHand(): Rollout {
  const plan: Plan = { ...PLAN, rollback: { ...PLAN.rollback, to: { kind: 'previous' } } };
  return bakingStage(3, plan).assessed({ errors: 'critical' }).lowered().finishes().rollout;
}

describe('a false alarm', () => {
  test('begins at the last good stage of the run that was rolled back, by an approval', () => {
    const story = enteringAgain(rolledBackIn(3).rollout).rehearsed();
    expect(story.added).toEqual(['rehearsed', 'approval_requested']);
    expect(story.rollout.request).toMatchObject({
      stageNo: 2,
      from: 0,
      to: 25,
      requestedBy: OLGA.actor,
      reason: 'the probe read another shop',
    });
    expect(story.effects('raise')).toEqual([]);
    expect(story.approves(OLGA).answer).not.toBe('accepted');
    story.approves(LENA).approves(SAM);
    expect(story.effects('raise')).toMatchObject([{ from: 0, to: 25, stageNo: 2 }]);
  });

  test('bakes that stage in full before anything goes on', () => {
    const story = enteringAgain(rolledBackIn(3).rollout).rehearsed().approves(LENA).approves(SAM).raised();
    expect(story.rollout).toMatchObject({
      phase: 'baking',
      stage: { no: 2 },
      exposure: { confirmed: 25 },
      bake: { done: false, observedMs: 0 },
    });
    expect(story.advances().answer).toBe('bake_incomplete');
    expect(story.assessed({}, { observedMs: 30 * MINUTE - 1 }).rollout.phase).toBe('baking');
    expect(story.baked().advances().rollout.request).toMatchObject({ stageNo: 3 });
  });

  test('is on record with its reason and the run it speaks of, and is the sum of its events', () => {
    const story = enteringAgain(rolledBackIn(3).rollout);
    const entry = { stageNo: 2, run: 1, reason: 'the probe read another shop', means: {} };
    expect(story.events[0]?.event).toMatchObject({ type: 'started', entry });
    story.rehearsed().approves(LENA).approves(SAM).raised();
    expect(story.rollout.entry).toMatchObject(entry);
    expect(replay(story.events)).toEqual(story.rollout);
  });

  test('needs another operator where the stage needs nobody', () => {
    const story = enteringAgain(rolledBackIn(3, OPEN_PLAN).rollout, OPEN_PLAN).rehearsed();
    expect(story.rollout).toMatchObject({
      phase: 'awaiting_approval',
      request: { quorum: ANOTHER_OPERATOR },
    });
    expect(story.approves(OLGA).answer).toBe('own_request');
    expect(story.approves(OTTO).rollout).toMatchObject({ phase: 'applying', exposure: { wanted: 25 } });
  });

  test('is refused where nobody else could approve that', () => {
    const again = { kind: 'false_alarm', reason: 'the probe' } as const;
    const request = { plan: OPEN_PLAN, last: rolledBackIn(3, OPEN_PLAN).rollout, again };
    expect(startAfter(request.last, { ...request, holders: holders(OLGA, LENA) })).toMatchObject({
      refusal: { reason: 'too_few_approvers', conditions: [{ stage: 'to-25', quorum: ANOTHER_OPERATOR, people: [] }] },
    });
    expect(refusedFor(startAfter(request.last, { ...request, holders: holders(OLGA, BEA) }))).toBe('accepted');
    expect(refusedFor(startAfter(request.last, { plan: OPEN_PLAN, again: { kind: 'again' }, holders: [] }))).toBe(
      'accepted',
    );
  });

  test.each(['', '  '])('without a reason ("%s") is refused', (reason) => {
    expect(refusedFor(startAfter(rolledBackIn(3).rollout, { again: { kind: 'false_alarm', reason } }))).toBe(
      'reason_missing',
    );
  });

  test('that is denied leaves a run that begins at stage 1 like any other', () => {
    const story = enteringAgain(rolledBackIn(3).rollout).rehearsed().denies(LENA);
    expect(story.rollout).toMatchObject({ phase: 'ready', stage: { no: 0 }, exposure: { confirmed: 0 } });
    expect(story.advances().rollout).toMatchObject({ phase: 'applying', exposure: { wanted: 10 } });
  });

  test('whose request is void or expires is asked for again, and still needs the approval', () => {
    const story = enteringAgain(rolledBackIn(3).rollout).rehearsed();
    const stageNo = story.rollout.request?.stageNo;
    expect(stageNo).toBeGreaterThan(1);
    expect(story.waits(25 * HOUR).woke().rollout.phase).toBe('ready');
    expect(story.advances().rollout).toMatchObject({ phase: 'awaiting_approval', request: { stageNo } });
  });

  test('that nobody but an operator may approve asks for that once more too', () => {
    const story = enteringAgain(rolledBackIn(3, OPEN_PLAN).rollout, OPEN_PLAN).rehearsed();
    story.waits(25 * HOUR).woke();
    expect(story.advances().rollout).toMatchObject({ request: { quorum: ANOTHER_OPERATOR } });
  });

  test('rolled back to "previous" goes to the stage before, though it was skipped', () => {
    const story = enteringAgain(rolledBackIn(3).rollout).rehearsed().approves(LENA).approves(SAM).raised();
    expect(story.rollsBack('previous').lowered().rollout).toMatchObject({
      phase: 'held',
      stage: { no: 1 },
      exposure: { confirmed: 10 },
    });
  });
});

describe('the last good stage', () => {
  test('is the last one whose bake passed', () => {
    expect(lastGoodStage(PLAN, rolledBackIn(2).rollout)?.no).toBe(1);
    expect(lastGoodStage(PLAN, rolledBackIn(4).rollout)?.no).toBe(3);
    expect(lastGoodStage(PLAN, inPhase('ready').assessed({ errors: 'critical' }).lowered().rollout)?.no).toBe(2);
  });

  test('is found by its name where the plan got other stages before it', () => {
    const first = { ...(PLAN.stages[0] as StagePlan), name: 'to-5', exposure: 5 };
    const plan = { ...PLAN, stages: [first, ...PLAN.stages.map((each) => ({ ...each, no: each.no + 1 }))] };
    expect(lastGoodStage(plan, rolledBackIn(3).rollout)).toMatchObject({ no: 3, name: 'to-25' });
  });

  test.each([
    ['no bake had passed', PLAN, () => rolledBackIn(1).rollout],
    ['the plan has no stage of that name any more', withStage2({ name: 'quarter' }), () => rolledBackIn(3).rollout],
    ['that stage means another exposure now', withStage2({ exposure: 30 }), () => rolledBackIn(3).rollout],
    ['a person rolled it back', PLAN, () => bakingStage(3).rollsBack().lowered().rollout],
    ['there is no run before', PLAN, () => null],
  ])('is none, and a false alarm is refused, when %s', (_what, plan, last) => {
    const again = { kind: 'false_alarm', reason: 'the probe' } as const;
    expect(startAfter(last(), { plan, again })).toMatchObject({
      outcome: 'refused',
      refusal: { reason: 'no_good_stage', helps: 'start' },
    });
  });

  test('is asked about a run that is over only: one that is still on its way down is not rolled back yet', () => {
    expect(rolledBackByBot(inPhase('baking').assessed({ errors: 'critical' }).rollout)).toBe(false);
    expect(rolledBackByBot(rolledBackIn(3).rollout)).toBe(true);
  });
});
