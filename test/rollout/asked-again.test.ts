import { describe, expect, test } from 'vitest';
import { HOUR, LARS, LENA, SAM, SECOND } from './fixture.js';
import type { Story } from './given.js';
import { asking, bakingStage1, inPhase } from './phases.js';

/** A check had a bad moment; the request is void, and all is well again. */
function voided(story: Story): Story {
  return story.assessed({ errors: 'unknown' }).assessed();
}

function slots(story: Story): string[] {
  return story.shown('approval_request').map(({ slot }) => slot);
}

describe('a request that was void, asked again', () => {
  test('within the hour takes the place of its card', () => {
    const story = asking(3);
    const first = story.rollout.request?.id;
    voided(story).waits(HOUR).advances();
    expect(story.rollout.request?.id).not.toBe(first);
    expect(slots(story)).toEqual([`request:${first}`]);
    expect(story.card).toEqual({ kind: 'open' });
  });

  test('after the hour has a card of its own', () => {
    const story = asking(3).approves(SAM);
    voided(story).waits(HOUR + 1);
    story.advances();
    expect(slots(story)).toEqual([`request:${story.rollout.request?.id}`]);
    expect(story.rollout.request).not.toHaveProperty('before');
  });

  test('once more keeps to the first card, and says at its end what became of it', () => {
    const story = asking(3);
    const first = `request:${story.rollout.request?.id}`;
    voided(story).waits(SECOND).advances();
    voided(story).waits(SECOND).advances();
    expect(slots(story)).toEqual([first]);
    expect(slots(story.approves(LENA))).toEqual([first]);
    expect(slots(story.raised())).toEqual([first]);
  });

  test('names who had approved, and needs their approval again', () => {
    const story = voided(asking(2).approves(LENA)).advances();
    expect(story.rollout.request).toMatchObject({ votes: [], before: [{ userId: 'ULENA' }] });
    expect(story.approves(SAM).rollout.phase).toBe('awaiting_approval');
    expect(story.approves(LENA).rollout.phase).toBe('applying');
  });

  test('names nobody when nobody had approved', () => {
    expect(voided(asking(2)).advances().rollout.request).not.toHaveProperty('before');
  });

  test('names nobody who had taken the approval back', () => {
    const story = asking(2).approves(LENA).withdraws(LENA);
    expect(voided(story).advances().rollout.request).not.toHaveProperty('before');
  });

  test('still names who approved two tries ago: it counts no more now than then', () => {
    const story = voided(asking(2).approves(LENA)).advances();
    voided(story).advances();
    expect(story.rollout.request).toMatchObject({ votes: [], before: [{ userId: 'ULENA' }] });
    voided(story.approves(SAM)).advances();
    expect(story.rollout.request?.before?.map(({ userId }) => userId)).toEqual(['ULENA', 'USAM']);
    voided(story.approves(LENA)).advances();
    expect(story.rollout.request?.before?.map(({ userId }) => userId).sort()).toEqual(['ULENA', 'USAM']);
  });

  test('is another request: a click on the void one counts for nothing', () => {
    const story = asking(3);
    const first = story.rollout.request?.id ?? '';
    voided(story).advances();
    expect(story.approves(LENA, first).answer).toBe('request_closed');
    expect(story.denies(LARS, first).answer).toBe('request_closed');
    expect(story.rollout.request?.votes).toEqual([]);
  });

  test('for another stage has a card of its own', () => {
    // Void for stage 3; then somebody lowered the targets to stage 1, and stage 2 is asked for before the hour is over.
    const story = voided(asking(3)).reads(12).resumes().baked().advances();
    expect(story.rollout.request).toMatchObject({ stageNo: 2 });
    expect(slots(story)).toEqual([`request:${story.rollout.request?.id}`]);
  });

  test('for a stage that was reached again has a card of its own', () => {
    // Void for stage 2; then somebody switched the targets off, and stage 1 was raised and baked once more.
    const story = voided(asking(2)).reads(0).resumes().advances().raised().baked().advances();
    expect(story.rollout.request).toMatchObject({ stageNo: 2 });
    expect(slots(story)).toEqual([`request:${story.rollout.request?.id}`]);
  });

  test.each([
    ['denied', (story: Story) => story.denies(LENA)],
    ['expired', (story: Story) => story.waits(24 * HOUR).woke()],
    ['withdrawn by a pause', (story: Story) => story.pauses().resumes()],
  ])('after it was %s has a card of its own', (_what, end) => {
    const story = end(asking(3)).advances();
    expect(slots(story)).toEqual([`request:${story.rollout.request?.id}`]);
    expect(story.rollout.request).not.toHaveProperty('card');
  });

  test('that became void on the first card and then expired on it begins again', () => {
    const story = voided(asking(3)).advances();
    story
      .waits(24 * HOUR)
      .woke()
      .advances();
    expect(slots(story)).toEqual([`request:${story.rollout.request?.id}`]);
  });
});

describe('a granted card', () => {
  test.each([
    ['read back', (story: Story) => story.raised()],
    ['paused', (story: Story) => story.pauses()],
    ['rolled back', (story: Story) => story.rollsBack()],
    ['broken by a check', (story: Story) => story.assessed({ errors: 'critical' })],
    ['not read back in time', (story: Story) => story.waits(10 * 60 * SECOND).woke()],
    ['other targets', (story: Story) => story.hears({ type: 'target_changed', detail: 'DB_URL' })],
    [
      'failed',
      (story: Story) => {
        const {
          exposure: { movedSeq },
        } = story.rollout;
        return story.hears({ type: 'raise_failed', movedSeq, reason: 'raise_failed', detail: 'refused' });
      },
    ],
  ])('is drawn once more when the move is over: %s', (_what, end) => {
    const story = inPhase('applying');
    const { request } = story.rollout.raise ?? {};
    end(story);
    expect(story.shown('approval_request')).toMatchObject([
      { slot: `request:${request?.id}`, message: { request: { votes: [{ userId: 'ULENA' }] } } },
    ]);
    expect(story.card).toEqual({ kind: 'granted' });
    expect(story.told).toEqual([]);
  });

  test('is left alone afterwards', () => {
    const story = inPhase('baking').assessed({ errors: 'warning' });
    expect(story.shown('approval_request')).toEqual([]);
  });

  test('where none was needed there is none to draw', () => {
    expect(bakingStage1().shown('approval_request')).toEqual([]);
  });
});
