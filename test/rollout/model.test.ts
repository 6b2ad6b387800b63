import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Recorded } from '../../src/rollout/state/events.js';
import { evolve, replay } from '../../src/rollout/state/evolve.js';
import {
  isExposed,
  isTerminal,
  needsWatch,
  type OwnKey,
  PHASES,
  type Phase,
  type Rollout,
} from '../../src/rollout/state/rollout.js';
import { begin, STARTS } from './beginnings.js';
import type { Story } from './given.js';
import { NEXT } from './next.js';
import { granted } from './votes.js';
import { STEPS, take } from './walk.js';

/** The reason of a request that nobody typed. */
const BY_ITSELF = 'advance: auto';

/** What each phase has that no other has. */
const OWN: Readonly<Record<Phase, readonly OwnKey[]>> = {
  starting: [],
  ready: ['remindAt', 'reminded'],
  awaiting_approval: ['request', 'reminded'],
  applying: ['raise'],
  baking: [],
  held: ['held', 'remindAt', 'reminded'],
  rolling_back: ['remindAt'],
  rolled_back: ['endedAt'],
  completed: ['endedAt', 'finishNote'],
  not_started: ['endedAt', 'failure'],
};
const OWN_KEYS: readonly string[] = Object.values(OWN).flat();

const RUNS = { numRuns: 700, seed: 20_261_120 } as const;

/** Walks at random and lets `law` look at every step: the rollout before, and the story after. */
function everyStep(law: (before: Rollout, story: Story) => void): void {
  fc.assert(
    fc.property(STARTS, STEPS, (start, steps) => {
      const story = begin(start);
      for (const step of steps) {
        const before = story.rollout;
        take(story, step);
        law(before, story);
      }
    }),
    RUNS,
  );
}

/** Walks at random and looks at the whole story at its end. */
function everyWalk(law: (story: Story) => void): void {
  fc.assert(
    fc.property(STARTS, STEPS, (start, steps) => {
      const story = begin(start);
      for (const step of steps) take(story, step);
      law(story);
    }),
    RUNS,
  );
}

function fresh(before: Rollout, story: Story): Recorded[] {
  return story.events.filter(({ seq }) => seq > before.seq);
}

