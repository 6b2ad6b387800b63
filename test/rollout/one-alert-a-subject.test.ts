/** An alert has an end, and each is heard: whatever else is open about the same subject, and whatever was posted before. */
import { describe, expect, test } from 'vitest';
import type { Limit } from '../../src/rollout/plan/plan.js';
import { Alerting, checkOf, PLAN, prom, streak } from './alerting.js';
import { LENA, MINUTE, SECOND } from './fixture.js';

describe('an alert about the same subject', () => {
  const rest = Object.fromEntries(PLAN.checks.map(({ name }) => [name, streak('pass')]));
  const away = { ...streak('missing'), why: { kind: 'said' as const, text: 'one target is away' } };
  const openLines = ({ rollout }: Alerting) =>
    (rollout.alerts.posts ?? []).flatMap(({ no, lines }) =>
      lines.filter(({ open }) => open).map(({ subject, kind }) => `${no} ${subject} ${kind}`),
    );
  /** The targets cannot be read for the third time. */
  const blind = () =>
    new Alerting()
      .waits(MINUTE)
      .assessed({}, { streaks: { ...rest, '@target': away }, target: { error: 'one target is away' } });

  test('takes the place of the one before: a second raise that fails', () => {
    const fails = (story: Alerting) =>
      story
        .resumes()
        .advances()
        .hears({ type: 'raise_failed', movedSeq: story.rollout.exposure.movedSeq, reason: 'raise_failed', detail: '' });
    const story = new Alerting().baked().pauses();
    for (const no of [1, 2]) {
      fails(story);
      expect(openLines(story)).toEqual([`${no} raise raise_failed`]);
      story.lowered().waits(MINUTE);
    }
    expect(openLines(story.resumes().advances().raised())).toEqual([]);
  });

  test.each<[string, (story: Alerting) => unknown]>([
    [
      'another target has too much',
      (story) =>
        story.assessed(
          {},
          { streaks: { ...rest, '@target': away }, target: { error: 'one target is away', atLeast: 50 } },
        ),
    ],
    [
      'they cannot be lowered',
      (story) => story.hears({ type: 'lower_late', movedSeq: story.rollout.exposure.movedSeq, detail: 'refused' }),
    ],
    [
      'a raise landed late',
      (story) =>
        story.hears({ type: 'late_raise', movedSeq: story.rollout.exposure.movedSeq - 1, to: 50, exposure: 50 }),
    ],
    [
      'somebody took them down',
      (story) => story.hears({ type: 'lowered', movedSeq: story.rollout.exposure.movedSeq, exposure: 5 }),
    ],
  ])('targets that do not answer keep nobody from hearing that %s', (_name, happens) => {
    const story = blind();
    expect(openLines(story)).toEqual(['1 @target no_data']);
    happens(story);
    expect(story.heard()).toEqual(['alerts:2 @target']);
    expect(openLines(story)).toEqual(['2 @target drift']);
  });

  test('that was opened on the way down is over with it', () => {
    const story = new Alerting().rollsBack().round(MINUTE, { p1: 'missing', p2: 'warning' });
    expect(openLines(story)).toHaveLength(2);
    story.lowered();
    expect(story.rollout.phase).toBe('rolled_back');
    expect(openLines(story)).toEqual([]);
  });

  test('that says a further limit is broken is heard, whoever has the one before; once in a stage', () => {
    const hold: Limit = { op: 'above', value: 50, act: { kind: 'hold' } };
    const post: Limit = { op: 'above', value: 5, act: { kind: 'post' } };
    const [first, ...others] = PLAN.checks;
    const plan = {
      ...PLAN,
      checks: [{ ...(first ?? checkOf('p1', prom(''))), critical: post, others: [hold] }, ...others],
    };
    const story = new Alerting({ plan });
    const reads = (...limits: readonly Limit[]) => {
      const counting = limits.map((limit) => ({ limit, act: limit.act ?? { kind: 'post' as const } }));
      return story
        .waits(MINUTE)
        .assessed({}, { streaks: { ...rest, p1: { ...streak('critical'), counting } } })
        .heard();
    };
    expect(reads(post)).toEqual(['alerts:1 p1 @SSRE']);
    story.asks(LENA, { type: 'have', subject: '' });
    expect(reads(post, hold)).toEqual(['alerts:2 p1']);
    expect(reads(post)).toEqual([]);
    expect(reads(post, hold)).toEqual([]);
    expect(story.until(15 * MINUTE)).toEqual(['alerts:3 p1 @SSRE']);
  });
});

test('no number of a post comes again', () => {
  const night = new Date('2026-11-21T03:00:00Z');
  const story = new Alerting({ at: night }).round(MINUTE, { p1: 'warning' });
  story
    .round(10 * SECOND, { p1: 'warning', p2: 'critical' })
    .reads(50)
    .lowered();
  expect(story.rollout.alerts.posts?.map(({ no }) => no)).toEqual([1, 2, 3]);
  // The warning joins the second post; the third has said its last.
  for (let i = 0; i < 12; i += 1) story.round(30 * SECOND, { p1: 'warning', p2: 'critical' });
  story.round(11 * MINUTE, { p1: 'warning', p2: 'critical', p3: 'critical' });
  expect(story.heard()).toEqual(['alerts:4 p3 @SSRE']);
});
