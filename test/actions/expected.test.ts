import { expect, test } from 'vitest';
import { resultOf, unexpected } from '../../src/actions/expected.js';
import type { ExpectedResult } from '../../src/rollout/plan/jobs.js';

const number = (value: number): ExpectedResult => ({ kind: 'number', value });
const text = (value: string): ExpectedResult => ({ kind: 'text', value });
const bounds = (more: object): ExpectedResult => ({ kind: 'bounds', ...more });

test.each<[string, ExpectedResult | undefined, string, string | null]>([
  ['nothing expected', undefined, 'whatever', null],
  ['the text', text('ok'), ' ok\n', null],
  ['a text that holds it', text('ok'), 'not ok', 'expected the text "ok", got another'],
  ['another case', text('ok'), 'OK', 'expected the text "ok", got another'],
  ['the number', number(0), '0\n', null],
  ['the number, written otherwise', number(0), '0.0', null],
  ['another number', number(0), '3', 'expected 0, got 3'],
  ['words where a number is expected', number(0), 'none', 'expected 0, got no number'],
  ['nothing where a number is expected', number(0), '', 'expected 0, got no number'],
  ['at most', bounds({ atMost: 3 }), '3', null],
  ['more than at most', bounds({ atMost: 3 }), '4', 'expected at most 3, got 4'],
  ['below', bounds({ below: 3 }), '3', 'expected below 3, got 3'],
  ['above', bounds({ above: 3 }), '3', 'expected above 3, got 3'],
  ['between', bounds({ atLeast: 1, atMost: 3 }), '2', null],
  ['outside', bounds({ atLeast: 1, atMost: 3 }), '0', 'expected at least 1 and at most 3, got 0'],
  ['no number', bounds({ atMost: 3 }), 'x', 'expected a number at most 3, got none'],
])('%s', (_, expected, printed, odd) => {
  expect(unexpected(expected, resultOf(printed))).toBe(odd);
});
