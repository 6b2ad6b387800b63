/** Targets and probes that are right: what a plan says of them, and what is kept. */
import { describe, expect, test } from 'vitest';
import { variablesIn } from '../../src/plans/values/variables.js';
import { parseChanged, problemsOf } from './build-plan.js';

const URL_OF_FLAG = `\${ADMIN_URL}/flags/checkout`;
const READ = { url: URL_OF_FLAG, value: 'data.rollout', enabled: 'data.on' };
const SET = {
  method: 'PUT',
  url: URL_OF_FLAG,
  body: { rollout: '{{exposure}}', tags: [1, null, { on: '{{ enabled }}' }] },
};
const PER_TENANT = {
  set: { ...SET, url: `\${ADMIN_URL}/t/{{tenant}}` },
  read: { url: `\${ADMIN_URL}/t/{{tenant}}`, enabled: 'on' },
  per: { tenants: ['a', 'b', 'c', 'd'] },
};
const BOTH: object = { set: SET, read: READ };
const stages = (...exposures: number[]) => exposures.map((exposure, no) => ({ stage: `s${no}`, exposure, bake: '1h' }));

function target(flag: object, more: object = {}) {
  const result = parseChanged({ 'targets.flag': { kind: 'http', scale: 100, ...flag }, ...more });
  return { result, problems: problemsOf(result), config: result.ok ? result.plan.targets[0]?.config : undefined };
}

