import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CRASH_POINTS, type CrashPoint } from '../../src/crash-points.js';
import { checkLaws } from '../support/laws.js';
import { limited } from '../support/limited.js';
import type { Transport } from '../support/scene.js';
import { type Act, planOf, play } from './acts.js';
import { type Outcome, outcomeOf } from './outcome.js';
import type { Kill } from './supervised.js';
import { openWorld } from './world.js';

const ACTS: readonly Act[] = ['one', 'two'];
const POINTS = Object.keys(CRASH_POINTS) as CrashPoint[];
const WHEN: readonly Kill['when'][] = ['first', 'later'];

/** Points nobody comes past, and why. */
const IMPOSSIBLE: readonly { act: Act; step: CrashPoint; when: Kill['when']; because: string }[] = [
  { act: 'two', step: 'FP15', when: 'later', because: 'nobody approves anything once it broke at 50 %' },
  ...(['FP16', 'FP17', 'FP18', 'FP19'] as const).map((step) => ({
    act: 'two' as const,
    step,
    when: 'later' as const,
    because: 'nothing is raised any more once it broke at 50 %',
  })),
];

const PARALLEL = 3;
const RUN_MS = 90_000;

interface Run {
  readonly outcome: Outcome;
  readonly killed: boolean;
  readonly hits: Readonly<Record<CrashPoint, number>>;
  /** Of those, the ones after 50 % was read back. */
  readonly laterHits: Readonly<Record<CrashPoint, number>>;
}

async function run(act: Act, kill: Kill | null): Promise<Run> {
  const world = await openWorld({ transport: transportOf(act, kill), plan: planOf(act), kill });
  try {
    let before = world.bot.hits();
    await play(act, world, async () => {
      before = world.bot.hits();
      if (kill?.when === 'later') await world.bot.arm();
    });
    await checkLaws(world.db);
    const hits = world.bot.hits();
    const later = POINTS.map((step): [CrashPoint, number] => [step, hits[step] - before[step]]);
    const laterHits = Object.fromEntries(later) as Record<CrashPoint, number>;
    return { outcome: await outcomeOf(world), killed: world.bot.killed, hits, laterHits };
  } finally {
    await world.close();
  }
}

/** Each act sees both ways Slack can reach a bot: one for the first hits, the other for the later ones. */
function transportOf(act: Act, kill: Kill | null): Transport {
  return (act === 'one') === (kill?.when !== 'later') ? 'http' : 'socket';
}

/** Each run is several processes. */
const slot = limited(PARALLEL);
const unharmed = new Map<Act, Run>();
const killedAt = new Set<string>();
const cell = (act: Act, step: CrashPoint, when: Kill['when']) => `${act} ${step} ${when}`;

beforeAll(async () => {
  await Promise.all(ACTS.map(async (act) => unharmed.set(act, await slot(() => run(act, null)))));
}, RUN_MS);

afterAll(() => {
  const lines = POINTS.map((step) => {
    const cells = ACTS.flatMap((act) => WHEN.map((when) => cellWords(act, step, when)));
    return `${step} ${CRASH_POINTS[step].padEnd(44)} ${cells.map((words) => words.padEnd(12)).join('')}`;
  });
  const heads = ACTS.flatMap((act) => WHEN.map((when) => `${act}, ${when}`.padEnd(12))).join('');
  console.log([`${'hits without a kill, x: killed there'.padEnd(50)}${heads}`, ...lines].join('\n'));
});

function cellWords(act: Act, step: CrashPoint, when: Kill['when']): string {
  const base = unharmed.get(act);
  const hits = (when === 'first' ? base?.hits : base?.laterHits)?.[step] ?? 0;
  return `${hits}${killedAt.has(cell(act, step, when)) ? ' x' : ''}`;
}

describe('without a kill', () => {
  test('act one goes to 100 % and act two back to off, one post per slot', () => {
    const [one, two] = ACTS.map((act) => unharmed.get(act)?.outcome);
    expect(one).toMatchObject({ flag: { exposure: 100, enabled: true }, exposures: [0, 10, 50, 100], threads: 1 });
    expect(two).toMatchObject({ flag: { exposure: 0, enabled: false }, exposures: [0, 10, 50, 0], threads: 1 });
    for (const outcome of [one, two]) expect(outcome?.posts).toEqual([...new Set(outcome?.posts)]);
    expect(one?.events).toHaveLength(1);
    expect(one?.events[0]?.findLast((type) => !type.startsWith('item_'))).toBe('completed');
    expect(two?.events[0]).toContain('rollback_confirmed');
  });
});

const cells = ACTS.flatMap((act) =>
  WHEN.flatMap((when) => POINTS.map((step) => ({ act, when, step, at: CRASH_POINTS[step] }))),
);

describe.concurrent('killed once and started again, nothing is lost and nothing is doubled', () => {
  test.each(cells)('act $act, $when hit of $step ($at)', { timeout: RUN_MS }, async ({ act, when, step }) => {
    const impossible = IMPOSSIBLE.some((each) => each.act === act && each.step === step && each.when === when);
    const base = unharmed.get(act);
    if (impossible) {
      expect(when === 'first' ? base?.hits[step] : base?.laterHits[step], 'listed as impossible').toBe(0);
      return;
    }
    const harmed = await slot(() => run(act, { step, when }));
    expect(harmed.killed, `nobody came past ${step}: is it still called?`).toBe(true);
    killedAt.add(cell(act, step, when));
    expect(harmed.outcome).toEqual(base?.outcome);
  });
});
