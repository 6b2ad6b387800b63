/** What the thread and who started it learn of what people did. */
import { describe, expect, test } from 'vitest';
import { decideStart } from '../../src/rollout/moves/start.js';
import { VERBS, type Verb } from '../../src/rollout/state/verbs.js';
import {
  BEA,
  holders,
  LARS,
  LENA,
  MINUTE,
  NOON,
  OLGA,
  OPEN_PLAN,
  OTTO,
  type Person,
  PLAN,
  SAM,
  SHELL,
  startRequest,
} from './fixture.js';
import { Story } from './given.js';
import { LISTS, readyInSecond, ref, ticks, withBots } from './lists.js';
import { applyingStage, asking, bakingStage, inPhase, rolledBackIn } from './phases.js';

const manual = { name: 'complaints', title: 'Complaints', unit: '', critical: { op: 'above', value: 5 } as const };
const PROBE = { kind: 'manual', ask: 'How many?', everyMs: MINUTE } as const;

function measuring(): Story {
  const story = inPhase('baking');
  const { plan } = story.rollout;
  story.rollout = {
    ...story.rollout,
    plan: { ...plan, baselineMs: MINUTE, checks: [...plan.checks, { ...manual, probe: PROBE }] },
  };
  return story;
}

/** The lines in the thread of the last thing that happened. */
function lines(story: Story): string[] {
  return story.shown('change').map(({ message, person }) => {
    const { by, event } = message;
    return `${by.kind === 'slack' ? by.userId : by.kind} ${event.type}${person === undefined ? '' : ' directly'}`;
  });
}

function fails(): Story {
  const story = readyInSecond();
  return story.asks(SAM, { type: 'fail', item: ref(story, 'exit', 'flow-one'), how: 'failed', note: 'red' });
}

function inRun(): Story {
  const story = readyInSecond(withBots(LISTS));
  return story.asks(SAM, { type: 'run', item: ref(story, 'exit', 'deploy') });
}

const DONE: Readonly<
  Record<
    Exclude<
      Verb,
      'start' | 'status' | 'why' | 'check' | 'list' | 'plans' | 'alerts' | 'history' | 'items' | 'output' | 'help'
    >,
    readonly [() => Story, string | null][]
  >
> = {
  advance: [
    [() => inPhase('ready', OPEN_PLAN).advances(OTTO), 'UOTTO raise_ordered'],
    [() => inPhase('ready').advances(OTTO, ''), null],
  ],
  approve: [
    [() => asking(2).approves(LENA), 'ULENA approval_recorded'],
    [() => asking(2).approves(LENA).approves(SAM), null],
  ],
  deny: [[() => asking(3).denies(LENA), 'ULENA approval_denied']],
  withdraw: [
    [() => asking(2).approves(LENA).withdraws(LENA), 'ULENA approval_withdrawn'],
    [() => applyingStage(3).withdraws(LENA), 'ULENA approval_withdrawn'],
  ],
  pause: [
    [() => inPhase('baking').pauses(), 'UOLGA paused'],
    [() => asking(3).pauses(LARS), 'ULARS paused'],
    [() => applyingStage(3).pauses(SHELL), 'cli paused'],
  ],
  resume: [[() => inPhase('held').resumes(OTTO), 'UOTTO resumed']],
  extend: [[() => inPhase('baking').extends(MINUTE), 'UOLGA bake_extended']],
  finish: [[() => inPhase('held').finishes(), null]],
  rollback: [
    [() => inPhase('baking').rollsBack(), null],
    [() => inPhase('baking').rollsBack('', SHELL), null],
    [() => bakingStage(3).rollsBack('25').rollsBack('', SAM), null],
    [() => rolledBackIn(2).rollsBack('', BEA), 'UBEA rollback_ordered'],
  ],
  have: [
    [
      () => inPhase('baking').assessed({ errors: 'warning' }).asks(LENA, { type: 'have', subject: '' }),
      'ULENA acknowledged',
    ],
  ],
  baseline: [
    [() => measuring().asks(OLGA, { type: 'baseline', reason: 'the sale is over' }), 'UOLGA baseline_started'],
  ],
  report: [
    [() => measuring().asks(OLGA, { type: 'report', check: 'complaints', value: 3, note: '' }), 'UOLGA reported'],
  ],
  // The card of its list shows it; forty ticks are no forty lines.
  done: [[() => ticks(readyInSecond(), SAM, { kind: 'exit', stageNo: 2, opening: 1, no: 1 }), null]],
  fail: [[fails, 'USAM item_changed']],
  reopen: [
    [
      () =>
        fails().asks(SAM, { type: 'reopen', item: { kind: 'exit', stageNo: 2, opening: 1, no: 1 }, reason: 'typo' }),
      'USAM item_changed',
    ],
  ],
  // What the bot does is on its card; who had it done is on record.
  run: [[() => inRun(), null]],
  waive: [
    [
      () =>
        fails().asks(BEA, { type: 'waive', item: { kind: 'exit', stageNo: 2, opening: 1, no: 1 }, reason: 'known' }),
      'UBEA item_changed',
    ],
  ],
};

