/**
 * docs/explanation/runbook-coverage.md counts what five documents ask for and what became of it. The documents are not here; what the
 * page says about the plans is held to them: each row adds up, each key path leads somewhere in the plan as the bot reads it, and
 * no row counts more than its items name. That each item comes into the record is what the plan's own scenario shows.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parsePlan } from '../../src/plans/read/parse.js';
import { type ItemPlan, LIST_KINDS, type ListPlan, type Lists } from '../../src/rollout/plan/lists.js';
import type { StagePlan } from '../../src/rollout/plan/plan.js';
import { ROOT } from './sources.js';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const PAGE = read('docs/explanation/runbook-coverage.md');

/** What each document asks for, by the plan that was written from it. */
const ASKED = {
  'work-surfaces': 255,
  workstation: 182,
  'multi-workspace': 68,
  'terp-deploy': 110,
  'batch-patches': 192,
} as const;
type Name = keyof typeof ASKED;
const NAMES = Object.keys(ASKED) as Name[];

interface Row {
  readonly lines: string;
  readonly asked: number;
  readonly executed: number;
  readonly recorded: number;
  readonly left: number;
  readonly why: string;
  readonly paths: readonly string[];
}

const cellsOf = (line: string): string[] =>
  line
    .slice(2, -1)
    .split(' | ')
    .map((cell) => cell.trim());

/** The rows of the first table of a text. */
const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map(cellsOf);

