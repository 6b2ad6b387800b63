import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PHASES, type Phase } from '../../src/rollout/state/rollout.js';
import { isLegal, MOVING_VERBS, type MovingVerb } from '../../src/rollout/state/verbs.js';
import { commandOf, idOf } from '../rollout/command-of.js';
import { LENA, OLGA, OPEN_PLAN } from '../rollout/fixture.js';
import { NEXT } from '../rollout/next.js';
import { applyingStage, inPhase } from '../rollout/phases.js';

const page = readFileSync(new URL('../../docs/explanation/state-machine.md', import.meta.url), 'utf8');

/** What a planned rollout of these stories waits for. */
const MERGED = { kind: 'before', stageNo: 0, opening: 1, no: 1 } as const;
const APPROVERS: readonly MovingVerb[] = ['approve', 'deny', 'withdraw'];

function isPhase(text: string): text is Phase {
  return PHASES.some((phase) => phase === text);
}

/** The arrows of the diagram that carry a command. */
const drawn = [...page.matchAll(/^ {4}(\S+) --> (\S+?): (.+)$/gm)].map(([, from = '', to = '', label = '']) => ({
  from,
  to,
  label,
}));

function tableFromRules(): string {
  const rows = MOVING_VERBS.map((verb) => {
    const cells = PHASES.map((phase) => (isLegal(verb, phase) ? ' yes |' : ' |'));
    return `| ${verb} |${cells.join('')}`;
  });
  return [`| command | ${PHASES.join(' | ')} |`, `|${'---|'.repeat(PHASES.length + 1)}`, ...rows].join('\n');
}

/** Where the rules really take this command from this phase: `from verb to`, when the phase changes. */
function moves(): Set<string> {
  const found = new Set<string>();
  for (const from of PHASES) {
    for (const verb of MOVING_VERBS) {
      const stories = [
        inPhase(from),
        inPhase(from, OPEN_PLAN).rollout.phase === from ? inPhase(from, OPEN_PLAN) : null,
      ];
      if (from === 'planned') stories.push(inPhase(from).asks(OLGA, { type: 'done', items: [MERGED], note: '' }));
      if (from === 'held') stories.push(inPhase('ready').pauses(), applyingStage(1).pauses());
      for (const story of stories) {
        if (!story) continue;
        story.asks(APPROVERS.includes(verb) ? LENA : OLGA, commandOf(verb, idOf(story.rollout)));
        if (story.rollout.phase !== from) found.add(`${from} ${verb} ${story.rollout.phase}`);
      }
    }
  }
  const early = inPhase('baking').overrides();
  found.add(`baking advance (override) ${early.rollout.phase}`);
  found.add(`awaiting_approval deny (override) ${early.denies(LENA).rollout.phase}`);
  return found;
}

describe('the page about the states', () => {
  test('has the table of the rules, cell by cell', () => {
    expect(page).toContain(tableFromRules());
  });

  test('explains every phase, and only phases', () => {
    const section = page.slice(page.indexOf('## What each phase waits for'));
    const explained = [...section.matchAll(/^\| ([a-z_]+) \|/gm)]
      .map(([, name]) => name)
      .filter((name) => name !== 'phase');
    expect(explained).toEqual([...PHASES]);
  });

  test('draws every phase, and only phases', () => {
    const names = new Set(drawn.flatMap(({ from, to }) => [from, to]).filter((name) => name !== '[*]'));
    expect([...names].filter((name) => !isPhase(name))).toEqual([]);
    expect([...names].sort()).toEqual([...PHASES].sort());
  });

  test('draws an arrow exactly where one phase can follow another', () => {
    const pairs = PHASES.flatMap((from) => NEXT[from].map((to) => `${from} ${to}`));
    const arrows = drawn.filter(({ from, to }) => from !== '[*]' && to !== '[*]');
    expect([...new Set(arrows.map(({ from, to }) => `${from} ${to}`))].sort()).toEqual(pairs.sort());
  });

  test('draws exactly the commands that change the phase, to where they lead', () => {
    const commands = drawn.filter(({ label }) => !label.startsWith('(') && label !== 'start');
    const arrows = commands.map(({ from, to, label }) => `${from} ${label} ${to}`);
    expect(arrows.sort()).toEqual([...moves()].sort());
  });
});
