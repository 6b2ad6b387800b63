import { describe, expect, test } from 'vitest';
import { SKETCHED_KEYS, SKETCHED_PROBES, SKETCHED_TARGETS } from '../../src/plans/language/sketch.js';
import { parsePlan } from '../../src/plans/read/parse.js';
import { PLACEHOLDERS } from '../../src/rollout/plan/placeholders.js';
import { TEMPLATES } from '../../src/rollout/plan/plan.js';
import { DEFAULT_REMINDERS } from '../../src/rollout/plan/waits.js';
import { parseChanged, planText, problemsOf, SMALLEST } from './build-plan.js';

const POSTGRES = {
  kind: 'postgres',
  url: `\${SHOP_URL}`,
  table: 'public.flags',
  rows: { name: ['A', 'B'] },
  columns: { exposure: 'percentage', enabled: 'enabled' },
};
const HTTP = { kind: 'http', url: 'https://example.com/m', value: 'data[0].rate' };

/** Where each place of a plan is in the smallest one, once the kinds with most keys are in it. */
const PLACES = {
  plan: '',
  target: 'targets.flag.',
  rows: 'targets.flag.rows.',
  columns: 'targets.flag.columns.',
  check: 'checks.errors.',
  probe: 'checks.errors.probe.',
  limit: 'checks.errors.critical.',
  stage: 'stages.0.',
  approve: 'stages.0.approve.',
  rollback: 'rollback.',
};

