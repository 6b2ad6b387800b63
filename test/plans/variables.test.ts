import { describe, expect, test } from 'vitest';
import { fillVariables, variablesIn } from '../../src/plans/values/variables.js';
import { parseChanged } from './build-plan.js';

test('lists every variable of targets and probes once, in order', () => {
  const http = { kind: 'http', value: 'a', headers: { Authorization: `Bearer \${TOKEN}` } };
  const result = parseChanged({
    'targets.flag': {
      kind: 'postgres',
      url: `postgres://\${USER}:\${PASSWORD}@db/shop`,
      table: 'flags',
      rows: { name: ['A'] },
      columns: { exposure: 'a', enabled: 'b' },
    },
    'checks.errors.probe': { ...http, url: `\${BASE}/a` },
    'checks.second': { probe: { ...http, url: `\${BASE}/b` }, critical: { above: 1 } },
  });
  expect(result.ok && variablesIn(result.plan)).toEqual(['BASE', 'PASSWORD', 'TOKEN', 'USER']);
});

test('lists what programs are given by name', () => {
  const result = parseChanged({
    'targets.flag': { kind: 'exec', set: ['flagctl', '{{exposure}}'], read: ['flagctl'], env: ['FLAG_TOKEN', 'BASE'] },
    'checks.errors.probe': { kind: 'exec', run: ['depth'], env: ['QUEUE_TOKEN'] },
    'checks.second': {
      probe: { kind: 'sql', url: `\${METRICS_DATABASE_URL}`, query: 'select 1' },
      critical: { above: 1 },
    },
  });
  const names = ['BASE', 'FLAG_TOKEN', 'METRICS_DATABASE_URL', 'QUEUE_TOKEN'];
  expect(result.ok && variablesIn(result.plan)).toEqual(names);
});

describe('filling', () => {
  test.each([
    [`\${A}/x/\${B_2}`, 'one/x/two'],
    ['plain $A {A}', 'plain $A {A}'],
    [`\${NESTED}`, `\${A}`],
    [`\${DOLLARS}`, '$& $1 $$'],
  ])('%s', (value, filled) => {
    const env = { A: 'one', B_2: 'two', NESTED: `\${A}`, DOLLARS: '$& $1 $$' };
    expect(fillVariables(value, env)).toEqual({ ok: true, value: filled });
  });

  test('names every variable that is not set or is empty, and nothing an object has by nature', () => {
    const value = `\${A}\${EMPTY}\${GONE}\${GONE}\${toString}`;
    expect(fillVariables(value, { A: 'one', EMPTY: '' })).toEqual({
      ok: false,
      missing: ['EMPTY', 'GONE', 'toString'],
    });
  });
});

describe('a value with what files and copying leave around it', () => {
  test.each([
    's3cret',
    ' s3cret',
    's3cret\n',
    's3cret\r\n',
    '\ufeffs3cret',
    's3cret\u200b',
    '\ts3cret ',
    '\u00a0s3cret\u00a0',
  ])('%j is filled without it', (value) =>
    expect(fillVariables(`Bearer \${T}`, { T: value })).toEqual({ ok: true, value: 'Bearer s3cret' }),
  );

  test.each([
    ['"s3cret"', 'T stands in quotes: take them away'],
    [`'s3cret'\n`, 'T stands in quotes: take them away'],
    ['“s3cret”', 'T begins with a quote of a word processor: take it away'],
    ['s3\ncret', 'T has a line break in it'],
    ['s3\r\ncret', 'T has a line break in it'],
  ])('%j is refused by its name', (value, why) =>
    expect(fillVariables(`\${T}`, { T: value })).toEqual({ ok: false, missing: [], spoilt: [why] }),
  );

  test.each(['', ' ', '\n', '\ufeff'])('%j is none', (value) =>
    expect(fillVariables(`\${T}`, { T: value })).toEqual({ ok: false, missing: ['T'] }),
  );

  test('blanks and quotes within it stay', () =>
    expect(fillVariables(`\${T}`, { T: 'a "b" c' })).toEqual({ ok: true, value: 'a "b" c' }));
});
