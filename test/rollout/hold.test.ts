import { describe, expect, test } from 'vitest';
import { HOUR, LENA, MINUTE, OLGA, PLAN, plus, SAM, SECOND, SHELL } from './fixture.js';
import type { Story } from './given.js';
import { applyingStage, asking, bakingStage1, inPhase, started } from './phases.js';

describe('pause and resume', () => {
  test('go back to the bake that is unfinished', () => {
    const story = inPhase('baking').pauses();
    expect(story.rollout).toMatchObject({
      phase: 'held',
      held: { cause: 'paused_by_person', by: OLGA.actor },
    });
    expect(story.resumes().rollout).toMatchObject({
      phase: 'baking',
      stage: { no: 2, attempt: 1 },
    });
  });

  test('go on to ready when the bake was done', () => {
    expect(inPhase('ready').pauses().resumes().rollout.phase).toBe('ready');
    expect(inPhase('awaiting_approval').pauses().resumes().rollout.phase).toBe('ready');
  });

  test('go back to the bake also where the first stage gives nobody more than before', () => {
    expect(bakingStage1(PLAN, 10).pauses().resumes().rollout.phase).toBe('baking');
  });

  test('call back a raise; the new try has a new attempt and needs a new approval', () => {
    const story = applyingStage(3).pauses();
    expect(story.rollout).toMatchObject({ phase: 'held', exposure: { wanted: 25, confirmed: 25 } });
    story.lowered().resumes().advances();
    expect(story.rollout.request).toMatchObject({ stageNo: 3, attempt: 2, votes: [] });
  });

  test('of a first stage whose raise was called back is ready to try it again', () => {
    const story = applyingStage(1).pauses().lowered().resumes();
    expect(story.rollout).toMatchObject({ phase: 'ready', stage: { no: 0 }, exposure: { confirmed: 0 } });
    expect(story.advances().event('raise_ordered')).toMatchObject({ stageNo: 1, attempt: 2 });
  });

  test('may be paused from the command line and by any role, but not resumed', () => {
    expect(inPhase('baking').pauses(SHELL).answer).toBe('accepted');
    expect(inPhase('baking').pauses(SAM).answer).toBe('accepted');
    expect(inPhase('held').resumes(SHELL).answer).toBe('not_allowed');
    expect(inPhase('held').resumes(SAM).answer).toBe('not_allowed');
  });
});

describe('extend', () => {
  test('makes a running bake longer', () => {
    const story = inPhase('baking').extends(10 * MINUTE);
    expect(story.rollout).toMatchObject({ phase: 'baking', bake: { extraMs: 10 * MINUTE } });
    expect(story.assessed({}, { observedMs: 40 * MINUTE - 1 }).rollout.phase).toBe('baking');
    expect(story.assessed({}, { observedMs: 40 * MINUTE }).rollout.phase).toBe('ready');
  });

  test('reopens a bake that was done', () => {
    const story = inPhase('ready').extends(10 * MINUTE);
    expect(story.event('bake_extended')).toMatchObject({ byMs: 10 * MINUTE, reopened: true });
    expect(story.rollout).toMatchObject({ phase: 'baking', bake: { done: false } });
    expect(story.advances().answer).toBe('bake_incomplete');
  });

  test('leaves a done bake done when more was observed than is now needed', () => {
    const story = inPhase('ready');
    story.observedMs = 45 * MINUTE;
    expect(story.extends(15 * MINUTE).rollout).toMatchObject({ phase: 'ready', bake: { done: true } });
  });

  test('of a held rollout keeps it held, and resume goes to the reopened bake', () => {
    const story = inPhase('ready')
      .pauses()
      .extends(10 * MINUTE);
    expect(story.rollout).toMatchObject({ phase: 'held', bake: { done: false } });
    expect(story.resumes().rollout.phase).toBe('baking');
  });

  test('counts for this stage only', () => {
    const story = inPhase('baking')
      .extends(10 * MINUTE)
      .assessed({}, { observedMs: 40 * MINUTE });
    expect(story.advances().approves(LENA).raised().rollout).toMatchObject({ stage: { no: 3 }, bake: { extraMs: 0 } });
  });

  test('before the first stage is refused: there is nothing to extend', () => {
    expect(applyingStage(1).pauses().extends(MINUTE).answer).toBe('wrong_phase');
  });
});

describe('finish', () => {
  test.each(['ready', 'held'] as const)('ends a rollout where it stands, from %s', (phase) => {
    const story = inPhase(phase).finishes();
    expect(story.rollout).toMatchObject({
      phase: 'completed',
      exposure: { confirmed: 25, wanted: 25 },
      finishNote: 'good enough',
      nextWakeAt: null,
      endedAt: story.now,
    });
    expect(story.shown('completed')).toMatchObject([{ message: { unwatched: { by: OLGA.actor, exposure: 25 } } }]);
    expect(story.effects('lower')).toEqual([]);
  });
});

describe('what changes the plan of a rollout', () => {
  test.each([
    ['finish', { type: 'finish', reason: '' }],
    ['finish', { type: 'finish', reason: '  ' }],
    ['extend', { type: 'extend', byMs: MINUTE, reason: '' }],
  ] as const)('%s without a reason is refused, and nothing happens', (helps, command) => {
    const story = inPhase('ready');
    const before = story.rollout;
    expect(story.asks(OLGA, command).last).toMatchObject({ refusal: { reason: 'reason_missing', helps } });
    expect(story.rollout).toBe(before);
  });
});