describe('a plan that is right', () => {
  test('gets the defaults', () => {
    expect(parsePlan(SMALLEST, { file: 'plans/smallest.yml' })).toEqual({
      ok: true,
      lists: [],
      plan: {
        name: 'smallest',
        title: 'The smallest plan',
        channel: '#shop',
        timezone: 'UTC',
        links: {},
        contact: [],
        people: { operators: [{ kind: 'handle', handle: 'release-team' }] },
        targets: [{ name: 'flag', config: { kind: 'memory', name: 'flag' } }],
        checks: [
          {
            name: 'errors',
            title: 'errors',
            unit: '',
            probe: { kind: 'memory', name: 'errors' },
            critical: { op: 'above', value: 5 },
          },
        ],
        stages: [
          { no: 1, name: 'everyone', title: 'everyone', exposure: 100, bakeMs: 3_600_000, checkEveryMs: 60_000 },
        ],
        rollback: { to: { kind: 'off' }, withinMs: 30_000 },
      },
    });
  });

  test('reads connections, quorums and people', () => {
    const result = parseChanged({
      'targets.flag': { ...POSTGRES, columns: { ...POSTGRES.columns, updated_at: 'updated_at' } },
      'checks.errors.probe': { ...HTTP, headers: { Authorization: `Bearer \${TOKEN}` }, timeout: '2s' },
      'checks.errors.warning': { at_least: 5 },
      people: { operators: ['@team', 'U1', 'W2', 'S3', 'a@example.com'], lead: ['U9'] },
      stages: [
        { stage: 'a', exposure: 0.5, bake: '3s', check_every: '1s', approve: ['lead'] },
        { stage: 'b', exposure: 0.5, bake: '3s', approve: { any: 2, of: ['lead', 'operators'] } },
      ],
    });
    expect(result.ok && result.plan).toMatchObject({
      targets: [
        {
          config: {
            kind: 'postgres',
            rows: { column: 'name', values: ['A', 'B'] },
            columns: { exposure: 'percentage', enabled: 'enabled', updatedAt: 'updated_at' },
          },
        },
      ],
      checks: [
        {
          probe: { headers: { Authorization: `Bearer \${TOKEN}` }, timeoutMs: 2_000 },
          warning: { op: 'at_least', value: 5 },
          critical: { op: 'above', value: 5 },
        },
      ],
      people: {
        operators: [
          { kind: 'handle', handle: 'team' },
          { kind: 'user', id: 'U1' },
          { kind: 'user', id: 'W2' },
          { kind: 'group', id: 'S3' },
          { kind: 'email', email: 'a@example.com' },
        ],
      },
      stages: [
        { exposure: 0.5, checkEveryMs: 1_000, approve: { kind: 'each', roles: ['lead'] } },
        { exposure: 0.5, approve: { kind: 'any', count: 2, roles: ['lead', 'operators'] } },
      ],
    });
  });

  test.each([
    ['off', { kind: 'off' }],
    ['0', { kind: 'off' }],
    ['previous', { kind: 'previous' }],
    ['2.5', { kind: 'exposure', exposure: 2.5 }],
  ])('rolls back to %s', (to, expected) => {
    const result = parsePlan(SMALLEST.replace('to: off', `to: ${to}`));
    expect(result.ok && result.plan.rollback.to).toEqual(expected);
  });

  test('says how people are waited for, and keeps nothing where it says nothing', () => {
    const hours = { days: ['sat', 'mon'], from: '09:05', to: '18:00' };
    const result = parseChanged({
      approve_within: '24h',
      reminders: { every: '1h', at_most: 0, hours },
    });
    expect(result.ok && result.plan).toMatchObject({
      approveWithinMs: 86_400_000,
      reminders: { everyMs: 3_600_000, atMost: 0, hours: { days: ['sat', 'mon'], fromMinute: 545, toMinute: 1_080 } },
    });
  });

  test.each([
    [{ every: '1h' }, { everyMs: 3_600_000, atMost: 6 }],
    [{ at_most: 2 }, { everyMs: 14_400_000, atMost: 2 }],
    [{}, DEFAULT_REMINDERS],
    [
      { hours: { from: '00:00', to: '23:59' } },
      {
        ...DEFAULT_REMINDERS,
        hours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], fromMinute: 0, toMinute: 1_439 },
      },
    ],
  ])('fills the reminders %j up', (reminders, expected) => {
    const result = parseChanged({ reminders });
    expect(result.ok && result.plan.reminders).toEqual(expected);
  });

  test.each([
    ['nobody', {}, [undefined, undefined, undefined]],
    ['one stage', { 'stages.1.advance': 'auto' }, [undefined, 'auto', undefined]],
    ['the plan, which never means the last stage', { advance: 'auto' }, ['auto', 'auto', undefined]],
    ['the plan and not one stage', { advance: 'auto', 'stages.0.advance': 'manual' }, [undefined, 'auto', undefined]],
    ['a stage and not the plan', { advance: 'manual', 'stages.0.advance': 'auto' }, ['auto', undefined, undefined]],
  ])('goes on by itself where it says so: %s', (_, changes, expected) => {
    const stages = [1, 50, 100].map((exposure) => ({ stage: `to-${exposure}`, exposure, bake: '1h' }));
    const result = parseChanged({ stages, ...changes });
    expect(result.ok && result.plan.stages.map(({ advance }) => advance)).toEqual(expected);
  });

  test('may say posts in its own words, with spaces in the braces', () => {
    const templates = { stage_start: '{{title}} goes to {{ exposure }} { }', completed: 'Done' };
    const result = parseChanged({ templates });
    expect(result.ok && result.plan.templates).toEqual(templates);
  });

  test.each(TEMPLATES)('may name every placeholder of %s', (template) => {
    const text = PLACEHOLDERS[template].map((name) => `{{${name}}}`).join(' ');
    expect(problemsOf(parseChanged({ templates: { [template]: text } }))).toEqual([]);
  });

  test('reads programs and queries', () => {
    const exec = { kind: 'exec', set: ['flagctl', '{{exposure}}'], read: ['flagctl', 'get'] };
    const run = ['/usr/local/bin/queue-depth', '--queue', 'orders', ''];
    const result = parseChanged({
      'targets.flag': exec,
      'targets.other': { ...exec, set: ['on'], off: ['off'], env: ['TOKEN'], cwd: '/srv', timeout: '9s' },
      'checks.errors.probe': { kind: 'exec', run },
      'checks.more': {
        probe: { kind: 'exec', run, env: ['A'], cwd: '/', value: 'a.b', timeout: '10s' },
        critical: { above: 1 },
      },
      'checks.sql': {
        probe: { kind: 'sql', url: `\${SHOP_URL}`, query: ' SELECT 1\n;' },
        critical: { above: 1 },
      },
    });
    expect(result.ok && result.plan.targets.map(({ config }) => config)).toEqual([
      { ...exec, env: [], timeoutMs: 5_000 },
      { ...exec, set: ['on'], off: ['off'], env: ['TOKEN'], cwd: '/srv', timeoutMs: 9_000 },
    ]);
    expect(result.ok && result.plan.checks.map(({ probe }) => probe)).toEqual([
      { kind: 'exec', run, env: [], timeoutMs: 3_000 },
      { kind: 'exec', run, env: ['A'], cwd: '/', value: 'a.b', timeoutMs: 10_000 },
      { kind: 'sql', url: `\${SHOP_URL}`, query: ' SELECT 1\n;', timeoutMs: 3_000 },
    ]);
  });

  test('may use anchors', () => {
    const text = SMALLEST.replace('probe: {', 'title: &title Errors, unit: *title, probe: {');
    const result = parsePlan(text);
    expect(result.ok && result.plan.checks[0]).toMatchObject({ title: 'Errors', unit: 'Errors' });
  });
});

