/** What people paste, and what YAML makes of it: the line, and behind what was found what to write instead. */
import { describe, expect, test } from 'vitest';
import { parsePlan } from '../../src/plans/read/parse.js';
import { SMALLEST } from './build-plan.js';

/** Each line of what is wrong with the smallest plan when `from` in it becomes `to`. */
function wrong(from: string, to: string): string[] {
  expect(SMALLEST).toContain(from);
  return said(SMALLEST.replace(from, () => to));
}

function said(text: string): string[] {
  const result = parsePlan(text);
  return result.ok ? [] : result.problems.map(({ line, message }) => `${line}: ${message}`);
}

const STAGES = 'stages: [{ stage: everyone, exposure: 100, bake: 1h }]';
const CRITICAL = 'critical: { above: 5 }';
const PROBE = '{ kind: memory, name: errors }';

describe('keys of other tools', () => {
  test.each([
    ['exposure: 100', 'weight: 100', '8: …found "weight"; write exposure: and a percentage, such as exposure: 10'],
    ['exposure: 100', 'setWeight: 100', 'write exposure:'],
    ['exposure: 100', 'percentage: 100', 'write exposure:'],
    ['exposure: 100', 'coverage: 0.25', 'write exposure:'],
    ['bake: 1h', 'pause: { duration: 1h }', 'found "pause"; write bake:'],
    ['bake: 1h', 'duration: 1h', 'found "duration"; write bake:'],
    ['bake: 1h', 'interval: 1h', 'found "interval"; write bake:'],
    ['stage: everyone', 'name: everyone', 'found "name"; write stage: and a name'],
    [PROBE, '{ kind: prometheus, address: "http://p:9090", query: up }', 'found "address"; write url: and the address'],
    [PROBE, '{ kind: http, url: "http://p", jsonPath: "$.x" }', 'found "jsonPath"; write value:'],
    [PROBE, '{ kind: http, url: "http://p", value: x, interval: 1m }', 'the stages: check_every: 1m'],
    [PROBE, '{ kind: prometheus, url: "http://p:9090", promql: up }', 'found "promql"; write query:'],
    [CRITICAL, 'thresholdRange: { max: 5 }', 'found "thresholdRange"; a limit is written { above: 5 }'],
    [CRITICAL, 'successCondition: "result[0] >= 0.95"', 'found "successCondition"; a limit is written'],
    [CRITICAL, 'failureLimit: 3, critical: { above: 5 }', 'found "failureLimit"; how many bad readings'],
    [CRITICAL, 'interval: 1m, critical: { above: 5 }', 'found "interval"; how often it is read stands on the stages'],
    [CRITICAL, 'critical: { max: 5 }', 'found "max"; write above: and the number'],
    [CRITICAL, 'critical: { lt: 5 }', 'found "lt"; write below: and the number'],
    [CRITICAL, 'critical: { gte: 5 }', 'found "gte"; write at_least:'],
    [CRITICAL, 'critical: { above: 5, action: hold }', 'found "action"; write do: rollback, hold, disable or post'],
    ['kind: memory, name: flag', 'kind: postgres, host: db', 'found "host"; write url:'],
    ['plan: smallest', 'name: smallest', 'found "name"; write plan: and the name of the file'],
    [STAGES, 'analysis: { interval: 1m }', 'found "analysis"; write checks:'],
    ['rollback: { to: off }', 'rollback: { to: off, timeout: 30s }', 'found "timeout"; write within:'],
    ['people: { operators: ["@release-team"] }', 'approvers: ["@release-team"]', 'found "approvers"; write people:'],
    ['rollback: {', 'x: &d { a: 1 }\nlinks:\n  <<: *d\nrollback: {', 'merge keys are not read: write the keys out'],
    ['{ above: 5 }', '{ <<: *x, above: 5 }', 'found "<<"; merge keys are not read'],
  ])('%s as %s', (from, to, hint) => {
    const [line = '', words = hint] = /^(\d+): …(.*)$/.exec(hint)?.slice(1) ?? [];
    expect(wrong(from, to)).toContainEqual(expect.stringMatching(new RegExp(`^${line === '' ? '\\d+' : line}: `)));
    expect(wrong(from, to)).toContainEqual(expect.stringContaining(words));
  });
});

