/** Edges of single values: what is taken and what is refused at each. */
import { describe, expect, test } from 'vitest';
import { DAYS } from '../../src/rollout/plan/plan.js';
import { parseChanged, problemsOf } from './build-plan.js';

const HOURS = { from: '09:00', to: '18:00' };

const CASES: Record<string, { good: unknown[]; bad: unknown[] }> = {
  plan: { good: ['a', 'a'.repeat(60), 'v2-0'], bad: ['2a', 'a'.repeat(61), 'A', 'a_b', 'off', 'to', 5] },
  title: { good: ['x'.repeat(80), 'Ünïcode'], bad: ['', ' ', 'x'.repeat(81), 'two\nlines', 5] },
  channel: { good: ['#a-b_2', '#läden', 'C0123', 'G1'], bad: ['shop', '#Shop', '#a b', 'U1', '#', 'D1'] },
  timezone: { good: ['UTC', 'America/New_York'], bad: ['+02:00', 'Mars', '', 'CEST/Berlin'] },
  links: {
    good: [{ a: 'http://x' }, {}],
    bad: [{ a: 'javascript:alert(1)' }, { a: 'x' }, { '': 'http://x' }, ['http://x']],
  },
  'people.operators': { good: [['U1']], bad: [[], ['u1'], ['B1'], ['@'], ['a@b'], ['@a b'], 'U1', [5]] },
  'checks.errors.unit': { good: ['%', 'ms', 'x'.repeat(12)], bad: ['x'.repeat(13), 'a\nb', 5] },
  'checks.errors.critical': {
    good: [{ above: 0 }, { below: -1.5 }, { at_least: 1e9 }, { at_most: 3 }],
    bad: [{ above: Number.POSITIVE_INFINITY }, { above: Number.NaN }, { above: true }, {}, { above: 1, below: 2 }],
  },
  'stages.0.stage': {
    good: ['10-percent', 'a'],
    bad: ['off', 'previous', 'to', '10', '1e3', 'smallest', 'A', 'a b', ''],
  },
  'stages.0.exposure': { good: [0.01, 99.9, 100], bad: [0, -1, 100.01, '10', Number.NaN] },
  'stages.0.bake': { good: ['1s', '365d'], bad: ['0s', '366d', 60, '1 x', undefined] },
  'stages.0.check_every': { good: ['1s', '24h'], bad: ['25h', 1] },
  'stages.0.advance': { good: ['manual'], bad: ['auto', 'Manual', true, { after: '1h' }] },
  advance: { good: ['auto', 'manual'], bad: ['Auto', 'no', true] },
  approve_within: { good: ['5m', '30d'], bad: ['299s', '721h', 24, '1 x'] },
  'reminders.every': { good: ['5m', '7d'], bad: ['4m', '169h', 4] },
  'reminders.at_most': { good: [0, 50], bad: [-1, 51, 2.5, '6'] },
  'reminders.hours': {
    good: [{ from: '00:00', to: '00:01' }, HOURS],
    bad: [{}, { from: '09:00' }, { ...HOURS, to: '09:00' }, { ...HOURS, to: '08:59' }, { ...HOURS, extra: 1 }, '9-18'],
  },
  'reminders.hours.from': { good: ['09:00', '00:00', '17:59'], bad: ['9:00', '24:00', '09:60', '09:00:00', 540, 9] },
  'reminders.hours.days': { good: [['sun'], DAYS], bad: [[], ['Mon'], ['monday'], ['mon', 'mon'], 'mon', [1]] },
  templates: { good: [{}], bad: ['hello', ['hello'], { live: 'hello' }] },
  'templates.alert': {
    good: ['x'.repeat(300), '{{check}}', '{{  check  }}', '{check}', '} {', '*bold*'],
    bad: [
      '',
      ' ',
      'x'.repeat(301),
      'two\nlines',
      5,
      '{{check',
      'check}}',
      '{{}}',
      '{{che ck}}',
      '{{Check}}',
      '{{bake}}',
    ],
  },
  'stages.0.approve': {
    good: [['operators'], { any: 1, of: ['operators'] }],
    bad: [[], 'operators', { any: 0, of: ['operators'] }, { any: 1.5, of: ['operators'] }, { any: 1 }, ['nobody'], [1]],
  },
  'rollback.to': { good: ['off', 'previous', 0, 99.9], bad: ['Off', 100, -1, '10', true, 'everyone', undefined] },
  'rollback.within': { good: ['1s', '1h'], bad: ['61m', 30] },
};

/** What the smallest plan leaves out and a value is set in. */
const AROUND: Record<string, Record<string, unknown>> = {
  reminders: { reminders: { hours: { ...HOURS } } },
  templates: { templates: {} },
};

const around = (key: string) => structuredClone(AROUND[key.split('.')[0] ?? '']);

