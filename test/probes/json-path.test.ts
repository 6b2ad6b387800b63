import { describe, expect, test } from 'vitest';
import { findNumber, parseJsonPath } from '../../src/probes/json-path.js';

function find(text: string, document: unknown) {
  const parsed = parseJsonPath(text);
  if ('error' in parsed) throw new Error(parsed.error);
  return findNumber(document, parsed.path);
}

describe('a JSON path', () => {
  test.each([
    ['rate', { rate: 1 }],
    ['data.rates[1].value', { data: { rates: [{}, { value: 1 }] } }],
    ['[0]', [1]],
    ['[1][0]', [[], [1]]],
    ['error-rate.p 99', { 'error-rate': { 'p 99': 1 } }],
    ['a[0].0', { a: [{ 0: 1 }] }],
  ])('%s leads to the number', (path, document) => {
    expect(find(path, document)).toEqual({ value: 1 });
  });

  test.each(['', '.', 'a.', '.a', 'a..b', 'a[', 'a[]', 'a[-1]', 'a[x]', 'a]b', 'a[0]b'])(
    '"%s" is not a path',
    (path) => {
      expect(parseJsonPath(path)).toEqual({ error: expect.stringContaining('is not a path') });
    },
  );

  test.each([
    ['length', [1]],
    ['a.length', { a: 'text' }],
    ['constructor.length', {}],
    ['__proto__.x', {}],
    ['[0]', { 0: 1 }],
    ['0', [1]],
    ['[0]', 'text'],
    ['a.b.c', { a: 1 }],
    ['a', null],
    ['a', { a: null }],
    ['[1]', [1]],
  ])('%s leads nowhere in %j', (path, document) => {
    expect(find(path, document)).toMatchObject({ unknown: 'no_value' });
  });

  test.each([{ a: '1' }, { a: true }, { a: [] }, { a: {} }, { a: Number.NaN }])(
    '%j holds no number at a',
    (document) => {
      expect(find('a', document)).toMatchObject({ unknown: 'not_a_number' });
    },
  );

  test('a reason names the place and never the contents', () => {
    const found = find('a.b[0]', { a: { b: ['canary'] } });
    expect(found).toEqual({ unknown: 'not_a_number', detail: 'a.b[0] is text' });
  });
});
