import { describe, expect, test } from 'vitest';
import type { Plan } from '../../src/rollout/plan/plan.js';
import { BEA, byItself, HOUR, LENA, MINUTE, OLGA, OPEN_PLAN, PLAN, SAM } from './fixture.js';
import type { Story } from './given.js';
import { bakingStage, bakingStage1, started } from './phases.js';

const AUTO = byItself();
const AUTO_OPEN = byItself(OPEN_PLAN);

/** Stage 2 of a plan that goes on by itself, while its checks say this at the end of the bake. */
function bakedWith(verdicts: Parameters<Story['assessed']>[0], plan: Plan = AUTO): Story {
  const story = bakingStage(2, plan);
  story.observedMs = 30 * MINUTE;
  return story.waits(30 * MINUTE).assessed(verdicts);
}

describe('a stage that goes on by itself', () => {
  test('asks for the next one when its bake has passed, in the name of who started', () => {
    const story = bakingStage(2, AUTO).baked();
    expect(story.added).toEqual(['bake_passed', 'approval_requested']);
    expect(story.last).toMatchObject({ events: [{ actor: { kind: 'bot' } }, { actor: OLGA.actor }] });
    expect(story.rollout.request).toMatchObject({
      stageNo: 3,
      attempt: 1,
      from: 25,
      to: 50,
      requestedBy: OLGA.actor,
      reason: '',
      auto: true,
      bakedMs: 30 * MINUTE,
    });
    expect(story.card).toEqual({ kind: 'open' });
  });

  test('raises where no approval is needed', () => {
    const story = bakingStage(2, AUTO_OPEN).baked();
    expect(story.rollout).toMatchObject({
      phase: 'applying',
      exposure: { wanted: 50 },
      raise: { orderedBy: OLGA.actor },
    });
    expect(story.effects('raise')).toMatchObject([{ from: 25, to: 50, movedSeq: story.rollout.exposure.movedSeq }]);
  });

  test.each([AUTO, AUTO_OPEN])('says first that the stage is complete', (plan) => {
    const story = bakingStage(2, plan).baked();
    expect(story.effects('show')[0]).toMatchObject({ slot: 'complete:2:1', message: { template: 'stage_complete' } });
    expect(story.shown('stage_complete')).toHaveLength(1);
  });

  test('cannot be approved by who started: it is their request', () => {
    const plan = byItself({ ...OPEN_PLAN, stages: PLAN.stages });
    const story = bakingStage1(plan).baked();
    const starter = { ...OLGA, standing: { ...OLGA.standing, roles: ['operators', 'engineering-lead'] } };
    expect(story.approves(starter).answer).toBe('own_request');
    expect(story.approves(LENA).approves(SAM).rollout.phase).toBe('applying');
  });

  test('goes all the way, and the last stage completes', () => {
    const story = started(AUTO_OPEN).rehearsed();
    for (let no = 1; no <= 4; no += 1) story.raised().baked();
    expect(story.rollout).toMatchObject({ phase: 'completed', exposure: { confirmed: 100 } });
    expect(story.shown('completed')).toHaveLength(1);
  });

  test('that is the last one completes, whatever the plan says of it', () => {
    const plan = { ...AUTO_OPEN, stages: AUTO_OPEN.stages.map((each) => ({ ...each, advance: 'auto' as const })) };
    expect(bakingStage(4, plan).baked().rollout.phase).toBe('completed');
  });

  test('leaves a stage that does not say so to people', () => {
    const plan = { ...AUTO, stages: AUTO.stages.map((each) => (each.no === 2 ? (PLAN.stages[1] ?? each) : each)) };
    const story = bakingStage(2, plan).baked();
    expect(story.rollout.phase).toBe('ready');
    expect(story.assessed().rollout.phase).toBe('ready');
  });
});

