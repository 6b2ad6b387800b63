import { describe, expect, test } from 'vitest';
import { decideStart } from '../../src/rollout/moves/start.js';
import { ANY_TWO, BEA, byItself, HOUR, LENA, NOON, OLGA, PLAN, SAM, startRequest } from './fixture.js';
import { Story } from './given.js';
import { asking, inPhase } from './phases.js';

const toOlga = (outcome: string) => [{ person: 'UOLGA', outcome }];

describe('who asked is told in a direct message what became of the request', () => {
  test.each([
    ['granted', (story: Story) => story.approves(LENA)],
    ['denied', (story: Story) => story.denies(LENA)],
    ['void', (story: Story) => story.assessed({ errors: 'unknown' })],
    ['void', (story: Story) => story.assessed({ errors: 'critical' })],
    ['void', (story: Story) => story.reads(40)],
    ['void', (story: Story) => story.reads(12)],
    ['void', (story: Story) => story.hears({ type: 'target_changed', detail: 'DB_URL' })],
    ['void', (story: Story) => story.rollsBack('', BEA)],
    ['expired', (story: Story) => story.waits(24 * HOUR).woke()],
    ['withdrawn', (story: Story) => story.pauses(SAM)],
  ])('%s', (outcome, end) => {
    const story = asking(3);
    const { request } = story.rollout;
    end(story);
    expect(story.told).toEqual(toOlga(outcome));
    expect(story.shown('outcome')).toMatchObject([{ message: { request: { id: request?.id }, outcome: story.card } }]);
  });

  test('at the last vote, not at each', () => {
    const story = asking(2).approves(LENA);
    expect(story.told).toEqual([]);
    expect(story.approves(SAM).told).toEqual(toOlga('granted'));
  });

  test('twice when a granted one is taken back: in two messages, because an edit wakes nobody', () => {
    const story = asking(3).approves(LENA);
    const granted = story.shown('outcome')[0]?.slot;
    story.withdraws(LENA);
    expect(story.told).toEqual(toOlga('taken_back'));
    expect(story.shown('outcome')[0]?.slot).not.toBe(granted);
  });

  test.each([
    ['a pause', (story: Story) => story.pauses()],
    ['a rollback', (story: Story) => story.rollsBack()],
  ])('not when it was their own doing: %s', (_what, end) => {
    expect(end(asking(3)).told).toEqual([]);
  });

  test('not when they deny what they asked for themselves', () => {
    const story = inPhase('ready').advances(BEA).denies(BEA);
    expect(story.card).toMatchObject({ kind: 'denied', by: BEA.actor });
    expect(story.told).toEqual([]);
  });

  test('not while it is open', () => {
    expect(asking(3).told).toEqual([]);
  });

  test('who started, where the request made itself', () => {
    const story = inPhase('baking', byItself()).baked();
    expect(story.rollout.request?.requestedBy).toEqual(OLGA.actor);
    expect(story.told).toEqual([]);
    expect(story.denies(LENA).told).toEqual(toOlga('denied'));
  });

  test.each([{ kind: 'cli', name: 'root@web-1' } as const, { kind: 'bot' } as const])(
    'nobody where $kind asked: there is nobody to write to',
    (actor) => {
      const plan = { ...PLAN, stages: PLAN.stages.map((each) => ({ ...each, approve: ANY_TWO })) };
      const story = new Story(decideStart({ ...startRequest(plan), actor }, NOON)).rehearsed();
      expect(story.rollout.request?.requestedBy).toEqual(actor);
      expect(story.denies(LENA).card).toMatchObject({ kind: 'denied' });
      expect(story.told).toEqual([]);
    },
  );
});