describe('other targets in the environment', () => {
  test.each(['ready', 'awaiting_approval', 'applying', 'baking', 'held'] as const)('hold a rollout in %s', (phase) => {
    const story = inPhase(phase).hears({ type: 'target_changed', detail: 'DB_URL' });
    expect(story.rollout).toMatchObject({
      phase: 'held',
      exposure: { wanted: 25 },
      held: { cause: 'target_changed', detail: { kind: 'said', text: 'DB_URL' } },
    });
    expect(story.hears({ type: 'target_changed', detail: 'DB_URL' }).answer).toBe('nothing');
  });

  test('never stand in the way of a rollback', () => {
    const story = inPhase('rolling_back').hears({ type: 'target_changed', detail: 'DB_URL' });
    expect(story.answer).toBe('nothing');
  });
});

describe('"I have it"', () => {
  test('is said to nothing while there is no alert and no incident', () => {
    expect(inPhase('baking').asks(OLGA, { type: 'have', subject: '' }).answer).toBe('nothing');
  });

  test('is said once per person and shown in the incident', () => {
    const have = { type: 'have', subject: 'incident:1' } as const;
    const story = inPhase('rolled_back').asks(LENA, have);
    expect(story.rollout.alerts.haveIt).toEqual([LENA.actor]);
    expect(story.shown('incident')).toMatchObject([{ slot: 'incident:1', message: { exposure: 0 } }]);
    expect(story.asks(LENA, have).answer).toBe('nothing');
    expect(story.asks(OLGA, have).rollout.alerts.haveIt).toEqual([LENA.actor, OLGA.actor]);
    expect(story.rollsBack().rollout.alerts.haveIt).toEqual([]);
  });
});

describe('the clock', () => {
  test.each([
    ['a pause', (story: Story) => story.pauses()],
    ['targets lowered by somebody else', (story: Story) => story.reads(12)],
    ['other targets', (story: Story) => story.hears({ type: 'target_changed', detail: 'DB_URL' })],
  ])('counts the four hours of a hold from %s, not from what was before', (_what, hold) => {
    const story = hold(inPhase('ready').waits(HOUR));
    expect(story.rollout).toMatchObject({ phase: 'held', nextWakeAt: plus(4 * HOUR, story.now) });
  });

  test.each([
    ['awaiting_approval', 'approval'],
    ['ready', 'advance'],
    ['held', 'resume'],
  ] as const)('reminds people every four hours in %s', (phase, waitingFor) => {
    const story = inPhase(phase);
    const since = story.now;
    expect(story.waits(4 * HOUR - 1).woke().answer).toBe('nothing');
    expect(story.waits(1).woke().shown('reminder')).toMatchObject([{ message: { waitingFor, since } }]);
    expect(story.rollout.nextWakeAt).toEqual(plus(4 * HOUR, story.now));
    expect(story.woke().answer).toBe('nothing');
    expect(story.waits(4 * HOUR).woke().added).toEqual(['reminded']);
  });

  test('reminds of an approval until the day is over, then lets it expire', () => {
    const story = asking(3);
    const added = [];
    for (let hours = 4; hours <= 24; hours += 4) added.push(...story.waits(4 * HOUR).woke().added);
    expect(added).toEqual(['reminded', 'reminded', 'reminded', 'reminded', 'reminded', 'approval_expired']);
  });

  test('says that a rollback is overdue when its time is over, not before, and trying goes on', () => {
    const story = inPhase('rolling_back');
    expect(story.rollout.nextWakeAt).toEqual(plus(30 * SECOND, story.now));
    expect(story.waits(30 * SECOND - 1).woke().answer).toBe('nothing');
    story.waits(1).woke();
    expect(story.added).toEqual(['rollback_overdue']);
    expect(story.shown('incident')).toMatchObject([
      { message: { tookMs: null, exposure: null, rollback: { overdue: true } } },
    ]);
    expect(story.shown('incident')[0]).not.toHaveProperty('notBefore');
    expect(story.rollout.phase).toBe('rolling_back');
    expect(story.lowered().rollout.phase).toBe('rolled_back');
  });

  test('reminds of an overdue rollback without filling the record', () => {
    const story = inPhase('rolling_back')
      .waits(30 * SECOND)
      .woke();
    expect(story.woke().answer).toBe('nothing');
    expect(story.waits(MINUTE).woke().answer).toBe('nothing');
    expect(story.waits(4 * HOUR).woke().added).toEqual(['reminded']);
    expect(story.woke().answer).toBe('nothing');
  });

  test.each(['baking', 'rolled_back', 'completed', 'not_started'] as const)('asks nothing of people in %s', (phase) => {
    expect(
      inPhase(phase)
        .waits(48 * HOUR)
        .woke().answer,
    ).toBe('nothing');
  });

  test('lets a stage 1 request expire back to ready, where it can be asked again', () => {
    const plan = {
      ...PLAN,
      stages: PLAN.stages.map((stage) => ({ ...stage, approve: { kind: 'each', roles: ['sre'] } as const })),
    };
    const story = started(plan)
      .rehearsed()
      .waits(24 * HOUR)
      .woke();
    expect(story.rollout).toMatchObject({ phase: 'ready', stage: { no: 0 }, exposure: { confirmed: 0 } });
    expect(story.advances().rollout.request).toMatchObject({ stageNo: 1, attempt: 2 });
  });
});