/** The chapter about a plan, found by its link to it. */
function chapter(name: Name): { heading: string; rows: Row[] } {
  const found = PAGE.split(/^## /m).filter((text) => text.includes(`(../../examples/${name}.yml)`));
  expect(found).toHaveLength(1);
  const [text = ''] = found;
  const rows = rowsOf(text).map(([lines = '', , asked, executed, recorded, left = '', where = '']) => ({
    lines,
    asked: Number(asked),
    executed: Number(executed),
    recorded: Number(recorded),
    left: Number.parseInt(left, 10),
    why: left.replace(/^\d+ ?/, ''),
    paths: [...where.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path),
  }));
  return { heading: text.split('\n', 1)[0] ?? '', rows };
}

function readPlan(name: Name): { yaml: unknown; stages: readonly StagePlan[]; lists: Lists } {
  const text = read(`examples/${name}.yml`);
  const parsed = parsePlan(text);
  if (!parsed.ok) throw new Error(`${name}: ${parsed.problems.map(({ message }) => message).join('\n')}`);
  return { yaml: parse(text), stages: parsed.plan.stages, lists: parsed.lists };
}

type Found =
  | { readonly kind: 'items'; readonly list: string; readonly items: readonly ItemPlan[] }
  | { readonly kind: 'key'; readonly value: unknown };

const LIST = new RegExp(`^(?:stages\\.([^.]+)\\.|(every_stage)\\.)?(${LIST_KINDS.join('|')})(?: "(.+)")?$`);

/** What a key path leads to: items of a list, or a key of the plan file. Nothing, when it leads nowhere. */
function found(path: string, plan: ReturnType<typeof readPlan>): Found | undefined {
  const [, stage, every, kind = '', title] = LIST.exec(path) ?? [];
  if (kind === '') {
    const value = path.split('.').reduce(below, plan.yaml);
    return value === undefined ? undefined : { kind: 'key', value };
  }
  const of = plan.lists.filter((list) => list.kind === kind && isOf(list, plan.stages, stage, every));
  const items = of.map((list) =>
    list.items.filter((item) => title === undefined || item.title === title || item.group === title),
  );
  // What is said of every stage has to be in each.
  if (items.length !== (every ? plan.stages.length : 1) || items.some(({ length }) => length === 0)) return undefined;
  return { kind: 'items', list: kind, items: items[0] ?? [] };
}

function isOf({ stageNo }: ListPlan, stages: readonly StagePlan[], stage?: string, every?: string): boolean {
  if (every) return stageNo > 0;
  return stageNo === (stage === undefined ? 0 : stages.find(({ name }) => name === stage)?.no);
}

/** One step of a key path. A stage stands under its name. */
function below(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.find((entry) => entry.stage === key);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

const BY_PEOPLE: readonly string[] = ['do', 'test'];

/** Things that these words name: an item that lists several vouches for each. */
const thingsIn = (words: string): number => words.split(/, |: /).length;

/** How many things people say by what a path leads to. */
function peopleSay(path: Found): number {
  if (path.kind === 'key') return Array.isArray(path.value) ? path.value.length : 1;
  const items = path.items.filter(({ work }) => BY_PEOPLE.includes(work.kind));
  const groups = new Set(items.flatMap(({ group = '' }) => (group === '' ? [] : [group])));
  return (
    items.reduce((sum, { title }) => sum + thingsIn(title), 0) +
    [...groups].reduce((sum, title) => sum + thingsIn(title) - 1, 0)
  );
}

const byTheBot = (path: Found): boolean =>
  path.kind === 'key' || path.items.some(({ work }) => !BY_PEOPLE.includes(work.kind));

const sum = (rows: readonly Row[], of: 'asked' | 'executed' | 'recorded' | 'left'): number =>
  rows.reduce((all, row) => all + row[of], 0);

describe.each(NAMES)('%s', (name) => {
  const { rows } = chapter(name);
  const plan = readPlan(name);

  test('everything that was asked for is counted', () => {
    expect(sum(rows, 'asked')).toBe(ASKED[name]);
    const lines = rows.map((row) => row.lines);
    expect(new Set(lines).size).toBe(lines.length);
    for (const range of lines.join(', ').split(', ')) expect(range).toMatch(/^\d+(-\d+)?$/);
  });

  test.each(rows.map((row) => [row.lines, row] as const))('lines %s add up and lead into the plan', (_, row) => {
    expect(row.executed + row.recorded + row.left).toBe(row.asked);
    expect(row.why !== '').toBe(row.left > 0);
    const places = row.paths.map((path) => ({ path, is: found(path, plan) }));
    expect(places.flatMap(({ path, is }) => (is ? [] : [path]))).toEqual([]);
    const reached = places.flatMap(({ is }) => is ?? []);
    if (row.executed > 0) expect(reached.some(byTheBot)).toBe(true);
    expect(row.recorded).toBeLessThanOrEqual(reached.reduce((all, path) => all + peopleSay(path), 0));
  });

  test('every list that the page names is held to the record by the scenario', () => {
    const scenario = read(`test/scenarios/runbook-${name}.test.ts`);
    const calls = [...scenario.matchAll(/await everyItemIsRecorded\(([^)]*)\)/g)].map(([, kinds = '']) => kinds);
    const held = new Set(LIST_KINDS.filter((kind) => calls.some((kinds) => kinds.includes(`'${kind}'`))));
    const named = rows.flatMap(({ paths }) =>
      paths.flatMap((path) => {
        const is = found(path, plan);
        return is?.kind === 'items' ? [is.list] : [];
      }),
    );
    expect(named.length).toBeGreaterThan(10);
    expect([...new Set(named)].filter((kind) => !held.has(kind as ListPlan['kind']))).toEqual([]);
  });
});

test('the summary is the sum of the tables', () => {
  const chapters = NAMES.map(chapter);
  const numbers = (rows: readonly Row[]) =>
    (['asked', 'executed', 'recorded', 'left'] as const).map((of) => String(sum(rows, of)));
  const expected = [
    ...chapters.map(({ heading, rows }) => [
      `[${heading}](#${heading.toLowerCase().replaceAll(' ', '-')})`,
      ...numbers(rows),
    ]),
    ['all', ...numbers(chapters.flatMap(({ rows }) => rows))],
  ];
  expect(rowsOf(PAGE).slice(0, expected.length)).toEqual(expected);
});
