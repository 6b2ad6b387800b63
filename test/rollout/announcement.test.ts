import { describe, expect, test } from 'vitest';
import { PHASES } from '../../src/rollout/state/rollout.js';
import { OPEN_PLAN, PLAN, streaksOf } from './fixture.js';
import { applyingStage, bakingStage, inPhase, started } from './phases.js';

const REFUSED = { type: 'post_refused', code: 'restricted_action' } as const;
const FAILURE = { reason: 'channel_refused', detail: { kind: 'channel', code: 'restricted_action' } };
/** The first stage needs somebody's yes. */
const ASKED = { ...PLAN, stages: PLAN.stages.map((stage) => ({ ...stage, approve: PLAN.stages[2]?.approve })) };

describe('the channel refuses the first message for good', () => {
  test('before the targets answered: it ends as not started, and their answer changes nothing', () => {
    const story = started().hears(REFUSED);
    expect(story.rollout).toMatchObject({ phase: 'not_started', failure: FAILURE, nextWakeAt: null });
    expect(story.shown('not_started').at(-1)?.message).toMatchObject(FAILURE);
    expect(story.rehearsed().rollout.phase).toBe('not_started');
  });

  test('while the first stage waits for its approval: the request is closed and it ends as not started', () => {
    const story = started(ASKED as typeof PLAN).rehearsed();
    expect(story.rollout.phase).toBe('awaiting_approval');
    story.hears(REFUSED);
    expect(story.rollout).toMatchObject({
      phase: 'not_started',
      failure: FAILURE,
      exposure: { confirmed: 0, wanted: 0 },
    });
  });

  test('while the first raise is ordered: the raise is not carried out', () => {
    const story = applyingStage(1, OPEN_PLAN);
    expect(story.hears(REFUSED).last).toMatchObject({ outcome: 'nothing' });
    const {
      exposure: { movedSeq },
    } = story.rollout;
    story.hears({ type: 'raise_checked', movedSeq, streaks: streaksOf(), refused: 'restricted_action' });
    expect(story.rollout).toMatchObject({
      phase: 'not_started',
      failure: FAILURE,
      exposure: { confirmed: 0, wanted: 0 },
    });
    expect(story.hears({ type: 'raised', movedSeq, exposure: 10 }).last).toMatchObject({ outcome: 'nothing' });
  });

  test('of a raise that was tried before, part of which may be there: it is held and lowered', () => {
    const story = applyingStage(1, OPEN_PLAN);
    const {
      exposure: { movedSeq },
    } = story.rollout;
    story.hears({ type: 'raise_checked', movedSeq, streaks: streaksOf(), refused: 'restricted_action', tried: true });
    expect(story.rollout).toMatchObject({ phase: 'held', held: { cause: 'channel_refused' } });
    expect(story.effects('lower')).toHaveLength(1);
  });

  test.each(PHASES.filter((phase) => phase !== 'starting' && phase !== 'planned'))(
    'in %s of a rollout that users have or had: it goes on',
    (phase) => {
      const story = inPhase(phase);
      expect(story.hears(REFUSED).last).toMatchObject({ outcome: 'nothing' });
      expect(story.rollout.phase).toBe(phase);
    },
  );

  test('at a later raise it is no reason not to raise', () => {
    const story = applyingStage(3);
    const {
      exposure: { movedSeq },
    } = story.rollout;
    story.hears({ type: 'raise_checked', movedSeq, streaks: streaksOf(), refused: 'restricted_action' });
    expect(story.last).toMatchObject({ outcome: 'nothing', because: 'raise_may_go' });
  });

  test('once users have it: it goes on', () => {
    const story = bakingStage(1, OPEN_PLAN).hears(REFUSED);
    expect(story.rollout).toMatchObject({ phase: 'baking', exposure: { confirmed: 10 } });
  });
});