describe('values as they are written elsewhere', () => {
  test.each([
    ['exposure: 100', 'exposure: 25%', 'found "25%"; write 25 without %'],
    ['exposure: 100', 'exposure: "25 %"', 'write 25 without %'],
    ['exposure: 100', 'exposure: "12,5"', 'write 12.5 without quotes'],
    ['exposure: 100', 'exposure: "50"', 'write 50 without quotes'],
    ['exposure: 100', 'exposure: 1_00', 'write 100'],
    ['exposure: 100', 'exposure: yes', 'write 100, or on for a flag without percentages'],
    ['exposure: 100', 'exposure: true', 'write 100, or on'],
    ['exposure: 100', 'exposure: full', 'write 100, or on'],
    ['bake: 1h', 'bake: 12:30', 'write 12h30m'],
    ['bake: 1h', 'bake: 01:05:00', 'write 1h5m'],
    ['bake: 1h', 'bake: 30', 'a number alone has no unit: write 30s, 30m or 30h'],
    ['bake: 1h', 'bake: "30"', 'write 30s, 30m or 30h'],
    ['bake: 1h', 'bake: 0600', 'a number alone has no unit'],
    [CRITICAL, 'critical: { above: 5, for: 300 }', 'write 300s, 300m or 300h'],
    [CRITICAL, 'critical: { above: 5% }', 'write 5 without %'],
    [CRITICAL, 'critical: { above: "5" }', 'write 5 without quotes'],
    [CRITICAL, 'critical: { above: 500ms }', 'write 500, and unit: ms in the check'],
    [CRITICAL, 'critical: 5', 'write { above: 5 } or { below: 5 }'],
    [CRITICAL, 'critical: "> 5"', 'a limit is written { above: 5 }'],
    ['channel: "#shop"', 'channel: #shop', 'in YAML # begins a comment: write "#name" in quotes'],
    ['channel: "#shop"', 'channel: Shop', 'write "#shop" in quotes'],
    ['channel: "#shop"', 'channel: “#shop”', `write straight quotes, ' or "`],
    ['channel: "#shop"', 'channel: ‘#shop’', `write straight quotes, ' or "`],
    ['["@release-team"]', '"@release-team"', 'write a list, [ ] around it'],
    ['["@release-team"]', '[release-team]', 'a user group is written "@release-team", in quotes'],
    ['to: off', 'to: false', 'write off'],
    ['to: off', 'to: no', 'write off'],
    ['to: off', 'to: Off', 'write off'],
    ['rollback: { to: off }', 'rollback: off', 'write rollback: { to: off }'],
    [STAGES, 'stages: [10, 50]', 'write { stage: wave-1, exposure: 10, bake: 24h }'],
    [STAGES, 'stages: { all: { exposure: 100 } }', 'write a list: - { stage: <name>, exposure: 10, bake: 24h }'],
    ['checks: { errors:', 'checks: [x]\nother: { errors:', 'write a mapping: checks: { <name>: … }'],
  ])('%s as %s', (from, to, hint) => {
    expect(wrong(from, to)).toContainEqual(expect.stringContaining(hint));
  });
});

describe('what YAML cannot read', () => {
  const TITLE = 'title: The smallest plan';
  test.each([
    [TITLE, 'title: Checkout: new flow', '3: put quotes around a text with ": " in it'],
    [TITLE, 'title: x\n  more: y', '3: the next line is indented like a part of this text'],
    [TITLE, 'title:b', '3: put a blank behind the colon'],
    [TITLE, 'title:\u00a0b', '3: write plain spaces'],
    [TITLE, '\u00a0title: b', 'write plain spaces'],
    [TITLE, '\ttitle: b', '3: expected spaces before a key, found a tab'],
    [TITLE, 'title: [WIP] checkout', '3: put quotes around a text that begins with ['],
    [TITLE, 'title: @team', '3: expected quotes around a text that starts with @'],
    [TITLE, 'title: %x', '3: expected quotes around a text that starts with %'],
    [TITLE, 'title: `x`', '3: expected quotes around a text that starts with `'],
    [CRITICAL, 'critical: > 5', '7: expected quotes around a text that starts with >'],
    [
      PROBE,
      '{ kind: prometheus, url: "http://p", query: sum(rate(x[5m])) }',
      '7: put quotes around a text with [ ] or { }',
    ],
    [PROBE, '{ kind: prometheus, url: "http://p", query: up{job="a"} }', '7: put quotes around a text with [ ] or { }'],
    [CRITICAL, 'successCondition: result[0] >= 0.95', '7: put quotes around a text with [ ] or { }'],
    [TITLE, 'title: a\ntitle: b', '4: expected each key once, found "title" again'],
  ])('%s as %j', (from, to, hint) => {
    expect(wrong(from, to)).toContainEqual(expect.stringContaining(hint));
  });
});

