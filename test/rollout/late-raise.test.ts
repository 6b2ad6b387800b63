import { describe, expect, test } from 'vitest';
import { LENA, MINUTE, plus, SAM, SECOND } from './fixture.js';
import type { Story } from './given.js';
import { applyingStage, bakingStage, inPhase } from './phases.js';

/** A raise to half that was called back in this way; the seq it belongs to. */
function calledBack(how: (story: Story) => Story): { story: Story; movedSeq: number } {
  const story = applyingStage(3);
  const {
    exposure: { movedSeq },
  } = story.rollout;
  return { story: how(story), movedSeq };
}

const late = (movedSeq: number, exposure: number | null = null, elsewhere = false) =>
  ({ type: 'late_raise', movedSeq, to: 50, exposure, elsewhere }) as const;

/** Every way in which a raise to half can be over while less is wanted. */
const OVER: Readonly<Record<string, (story: Story) => Story>> = {
  'after it was rolled back': (story) => story.rollsBack().lowered(),
  'after it was rolled back and settled': (story) => story.rollsBack().lowered().settleRead(0, true),
  'after it was paused': (story) => story.pauses(),
  'after it was paused and lowered': (story) => story.pauses().lowered(),
  'after an approval was taken back': (story) => story.withdraws(LENA),
  'after it failed': (story) =>
    story.hears({
      type: 'raise_failed',
      movedSeq: story.rollout.exposure.movedSeq,
      reason: 'raise_failed',
      detail: 'no',
    }),
  'after it expired': (story) => story.waits(11 * MINUTE).woke(),
  'when somebody went on': (story) => story.pauses().lowered().resumes(),
  'when it is asked for once more': (story) => story.pauses().lowered().resumes().advances(),
  'after the rollout was finished below it': (story) => story.pauses().lowered().finishes(),
};

describe.each(Object.entries(OVER))('a raise that ends %s', (_when, over) => {
  test.each([null, 50])('is lowered at once, and the targets are read until it is certain (read: %s)', (exposure) => {
    const { story, movedSeq } = calledBack(over);
    const {
      exposure: { wanted },
    } = story.rollout;
    story.hears(late(movedSeq, exposure));
    expect(story.effects('lower')).toMatchObject([{ to: wanted, movedSeq: story.rollout.exposure.movedSeq }]);
    expect(story.rollout).toMatchObject({ exposure: { wanted, settled: false } });
    expect(story.rollout.request).toBeUndefined();
    expect(story.rollout.exposure.late).toEqual({ exposure: 50, seen: exposure !== null });
    story.lowered();
    expect(story.effects('read').at(-1)).toMatchObject({ last: true });
    expect(story.rollout).toMatchObject({ exposure: { late: null, settled: false } });
    story.settleRead(wanted, true);
    expect(story.rollout.exposure.settled).toBe(true);
  });

  test('is told as what was read, and once', () => {
    const { story, movedSeq } = calledBack(over);
    const told = (exposure: number | null) => {
      story.hears(late(movedSeq, exposure));
      return story.alerts.filter(({ subject }) => subject === '@target');
    };
    expect(told(null)).toEqual([]);
    expect(told(50)).toMatchObject([{ kind: 'drift', value: 50 }]);
    expect(told(50)).toEqual([]);
  });

  test('lowers nothing where another rollout moves the targets by now, and people are told', () => {
    const { story, movedSeq } = calledBack(over);
    story.hears(late(movedSeq, 50, true));
    expect(story.effects('lower')).toEqual([]);
    const [alert] = story.alerts.filter(({ subject }) => subject === '@target');
    expect(alert).toMatchObject({ reason: 'late_raise', detail: { kind: 'late_raise', to: 50, elsewhere: true } });
    expect(story.hears(late(movedSeq, 50, true)).answer).toBe('nothing');
  });
});

