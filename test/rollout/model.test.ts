import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { isBegun } from '../../src/rollout/plan/lists.js';
import type { Event, Recorded } from '../../src/rollout/state/events.js';
import { evolve, replay } from '../../src/rollout/state/evolve.js';
import { isMet } from '../../src/rollout/state/item-state.js';
import { rowsOf } from '../../src/rollout/state/items.js';
import { isListMet, listsInTheWay, nextLookAt } from '../../src/rollout/state/lists.js';
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

/** What each phase has that no other has. */
const OWN: Readonly<Record<Phase, readonly OwnKey[]>> = {
  planned: ['remindAt', 'reminded'],
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

const WALKS = fc.tuple(STARTS, STEPS);
type Walk = typeof WALKS extends fc.Arbitrary<infer W> ? W : never;
const RUNS = { numRuns: 700, seed: 20_261_120 } as const;

function fresh(before: Rollout, story: Story): Recorded[] {
  return story.events.filter(({ seq }) => seq > before.seq);
}

/** Asked after every step: the rollout before it, and the story after it. */
const AT_EVERY_STEP: Readonly<Record<string, (before: Rollout, story: Story) => void>> = {
  'exposure is never wanted higher without an order that was approved, or that needs no approval': (before, story) => {
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
  },
  'nothing is ordered up while something that is to be done before is not done': (before, story) => {
    let rollout = before;
    for (const recorded of fresh(before, story)) {
      const { event } = recorded;
      if (event.type === 'raise_ordered') expect(listsInTheWay(rollout).filter((list) => !isListMet(list))).toEqual([]);
      rollout = evolve(rollout, recorded);
    }
  },
  'how far a list is, is what its items say': (_before, story) => {
    for (const list of story.rollout.lists.filter(({ opening }) => opening > 0)) {
      const rows = rowsOf(story.items, list);
      expect(list.met).toBe(rows.filter(({ plan, state }) => !plan.optional && isMet(state)).length);
      for (const [state, count] of Object.entries(list.counts))
        expect(rows.filter((row) => row.state === state)).toHaveLength(count);
      expect(list.waiting).toBe(rows.filter(({ plan, state }) => isBegun(plan.work) && state === 'open').length);
      for (const { no } of list.aging) expect(rows.find(({ ref }) => ref.no === no)?.state).toBe('done');
    }
  },
  'a run of an item goes out once': (_before, story) => {
    const runs = story.events.flatMap(({ event }) =>
      event.type === 'item_started' ? [[...Object.values(event.item), event.run].join(' ')] : [],
    );
    expect(new Set(runs).size).toBe(runs.length);
    const ordered = story.effects('item').map(({ item, run }) => [...Object.values(item), run].join(' '));
    expect(ordered.filter((one) => runs.includes(one))).toEqual([]);
  },
  'a card is drawn once in one decision': (_before, story) => {
    const slots = story.shown('approval_request').map(({ slot }) => slot);
    expect(new Set(slots).size).toBe(slots.length);
  },
  'a reminder that was sent is not due again at once': (_before, story) => {
    if (!story.added.includes('reminded')) return;
    // Something else may be due at once: people who are to be called, what the bot has to do.
    const { rollout } = story;
    const next = rollout.request?.remindAt ?? ('remindAt' in rollout ? rollout.remindAt : null);
    expect(next?.getTime()).toBeGreaterThan(story.now.getTime());
  },
  'every raise that goes out carries the order it belongs to and an expiry': (_before, story) => {
    for (const raise of story.effects('raise')) {
      expect(story.rollout).toMatchObject({
        phase: 'applying',
        exposure: { wanted: raise.to, movedSeq: raise.movedSeq },
      });
      expect(raise.notAfter.getTime()).toBeGreaterThan(story.now.getTime());
    }
  },
  'every lowering that goes out says what is wanted': (_before, story) => {
    for (const lower of story.effects('lower')) {
      expect(lower).toEqual({
        kind: 'lower',
        to: story.rollout.exposure.wanted,
        movedSeq: story.rollout.exposure.movedSeq,
      });
    }
  },
  'a rollback is confirmed only by a reading that is not above it': (before, story) => {
    const confirmed = fresh(before, story).find(({ event }) => event.type === 'rollback_confirmed')?.event;
    if (confirmed?.type !== 'rollback_confirmed') return;
    expect(confirmed.exposure).toBeLessThanOrEqual(before.exposure.wanted);
  },
  'wanted and confirmed stay between 0 and 100': (_before, { rollout }) => {
    for (const exposure of [rollout.exposure.wanted, rollout.exposure.confirmed]) {
      expect(exposure).toBeGreaterThanOrEqual(0);
      expect(exposure).toBeLessThanOrEqual(100);
    }
  },
  'phases follow one another only as drawn': (before, story) => {
    // A step may be two decisions; what counts is where each of them ends.
    const from = story.last.outcome === 'accepted' ? story.last.before : before;
    const { phase } = story.rollout;
    if (from && phase !== from.phase) expect(NEXT[from.phase]).toContain(phase);
  },
  'nothing is stuck: what is not over has a wake time, what is over has an end': (_before, { rollout }) => {
    expect(rollout.nextWakeAt === null).toBe(isTerminal(rollout.phase) && nextLookAt(rollout) === null);
    expect(rollout.endedAt === undefined).toBe(!isTerminal(rollout.phase));
  },
  'what never started never changes again': (before, story) => {
    if (before.phase === 'not_started') expect(story.rollout).toBe(before);
  },
  'a rollout has what its phase has of its own, and nothing of another phase': (_before, { rollout }) => {
    const own = Object.keys(rollout).filter((key) => OWN_KEYS.includes(key));
    expect(own.sort()).toEqual([...OWN[rollout.phase]].sort());
    expect(Object.values(rollout)).not.toContain(undefined);
  },
  'a way back is known while it goes on and when it has ended': (_before, { rollout }) => {
    if (rollout.phase === 'rolling_back') expect(rollout.rollback.confirmedAt).toBeNull();
    if (rollout.phase === 'rolled_back') expect(rollout.rollback.confirmedAt).not.toBeNull();
  },
  'a watch is needed exactly while it is not over and somebody is exposed, or it bakes': (_before, { rollout }) => {
    const over = ['rolled_back', 'completed', 'not_started'].includes(rollout.phase);
    const bakes = rollout.phase === 'baking' || rollout.request?.override !== undefined;
    const exposed = rollout.exposure.confirmed > (rollout.exposure.anchor ?? 0);
    expect(isExposed(rollout)).toBe(exposed);
    expect(needsWatch(rollout)).toBe(!over && (exposed || bakes));
  },
  'two criticals in a row leave nobody exposed and unwatched': (_before, story) => {
    if (!needsWatch(story.rollout)) return;
    expect(story.fork().assessed({ errors: 'critical' }).rollout).toMatchObject({ phase: 'rolling_back' });
  },
};

/** Asked of the whole story, when it has come to its end. */
const AT_THE_END: Readonly<Record<string, (story: Story) => void>> = {
  'a stage is gone on from by itself at most once, and never after a way back': (story) => {
    let open = true;
    for (const { event } of story.events) {
      if (event.type === 'exposure_confirmed') open = true;
      if (event.type === 'rollback_confirmed' || event.type === 'resumed') open = false;
      if (event.type !== 'approval_requested') continue;
      if (event.auto === true) expect(open).toBe(true);
      open = false;
    }
  },
  'the events add up to the rollout, and are numbered without a gap': (story) => {
    expect(replay(story.events)).toEqual(story.rollout);
    expect(story.events.map(({ seq }) => seq)).toEqual(story.events.map((_, at) => at + 1));
  },
  'a rollback to off is always possible, and ends in zero once it was read back': (story) => {
    if (story.rollout.phase === 'not_started') return;
    const back = story.fork();
    // Nothing was begun that could be taken back.
    if (back.rollout.phase === 'planned') return expect(back.rollsBack('off').rollout.phase).toBe('not_started');
    expect(back.rollsBack('off').last.outcome).not.toBe('refused');
    expect(back.rollout).toMatchObject({ phase: 'rolling_back', exposure: { wanted: 0 } });
    expect(back.lowered().rollout).toMatchObject({ phase: 'rolled_back', exposure: { confirmed: 0 } });
  },
};

const WAYS = ['a vote less', 'another operator', 'asked again', 'begun again', 'by itself', 'called back', 'override'];

/** Which of the ways this event shows. */
function waysOf(event: Event): string[] {
  if (event.type === 'approval_withdrawn') return [event.raise ? 'called back' : 'a vote less'];
  if (event.type === 'started') return event.entry ? ['begun again'] : [];
  if (event.type !== 'approval_requested') return [];
  const shown: Record<string, boolean> = {
    override: event.override !== undefined,
    'asked again': event.before !== undefined,
    'another operator': event.quorum !== undefined,
    'by itself': event.auto === true,
  };
  return Object.keys(shown).filter((way) => shown[way]);
}

const LAWS = [...Object.keys(AT_EVERY_STEP), ...Object.keys(AT_THE_END)];

interface Walked {
  readonly events: readonly Recorded[];
  readonly phases: ReadonlySet<Phase>;
}

/** Plays a walk and asks these laws; `broke` is called each time one does not hold. */
function play([start, steps]: Walk, laws: readonly string[], broke: (law: string, why: unknown) => void): Walked {
  const holds = (law: string, ask: () => void) => {
    try {
      ask();
    } catch (why) {
      broke(law, why);
    }
  };
  const story = begin(start);
  const phases = new Set([story.rollout.phase]);
  for (const step of steps) {
    const before = story.rollout;
    take(story, step);
    phases.add(story.rollout.phase);
    for (const law of laws) holds(law, () => AT_EVERY_STEP[law]?.(before, story));
  }
  for (const law of laws) holds(law, () => AT_THE_END[law]?.(story));
  return { events: story.events, phases };
}

describe('whatever people, targets and the clock do', () => {
  const broken = new Set<string>();
  const reached = new Set<Phase>();
  const shown = new Set<string>();
  // Each walk is drawn and played once, with all laws on it.
  beforeAll(() => {
    for (const walk of fc.sample(WALKS, RUNS)) {
      const { events, phases } = play(walk, LAWS, (law) => broken.add(law));
      for (const phase of phases) reached.add(phase);
      for (const way of events.flatMap(({ event }) => waysOf(event))) shown.add(way);
    }
  });

  test.each(LAWS)('%s', (law) => {
    if (!broken.has(law)) return;
    // Walked again with this law alone, so that the walk that breaks it is made as short as it can be.
    const holds = (walk: Walk) => {
      play(walk, [law], (_, why) => {
        throw why;
      });
    };
    fc.assert(fc.property(WALKS, holds), RUNS);
    expect.unreachable('it holds when it is asked alone');
  });

  test('walks come by every phase, and by every way to ask, to take back and to begin', () => {
    expect([...reached].sort()).toEqual([...PHASES].sort());
    expect([...shown].sort()).toEqual(WAYS);
  });
});