test.each([
  [
    'apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec: { strategy: { canary: { steps: [{ setWeight: 20 }] } } }',
    'Kubernetes',
  ],
  ['apiVersion: flagger.app/v1beta1\nkind: Canary\nspec: { analysis: { threshold: 5 } }', 'Flagger'],
  ['{"id":"feature","defaultValue":false,"rules":[{"type":"rollout","coverage":0.25}]}', 'GrowthBook'],
  ['key: my-flag\nvariations: [true, false]\nfallthrough: { rollout: {} }', 'LaunchDarkly'],
  ['name: my-flag\nstrategies: [{ name: flexibleRollout }]', 'Unleash'],
  ['groups:\n- name: x\n  rules: []', 'Prometheus'],
  ['services: { web: {} }', 'Docker Compose'],
  ['on: push\njobs: { a: {} }', 'GitHub Actions'],
  ['application: shop\nstages: []', 'Spinnaker'],
])('a file of another tool is one problem that says what it is: %j', (text, what) => {
  const problems = said(text);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(what);
  expect(problems[0]).toContain('npx --no rollout init');
});

describe('what is copied around a plan', () => {
  const numbered = (by: (line: string, no: number) => string) =>
    SMALLEST.split('\n')
      .map((line, index) => by(line, index + 1))
      .join('\n');

  test.each([
    ['the fence of a block', `\`\`\`yaml\n${SMALLEST}\`\`\`\n`, '1: take this line away: it is the fence'],
    ['a fence at the end only', `${SMALLEST}\`\`\`\n`, ': take this line away: it is the fence'],
    ['another fence', `~~~\n${SMALLEST}`, '1: take this line away'],
    ['an unfinished merge', SMALLEST.replace('title:', '<<<<<<< HEAD\ntitle:'), '3: decide between the two sides'],
    ['the end of one', `${SMALLEST}>>>>>>> main\n`, ': decide between the two sides'],
    ['a diff', numbered((line) => `+${line}`), '2: take the + and - of a diff away'],
    ['line numbers', numbered((line, no) => `${String(no).padStart(4)}  ${line}`), '2: take the line numbers away'],
    ['line numbers of a terminal', numbered((line, no) => `${no}\t${line}`), '2: take the line numbers away'],
  ])('%s is said once, and nothing else', (_what, text, hint) => {
    const [first = '', ...more] = said(text);
    expect(first).toContain(hint);
    expect(more).toEqual([]);
  });

  test('in a text of a plan that can be read it is none of these', () => {
    const query = 'title: |\n  ```\n  + a\n  1 plan: x\n';
    expect(said(SMALLEST.replace(/^title:.*\n/m, query)).join()).not.toContain('take ');
  });

  test('another kind of blank behind a colon is named', () => {
    expect(said(SMALLEST.replace('title: ', 'title:\u00a0')).join()).toContain('another kind of blank in this line');
  });
});

test('no hint repeats what may be a secret', () => {
  const text = SMALLEST.replace(
    PROBE,
    () => '{ kind: http, url: “hunter2”, value: x, headers: { Authorization: 12345% } }',
  );
  expect(said(text).join('\n')).not.toMatch(/hunter2|12345/);
});

test.each([
  ['Europe/Berln', '; did you mean Europe/Berlin?'],
  ['berlin', '; did you mean Europe/Berlin?'],
  ['Los Angeles', '; did you mean America/Los_Angeles?'],
  // ICU would read these as Dhaka and Kolkata.
  ['BST', '; write <area>/<city>'],
  ['ist', '; write <area>/<city>'],
  ['CEST', '; write <area>/<city>'],
  ['Mars/Olympus', 'found "Mars/Olympus"'],
  ['a'.repeat(200_000), '; write <area>/<city>'],
])('a time zone that is none is refused with what may have been meant (%#)', (zone, hint) => {
  expect(said(`${SMALLEST}timezone: "${zone}"\n`).join()).toContain(hint);
});

test.each(['UTC', 'GMT', 'CET', 'Europe/Kyiv', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])(
  'the time zone %s is taken',
  (zone) => expect(said(`${SMALLEST}timezone: ${zone}\n`)).toEqual([]),
);
