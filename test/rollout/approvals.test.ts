import { describe, expect, test } from 'vitest';
import type { Plan } from '../../src/rollout/plan/plan.js';
import {
  ANY_TWO,
  BEA,
  HOUR,
  LARS,
  LEAD_AND_SRE,
  LENA,
  OLGA,
  type Person,
  PLAN,
  plus,
  SAM,
  SHELL,
  stage,
  streakOf,
  streaksOf,
} from './fixture.js';
import type { Story } from './given.js';
import { asking, inPhase } from './phases.js';

const BOTH_PLAN: Plan = { ...PLAN, stages: [stage(1, 10), stage(2, 25, LEAD_AND_SRE), stage(3, 50), stage(4, 100)] };

const ANY_TWO_PLAN: Plan = {
  ...PLAN,
  stages: [stage(1, 10), stage(2, 25, ANY_TWO), stage(3, 50, ANY_TWO), stage(4, 100)],
};

/** The same person, as known to an app that is installed for the whole organisation. */
function ofTheOrganisation({ actor, standing }: Person): Person {
  return { actor: { ...actor, teamId: 'E1' } as Person['actor'], standing };
}

function outcomeShown(story: Story) {
  return story.shown('approval_request').at(-1)?.message.outcome;
}

describe('an approval', () => {
  test('is asked for one move: stage, attempt, from and to, plan and verdicts', () => {
    const story = asking(3);
    expect(story.shown('approval_request')).toMatchObject([
      { slot: `request:${story.rollout.request?.id}`, message: { outcome: { kind: 'open' } } },
    ]);
    expect(story.rollout.request).toMatchObject({
      bakedMs: HOUR / 2,
      stageNo: 3,
      attempt: 1,
      from: 25,
      to: 50,
      planHash: 'hash-1',
      requestedBy: OLGA.actor,
      votes: [],
      verdicts: { errors: 'pass', latency: 'pass', orders: 'pass' },
    });
  });

  test('by the one person needed orders the raise in the same breath', () => {
    const story = asking(3);
    const requestId = story.rollout.request?.id;
    story.approves(LENA);
    expect(story.added).toEqual(['approval_recorded', 'raise_ordered']);
    expect(story.event('approval_recorded')).toMatchObject({ requestId, granted: true, saw: { from: 25, to: 50 } });
    expect(story.event('raise_ordered')).toMatchObject({ requestId, to: 50 });
    expect(story.effects('raise')).toMatchObject([{ to: 50, from: 25, movedSeq: story.rollout.exposure.movedSeq }]);
    expect(outcomeShown(story)).toEqual({ kind: 'granted' });
  });

  test('carries ten minutes to the raise it orders', () => {
    const story = asking(3).approves(LENA);
    expect(story.effects('raise')[0]?.notAfter).toEqual(plus(HOUR / 6, story.now));
  });

  test('by whoever asked for this advance is refused', () => {
    const story = inPhase('ready').advances(BEA).approves(BEA);
    expect(story.answer).toBe('own_request');
    expect(story.rollout.request?.votes).toEqual([]);
  });

  test.each([
    ['who asked for it is refused', BEA, 'own_request'],
    ['who approved it already counts once', LENA, 'nothing'],
  ] as const)('by somebody %s, also when the bot serves the whole organisation by now', (_name, person, answer) => {
    const story = inPhase('ready', ANY_TWO_PLAN).advances(BEA).approves(LENA);
    const { votes } = story.rollout.request ?? { votes: [] };
    const moved = story.approves(ofTheOrganisation(person));
    expect([moved.answer, moved.rollout.request?.votes]).toEqual([answer, votes]);
  });

  test('by whoever started, but did not ask for this advance, counts', () => {
    expect(inPhase('ready').advances(BEA).approves(LENA).rollout.phase).toBe('applying');
  });

  test('by somebody without a needed role is refused', () => {
    expect(asking(3).approves(SAM).answer).toBe('not_allowed');
    expect(asking(3).approves(OLGA).answer).toBe('not_allowed');
    expect(asking(3).approves(SHELL).answer).toBe('not_allowed');
  });

  test('when membership could not be read is refused', () => {
    const unread = { ...LENA, standing: { ...LENA.standing, who: 'unknown', roles: 'unknown' } } as const;
    expect(asking(3).approves(unread).answer).toBe('membership_unknown');
  });

  test('of any two waits for the second person', () => {
    const story = asking(2).approves(LENA);
    expect(story.added).toEqual(['approval_recorded']);
    expect(story.effects('raise')).toEqual([]);
    expect(outcomeShown(story)).toEqual({ kind: 'open' });
    expect(story.approves(LARS).rollout.phase).toBe('applying');
  });

  test('of each role takes one person for one role only', () => {
    const story = asking(2, BOTH_PLAN).approves(BEA);
    expect(story.rollout.phase).toBe('awaiting_approval');
    expect(story.approves(LENA).rollout.phase).toBe('applying');
  });

  test('of each role is not reached by two people of the same one', () => {
    expect(asking(2, BOTH_PLAN).approves(LENA).approves(LARS).rollout.phase).toBe('awaiting_approval');
  });

  test('clicked twice counts once and harms nothing', () => {
    const story = asking(2).approves(LENA);
    const before = story.rollout;
    expect(story.approves(LENA).answer).toBe('nothing');
    expect(story.rollout).toBe(before);
  });

  test('of a request that is closed is refused as closed, whoever clicks', () => {
    const story = asking(3);
    const requestId = story.rollout.request?.id;
    expect(story.approves(LENA).approves(LENA, requestId).answer).toBe('request_closed');
    expect(story.approves(SAM, requestId).answer).toBe('request_closed');
  });

  test('of an earlier request does not count for the one open now', () => {
    const story = asking(3);
    const earlier = story.rollout.request?.id;
    story.denies(LARS).advances();
    expect(story.rollout.request).toMatchObject({ stageNo: 3, attempt: 2 });
    expect(story.rollout.request?.id).not.toBe(earlier);
    expect(story.approves(LENA, earlier).answer).toBe('request_closed');
    expect(story.denies(LENA, earlier).answer).toBe('request_closed');
    expect(story.approves(LENA).rollout.phase).toBe('applying');
  });

  test('denied closes the request and leaves the rollout ready for a new one', () => {
    const story = asking(3).denies(LENA);
    expect(story.rollout).toMatchObject({
      phase: 'ready',
      exposure: { confirmed: 25, wanted: 25 },
    });
    expect(outcomeShown(story)).toMatchObject({ kind: 'denied', by: LENA.actor, reason: 'not today' });
  });

  test.each(['', '  '])('denied without a reason ("%s") is refused, and the request stays open', (reason) => {
    const story = asking(3);
    const { request } = story.rollout;
    const requestId = request?.id ?? '';
    expect(story.denies(LENA, requestId, { reason }).last).toMatchObject({
      refusal: { reason: 'reason_missing', helps: 'deny' },
    });
    expect(story.rollout.request).toBe(request);
  });

  describe('denied, with what comes of it', () => {
    const DENIED = { by: LENA.actor, reason: 'not today', next: 'sre' };

    test('names who acts next, on the card, in the record and until somebody asks again', () => {
      const story = asking(3).denies(LENA, undefined, { next: 'sre' });
      expect(story.added).toEqual(['approval_denied']);
      expect(story.event('approval_denied')).toMatchObject({ next: 'sre', reason: 'not today' });
      expect(outcomeShown(story)).toMatchObject({ kind: 'denied', next: 'sre' });
      expect(story.rollout.denied).toMatchObject(DENIED);
      expect(story.advances().rollout.denied).toBeNull();
    });

    test('a longer bake is one decision with it, and the bake goes on', () => {
      const story = asking(3).denies(LENA, undefined, { after: { kind: 'extend', byMs: HOUR } });
      expect(story.added).toEqual(['approval_denied', 'bake_extended']);
      expect(story.rollout).toMatchObject({ phase: 'baking', bake: { done: false, extraMs: HOUR } });
      expect(story.event('bake_extended')).toMatchObject({ reopened: true, reason: 'not today' });
      expect(outcomeShown(story)).toMatchObject({ kind: 'denied', extendedByMs: HOUR });
    });

    test('a longer bake before the first stage is refused, for nothing bakes, and the request stays open', () => {
      const first: Plan = { ...PLAN, stages: [stage(1, 10, LEAD_AND_SRE), stage(2, 100)] };
      const story = inPhase('starting', first).rehearsed();
      const after = { kind: 'extend', byMs: HOUR } as const;
      expect(story.denies(LENA, undefined, { after }).answer).toBe('wrong_phase');
      expect(story.rollout.phase).toBe('awaiting_approval');
    });

    test.each([
      ['the stage before', { kind: 'stage', no: 1, exposure: 10 } as const, 10, false],
      ['off', { kind: 'off' } as const, 0, true],
      ['where the plan says', null, 0, true],
    ])('%s: the request is denied and it goes down, in one decision', (_name, to, exposure, ends) => {
      const story = asking(3).denies(LENA, undefined, { after: { kind: 'lower', to }, next: 'sre' });
      expect(story.added).toEqual(['approval_denied', 'rollback_ordered']);
      expect(story.event('rollback_ordered')).toMatchObject({
        to: exposure,
        ends,
        cause: { reason: 'person', by: LENA.actor, note: 'not today' },
      });
      expect(outcomeShown(story)).toMatchObject({ kind: 'denied' });
      expect(story.effects('lower')).toMatchObject([{ to: exposure }]);
    });

    describe('a way down is carried out where the denial cannot be', () => {
      const off = { after: { kind: 'lower', to: { kind: 'off' } } } as const;

      test('granted by somebody else meanwhile: the raise under way is taken back', () => {
        const story = asking(3);
        const requestId = story.rollout.request?.id;
        story.approves(LARS).denies(LENA, requestId, off);
        expect(story.added).toEqual(['rollback_ordered']);
        expect(story.rollout).toMatchObject({ phase: 'rolling_back', exposure: { wanted: 0 } });
      });

      test('asked for again meanwhile: that request ends with it', () => {
        const story = asking(3);
        const earlier = story.rollout.request?.id;
        story.denies(LARS).advances().denies(LENA, earlier, off);
        expect(story.added).toEqual(['rollback_ordered']);
        expect(outcomeShown(story)).toMatchObject({ kind: 'void', reason: 'exposure_moved' });
      });

      test('without a reason', () => {
        expect(asking(3).denies(LENA, undefined, { ...off, reason: ' ' }).added).toEqual(['rollback_ordered']);
      });

      test('Slack does not say who somebody is: their last known roles decide', () => {
        const unknown: Person = {
          ...LENA,
          standing: { who: 'unknown', roles: 'unknown', lastKnownRoles: ['engineering-lead'] },
        };
        expect(asking(3).denies(unknown, undefined, off).added).toEqual(['rollback_ordered']);
        expect(asking(3).denies(unknown).answer).toBe('membership_unknown');
      });

      test('but not for who may do neither', () => {
        const nobody: Person = { ...LENA, standing: { who: 'member', roles: [], lastKnownRoles: [] } };
        expect(asking(3).denies(nobody, undefined, off).answer).toBe('not_allowed');
      });
    });
  });

  test('denied by somebody who could not approve is refused', () => {
    expect(asking(3).denies(OLGA).answer).toBe('not_allowed');
  });

  test('is withdrawn by a pause', () => {
    const story = asking(3).pauses();
    expect(story.rollout).toMatchObject({ phase: 'held' });
    expect(outcomeShown(story)).toMatchObject({ kind: 'withdrawn', by: OLGA.actor });
    expect(story.approves(LENA).answer).toBe('request_closed');
  });

  test('expires after a day, not before', () => {
    const story = asking(3);
    const asked = story.now;
    story.waits(24 * HOUR - 1).woke();
    expect(story.rollout.phase).toBe('awaiting_approval');
    story.waits(1).woke();
    expect(story.added).toEqual(['approval_expired']);
    expect(story.rollout).toMatchObject({ phase: 'ready' });
    expect(outcomeShown(story)).toEqual({ kind: 'expired', at: plus(24 * HOUR, asked) });
  });
});

