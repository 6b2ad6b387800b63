/** Texts nobody wrote by mistake, and texts nobody wrote at all. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePlan } from '../../src/plans/read/parse.js';
import { SMALLEST } from './build-plan.js';

const SIZE = 256 * 1024 - 1;
const fill = (part: string) => part.repeat(Math.floor(SIZE / part.length));
const levels = Array.from({ length: 9 }, (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level},`.repeat(9)}]`);

const HOSTILE: [name: string, text: string][] = [
  ['more than 256 KB', `${SMALLEST}#${'x'.repeat(256 * 1024)}`],
  ['lists in lists', fill('[')],
  ['mappings in mappings', fill('{')],
  ['mappings whose depth hides behind quotes', fill('{"}":')],
  ['block lists in lists', fill('- ')],
  ['keys that are keys', fill('? ')],
  ['a key deeper on every line', Array.from({ length: 700 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ['tens of thousands of keys', Array.from({ length: 25_000 }, (_, index) => `k${index}: 1`).join('\n')],
  ['tens of thousands of values', `[${fill('a,').slice(0, -2)}]`],
  ['nothing but quotes', fill('"')],
  ['nothing but anchors', fill('&a ')],
  ['nothing but directives', fill('%a\n')],
  ['nothing but documents', fill('---\n')],
  ['a billion laughs', ['l0: &l0 ["lol"]', ...levels].join('\n')],
  ['an alias of what it stands in', `${SMALLEST}links: &a { b: *a }`],
];

describe('refused at once', () => {
  test.each(HOSTILE)('%s', (_, text) => {
    const before = process.cpuUsage();
    const result = parsePlan(text);
    expect(result.ok).toBe(false);
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
  });
});

test('what aliases unfold to counts against the size, not what they take in the file', () => {
  const result = parsePlan(['l0: &l0 ["lol"]', ...levels].join('\n'));
  expect(result).toMatchObject({ problems: [{ code: 'too_large' }] });
});

test('keys that mean something to JavaScript are refused and change nothing', () => {
  const result = parsePlan(
    `${SMALLEST}__proto__: { polluted: true }\nconstructor: { prototype: { polluted: true } }\n`,
  );
  expect(result).toMatchObject({ ok: false, problems: [{ code: 'invalid' }, { code: 'invalid' }] });
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});

describe('never throws', () => {
  const lists = `every_stage: { exit: [a, { do: b, by: operators, needs: [a] }] }
after:
  - { group: c, optional: true, items: [{ test: d, how: e }, f] }
  - { do: g, optional: true, needs: [f], waive: [operators] }`;
  const lines = `${SMALLEST.trim()}\n${lists}`.split('\n');
  const junk = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ':',
    '- ',
    '&a ',
    '*a',
    '!!set ',
    '|',
    '>',
    '"',
    "'",
    '\t',
    '\0',
    '#',
    '%',
    '~',
  );
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    junk,
    fc.json(),
    fc.double().map(String),
    fc.constantFrom('off', '${', '<<'),
  );

  test('on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(typeof parsePlan(text).ok).toBe('boolean');
      }),
      { numRuns: 1_000 },
    );
  });

  test('on a plan with one line changed or cut, and every problem has a place in the text', () => {
    const edited = fc.tuple(fc.nat(lines.length - 1), fc.nat(40), value).map(([at, keep, text]) => {
      return lines.map((line, index) => (index === at ? `${line.slice(0, keep)}${text}` : line)).join('\n');
    });
    fc.assert(
      fc.property(edited, (text) => {
        const result = parsePlan(text, { file: 'smallest.yml' });
        if (result.ok) return;
        const most = text.split(/\n/).length + 1;
        expect(result.problems.length).toBeGreaterThan(0);
        for (const { line, column } of result.problems) {
          expect(line >= 1 && line <= most && column >= 1).toBe(true);
        }
      }),
      { numRuns: 1_500 },
    );
  });
});