describe.each(Object.entries(CASES))('%s', (key, { good, bad }) => {
  test.each(good.map((value) => [value]))('takes %j', (value) => {
    expect(problemsOf(parseChanged({ ...around(key), [key]: value }))).toEqual([]);
  });
  test.each(bad.map((value) => [value]))('refuses %j', (value) => {
    const problems = problemsOf(parseChanged({ ...around(key), [key]: value }));
    expect(problems).not.toEqual([]);
    const place = key.replace('.0.', '[0].');
    expect(problems.every((problem) => problem.startsWith(place))).toBe(true);
  });
});

const HTTP = { kind: 'http', url: 'https://example.com/m', value: 'a' };
const POSTGRES = {
  kind: 'postgres',
  url: `\${DB}`,
  table: 't',
  rows: { name: ['A'] },
  columns: { exposure: 'e', enabled: 'n' },
};
const ALERT = { kind: 'alert', source: 'alertmanager', match: { service: 'checkout' } };
const BEAT = { match: { alertname: 'Watchdog' }, within: '10m' };
const PROBE = 'checks.errors.probe';
const TARGET = 'targets.flag';

test.each([
  [PROBE, { ...HTTP, url: `\${BASE}/metrics.json` }],
  [PROBE, { ...HTTP, url: `http://\${HOST}:\${PORT}/a?key=b` }],
  [PROBE, { ...HTTP, value: '[0].a[1]["x"]'.slice(0, 8) }],
  [PROBE, { ...HTTP, timeout: '10s', headers: { 'X-Team': 'shop', Authorization: `Basic \${A}` } }],
  [PROBE, { ...HTTP, url: `https://example.com/?token=\${T}` }],
  [PROBE, { ...ALERT, quiet: 'pass' }],
  [PROBE, { ...ALERT, source: 'sentry', match: { 'tag.environment': 'a b', level: '5' }, heartbeat: BEAT }],
  [PROBE, { ...ALERT, source: 'alert', heartbeat: { ...BEAT, within: '24h' } }],
  [TARGET, { ...POSTGRES, url: `postgresql://bot:\${PASSWORD}@\${HOST}:5432/shop` }],
  [TARGET, { ...POSTGRES, url: 'postgres://bot@localhost/shop' }],
  [TARGET, { ...POSTGRES, table: '_a.b9' }],
])('%s takes %j', (key, value) => {
  expect(problemsOf(parseChanged({ [key]: value }))).toEqual([]);
});

test.each([
  [PROBE, { ...HTTP, timeout: '11s' }, 'timeout invalid'],
  [PROBE, { ...ALERT, quiet: 'pass', source: 'pagerduty' }, 'source invalid'],
  [PROBE, { ...ALERT, quiet: 'pass', match: {} }, 'match invalid'],
  [PROBE, { ...ALERT, quiet: 'pass', match: { severity: 1 } }, 'match.severity invalid'],
  [PROBE, { ...ALERT, quiet: 'pass', match: { service: '' } }, 'match.service invalid'],
  [PROBE, { ...ALERT, quiet: 'pass', match: { service: `\${NAME}` } }, 'match.service variable'],
  [PROBE, { ...ALERT, quiet: 'pass', match: { 'a b': 'c' } }, 'match["a b"] invalid'],
  [PROBE, { ...ALERT, quiet: 'fail' }, 'quiet invalid'],
  [PROBE, { ...ALERT, heartbeat: { ...BEAT, within: '9s' } }, 'heartbeat.within invalid'],
  [PROBE, { ...ALERT, heartbeat: { ...BEAT, every: '1m' } }, 'heartbeat.every unknown_key'],
  [PROBE, { ...HTTP, value: 'a..b' }, 'value invalid'],
  [PROBE, { ...HTTP, value: 'a[x]' }, 'value invalid'],
  [PROBE, { ...HTTP, url: 'file:///etc/passwd' }, 'url invalid'],
  [PROBE, { ...HTTP, headers: { 'X-A': 'a\r\nb' } }, 'headers.X-A invalid'],
  [PROBE, { ...HTTP, headers: { 'a b': 'c' } }, 'headers["a b"] invalid'],
  [PROBE, { ...HTTP, headers: { Authorization: 'Bearer abc' } }, 'headers.Authorization secret_in_clear'],
  [PROBE, { ...HTTP, headers: { 'X-Api-Key': 'abc' } }, 'headers.X-Api-Key secret_in_clear'],
  [PROBE, { ...HTTP, url: 'https://example.com/?api_key=abc' }, 'url secret_in_clear'],
  [PROBE, { ...HTTP, url: `https://\${USER}:\${PASSWORD}@example.com` }, 'url secret_in_clear'],
  [PROBE, { ...HTTP, url: `\${SLACK_BOT_TOKEN}` }, 'url bot_variable'],
  [PROBE, { ...HTTP, url: `https://x/\${a.b}` }, 'url variable'],
  [PROBE, { ...HTTP, value: `\${A}` }, 'value variable'],
  [PROBE, { kind: 'memory', name: 'A b' }, 'name invalid'],
  [TARGET, { ...POSTGRES, url: 'postgres://bot:pw@db/shop' }, 'url secret_in_clear'],
  [TARGET, { ...POSTGRES, url: `\${SCHEME}://bot:pw@db/shop` }, 'url secret_in_clear'],
  [TARGET, { ...POSTGRES, url: 'postgres://db/shop?password=pw' }, 'url secret_in_clear'],
  [TARGET, { ...POSTGRES, url: 'https://db/shop' }, 'url invalid'],
  [TARGET, { ...POSTGRES, url: 'postgres://mover@%2Fvar%2Frun%2Fpostgresql/shop' }, 'url invalid'],
  [TARGET, { ...POSTGRES, url: 'postgres:///shop?host=/var/run/postgresql' }, 'url invalid'],
  [TARGET, { ...POSTGRES, url: 'postgresql:///shop' }, 'url invalid'],
  [TARGET, { ...POSTGRES, table: 'a.b.c' }, 'table invalid'],
  [TARGET, { ...POSTGRES, table: 'a"; drop' }, 'table invalid'],
  [TARGET, { ...POSTGRES, table: `\${A}` }, 'table variable'],
  [TARGET, { ...POSTGRES, rows: { a: ['x'], b: ['y'] } }, 'rows invalid'],
  [TARGET, { ...POSTGRES, rows: {} }, 'rows invalid'],
  [TARGET, { ...POSTGRES, rows: { name: [] } }, 'rows.name invalid'],
  [TARGET, { ...POSTGRES, rows: { name: ['A', 'A'] } }, 'rows.name[1] duplicate'],
  [TARGET, { ...POSTGRES, columns: { exposure: 'a', enabled: 'a' } }, 'columns.enabled duplicate'],
])('%s refuses %j', (key, value, problem) => {
  expect(problemsOf(parseChanged({ [key]: value }))).toEqual([`${key}.${problem}`]);
});