describe('an open request', () => {
  test.each(['warning', 'unknown'] as const)('is void when a verdict becomes %s', (verdict) => {
    const story = asking(3).assessed({ errors: verdict });
    expect(story.event('approval_voided')).toMatchObject({
      reason: 'health_worse',
      detail: { kind: 'became', check: 'errors', verdict },
    });
    expect(story.rollout).toMatchObject({ phase: 'ready' });
    expect(outcomeShown(story)).toMatchObject({ kind: 'void', reason: 'health_worse' });
  });

  test('is not void when only numbers move', () => {
    const streaks = streaksOf();
    const errors = { ...streakOf('errors', 'pass'), value: 1.9, before: 0 };
    const story = asking(3).assessed({}, { streaks: { ...streaks, errors } });
    expect(story.rollout.phase).toBe('awaiting_approval');
  });

  test('that showed a warning is not void while it stays a warning, or when it passes', () => {
    const story = inPhase('ready').assessed({ errors: 'warning' }).advances();
    expect(story.rollout.request?.verdicts).toMatchObject({ errors: 'warning' });
    expect(story.assessed({ errors: 'warning' }).rollout.phase).toBe('awaiting_approval');
    expect(story.assessed({}).rollout.phase).toBe('awaiting_approval');
  });

  test.each([
    ['up', 40],
    ['down', 15],
  ])('is void when somebody moved the targets %s', (_way, found) => {
    const story = asking(3).reads(found);
    expect(story.rollout.request).toBeUndefined();
    expect(outcomeShown(story)).toMatchObject({ kind: 'void', reason: 'exposure_moved' });
  });

  test('is void when a raise called back before lands late after all', () => {
    const story = inPhase('applying').pauses().lowered().resumes().advances();
    expect(story.rollout.phase).toBe('awaiting_approval');
    story.settleRead(50);
    expect(story.rollout.request).toBeUndefined();
    const detail = { kind: 'read_after', what: 'lowering', found: 50, wanted: 25 };
    expect(outcomeShown(story)).toMatchObject({ kind: 'void', reason: 'late_raise', detail });
  });

  test('is void when the environment points at other targets', () => {
    const story = asking(3).hears({ type: 'target_changed', detail: 'DB_URL' });
    expect(story.rollout).toMatchObject({ phase: 'held' });
    expect(outcomeShown(story)).toMatchObject({ kind: 'void', reason: 'target_changed' });
  });

  test('is void when the rollout is rolled back, and approving it then is refused', () => {
    const story = asking(3);
    const requestId = story.rollout.request?.id;
    story.rollsBack();
    expect(outcomeShown(story)).toMatchObject({ kind: 'void' });
    expect(story.approves(LENA, requestId).answer).toBe('request_closed');
  });
});
