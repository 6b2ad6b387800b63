/** The reference page and the schema name the same keys, codes and plans for later. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { planSchema } from '../../src/plans/language/schema.js';
import { SKETCHED_KEYS, SKETCHED_PROBES, SKETCHED_TARGETS } from '../../src/plans/language/sketch.js';
import { parsePlan } from '../../src/plans/read/parse.js';
import { PROBLEM_CODES } from '../../src/plans/values/problem.js';
import { SMALLEST } from './build-plan.js';
import { keysNamed } from './documented-keys.js';

const page = readFileSync(new URL('../../docs/reference/plan-file.md', import.meta.url), 'utf8');

/** The rows of all tables under a heading. */
function section(heading: string): string[] {
  const text = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return text.split('\n').filter((row) => row.startsWith('|'));
}

const inBackticks = (text: string) => [...text.matchAll(/`([^`]+)`/g)].flatMap((match) => match[1] ?? []);
const firstColumn = (heading: string) => section(heading).flatMap((row) => inBackticks(row.split('|')[1] ?? ''));

/** `stages[].bake` and so on, for every key a JSON Schema names. */
function keysOf(schema: unknown, path: string): string[] {
  const part = (key: string) => Reflect.get(Object(schema), key);
  const own = Object.entries(Object(part('properties'))).flatMap(([key, value]) => {
    const at = path === '' ? key : `${path}.${key}`;
    return [at, ...keysOf(value, at)];
  });
  const free = part('additionalProperties');
  const entries = typeof free === 'object' ? keysOf(free, `${path}.<name>`) : [];
  const items = part('items') === undefined ? [] : keysOf(part('items'), `${path}[]`);
  const branches = [part('anyOf'), part('oneOf')].flatMap((list) => (Array.isArray(list) ? list : []));
  return [...own, ...entries, ...items, ...branches.flatMap((branch) => keysOf(branch, path))];
}

const sorted = (words: Iterable<string>) => [...new Set(words)].sort();

test('what the runbooks’ plans cannot say yet is refused, and said to be', () => {
  const runbooks = readFileSync(new URL('../../docs/explanation/runbooks.md', import.meta.url), 'utf8');
  const tables = runbooks.split('| not yet |').slice(1);
  const cells = tables
    .flatMap((table) => table.split('\n\n', 1).join('').split('\n'))
    .map((row) => row.split('|')[3] ?? '');
  const later = new Set([...Object.values(SKETCHED_KEYS), SKETCHED_TARGETS, SKETCHED_PROBES].flat());
  const said = inBackticks(cells.join()).map((word) => word.replace(/^kind: /, ''));
  expect(said.length).toBeGreaterThan(20);
  expect(said.filter((word) => !later.has(word))).toEqual([]);
});

test('every key of the schema is documented, and no other', () => {
  const schema = z.toJSONSchema(planSchema, { io: 'input' });
  const headings = ['The plan', 'Targets', 'Checks', 'Stages', 'Lists', 'Reminders', 'Own words', 'Rollback'];
  const documented = headings.flatMap((heading) => firstColumn(heading)).flatMap(keysNamed);
  expect(sorted(documented)).toEqual(sorted(keysOf(schema, '')));
});

test('every problem code is documented, and no other', () => {
  expect(sorted(firstColumn('Problem codes'))).toEqual(sorted(PROBLEM_CODES));
});

test('every key and kind that is not supported yet is documented, and no other', () => {
  const planned = Object.entries(SKETCHED_KEYS).filter(([, words]) => words.length > 0);
  const rows = [
    ...planned,
    ['kinds of targets', SKETCHED_TARGETS] as const,
    ['kinds of probes', SKETCHED_PROBES] as const,
  ];
  const documented = section('Not supported yet').filter((row) => row.includes('`'));
  expect(
    documented.map((row) =>
      row
        .split('|')[1]
        ?.trim()
        .replace(/^(an?|the) /, ''),
    ),
  ).toEqual(rows.map(([place]) => place));
  expect(documented.map((row) => sorted(inBackticks(row)))).toEqual(rows.map(([, words]) => sorted(words)));
});

test('the example on the page is a plan', () => {
  const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  expect(parsePlan(example, { file: 'plans/batch-patches.yml' })).toMatchObject({ ok: true });
});

test('the lists on the page are lists', () => {
  const [, piece = ''] = /^## Lists\n[\s\S]*?```yaml\n([\s\S]*?)```/m.exec(page) ?? [];
  const rest = SMALLEST.split('\n').filter((row) => !/^(?:stages|people):/.test(row));
  const people = 'people: { operators: ["@team"], qa: ["@qa"], lead: ["@lead"], product: ["@product"] }\n';
  expect(parsePlan(`${rest.join('\n')}\n${people}${piece}`)).toMatchObject({ ok: true, lists: [{}, {}, {}] });
});

test('the pieces of plans in the guide are what a plan may hold', () => {
  const guide = readFileSync(new URL('../../docs/how-to/write-a-plan.md', import.meta.url), 'utf8');
  const pieces = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, piece = '']) => piece);
  expect(pieces).not.toEqual([]);
  expect(parsePlan(`${SMALLEST}${pieces.join('')}`)).toMatchObject({ ok: true });
});

const pages = ['targets', 'probes'].flatMap((folder) =>
  readdirSync(new URL(`../../docs/reference/${folder}`, import.meta.url)).map((name) => `${folder}/${name}`),
);

test.each(pages)('the smallest plan on %s is what a plan may hold', (name) => {
  const text = readFileSync(new URL(`../../docs/reference/${name}`, import.meta.url), 'utf8');
  const [, piece = ''] = /## The smallest plan\n[\s\S]*?```yaml\n([\s\S]*?)```/.exec(text) ?? [];
  const section = piece.split(':', 1).join('');
  expect(['targets', 'checks']).toContain(section);
  const rest = SMALLEST.split('\n').filter((row) => !row.startsWith(`${section}:`));
  expect(parsePlan(`${rest.join('\n')}${piece}`)).toMatchObject({ ok: true });
});