describe('what is planned but not built', () => {
  const keys = Object.entries(PLACES).flatMap(([place, prefix]) =>
    Object.entries(SKETCHED_KEYS).flatMap(([of, words]) => (of === place ? words.map((key) => `${prefix}${key}`) : [])),
  );

  test.each(keys)('%s is not supported yet', (key) => {
    const base = {
      'targets.flag': structuredClone(POSTGRES),
      'checks.errors.probe': { ...HTTP },
      'stages.0.approve': { any: 1, of: ['operators'] },
    };
    const result = parseChanged({ ...base, [key]: { some: 'thing' } });
    expect(problemsOf(result)).toEqual([`${key.replace('.0.', '[0].')} not_supported_yet`]);
  });

  test.each(SKETCHED_TARGETS)('target kind %s is not supported yet', (kind) => {
    const result = parseChanged({ 'targets.flag': { kind, url: `\${DATABASE_URL}`, anything: true } });
    expect(problemsOf(result)).toEqual(['targets.flag.kind not_supported_yet']);
  });

  test.each(SKETCHED_PROBES)('probe kind %s is not supported yet', (kind) => {
    const result = parseChanged({ 'checks.errors.probe': { kind, query: 'up' } });
    expect(problemsOf(result)).toEqual(['checks.errors.probe.kind not_supported_yet']);
  });
});

describe('limits on how much a plan may hold', () => {
  const many = (count: number, make: (index: number) => unknown) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`x${index}`, make(index)]));
  const check = { probe: { kind: 'memory', name: 'a' }, critical: { above: 1 } };
  const stage = (index: number) => ({ stage: `s${index}`, exposure: 1, bake: '1h' });

  test.each([
    ['targets', 12, (count: number) => many(count, (index) => ({ kind: 'memory', name: `m${index}` }))],
    ['checks', 100, (count: number) => many(count, () => check)],
    ['stages', 50, (count: number) => Array.from({ length: count }, (_, index) => stage(index))],
  ])('%s: %d and no more', (key, most, make) => {
    expect(problemsOf(parseChanged({ [key]: make(most) }))).toEqual([]);
    expect(problemsOf(parseChanged({ [key]: make(most + 1) }))).toEqual([`${key} invalid`]);
  });

  test.each([
    ['targets', {}],
    ['checks', {}],
    ['stages', []],
    ['people', {}],
  ])('%s: at least one', (key, none) => {
    expect(problemsOf(parseChanged({ [key]: none }))).toContain(`${key} invalid`);
  });
});

test('places count lines and columns from 1, also with Windows line ends', () => {
  const result = parsePlan(planText({ title: 5 }).replaceAll('\n', '\r\n'));
  expect(result).toMatchObject({ ok: false, problems: [{ line: 2, column: 8, path: 'title' }] });
});
