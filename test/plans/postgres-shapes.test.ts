/** What a plan may say of the shape of its flag table. */
import { expect, test } from 'vitest';
import { parsePlan } from '../../src/plans/read/parse.js';
import { SMALLEST } from './build-plan.js';

const target = (more: string, columns = '{ exposure: pct, enabled: on }') =>
  SMALLEST.replace(
    '{ flag: { kind: memory, name: flag } }',
    () =>
      `{ flag: { kind: postgres, url: "\${FLAGS}", table: flags, rows: { key: [A] }, columns: ${columns}${more} } }`,
  );
const said = (text: string) => {
  const result = parsePlan(text);
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
};

test('a second key, a switch of other words and a scale are read as they are compared', () => {
  const result = parsePlan(
    target(', where: { env: production, region: 7, live: true }, switch: { on: 1, off: 0 }, scale: 1'),
  );
  expect(result.ok && result.plan.targets[0]?.config).toMatchObject({
    rows: {
      column: 'key',
      values: ['A'],
      where: [
        { column: 'env', value: 'production' },
        { column: 'region', value: '7' },
        { column: 'live', value: 'true' },
      ],
    },
    switch: { on: '1', off: '0' },
    scale: 1,
  });
});

test.each([
  [target('', '{ exposure: pct }')],
  [target(', scale: 10000', '{ exposure: pct }')],
  [target(', switch: { on: "on", off: "off" }')],
])('is a plan: %s', (text) => expect(said(text)).toEqual([]));

test.each([
  [target('', '{ updated_at: at }'), 'targets.flag.columns: expected exposure, enabled or both, found neither'],
  [target(', where: { pct: A }'), 'targets.flag.columns.exposure: expected a column that has no other part'],
  [target(', where: {}, scale: 0'), 'targets.flag.scale: expected the number that means everybody'],
  [target(', where: { env: [a] }'), 'targets.flag.where.env: expected a text, a number, true or false'],
  [target(', switch: { on: 1 }'), 'targets.flag.switch.off: '],
  [target(', switch: { on: 1, off: 0, maybe: 2 }'), 'expected one of the keys on, off, found "maybe"'],
  [target(', switch: { on: 1, off: 0 }', '{ exposure: pct }'), 'targets.flag.switch: expected a switch'],
  [target(', switch: { on: 1, off: 1 }'), 'targets.flag.switch: expected two different words'],
  [target(', scale: 1', '{ enabled: on }'), 'targets.flag.scale: expected a percentage'],
  [
    target(', where: { env: a }, users: { table: o, flag: f, user: u, enabled: e }'),
    'targets.flag.where: expected a table without where',
  ],
  [
    target(', scale: 1, users: { table: o, flag: f, user: u, enabled: e }'),
    'targets.flag.scale: expected a table without scale',
  ],
  [
    target(', users: { table: o, flag: f, user: u, enabled: e }', '{ exposure: pct }'),
    'targets.flag.users: expected a switch',
  ],
])('is refused: %s', (text, message) => expect(said(text).join('\n')).toContain(message));

test('one row of a name in each of two environments are two flags, twice in one are one', () => {
  const two = (environment: string) =>
    target(
      `, where: { env: a } }, other: { kind: postgres, url: "\${FLAGS}", table: flags, rows: { key: [A] }, columns: { enabled: on }, where: { env: ${environment} }`,
    );
  expect(said(two('b')).join()).not.toContain('does not move already');
  expect(said(two('a')).join()).toContain('does not move already');
});
