import { describe, expect, test } from 'vitest';
import { type Diagnosis, fail, linesOf, ok, summary, warn } from '../../src/cli/diagnosis.js';
import {
  authoritiesDiagnosis,
  configurationDiagnoses,
  heartbeatDiagnosis,
  nodeDiagnosis,
} from '../../src/cli/doctor/configuration.js';
import {
  poolerDiagnosis,
  settingsDiagnosis,
  tablesDiagnosis,
  troubleDiagnosis,
  versionDiagnosis,
} from '../../src/cli/doctor/database.js';
import { examine } from '../../src/cli/doctor/examine.js';
import { approversDiagnoses, checkDiagnosis, targetDiagnosis } from '../../src/cli/doctor/plans.js';
import { scopesDiagnosis, skewDiagnosis } from '../../src/cli/doctor/slack.js';
import { checkLooked, targetLooked } from '../../src/cli/readings.js';
import { parsePlan } from '../../src/plans/read/parse.js';
import type { CheckPlan, Plan } from '../../src/rollout/plan/plan.js';
import { BOT_SCOPES } from '../../src/slack/connection/scopes.js';
import { databaseTrouble } from '../../src/store/survey.js';
import { planText } from '../plans/build-plan.js';

const CHECK: CheckPlan = {
  name: 'error-rate',
  title: 'Error rate',
  unit: '%',
  probe: { kind: 'memory', name: 'x' },
  warning: { op: 'above', value: 5 },
  critical: { op: 'above', value: 10 },
};

const made = parsePlan(
  planText({ 'people.lead': ['@lead'], stages: [{ stage: 'all', exposure: 100, bake: '1h', approve: ['lead'] }] }),
);
const PLAN = (made.ok ? made.plan : undefined) as Plan;

describe('a line', () => {
  test('says how it is, about what, and what was found; under what is not well stands what mends it', () => {
    expect(linesOf(ok('clock', 'fine'), [])).toEqual(['ok    clock: fine']);
    expect(linesOf(warn('clock', 'slow', 'wind it'), [])).toEqual(['warn  clock: slow', '      fix: wind it']);
    expect(linesOf(fail('clock', 'gone', 'buy one'), [])).toEqual(['fail  clock: gone', '      fix: buy one']);
  });

  test('holds no secret and nothing that moves the cursor, and is cut where it does not end', () => {
    const said = fail('x', 'asked for xoxb-12345 at postgres://u:pass-word@host\n\u001b[2Jok', 'see xoxb-12345');
    const [line, fix] = linesOf(said, ['xoxb-12345', 'pass-word', 'h']);
    expect(line).toBe('fail  x: asked for … at postgres://u:…@host [2Jok');
    expect(fix).toBe('      fix: see …');
    expect(linesOf(ok('x', 'y'.repeat(2_000)), [])[0]?.length).toBeLessThan(500);
  });

  test('a secret that holds another is hidden whole', () => {
    expect(linesOf(ok('x', 'at postgres://u:secret@host/db'), ['secret', 'postgres://u:secret@host/db'])).toEqual([
      'ok    x: at …',
    ]);
  });

  test('the last one counts', () => {
    const all: Diagnosis[] = [ok('a', ''), ok('b', ''), warn('c', '', 'x')];
    expect(summary(all)).toBe('2 ok, 1 warning, 0 failed');
    expect(summary([...all, warn('d', '', 'x'), fail('e', '', 'x')])).toBe('2 ok, 2 warnings, 1 failed');
  });
});

describe('looking', () => {
  test('tells everything in its order, also what throws and what never ends', async () => {
    const told: string[] = [];
    const never = new Promise<never>(() => undefined);
    const all = await examine(
      [
        { about: 'hangs', look: () => never },
        { about: 'throws', look: () => Promise.reject(new TypeError('no')) },
        { about: 'quick', look: async () => [ok('quick', 'done'), ok('quick', 'twice')] },
      ],
      ({ state, about }) => told.push(`${state} ${about}`),
      30,
    );
    expect(told).toEqual(['fail hangs', 'fail throws', 'ok quick', 'ok quick']);
    expect(all.map((each) => ('found' in each ? each.found : each.needs))).toEqual([
      'no answer within 0.03 s',
      'could not be looked at, TypeError: no',
      'done',
      'twice',
    ]);
  });
});

