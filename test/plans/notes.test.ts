import { describe, expect, test } from 'vitest';
import { notesOf } from '../../src/plans/rules/notes.js';
import { parseChanged, problemsOf } from './build-plan.js';

const URL = 'https://prometheus.example.com';
const prometheus = (query: string) => ({ kind: 'prometheus', url: URL, query });
const memory = { kind: 'memory', name: 'errors' };
const FIVE_MINUTES = 'sum(rate(errors_total[5m]))';
const stage = (more: object = {}) => ({ stage: 'everyone', exposure: 100, bake: '1h', ...more });

type Changes = Parameters<typeof parseChanged>[0];

function notes(checks: Record<string, unknown>, more: Changes = {}): string[] {
  const result = parseChanged({ checks, ...more });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return notesOf(result.plan);
}

function messages(changes: Changes): string[] {
  const result = parseChanged(changes);
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe('validate says how long each critical limit takes at best', () => {
  const alert = { kind: 'alert', source: 'alertmanager', match: { a: 'b' }, quiet: 'pass' };
  const manual = { kind: 'manual', ask: 'How many?', every: '1h' };

  test.each<[string, Record<string, unknown>, string]>([
    [
      'by the range of its query',
      { probe: prometheus(FIVE_MINUTES), critical: { above: 5 } },
      '5m after the first bad number',
    ],
    ['by its window', { probe: memory, window: '90s', critical: { above: 5 } }, '1m30s after the first bad number'],
    ['by its rhythm', { probe: memory, critical: { above: 5 } }, '1m after the first bad number'],
    ['by so many', { probe: memory, critical: { above: 5, fail: '3 of 5' } }, '2m after the first bad number'],
    ['by 1 of 1', { probe: memory, critical: { above: 5, fail: '1 of 1' } }, 'at the first bad number'],
    ['by for', { probe: memory, critical: { above: 5, for: '10m' } }, '10m after the first bad number'],
    ['of alerts', { probe: alert, critical: { above: 5 } }, 'at the first bad number'],
    ['of what people report', { probe: manual, critical: { above: 5 } }, 'at the first bad number'],
    ['of several reports', { probe: manual, critical: { above: 5, fail: '2 of 2' } }, '1h after the first bad number'],
    ['of a limit that holds', { probe: memory, limits: [{ above: 5, do: 'hold' }] }, '1m after the first bad number'],
  ])('%s', (_name, check, when) => {
    expect(notes({ errors: check })).toEqual([`critical limits act at best ${when}: errors`]);
  });

  test('and that an outage of a share is believed sooner', () => {
    const check = { probe: prometheus(FIVE_MINUTES), share: true, critical: { above: 5 } };
    expect(notes({ errors: check })[0]).toContain('5m after the first bad number: errors, an outage after two looks');
  });

  test('by stage, where they differ; warnings are not among them', () => {
    const stages = [
      stage({ stage: 'a', exposure: 10, check_every: '10s' }),
      stage({ stage: 'b', checks: { errors: { critical: { above: 9, fail: '1 of 1' } } } }),
    ];
    const check = { probe: memory, warning: { above: 1, for: '20m' }, critical: { above: 5 } };
    expect(notes({ errors: check }, { stages })).toEqual([
      'critical limits act at best at the first bad number: errors (in b)',
      'critical limits act at best 10s after the first bad number: errors (in a)',
    ]);
    expect(notes({ errors: { probe: memory, warning: { above: 1 } } })).toEqual([]);
  });
});

describe('validate refuses what takes longer than the bake', () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>, string[]]>([
    ['a window', { window: '30m' }, { above: 5 }, ['checks.errors.critical']],
    ['just as long is enough', { window: '20m' }, { above: 5 }, []],
    ['so many', { window: '6m' }, { above: 5, fail: '5 of 5' }, ['checks.errors.critical.fail']],
    ['so many of more', { window: '6m' }, { above: 5, fail: '4 of 9' }, []],
    ['for', {}, { above: 5, for: '25m' }, ['checks.errors.critical.for']],
    ['the range of its query', { probe: prometheus('increase(errors[1h])') }, { above: 5 }, ['checks.errors.critical']],
    ['also where it only holds', { window: '30m' }, { above: 5, do: 'hold' }, ['checks.errors.critical']],
  ])('%s', (_name, check, critical, paths) => {
    const changes = { checks: { errors: { probe: memory, ...check, critical } }, stages: [stage({ bake: '20m' })] };
    expect(problemsOf(parseChanged(changes))).toEqual(paths.map((path) => `${path} limit`));
  });

  test('in a stage that sets the limit itself, and in none but that', () => {
    const checks = { errors: { probe: memory, critical: { above: 5 }, limits: [{ above: 2, for: '2h' }] } };
    const own = stage({ stage: 'own', bake: '30m', checks: { errors: { critical: { above: 9, for: '45m' } } } });
    expect(problemsOf(parseChanged({ checks, stages: [own, stage()] }))).toEqual([
      'stages[0].checks.errors.critical.for limit',
    ]);
    expect(problemsOf(parseChanged({ checks, stages: [stage({ bake: '30m' }), stage({ stage: 'b' })] }))).toEqual([]);
  });

  test('not a short bake that is looked at seldom: how long that takes is said', () => {
    const checks = { errors: { probe: memory, critical: { above: 5 } } };
    expect(notes(checks, { stages: [stage({ bake: '30s' })] })).toEqual([
      'critical limits act at best 1m after the first bad number: errors',
    ]);
    const three = { errors: { probe: memory, critical: { above: 5, fail: '3 of 5' } } };
    expect(problemsOf(parseChanged({ checks: three, stages: [stage({ bake: '30s' })] }))).toEqual([
      'checks.errors.critical.fail limit',
    ]);
  });

  test('in words that name the stage, its bake and how long it takes', () => {
    const checks = { errors: { probe: prometheus('increase(errors[1h])'), critical: { above: 5 } } };
    expect(messages({ checks, stages: [stage({ bake: '20m' })] })).toEqual([
      'checks.errors.critical: expected a limit that can count within the bake of stage everyone (20m), found one that takes 1h at best, by numbers that are 1h apart',
    ]);
  });
});

