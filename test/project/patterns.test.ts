/**
 * No pattern of the product takes more than linear time, whatever text it gets: a word of 120 kB must not stop the one
 * thread that also rolls back.
 */
import { analyse } from 'scslre';
import { describe, expect, test } from 'vitest';
import { isNode, type Node, nameOf, readSource, readSources, type Source } from './sources.js';

interface Written {
  readonly path: string;
  readonly source: string;
  readonly flags: string;
}

const sources = readSources('src');
const written = sources.flatMap(patternsIn);

/** Patterns that are put together while the program runs; what uses them is tried with long texts in `strange-input.test.ts`. */
const COMPOSED = [
  'src/commands/addressed.ts',
  'src/plans/rules/programs.ts',
  'src/plans/values/forms.ts',
  'src/rollout/spoken/cautions.ts',
  'src/rollout/spoken/cautions.ts',
  'src/rollout/spoken/read-place.ts',
];

/** What repeats to make a search start again and again, or a group take back what it took. */
const REPEATED = [
  'a',
  'A',
  '0',
  '.',
  '-',
  '_',
  ' ',
  '\t',
  '\n',
  '"',
  "'",
  '`',
  '<',
  '>',
  '%',
  '/',
  ':',
  '?',
  '!',
  '{',
  '$',
];
const MIXED = [
  '${',
  '$(',
  '"\\',
  "'a=",
  '<@',
  '&a',
  '- ',
  '://',
  'a:',
  'a.',
  'a b ',
  '!"',
  'a-',
  '[0]',
  ':a:',
  '{{ ',
  '\u200b.',
];
const TEXTS = [...REPEATED, ...MIXED].flatMap((part) => {
  const run = part.repeat(200_000 / part.length);
  return [`${run}\0`, `x${run}\0x`];
});

test('they are found', () => {
  expect(written.length).toBeGreaterThan(200);
  expect(patternsIn(readSource('a.ts', 'const a = [/^a+$/iu, "b".replace(/b/g, "")]'))).toHaveLength(2);
});

test('all are linear by their form', () => {
  const causes = written.flatMap(({ path, source, flags }) => {
    const { reports } = analyse({ source, flags }, { assumeRejectingSuffix: false });
    return reports.map(({ type, character }) => ({ path, source, type, repeat: character.pick }));
  });
  expect(causes).toEqual([]);
});

test('and by what they do with 200 kB', () => {
  const slow = written.filter(({ source, flags }) => {
    const pattern = new RegExp(source, flags.replace('g', ''));
    const before = process.cpuUsage();
    for (const text of TEXTS) pattern.test(text);
    return process.cpuUsage(before).user > 3_000_000;
  });
  expect(slow).toEqual([]);
});

describe('a pattern that is not', () => {
  test.each(['\\s+$', '^(a+)+$', '<[^>]*$', '^\\d+\\.?\\d*$'])('/%s/ is noticed', (source) => {
    expect(analyse({ source, flags: '' }, { assumeRejectingSuffix: false }).reports).not.toEqual([]);
  });
});

test('those put together while the program runs are these', () => {
  const made = sources.flatMap(({ path, nodes }) => nodes.flatMap((node) => (makesPattern(node) ? path : [])));
  expect(made.sort()).toEqual(COMPOSED);
});

function patternsIn({ path, nodes }: Source): Written[] {
  return nodes.flatMap(({ type, regex }) => {
    if (type !== 'Literal' || typeof regex !== 'object' || regex === null) return [];
    return [{ path, source: String(Reflect.get(regex, 'pattern')), flags: String(Reflect.get(regex, 'flags')) }];
  });
}

function makesPattern(node: Node): boolean {
  const isCall = node.type === 'NewExpression' || node.type === 'CallExpression';
  return isCall && isNode(node.callee) && nameOf(node.callee) === 'RegExp';
}