describe('every change by a person leaves one line in the thread, or has a post that says it', () => {
  const cases = Object.entries(DONE).flatMap(([verb, all]) =>
    all.map(([story, line], i) => [`${verb} ${i + 1}`, story, line] as const),
  );

  test.each(cases)('%s', (_verb, story, line) => {
    const told = story();
    expect(told.answer).toBe('accepted');
    expect(lines(told)).toEqual(line === null ? [] : [line]);
    const posts = told
      .effects('show')
      .filter(({ slot }) => /^(request|again|completed|incident|alerts|list)\b/.test(slot));
    if (line === null && told.effects('raise').length === 0) expect(posts.length).toBeGreaterThan(0);
  });

  test('every verb has its place', () => {
    const others: readonly Verb[] = [
      'start',
      'status',
      'why',
      'check',
      'list',
      'plans',
      'alerts',
      'history',
      'items',
      'output',
      'help',
    ];
    expect([...Object.keys(DONE), ...others].toSorted()).toEqual([...VERBS].toSorted());
  });

  test('what is refused, was done already or goes on by itself leaves none', () => {
    expect(lines(inPhase('held').pauses())).toEqual([]);
    expect(lines(inPhase('baking').advances())).toEqual([]);
    const [first, ...rest] = OPEN_PLAN.stages;
    const auto = {
      ...OPEN_PLAN,
      stages: [{ ...(first ?? OPEN_PLAN.stages[1] ?? never()), advance: 'auto' as const }, ...rest],
    };
    const story = bakingStage(1, auto).baked();
    expect(story.rollout.phase).toBe('applying');
    expect(lines(story)).toEqual([]);
  });
});

describe('who started it is told directly', () => {
  const told = (story: Story): string[] => story.shown('rolled_back').map(({ slot, person }) => `${person} ${slot}`);
  const startedBy = ({ actor }: Person): Story => {
    const story = new Story(
      decideStart({ ...startRequest(PLAN), actor, holders: holders(OLGA, LENA, LARS, SAM, BEA) }, NOON),
    );
    return story.rehearsed().raised();
  };

  test.each<[string, () => Story]>([
    ['by the bot', () => inPhase('baking').assessed({ errors: 'critical' })],
    ['by somebody else', () => inPhase('baking').rollsBack('', SAM)],
    ['from a shell', () => inPhase('baking').rollsBack('', SHELL)],
    ['to a stage', () => bakingStage(3).rollsBack('25', SAM)],
    ['after it was completed', () => inPhase('completed').rollsBack('', SAM)],
  ])('of a rollback %s, and in the same message that it was read back', (_name, orders) => {
    const story = orders();
    expect(told(story)).toEqual(['UOLGA rolled_back:1']);
    expect(story.shown('rolled_back')[0]?.notBefore).toEqual(new Date(story.now.getTime() + 2_000));
    expect(told(story.lowered())).toEqual(['UOLGA rolled_back:1']);
    expect(story.shown('rolled_back')[0]).toMatchObject({ message: { tookMs: 0 } });
  });

  test('not of their own', () => {
    expect(told(inPhase('baking').rollsBack())).toEqual([]);
    expect(told(inPhase('baking').rollsBack().lowered())).toEqual([]);
  });

  test('of one that their own rollback led to, because a check was critical all the same', () => {
    const story = bakingStage(3).rollsBack('25').lowered().assessed({ errors: 'critical' });
    expect(told(story)).toEqual(['UOLGA rolled_back:2']);
  });

  test('where that was a shell there is nobody to tell', () => {
    expect(told(startedBy(SHELL).assessed({ errors: 'critical' }))).toEqual([]);
  });
});

function never(): never {
  throw new Error('the plan has stages');
}