describe('an http target', () => {
  test('keeps its requests, each with the headers of all and its own', () => {
    const { config, problems, result } = target({
      headers: { Authorization: `Bearer \${TOKEN}`, 'X-Team': 'shop' },
      set: { ...SET, headers: { 'x-team': 'flags' }, expect: [200, 409] },
      off: { method: 'DELETE', url: URL_OF_FLAG, body: `why=\${WHY}`, headers: { 'Content-Type': 'text/plain' } },
      read: { ...READ, absent: 'off' },
    });
    expect(problems).toEqual([]);
    const shared = { Authorization: `Bearer \${TOKEN}`, 'X-Team': 'shop' };
    expect(config).toEqual({
      kind: 'http',
      set: { ...SET, headers: { Authorization: shared.Authorization, 'x-team': 'flags' }, expect: [200, 409] },
      off: {
        method: 'DELETE',
        url: URL_OF_FLAG,
        body: `why=\${WHY}`,
        headers: { ...shared, 'Content-Type': 'text/plain' },
      },
      read: { ...READ, headers: shared, absent: 'off' },
      scale: 100,
    });
    expect(result.ok && variablesIn(result.plan)).toEqual(['ADMIN_URL', 'TOKEN', 'WHY']);
  });

  test('calls four tenants at a time when it does not say', () => {
    const url = `\${ADMIN_URL}/t/{{tenant}}`;
    const per = { tenants: ['a', 'b', 'ü & c'] };
    const { config } = target(
      { set: { ...SET, url }, read: { url, enabled: 'on' }, per },
      { stages: stages(10, 50, 100) },
    );
    expect(config).toMatchObject({ per: { list: per.tenants, exposures: [10, 50, 100], concurrency: 4 } });
  });

  test.each([
    ['{{exposure}} in the address', { set: { method: 'POST', url: `${URL_OF_FLAG}?at={{exposure}}` } }, []],
    [
      '{{enabled}} alone',
      { set: { method: 'POST', url: `${URL_OF_FLAG}/{{enabled}}` }, read: { url: URL_OF_FLAG, enabled: 'on' } },
      [],
    ],
    [
      'neither, but off',
      { set: { method: 'POST', url: URL_OF_FLAG }, off: { method: 'DELETE', url: URL_OF_FLAG } },
      [],
    ],
    ['neither', { set: { method: 'POST', url: URL_OF_FLAG } }, ['targets.flag.off missing']],
    [
      'a set of zero, but no set',
      { off: { method: 'DELETE', url: URL_OF_FLAG }, set: undefined },
      ['targets.flag.set missing'],
    ],
  ])('has a way back: %s', (_, changes, problems) => {
    expect(target({ ...BOTH, ...changes }).problems).toEqual(problems);
  });

  test.each([
    ['a percentage', {}, [10, 12.5, 100], []],
    [
      'a switch that is read',
      { read: { url: URL_OF_FLAG, enabled: 'on' } },
      [10, 100],
      ['stages[0].exposure population'],
    ],
    [
      'a switch that is set',
      { set: { method: 'PUT', url: URL_OF_FLAG, body: { on: '{{enabled}}' } } },
      [50, 100],
      ['stages[0].exposure population'],
    ],
  ])('is only asked for what it can be: %s', (_, changes, exposures, problems) => {
    expect(target({ ...BOTH, ...changes }, { stages: stages(...exposures) }).problems).toEqual(problems);
  });

  test('has the tenants that stages name first', () => {
    const { config, problems } = target(PER_TENANT, {
      stages: [{ stage: 'pilots', tenants: ['d', 'b'], bake: '1h' }, ...stages(75, 100)],
    });
    expect(problems).toEqual([]);
    expect(config).toMatchObject({ per: { list: ['d', 'b', 'a', 'c'], exposures: [50, 75, 100] } });
  });

  test.each([
    [
      'tenants it does not list',
      { stages: [{ stage: 'pilots', tenants: ['x'], bake: '1h' }, ...stages(100)] },
      ['stages[0].tenants[0] population'],
    ],
    [
      'named users',
      { stages: [{ stage: 'pilots', users: ['U'], bake: '1h' }, ...stages(100)] },
      ['stages[0].users population'],
    ],
    ['a percentage that moves nobody', { stages: stages(20, 25, 100) }, ['stages[1].exposure population']],
    [
      'too few calls at a time',
      { 'targets.flag.per.tenants': Array.from({ length: 81 }, (_, no) => `t${no}`) },
      ['targets.flag.per.concurrency invalid'],
    ],
    ['a tenant twice', { 'targets.flag.per.tenants': ['a', 'b', 'a'] }, ['targets.flag.per.tenants[2] duplicate']],
  ])('with tenants refuses %s', (_, changes, problems) => {
    expect(target(structuredClone(PER_TENANT), changes).problems).toEqual(problems);
  });

  test.each([
    ['a number that is written', { set: SET, read: { url: URL_OF_FLAG, enabled: 'on' } }, true],
    ['a number in quotes', { set: { ...SET, body: { percent: '{{exposure_text}}' } }, read: READ }, true],
    ['what is left of it', { set: { ...SET, body: { others: '{{rest}}' } }, read: READ }, true],
    ['a number that is read', { set: { ...SET, body: { on: '{{enabled}}' } }, read: READ }, true],
    [
      'a switch alone',
      { set: { ...SET, body: { on: '{{enabled}}' } }, read: { url: URL_OF_FLAG, enabled: 'on' } },
      false,
    ],
  ])('says what everybody is in the numbers of the service: %s', (_, flag, needed) => {
    const { problems } = target({ ...flag, scale: undefined });
    expect(problems.includes('targets.flag.scale missing')).toBe(needed);
    expect(target({ ...flag, scale: 10_000 }).problems).not.toContain('targets.flag.scale missing');
  });

  test.each([0, 0.5, -1, '100', true, 2_000_000_000])('is not of scale %j', (scale) => {
    expect(target({ ...BOTH, scale }).problems).toEqual(['targets.flag.scale invalid']);
  });

  test('sends up to five requests for one change, the number first', () => {
    const on = { method: 'POST', url: `${URL_OF_FLAG}/on` };
    const { config } = target({ ...BOTH, set: [SET, on], off: [{ method: 'POST', url: `${URL_OF_FLAG}/off` }] });
    expect(config).toMatchObject({ set: [SET, { ...on, headers: {} }], off: { url: `${URL_OF_FLAG}/off` } });
    expect(target({ ...BOTH, set: [on, SET] }).problems).toEqual(['targets.flag.set[1] invalid']);
    expect(target({ ...BOTH, set: [] }).problems).toContain('targets.flag.set invalid');
    expect(target({ ...BOTH, set: Array(6).fill(SET) }).problems).toEqual(['targets.flag.set invalid']);
    expect(target({ ...BOTH, set: [SET, { method: 'GET', url: 'x' }] }).problems).toEqual([
      'targets.flag.set[1].method invalid',
      'targets.flag.set[1].url invalid',
    ]);
  });

  test('with a switch alone goes back to off and not to a percentage', () => {
    const flag = { set: SET, read: { url: URL_OF_FLAG, enabled: 'on' } };
    expect(target(flag, { rollback: { to: 5 } }).problems).toEqual(['rollback.to population']);
    expect(target(flag, { rollback: { to: 0 } }).problems).toEqual([]);
    expect(target(flag, { 'stages.0.exposure': 'on' }).problems).toEqual([]);
  });
});

describe('a prometheus probe', () => {
  const probe = (more: object) =>
    parseChanged({ 'checks.errors.probe': { kind: 'prometheus', url: `\${PROM}`, query: 'up', ...more } });

  test('gets the defaults', () => {
    const result = probe({});
    expect(result.ok && result.plan.checks[0]?.probe).toEqual({
      kind: 'prometheus',
      url: `\${PROM}`,
      query: 'up',
      headers: {},
      timeoutMs: 3_000,
    });
  });

  test('keeps what it says', () => {
    const said = { query: 'sum(\n  rate(a{b="c"}[5m])\n)', headers: { 'X-Scope-OrgID': `\${TENANT}` }, timeout: '5s' };
    const result = probe({ ...said, group: 'lowest', fresh: '90s' });
    expect(result.ok && result.plan.checks[0]?.probe).toMatchObject({
      query: said.query,
      headers: said.headers,
      timeoutMs: 5_000,
      group: 'lowest',
      freshMs: 90_000,
    });
  });

  test.each([
    ['query', ' \n'],
    ['query', 'x'.repeat(5_001)],
    ['group', 'sum'],
    ['fresh', '2h'],
    ['timeout', '11s'],
  ])('refuses %s %j', (key, value) => {
    expect(problemsOf(probe({ [key]: value }))).toEqual([`checks.errors.probe.${key} invalid`]);
  });
});