describe('given what was found', () => {
  test.each([
    ['20.19.0', 'ok'],
    ['20.18.3', 'fail'],
    ['18.20.0', 'fail'],
    ['22.1.0', 'ok'],
  ])('Node %s is %s', (version, state) => expect(nodeDiagnosis(version).state).toBe(state));

  test.each([
    [140_011, 'warn', '14.11'],
    [150_004, 'ok', '15.4'],
    [170_000, 'ok', '17.0'],
    [180_001, 'warn', '18.1'],
  ])('Postgres %i is %s', (version, state, words) => {
    expect(versionDiagnosis(version)).toMatchObject({ state, found: expect.stringContaining(words) });
  });

  test.each([
    [0, 'ok'],
    [-60_000, 'ok'],
    [-60_001, 'warn'],
    [-300_000, 'warn'],
    [60_001, 'fail'],
    [-300_001, 'fail'],
    [null, 'warn'],
  ])('a clock that is %s ms behind Slack’s is %s', (ms, state) => expect(skewDiagnosis(ms).state).toBe(state));

  test('scopes are enough, too few, or not told', () => {
    expect(scopesDiagnosis([...BOT_SCOPES, 'identify']).state).toBe('ok');
    expect(scopesDiagnosis(BOT_SCOPES.slice(2))).toMatchObject({
      state: 'fail',
      found: expect.stringContaining('are missing'),
    });
    expect(scopesDiagnosis(null).state).toBe('warn');
  });

  test('a pooler that shares connections fails, settings that get lost warn', () => {
    expect(poolerDiagnosis(true).state).toBe('ok');
    expect(poolerDiagnosis(false)).toMatchObject({
      state: 'fail',
      fix: expect.stringContaining('pool_mode = session'),
    });
    expect(settingsDiagnosis([]).state).toBe('ok');
    expect(settingsDiagnosis(['lock_timeout'])).toMatchObject({
      state: 'warn',
      found: expect.stringContaining('lock_timeout'),
    });
  });

  test('tables are there, to be made, not to be made, closed or too new', () => {
    const tables = { earlier: false, pending: [], unknown: [], schema: 'public', mayCreate: true, closed: [] };
    const state = (changes: Partial<Parameters<typeof tablesDiagnosis>[0]>) =>
      tablesDiagnosis({ ...tables, ...changes }).state;
    expect(state({})).toBe('ok');
    expect(state({ mayCreate: false })).toBe('ok');
    expect(state({ pending: ['001.sql'] })).toBe('ok');
    expect(state({ pending: ['001.sql'], mayCreate: false })).toBe('fail');
    expect(state({ pending: ['001.sql'], schema: null })).toBe('fail');
    expect(state({ closed: ['events'] })).toBe('fail');
    expect(state({ unknown: ['999.sql'] })).toBe('fail');
  });

  test.each([
    [{ code: '28P01' }, 'denied'],
    [{ code: '3D000' }, 'no_database'],
    [{ code: 'ENOTFOUND' }, 'no_host'],
    [{ code: 'ERR_INVALID_URL' }, 'no_url'],
    [{ code: 'ECONNREFUSED' }, 'refused'],
    [new Error('timeout expired'), 'timeout'],
    [new Error('The server does not support SSL connections'), 'tls'],
    [new Error('unsupported startup parameter: options'), 'settings_refused'],
    [new Error('at postgres://bot:hunter2@db'), 'other'],
    [null, 'other'],
  ] as const)('a database that says %j is told without its words', (error, trouble) => {
    expect(databaseTrouble(error)).toBe(trouble);
    const diagnosis = troubleDiagnosis('database', databaseTrouble(error));
    expect(diagnosis).toMatchObject({ state: 'fail', fix: expect.stringMatching(/\w/) });
    expect(JSON.stringify(diagnosis)).not.toContain('hunter2');
  });

  test.each([
    [undefined, 'ok', 'is not set'],
    ['  ', 'ok', 'is not set'],
    ['hc-ping.com/x', 'fail', 'is no address'],
    ['https://hc-ping.com/secret', 'ok', 'hc-ping.com hears from the bot'],
  ])('a heartbeat to %o is %s', (url, state, words) => {
    const diagnosis = heartbeatDiagnosis(url);
    expect(diagnosis.state).toBe(state);
    expect(JSON.stringify(diagnosis)).toContain(words);
    expect(JSON.stringify(diagnosis)).not.toContain('secret');
  });

  test('every problem of the configuration is a line', () => {
    const lines = configurationDiagnoses({ PORT: 'x' });
    expect(lines.map(({ about }) => about)).toEqual(['SLACK_BOT_TOKEN', 'DATABASE_URL', 'PORT', 'SLACK_APP_TOKEN']);
    const right = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'x', DATABASE_URL: 'postgres://localhost/bot' };
    expect(configurationDiagnoses(right)).toEqual([ok('configuration', 'HTTP mode, plans in plans, port 3000')]);
  });

  test('a reading is a number with its limits and what it means', () => {
    const words = (value: number) => checkLooked(CHECK, { value, tookMs: 1 });
    expect(words(0.4)).toMatchObject({ words: '0.4 % (warning above 5 %, critical above 10 %) pass', verdict: 'pass' });
    expect(words(5.5).verdict).toBe('warning');
    expect(words(11).verdict).toBe('critical');
    const none = checkLooked(CHECK, { unknown: 'timeout', detail: 'no answer', tookMs: 1 });
    expect(none.words).toBe('no number: no answer (timeout) (warning above 5 %, critical above 10 %)');
    const acting = { ...CHECK, critical: { op: 'above', value: 10, act: { kind: 'hold' } } } as const;
    expect(checkLooked(acting, { value: 1, tookMs: 1 }).words).toBe(
      '1 % (warning above 5 %, critical above 10 %: pauses) pass',
    );
    const state = (looked: Parameters<typeof checkDiagnosis>[1]) => checkDiagnosis('x', looked, 'http').state;
    expect([words(1), words(6), words(11), none].map(state)).toEqual(['ok', 'warn', 'warn', 'fail']);
  });

  test('a limit against a baseline is told as the plan has it, and judged by no number before there is one', () => {
    const { warning, ...rest } = CHECK;
    const relative: CheckPlan = {
      ...rest,
      warning: { op: 'above', than: { of: { kind: 'baseline' }, times: 1.5, plus: 0 } },
      others: [{ op: 'above', value: 20, forMs: 300_000, act: { kind: 'disable' } }],
    };
    const looked = checkLooked(relative, { value: 6, tookMs: 1 });
    const limits = 'warning above 1.5 × baseline, critical above 10 %, critical above 20 % for 5 m: switches off';
    expect(looked).toEqual({
      title: 'Error rate',
      words: `6 % (${limits}) judged once a rollout has measured`,
      verdict: null,
    });
    expect(checkDiagnosis('x', looked, 'http').state).toBe('ok');
  });

  test('a target is read, in parts that differ, or not to be read', () => {
    const state = (reading: Parameters<typeof targetLooked>[2]) =>
      targetDiagnosis('x', targetLooked(PLAN, 'flag', reading), 'postgres').state;
    expect(state({ exposure: 10, partial: false, detail: '' })).toBe('ok');
    expect(state({ exposure: 10, partial: true, detail: 'A 0 %, B 10 %' })).toBe('warn');
    expect(state({ error: 'no table' })).toBe('fail');
  });
});