describe('going on by itself waits', () => {
  test('while a check warns, and goes on when it no longer does', () => {
    const story = bakedWith({ errors: 'warning' });
    expect(story.rollout).toMatchObject({ phase: 'ready', stage: { autoSpent: false } });
    expect(story.assessed({ errors: 'warning' }).rollout.phase).toBe('ready');
    expect(story.assessed().rollout).toMatchObject({
      phase: 'awaiting_approval',
      request: { stageNo: 3 },
    });
    expect(story.rollout.request?.requestedBy).toEqual(OLGA.actor);
  });

  test('while a check is unknown', () => {
    const story = bakedWith({ errors: 'warning' }).assessed({ latency: 'unknown' });
    expect(story.rollout.phase).toBe('ready');
    expect(story.assessed().rollout.phase).toBe('awaiting_approval');
  });

  test('while the targets cannot be read', () => {
    const story = bakedWith({ errors: 'warning' }).assessed({}, { target: { error: 'no answer' } });
    expect(story.rollout.phase).toBe('ready');
    expect(story.assessed().rollout.phase).toBe('awaiting_approval');
  });

  test('while the targets are where somebody else put them', () => {
    const story = bakedWith({ errors: 'warning' }).reads(40);
    expect(story.added).toContain('drift_found');
    expect(story.rollout.phase).toBe('ready');
    expect(story.reads(40).rollout.phase).toBe('ready');
    expect(story.lowered().rollout.phase).toBe('ready');
    expect(story.assessed().rollout.phase).toBe('awaiting_approval');
  });

  test('for a round that was read after the last move', () => {
    const story = bakedWith({ errors: 'warning' });
    expect(story.assessed({}, { movedSeq: story.rollout.exposure.movedSeq - 1 }).rollout.phase).toBe('ready');
  });

  test('for the bake, extensions included', () => {
    const story = bakingStage(2, AUTO).extends(10 * MINUTE);
    expect(story.assessed({}, { observedMs: 39 * MINUTE }).rollout.phase).toBe('baking');
    expect(story.assessed({}, { observedMs: 40 * MINUTE }).rollout.phase).toBe('awaiting_approval');
  });
});

describe('going on by itself happens once', () => {
  test.each([
    ['denied', (story: Story) => story.denies(LENA)],
    ['void', (story: Story) => story.assessed({ errors: 'warning' }).assessed()],
    ['expired', (story: Story) => story.waits(24 * HOUR).woke()],
    ['withdrawn by a pause', (story: Story) => story.pauses().resumes()],
  ])('not again after the request was %s: a person asks', (_what, end) => {
    const story = end(bakingStage(2, AUTO).baked());
    expect(story.rollout.phase).toBe('ready');
    expect(story.assessed().assessed().rollout.phase).toBe('ready');
    expect(story.advances(BEA).rollout.request).toMatchObject({ stageNo: 3, requestedBy: BEA.actor });
  });

  test('not after a pause and a resume in the bake', () => {
    const story = bakingStage(2, AUTO_OPEN).pauses().resumes().baked();
    expect(story.rollout.phase).toBe('ready');
    expect(story.assessed().rollout.phase).toBe('ready');
  });

  test('not after a raise that failed and a resume', () => {
    const story = bakingStage(2, AUTO_OPEN).baked();
    const {
      exposure: { movedSeq },
    } = story.rollout;
    story.hears({ type: 'raise_failed', movedSeq, reason: 'raise_failed', detail: 'refused' }).lowered().resumes();
    expect(story.assessed().rollout).toMatchObject({ phase: 'ready', exposure: { wanted: 25 } });
  });

  test('not after a rollback to a stage', () => {
    const story = bakingStage(3, AUTO_OPEN).rollsBack('to-10').lowered().resumes().baked();
    expect(story.rollout).toMatchObject({ phase: 'ready', stage: { no: 1 }, exposure: { wanted: 10 } });
  });

  test('not after targets that somebody else lowered', () => {
    const story = bakingStage(2, AUTO_OPEN).reads(10).resumes().baked();
    expect(story.rollout).toMatchObject({ phase: 'ready', stage: { no: 1 }, exposure: { wanted: 10 } });
  });

  test('not after a person asked early and was denied', () => {
    const story = bakingStage(2, AUTO).overrides().denies(LENA).baked();
    expect(story.rollout.phase).toBe('ready');
  });

  test('but again in the next stage', () => {
    const story = bakingStage(2, AUTO).baked().denies(LENA).advances().approves(LENA).raised().baked();
    expect(story.rollout.request).toMatchObject({
      stageNo: 4,
      requestedBy: OLGA.actor,
      reason: '',
      auto: true,
    });
  });
});