describe('validate refuses', () => {
  test('a baseline of less than five windows, and names the number', () => {
    const checks = { errors: { probe: prometheus(FIVE_MINUTES), critical: { above: 'baseline * 2' } } };
    expect(messages({ checks, baseline: '10m' })).toEqual([
      'baseline: expected at least 25m, five windows of errors (5m each), found "10m"',
    ]);
    expect(messages({ checks, baseline: '25m' })).toEqual([]);
    const plain = { errors: { probe: prometheus(FIVE_MINUTES), critical: { above: 5 } } };
    expect(messages({ checks: plain, baseline: '10m' })).toEqual([]);
    const gauge = { errors: { probe: memory, critical: { above: 'baseline * 2' } } };
    expect(messages({ checks: gauge, baseline: '4m' })).toEqual([
      'baseline: expected at least 5m, five windows of errors (1m each), found "4m"',
    ]);
  });

  test('a `for` in which there cannot be five numbers', () => {
    const fast = [stage({ check_every: '1s' })];
    const of = (probe: object, lasts: string) =>
      messages({ checks: { errors: { probe, critical: { above: 5, for: lasts } } }, stages: fast });
    expect(of(memory, '4s')).toEqual([
      'checks.errors.critical.for: expected at least 5s, for five numbers of which each may take 1s, found "4s"',
    ]);
    expect(of(memory, '5s')).toEqual([]);
    expect(of(prometheus('errors'), '14s')).toHaveLength(1);
    expect(of({ ...prometheus('errors'), timeout: '10s' }, '45s')).toHaveLength(1);
    expect(of({ kind: 'manual', ask: 'How many?', every: '20m' }, '1h')).toHaveLength(1);
  });

  test('a window of what is believed at once', () => {
    const manual = { kind: 'manual', ask: 'How many?', every: '1h' };
    expect(messages({ checks: { errors: { probe: manual, window: '5m', critical: { above: 5 } } } })).toEqual([
      'checks.errors.window: expected no window where the probe is of kind manual, found one: its first number counts',
    ]);
  });
});

describe('validate warns', () => {
  const of = (check: Record<string, unknown>, more?: Changes) =>
    notes({ errors: { critical: { above: 5 }, ...check } }, more).filter((note) => !note.startsWith('critical limits'));

  test.each([
    ['sum(errors) or vector(0)', true],
    ['(sum(a) / sum(b)) >= 0 OR vector(0)', true],
    ['sum(errors) or on() vector(0)', true],
    ['sum(errors) or vector( 0 )', true],
    ['sum(errors) or (vector(0) and on() sum(up{job="shop"}) > 0)', false],
    ['sum(errors) or vector(0) and on() (sum(up{job="shop"}) > 0)', false],
    ['sum(errors{path="or vector(0)"})', false],
    ['sum(errors) # or vector(0)', false],
  ])('of a zero for a service that is gone: %s', (query, warns) => {
    expect(of({ probe: prometheus(query) }).some((note) => note.includes('also when the service is gone'))).toBe(warns);
  });

  test('of a warning that starts a bake over, where one error of few requests is one', () => {
    const stages = [stage({ bake: { for: '1h', restarts_on: ['warning'] } })];
    const ratio = { probe: memory, share: true, warning: { above: 1 } };
    expect(of(ratio, { stages })).toEqual([
      'everyone: restarts_on: [warning] may never end with little traffic, by errors: one error of few requests is a warning',
    ]);
    expect(of({ ...ratio, share: false }, { stages })).toEqual([]);
    expect(of(ratio)).toEqual([]);
  });

  test('of percent of percent', () => {
    const more = { baseline: '30m' };
    const check = (bound: string) => ({ probe: memory, unit: '%', share: true, critical: { above: bound } });
    expect(of(check('baseline + 5%'), more)).toEqual([
      'errors: `+ 5%` is a part of what was measured, 0.2 becomes 0.21; points are `+ 5`',
    ]);
    expect(of(check('baseline - 50%'), more)[0]).toContain('0.2 becomes 0.1; points are `- 50`');
    expect(of(check('baseline + 5'), more)).toEqual([]);
    expect(of(check('baseline * 1.5'), more)).toEqual([]);
    expect(of({ ...check('baseline + 5%'), unit: 'ms' }, more)).toEqual([]);
  });

  test('of what it cannot know: whether % is a share, and how much time a recorded number is made of', () => {
    expect(of({ probe: memory, unit: '%' })[0]).toContain('say share: true');
    expect(of({ probe: memory, unit: '%', share: false })).toEqual([]);
    expect(of({ probe: prometheus('job:errors:rate5m') })[0]).toContain('say window:');
    expect(of({ probe: prometheus('job:errors:rate5m'), window: '5m' })).toEqual([]);
  });

  test('of a window that is less than the range of its query', () => {
    expect(of({ probe: prometheus(FIVE_MINUTES), window: '10s' })[0]).toContain('may be the same data');
  });
});
