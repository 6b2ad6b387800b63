/** What stages by users, tenants, on and parts become, and what a target is told about them. */
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../src/rollout/plan/plan.js';
import { parseChanged, problemsOf } from './build-plan.js';

const POSTGRES = {
  kind: 'postgres',
  url: `\${SHOP_URL}`,
  table: 'flags',
  rows: { name: ['A'] },
  columns: { exposure: 'percentage', enabled: 'enabled' },
};
const USERS = { table: 'overrides', flag: 'flag_name', user: 'user_id', enabled: 'enabled' };
const SWITCH = { ...POSTGRES, columns: { enabled: 'enabled' } };
const TENANTS = { ...SWITCH, tenants: { column: 'tenant_id', list: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] } };

const staged = (...whos: object[]) => whos.map((who, index) => ({ stage: `stage-${index}`, bake: '1h', ...who }));

function planOf(target: object, ...whos: object[]): Plan {
  const result = parseChanged({ 'targets.flag': target, stages: staged(...whos) });
  if (!result.ok) throw new Error(problemsOf(result).join('\n'));
  return result.plan;
}

describe('named users', () => {
  const team = ['user_internal_1', '<@U1> & co'];
  const plan = planOf(
    { ...POSTGRES, users: USERS },
    { users: team },
    { users: [...team, '3'] },
    { exposure: 10 },
    { exposure: 'on' },
  );

  test('have places below every percentage, in their order', () => {
    expect(plan.stages.map(({ exposure }) => exposure)).toEqual([0.0001, 0.0002, 10, 100]);
    expect(plan.stages.map(({ population }) => population?.kind)).toEqual(['users', 'users', undefined, 'everyone']);
  });

  test('are told to the target with their places', () => {
    expect(plan.targets[0]?.config).toMatchObject({
      users: {
        ...USERS,
        steps: [
          { exposure: 0.0001, names: team },
          { exposure: 0.0002, names: [...team, '3'] },
        ],
      },
    });
  });

  test('a table of overrides that no stage needs is left alone', () => {
    expect(planOf({ ...POSTGRES, users: USERS }, { exposure: 10 }).targets[0]?.config).not.toHaveProperty('users');
  });

  test('fifty stages of them stay below the least percentage', () => {
    const names = Array.from({ length: 50 }, (_, no) => `u${no}`);
    const many = planOf({ ...POSTGRES, users: USERS }, ...names.map((_, no) => ({ users: names.slice(0, no + 1) })));
    expect(many.stages.at(-1)?.exposure).toBeLessThan(0.01);
  });

  test('go with a target in memory, and with every other that has users', () => {
    const stages = staged({ users: ['u1'] }, { exposure: 10 });
    const memory = { kind: 'memory', name: 'm' };
    expect(problemsOf(parseChanged({ 'targets.flag': memory, stages }))).toEqual([]);
    expect(problemsOf(parseChanged({ 'targets.flag': POSTGRES, 'targets.other': memory, stages }))).toEqual([
      'stages[0].users population',
    ]);
  });

  test('leave no percentage to roll back to', () => {
    const changes = {
      'targets.flag': { ...POSTGRES, users: USERS },
      stages: staged({ users: ['u1'] }, { exposure: 10 }),
    };
    expect(problemsOf(parseChanged({ ...changes, 'rollback.to': 5 }))).toEqual(['rollback.to order']);
    expect(problemsOf(parseChanged({ ...changes, 'rollback.to': 'previous' }))).toEqual([]);
  });
});

describe('tenants', () => {
  test('are the share they have of the list, named ones first, and percentages are of tenants', () => {
    const plan = planOf(TENANTS, { tenants: ['d', 'b'] }, { exposure: 50 }, { exposure: 100 });
    expect(plan.stages.map(({ exposure }) => exposure)).toEqual([25, 50, 100]);
    expect(plan.stages.map(({ population }) => population)).toEqual([
      { kind: 'tenants', tenants: ['d', 'b'] },
      { kind: 'part', of: 'tenants' },
      undefined,
    ]);
    expect(plan.targets[0]?.config).toMatchObject({
      tenants: { column: 'tenant_id', list: ['d', 'b', 'a', 'c', 'e', 'f', 'g', 'h'], exposures: [25, 50, 100] },
    });
  });

  test('can follow named users, whose places are no share of them', () => {
    const plan = planOf({ ...TENANTS, users: USERS }, { users: ['u1'] }, { tenants: ['a'] }, { exposure: 'on' });
    expect(plan.targets[0]?.config).toMatchObject({ tenants: { exposures: [12.5, 100] } });
  });

  test('in two targets are the same', () => {
    const stages = staged({ tenants: ['a'] }, { exposure: 100 });
    const other = { ...TENANTS, rows: { name: ['B'] } };
    const changed = { ...other, tenants: { column: 'tenant_id', list: ['a', 'x'] } };
    expect(problemsOf(parseChanged({ 'targets.flag': TENANTS, 'targets.other': other, stages }))).toEqual([]);
    expect(problemsOf(parseChanged({ 'targets.flag': TENANTS, 'targets.other': changed, stages }))).toEqual([
      'targets.other.tenants.list population',
    ]);
  });
});

test('whose percentage it is stays with the stage', () => {
  const plan = planOf(
    POSTGRES,
    { exposure: 10, of: 'internal and staging accounts' },
    { exposure: 25, of: 'beta group' },
  );
  expect(plan.stages.map(({ population }) => population)).toEqual([
    { kind: 'part', of: 'internal and staging accounts' },
    { kind: 'part', of: 'beta group' },
  ]);
});

test('rows that are only on or off take on, and 100', () => {
  expect(planOf(SWITCH, { exposure: 'on' }).stages[0]).toMatchObject({
    exposure: 100,
    population: { kind: 'everyone' },
  });
  expect(planOf(SWITCH, { exposure: 100 }).stages[0]).not.toHaveProperty('population');
  expect(problemsOf(parseChanged({ 'targets.flag': SWITCH, stages: staged({ exposure: 10 }) }))).toEqual([
    'stages[0].exposure population',
  ]);
});