describe('whatever people, targets and the clock do', () => {
  test('exposure is never wanted higher without an order that was approved, or that needs no approval', () => {
    everyStep((before, story) => {
      let rollout = before;
      for (const recorded of fresh(before, story)) {
        const next = evolve(rollout, recorded);
        const { event } = recorded;
        if (event.type === 'raise_ordered') {
          const stage = rollout.plan.stages[event.stageNo - 1];
          const again = rollout.stage.no === 0 && event.stageNo === rollout.entry?.stageNo;
          expect(event.to).toBe(stage?.exposure);
          expect(again || event.stageNo === rollout.stage.no + 1).toBe(true);
          const free = stage?.approve === undefined && rollout.bake.done && !again;
          expect(free || granted(story, recorded)).toBe(true);
        } else if (event.type !== 'rehearsed') {
          expect(next.exposure.wanted).toBeLessThanOrEqual(rollout.exposure.wanted);
        }
        rollout = next;
      }
    });
  });

  test('walks come by every way to ask, to take back and to begin', () => {
    const met = new Set<string>();
    everyWalk((story) => {
      for (const { event } of story.events) {
        if (event.type === 'approval_withdrawn') met.add(event.raise ? 'called back' : 'a vote less');
        if (event.type === 'started' && event.entry) met.add('begun again');
        if (event.type !== 'approval_requested') continue;
        if (event.override) met.add('override');
        if (event.before) met.add('asked again');
        if (event.quorum) met.add('another operator');
        if (event.reason === BY_ITSELF) met.add('by itself');
      }
    });
    const ways = [
      'a vote less',
      'another operator',
      'asked again',
      'begun again',
      'by itself',
      'called back',
      'override',
    ];
    expect([...met].sort()).toEqual(ways);
  });

  test('a stage is gone on from by itself at most once, and never after a way back', () => {
    everyWalk((story) => {
      let open = true;
      for (const { event } of story.events) {
        if (event.type === 'exposure_confirmed') open = true;
        if (event.type === 'rollback_confirmed' || event.type === 'resumed') open = false;
        if (event.type !== 'approval_requested') continue;
        if (event.reason === BY_ITSELF) expect(open).toBe(true);
        open = false;
      }
    });
  });

  test('a card is drawn once in one decision', () => {
    everyStep((_before, story) => {
      const slots = story.shown('approval_request').map(({ slot }) => slot);
      expect(new Set(slots).size).toBe(slots.length);
    });
  });

  test('a reminder that was sent is not due again at once', () => {
    everyStep((_before, story) => {
      if (!story.added.includes('reminded')) return;
      expect(story.rollout.nextWakeAt?.getTime()).toBeGreaterThan(story.now.getTime());
    });
  });

  test('every raise that goes out carries the order it belongs to and an expiry', () => {
    everyStep((_before, story) => {
      for (const raise of story.effects('raise')) {
        expect(story.rollout).toMatchObject({
          phase: 'applying',
          exposure: { wanted: raise.to, movedSeq: raise.movedSeq },
        });
        expect(raise.notAfter.getTime()).toBeGreaterThan(story.now.getTime());
      }
    });
  });

  test('every lowering that goes out says what is wanted', () => {
    everyStep((_before, story) => {
      for (const lower of story.effects('lower')) {
        expect(lower).toEqual({
          kind: 'lower',
          to: story.rollout.exposure.wanted,
          movedSeq: story.rollout.exposure.movedSeq,
        });
      }
    });
  });

  test('a rollback is confirmed only by a reading that is not above it', () => {
    everyStep((before, story) => {
      const confirmed = fresh(before, story).find(({ event }) => event.type === 'rollback_confirmed')?.event;
      if (confirmed?.type !== 'rollback_confirmed') return;
      expect(confirmed.exposure).toBeLessThanOrEqual(before.exposure.wanted);
    });
  });

  test('wanted and confirmed stay between 0 and 100', () => {
    everyStep((_before, { rollout }) => {
      for (const exposure of [rollout.exposure.wanted, rollout.exposure.confirmed]) {
        expect(exposure).toBeGreaterThanOrEqual(0);
        expect(exposure).toBeLessThanOrEqual(100);
      }
    });
  });

  test('phases follow one another only as drawn, and all of them are reached', () => {
    const reached = new Set<Phase>(['starting']);
    everyStep((before, story) => {
      // A step may be two decisions; what counts is where each of them ends.
      const from = story.last.outcome === 'accepted' ? story.last.before : before;
      const { phase } = story.rollout;
      reached.add(phase);
      if (from && phase !== from.phase) expect(NEXT[from.phase]).toContain(phase);
    });
    expect([...reached].sort()).toEqual([...PHASES].sort());
  });

  test('nothing is stuck: what is not over has a wake time, what is over has an end', () => {
    everyStep((_before, { rollout }) => {
      expect(rollout.nextWakeAt === null).toBe(isTerminal(rollout.phase));
      expect(rollout.endedAt === undefined).toBe(!isTerminal(rollout.phase));
    });
  });

  test('what never started never changes again', () => {
    everyStep((before, story) => {
      if (before.phase === 'not_started') expect(story.rollout).toBe(before);
    });
  });

  test('the events add up to the rollout, and are numbered without a gap', () => {
    everyWalk((story) => {
      expect(replay(story.events)).toEqual(story.rollout);
      expect(story.events.map(({ seq }) => seq)).toEqual(story.events.map((_, at) => at + 1));
    });
  });

  test('a rollout has what its phase has of its own, and nothing of another phase', () => {
    everyStep((_before, { rollout }) => {
      const own = Object.keys(rollout).filter((key) => OWN_KEYS.includes(key));
      expect(own.sort()).toEqual([...OWN[rollout.phase]].sort());
      expect(Object.values(rollout)).not.toContain(undefined);
    });
  });

  test('a way back is known while it goes on and when it has ended', () => {
    everyStep((_before, { rollout }) => {
      if (rollout.phase === 'rolling_back') expect(rollout.rollback.confirmedAt).toBeNull();
      if (rollout.phase === 'rolled_back') expect(rollout.rollback.confirmedAt).not.toBeNull();
    });
  });

  test('a watch is needed exactly while it is not over and somebody is exposed, or it bakes', () => {
    everyStep((_before, { rollout }) => {
      const over = ['rolled_back', 'completed', 'not_started'].includes(rollout.phase);
      const bakes = rollout.phase === 'baking' || rollout.request?.override !== undefined;
      const exposed = rollout.exposure.confirmed > (rollout.exposure.anchor ?? 0);
      expect(isExposed(rollout)).toBe(exposed);
      expect(needsWatch(rollout)).toBe(!over && (exposed || bakes));
    });
  });

  test('two criticals in a row leave nobody exposed and unwatched', () => {
    everyStep((_before, story) => {
      if (!needsWatch(story.rollout)) return;
      story.assessed({ errors: 'critical' });
      expect(story.rollout).toMatchObject({ phase: 'rolling_back' });
    });
  });

  test('a rollback to off is always possible, and ends in zero once it was read back', () => {
    everyWalk((story) => {
      if (story.rollout.phase === 'not_started') return;
      expect(story.rollsBack('off').answer).not.toBe('refused');
      expect(story.rollout).toMatchObject({ phase: 'rolling_back', exposure: { wanted: 0 } });
      expect(story.lowered().rollout).toMatchObject({ phase: 'rolled_back', exposure: { confirmed: 0 } });
    });
  });
});