describe('a raise that ends late', () => {
  test('while another process is at the same raise is theirs', () => {
    const story = applyingStage(3);
    expect(story.hears(late(story.rollout.exposure.movedSeq)).answer).toBe('nothing');
  });

  test('while it is rolled back delays nothing: the lowering is read back, and read again a second later', () => {
    const { story, movedSeq } = calledBack((each) => each.rollsBack());
    expect(story.hears(late(movedSeq)).answer).toBe('nothing');
    expect(story.hears(late(movedSeq, 50)).answer).toBe('nothing');
    expect(story.lowered().rollout).toMatchObject({ phase: 'rolled_back', exposure: { settled: false } });
    expect(story.effects('read')[0]).toMatchObject({ notBefore: plus(SECOND, story.now), last: false });
  });

  test('changes nothing when users are to have as much or more by now', () => {
    const { story, movedSeq } = calledBack((each) => each.pauses().lowered().resumes().advances().approves(LENA));
    expect(story.hears(late(movedSeq)).answer).toBe('nothing');
    expect(story.raised().hears(late(movedSeq, 50)).answer).toBe('nothing');
  });

  test('above the raise that is under way now ends that one too', () => {
    const { story, movedSeq } = calledBack((each) => each.rollsBack('10').lowered().resumes().baked().advances());
    story.approves(LENA).approves(SAM);
    expect(story.rollout).toMatchObject({ phase: 'applying', exposure: { wanted: 25 } });
    story.hears(late(movedSeq, 50));
    expect(story.rollout).toMatchObject({ phase: 'held', exposure: { wanted: 10 } });
    expect(story.effects('lower')).toMatchObject([{ to: 10 }]);
  });

  test('is redrawn in the incident of its rollback: users may have it again', () => {
    const { story, movedSeq } = calledBack((each) => each.rollsBack().lowered());
    expect(story.hears(late(movedSeq)).shown('incident')).toHaveLength(1);
    expect(story.lowered().shown('incident')).toHaveLength(1);
  });

  test('said as read back by who raised is the same', () => {
    const { story, movedSeq } = calledBack((each) => each.rollsBack().lowered());
    story.hears({ type: 'raised', movedSeq, exposure: 50 });
    expect(story.added).toContain('late_raise_seen');
    expect(story.effects('lower')).toMatchObject([{ to: 0 }]);
  });
});

describe('after a way down the targets are read', () => {
  const times = (story: Story) => story.effects('read').map(({ notBefore }) => notBefore);
  const distances = (story: Story, ...ms: number[]) => ms.map((each) => plus(each, story.now));

  test('for half a minute when no raise was under way', () => {
    const story = inPhase('rolled_back');
    expect(times(story)).toEqual(distances(story, SECOND, 5 * SECOND, 30 * SECOND));
    expect(story.rollout.exposure.overtaken).toBeNull();
  });

  test.each<[string, (story: Story) => Story]>([
    ['rolled back', (story) => story.rollsBack()],
    ['paused', (story) => story.pauses()],
    ['taken back', (story) => story.withdraws(LENA)],
  ])('until the raise that was %s cannot land any more', (_how, down) => {
    const story = down(applyingStage(3).waits(MINUTE)).lowered();
    const until = 10 * MINUTE;
    expect(times(story)).toEqual(distances(story, SECOND, 5 * SECOND, 30 * SECOND, 2 * MINUTE, 5 * MINUTE, until));
    expect(story.effects('read').map(({ last }) => last)).toEqual([false, false, false, false, false, true]);
    expect(story.rollout.exposure.settled).toBe(false);
  });

  test('for half a minute when what was raised was read back before', () => {
    expect(times(applyingStage(3).raised().waits(MINUTE).rollsBack().lowered())).toHaveLength(3);
  });

  test('for half a minute when the raise expired long ago', () => {
    const story = applyingStage(3)
      .pauses()
      .lowered()
      .waits(20 * MINUTE)
      .rollsBack()
      .lowered();
    expect(times(story)).toHaveLength(3);
  });

  test('longer also after the raise of the next stage was called back, from that one', () => {
    const story = bakingStage(2).baked().advances().approves(LENA);
    expect(story.rollout.phase).toBe('applying');
    story
      .waits(9 * MINUTE)
      .rollsBack()
      .lowered();
    expect(times(story)).toEqual(distances(story, SECOND, 5 * SECOND, 30 * SECOND, 2 * MINUTE));
  });
});