const PASSWORD = 'hunter2hunter2';
test.each<[key: string, value: unknown, at: string]>([
  ['links', { runbook: `https://oncall:${PASSWORD}@wiki.example.com/runbook` }, '.runbook'],
  ['links', { runbook: `https://${PASSWORD}@wiki.example.com/runbook` }, '.runbook'],
  ['links', { runbook: `https://wiki.example.com/runbook?token=${PASSWORD}` }, '.runbook'],
  ['title', `Checkout, see https://oncall:${PASSWORD}@wiki.example.com`, ''],
  ['checks.errors.title', `Errors https://a:${PASSWORD}@b`, ''],
  [PROBE, { kind: 'manual', ask: `How many at https://a:${PASSWORD}@b?`, every: '4h' }, '.ask'],
  ['templates', { stage_start: `{{title}} https://a:${PASSWORD}@b` }, '.stage_start'],
])('%s may not hold a password in what everybody reads: %j', (key, value, at) => {
  const result = parseChanged({ [key]: value });
  expect(problemsOf(result)).toEqual([`${key}${at} secret_in_clear`]);
  expect(JSON.stringify(result)).not.toContain(PASSWORD);
});

test('what is said about an address never repeats its user or password, however long they are', () => {
  for (const password of [PASSWORD, PASSWORD.repeat(9)]) {
    const links = { runbook: `ftp://oncall:${password}@wiki.example.com` };
    const result = parseChanged({ links, channel: `x://a:${password}@b`, timezone: `https://${password}@b` });
    expect(problemsOf(result).map((problem) => problem.split(' ')[0])).toEqual(
      expect.arrayContaining(['links.runbook', 'channel', 'timezone']),
    );
    expect(JSON.stringify(result)).not.toContain(PASSWORD);
  }
});

test('an address with a port, or with an @ further on, is no password', () => {
  for (const address of ['https://wiki.example.com:8443/a?b=c', 'https://wiki.example.com/@team/x:y@z'])
    expect(problemsOf(parseChanged({ links: { runbook: address } }))).toEqual([]);
});

test('a check of alerts says exactly once what silence means', () => {
  for (const probe of [ALERT, { ...ALERT, quiet: 'pass', heartbeat: BEAT }])
    expect(problemsOf(parseChanged({ [PROBE]: probe }))).toEqual(['checks.errors.probe silence']);
  // Told together with other mistakes.
  expect(problemsOf(parseChanged({ [PROBE]: { ...ALERT, source: 'x' } }))).toEqual([
    'checks.errors.probe silence',
    'checks.errors.probe.source invalid',
  ]);
});

test('readings of alerts are not doubted, others are', () => {
  const settled = [{ ...ALERT, quiet: 'pass' }, HTTP].map((probe) => {
    const result = parseChanged({ [PROBE]: probe });
    return result.ok && result.plan.checks[0]?.settled;
  });
  expect(settled).toEqual([true, undefined]);
});