describe('given who holds which role', () => {
  const holder = (id: string, ...roles: string[]) => ({ key: `slack:T:${id}`, userId: id, roles });
  const states = (...holders: ReturnType<typeof holder>[]) =>
    approversDiagnoses(PLAN, holders).map(({ state }) => state);

  test('a stage can be approved by somebody else than who starts, by whoever starts', () => {
    expect(states(holder('A', 'operators'), holder('B', 'lead'))).toEqual(['ok']);
    expect(states(holder('A', 'operators', 'lead'), holder('B', 'operators', 'lead'))).toEqual(['ok']);
  });

  test('by some, that is a warning; by nobody, that fails', () => {
    expect(states(holder('A', 'operators', 'lead'), holder('B', 'operators'))).toEqual(['warn']);
    expect(states(holder('A', 'operators', 'lead'))).toEqual(['fail']);
    expect(states(holder('A', 'operators'))).toEqual(['fail']);
  });
});

test.each([
  [null, 'fail', 'cannot be read'],
  ['', 'fail', 'no certificate'],
  ['-----BEGIN PRIVATE KEY-----', 'fail', 'no certificate'],
  [
    '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n',
    'ok',
    '1 certificate; Node reads it when the bot starts',
  ],
])('authorities to trust in %j are %s', (text, state, words) => {
  expect(authoritiesDiagnosis(text)).toMatchObject({ state, found: expect.stringContaining(words) });
});
