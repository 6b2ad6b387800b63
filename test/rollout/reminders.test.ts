import { describe, expect, test } from 'vitest';
import type { Plan, Reminders } from '../../src/rollout/plan/plan.js';
import { HOUR, LENA, MINUTE, PLAN, plus, SECOND } from './fixture.js';
import type { Story } from './given.js';
import { asking, inPhase } from './phases.js';

const WAITING = ['ready', 'awaiting_approval', 'held'] as const;
const DAY = 24 * HOUR;

function pace(reminders: Partial<Reminders>, more: Partial<Plan> = {}): Plan {
  return { ...PLAN, ...more, reminders: { everyMs: 90 * MINUTE, atMost: 3, ...reminders } };
}

/** Monday to Friday, nine to five. The stories here begin on a Friday at noon, UTC. */
const OFFICE: Reminders['hours'] = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], fromMinute: 540, toMinute: 1_020 };

/** Lets the clock run to each wake, and tells when people were reminded. */
function reminders(story: Story, wakes: number): string[] {
  const told: string[] = [];
  for (let wake = 0; wake < wakes && story.rollout.nextWakeAt; wake += 1) {
    story.waits(story.rollout.nextWakeAt.getTime() - story.now.getTime()).woke();
    told.push(`${story.added.join()} ${story.now.toISOString().slice(5, 16)}`);
  }
  return told;
}

describe('reminders', () => {
  test.each(WAITING)('come at the interval of the plan in %s, not before', (phase) => {
    const story = inPhase(phase, pace({}));
    expect(story.waits(90 * MINUTE - 1).woke().answer).toBe('nothing');
    expect(story.waits(1).woke().added).toEqual(['reminded']);
    expect(story.shown('reminder')).toHaveLength(1);
    expect(story.woke().answer).toBe('nothing');
    expect(story.rollout.nextWakeAt).toEqual(plus(90 * MINUTE, story.now));
  });

  test('of a request stop at the most the plan wants; what is left is its expiry', () => {
    const story = asking(3, pace({ atMost: 2 }));
    const { expiresAt } = story.rollout.request ?? {};
    expect(expiresAt).toEqual(plus(DAY, story.now));
    expect(reminders(story, 2)).toEqual(['reminded 11-20T14:30', 'reminded 11-20T16:00']);
    expect(story.rollout.nextWakeAt).toEqual(expiresAt);
    expect(reminders(story, 1)).toEqual(['approval_expired 11-21T13:00']);
    expect(story.rollout.phase).toBe('ready');
  });

  test('of a request that is open for days stop at the most all the same', () => {
    const story = asking(3, pace({ atMost: 1 }, { approveWithinMs: 5 * DAY }));
    expect(reminders(story, 2)).toEqual(['reminded 11-20T14:30', 'approval_expired 11-25T13:00']);
  });

  test('of a request are none at all when the plan wants none', () => {
    const story = asking(3, pace({ atMost: 0 }));
    expect(reminders(story, 1)).toEqual(['approval_expired 11-21T13:00']);
  });

  test('never come after the expiry, which a plan may set', () => {
    const story = asking(3, pace({ everyMs: 50 * MINUTE }, { approveWithinMs: 2 * HOUR }));
    expect(reminders(story, 3)).toEqual([
      'reminded 11-20T13:50',
      'reminded 11-20T14:40',
      'approval_expired 11-20T15:00',
    ]);
    const once = asking(3, pace({}, { approveWithinMs: HOUR })).rollout.request;
    expect(once?.remindAt).toEqual(once?.expiresAt);
  });

  test.each(['ready', 'held'] as const)('in %s go on once a day after the most: nothing is forgotten', (phase) => {
    const story = inPhase(phase, pace({ atMost: 1 }));
    const first = story.waits(90 * MINUTE).woke();
    expect(first.added).toEqual(['reminded']);
    expect(story.rollout.nextWakeAt).toEqual(plus(DAY, story.now));
    expect(story.waits(DAY - 1).woke().answer).toBe('nothing');
    expect(story.waits(1).woke().added).toEqual(['reminded']);
    expect(story.rollout.nextWakeAt).toEqual(plus(DAY, story.now));
  });

  test('that are rarer than once a day do not become more after the most', () => {
    const story = inPhase('held', pace({ everyMs: 2 * DAY, atMost: 1 }))
      .waits(2 * DAY)
      .woke();
    expect(story.rollout.nextWakeAt).toEqual(plus(2 * DAY, story.now));
  });

  test('are counted again for everything that is waited for', () => {
    const story = inPhase('ready', pace({ atMost: 2 }));
    expect(reminders(story, 2)).toEqual(['reminded 11-20T14:30', 'reminded 11-20T16:00']);
    story.advances();
    expect(reminders(story, 2)).toEqual(['reminded 11-20T17:30', 'reminded 11-20T19:00']);
    story.denies(LENA);
    expect(reminders(story, 2)).toEqual(['reminded 11-20T20:30', 'reminded 11-20T22:00']);
  });

  test('say that nobody is left who could approve when that is known, and only then', () => {
    const said = ([false, true, null] as const).map((approvable) => {
      const story = asking(3)
        .waits(4 * HOUR)
        .woke(approvable);
      return story.shown('reminder').map(({ message }) => message.nobodyLeft ?? 'not said');
    });
    expect(said).toEqual([[true], ['not said'], ['not said']]);
  });
});

describe('reminders in working hours', () => {
  test('wait for them over night and over the weekend', () => {
    const story = inPhase('held', pace({ everyMs: 4 * HOUR, atMost: 9, hours: OFFICE }));
    expect(reminders(story, 4)).toEqual([
      'reminded 11-20T16:30',
      'reminded 11-23T09:00',
      'reminded 11-23T13:00',
      'reminded 11-24T09:00',
    ]);
  });

  test('are those of the plan’s zone', () => {
    const story = inPhase('held', pace({ everyMs: HOUR, hours: OFFICE }, { timezone: 'America/Los_Angeles' }));
    expect(reminders(story, 2)).toEqual(['reminded 11-20T17:00', 'reminded 11-20T18:00']);
  });

  test('hold for what comes once a day after the most, too', () => {
    const story = inPhase('ready', pace({ everyMs: HOUR, atMost: 1, hours: OFFICE }));
    expect(reminders(story, 3)).toEqual(['reminded 11-20T14:00', 'reminded 11-23T09:00', 'reminded 11-24T09:00']);
  });

  test('never keep a request open: it expires at any hour', () => {
    const story = asking(3, pace({ everyMs: 4 * HOUR, hours: OFFICE }, { approveWithinMs: 12 * HOUR }));
    expect(reminders(story, 1)).toEqual(['approval_expired 11-21T01:00']);
  });

  test('do not keep the bot from telling of a rollback that is late', () => {
    const story = inPhase('baking', pace({ everyMs: 4 * HOUR, atMost: 0, hours: OFFICE }));
    story.waits(12 * HOUR).rollsBack();
    expect(story.rollout.nextWakeAt).toEqual(plus(30 * SECOND, story.now));
    expect(story.waits(30 * SECOND).woke().added).toEqual(['rollback_overdue']);
    for (let time = 1; time <= 3; time += 1) {
      expect(story.rollout.nextWakeAt).toEqual(plus(4 * HOUR, story.now));
      expect(story.waits(4 * HOUR).woke().added).toEqual(['reminded']);
      expect(story.shown('incident')).toHaveLength(1);
    }
  });
});
