/** What people have to do: how lists are written, what becomes of them, and what is said about those that are wrong. */
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { SKETCHED_KEYS } from '../../src/plans/language/sketch.js';
import { parsePlan } from '../../src/plans/read/parse.js';
import { itemNameOf, titleOf } from '../../src/plans/values/item-words.js';
import type { ItemPlan, Lists } from '../../src/rollout/plan/lists.js';

const HEAD = `
plan: lists
title: Lists
channel: "#shop"
people: { operators: ["@release-team"], qa: [U1], lead: [U2, U3] }
targets: { flag: { kind: memory, name: flag } }
checks: { errors: { probe: { kind: memory, name: errors }, critical: { above: 5 } } }
rollback: { to: off }
`;

interface Written {
  readonly first?: string;
  readonly second?: string;
  readonly plan?: string;
}

function indented(text: string, by: number): string {
  return text === '' ? '' : text.replace(/^/gm, ' '.repeat(by));
}

/** Two stages, and what is written into each and into the plan. */
function textOf({ first = '', second = '', plan = '' }: Written): string {
  return `${HEAD}stages:
  - { stage: one, exposure: 10, bake: 1h }
  - { stage: two, exposure: 100, bake: 1h }
`
    .replace(
      '- { stage: one, exposure: 10, bake: 1h }',
      () => `- stage: one\n    exposure: 10\n    bake: 1h\n${indented(first, 4)}`,
    )
    .replace(
      '- { stage: two, exposure: 100, bake: 1h }',
      () => `- stage: two\n    exposure: 100\n    bake: 1h\n${indented(second, 4)}`,
    )
    .concat(plan, '\n');
}

const exit = (items: string): Written => ({ second: `exit:\n${indented(items, 2)}` });

function listsOf(written: Written): Lists {
  const result = parsePlan(textOf(written));
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.lists;
}

const itemsOf = (written: Written): readonly ItemPlan[] => listsOf(written)[0]?.items ?? [];

/** `path code: message`, without where the item stands. */
function said(written: Written): string[] {
  const result = parsePlan(textOf(written));
  if (result.ok) return [];
  return result.problems.map(({ path, code, message }) => `${path.replace('stages[1].exit', '')} ${code}: ${message}`);
}

describe('items that are right', () => {
  test('a text is something to do, and a test says how', () => {
    const how = 'how: |\n    First this.\n    Then that.\n';
    expect(
      itemsOf(exit(`- Build passes\n- test: GF-001 Direct intake\n  as: Stock\n  ${how}  expect: Updated`)),
    ).toEqual([
      { no: 1, name: 'build-passes', title: 'Build passes', work: { kind: 'do' }, needs: [] },
      {
        no: 2,
        name: 'gf-001-direct-intake',
        title: 'GF-001 Direct intake',
        work: { kind: 'test', as: 'Stock', how: 'First this.\nThen that.', expect: 'Updated' },
        needs: [],
      },
    ]);
  });

  test.each([
    ['qa', { kind: 'each', roles: ['qa'] }],
    ['[qa, lead]', { kind: 'each', roles: ['qa', 'lead'] }],
    ['{ any: 2, of: [qa, lead] }', { kind: 'any', count: 2, roles: ['qa', 'lead'] }],
  ])('is of %s', (by, quorum) => {
    expect(itemsOf(exit(`- { do: Look, by: ${by} }`))[0]?.by).toEqual(quorum);
  });

  test('a group says for its items what they do not say themselves', () => {
    const items = itemsOf(
      exit(`
- Build
- Seed
- group: Golden flows
  name: flows
  by: qa
  needs: [build]
  optional: true
  waive: [lead]
  items:
    - GF-1
    - { test: GF-2, by: lead, needs: [seed], optional: false, waive: [qa] }
- { do: Look, needs: [flows, build] }`),
    );
    expect(
      items.map(({ no, group, by, needs, optional, waive }) => ({ no, group, by: by?.roles, needs, optional, waive })),
    ).toEqual([
      { no: 1, needs: [] },
      { no: 2, needs: [] },
      { no: 3, group: 'Golden flows', by: ['qa'], needs: [1], optional: true, waive: ['lead'] },
      { no: 4, group: 'Golden flows', by: ['lead'], needs: [2], waive: ['qa'] },
      { no: 5, needs: [1, 4] },
    ]);
  });

  test('what is optional may need what is optional', () => {
    const items = itemsOf(exit('- { do: A, optional: true }\n- { do: B, needs: [a], optional: true }'));
    expect(items[1]).toMatchObject({ needs: [1], optional: true });
  });

  test('lists are in the order in which they open', () => {
    const lists = listsOf({
      first: 'exit: [A]',
      second: 'before: [A]\nexit: [A]',
      plan: 'after_rollback: [A]\nafter: [A]',
    });
    expect(lists.map(({ kind, stageNo }) => `${kind} ${stageNo}`)).toEqual([
      'exit 1',
      'before 2',
      'exit 2',
      'after 0',
      'after_rollback 0',
    ]);
  });

  test('what comes before the start is the first list, and every stage has what every_stage says', () => {
    const lists = listsOf({
      first: 'before: [Own]',
      second: 'before: [Later]',
      plan: 'before: [Merged]\nevery_stage: { before: [On-call briefed] }',
    });
    expect(lists.map(({ kind, stageNo, items }) => [kind, stageNo, ...items.map(({ title }) => title)])).toEqual([
      ['before', 0, 'Merged'],
      ['before', 1, 'On-call briefed', 'Own'],
      ['before', 2, 'On-call briefed', 'Later'],
    ]);
  });

  test('what every stage has comes first, unless the stage has it itself', () => {
    const lists = listsOf({
      first: 'exit: [Own]',
      second: 'exit:\n  - Last\n  - { do: Look again, name: look, by: qa }\n  - { group: Flows, items: [GF-9] }',
      plan: 'every_stage:\n  exit: [Look, { group: Flows, items: [GF-1] }, { do: Say, needs: [look, flows] }]',
    });
    expect(lists.map(({ items }) => items.map(({ title, needs }) => [title, ...needs]))).toEqual([
      [['Look'], ['GF-1'], ['Say', 1, 2], ['Own']],
      [['Say', 3, 4], ['Last'], ['Look again'], ['GF-9']],
    ]);
  });

  test('an item of a stage leaves out one in a group that every stage has, and the group with its last', () => {
    const plan = 'every_stage: { exit: [{ group: Flows, items: [GF-1, GF-2] }] }';
    const titles = (own: string) => listsOf({ second: `exit: ${own}`, plan })[1]?.items.map(({ title }) => title);
    expect(titles('[{ test: GF-1 }]')).toEqual(['GF-2', 'GF-1']);
    expect(titles('[GF-2, GF-1]')).toEqual(['GF-2', 'GF-1']);
  });

  test('a plan without lists has none', () => {
    expect(listsOf({})).toEqual([]);
  });
});

describe('words', () => {
  test.each([
    ['[ ] Build passes', 'Build passes', 'build-passes'],
    ['[x] Build passes', 'Build passes', 'build-passes'],
    ['- [ ] Build passes:', 'Build passes:', 'build-passes'],
    ['☐ Build passes', 'Build passes', 'build-passes'],
    ['☑️ ✅ Build', 'Build', 'build'],
    ['🚀 Launch (EU)', '🚀 Launch (EU)', 'launch-eu'],
    ['<!channel> ready?', '<!channel> ready?', 'channel-ready'],
    ['Größe prüfen', 'Größe prüfen', 'größe-prüfen'],
    ['確認する', '確認する', '確認する'],
    ['- 5 % fewer', '- 5 % fewer', '5-fewer'],
    [`${'x'.repeat(59)} yz`, `${'x'.repeat(59)} yz`, 'x'.repeat(59)],
    ['🚀', '🚀', ''],
    ['☐', '', ''],
  ])('of %j people read %j, and it goes by %j', (text, title, name) => {
    expect([titleOf(text), itemNameOf(text)]).toEqual([title, name]);
  });

  test('a name of another script can be written as it is made', () => {
    expect(
      itemsOf(exit('- 確認する\n- { do: b, name: größe }\n- { do: c, needs: [確認する, größe] }'))[2]?.needs,
    ).toEqual([1, 2]);
  });
});

describe('as it is pasted, and as it is written elsewhere', () => {
  test.each<[items: string, ...problems: string[]]>([
    ['- "[ ] Build passes"\n- ☐ Deploy\n- yes\n- "5"'],
    ['- [ ] Build passes', ' syntax: take the [ ] away: an item is open until somebody says that it is done'],
    ['- **Build** passes', ' syntax: put quotes around a text that begins with *'],
    ['- "Build" passes', ' syntax: the quotes end before the text does'],
    ['- { do: a, by: @qa }', ' syntax: expected quotes around a text that starts with @'],
    ['- Build passes:', '[0]["Build passes"] unknown_key: …; take the colon at the end away, or put quotes'],
    ['- Note: look', '[0].Note unknown_key: …; put quotes around a text with ": " in it'],
    ['- :rocket: Launch', '[0][":rocket"] unknown_key: …; put quotes around a text with ": " in it'],
    ['- Close ticket #123', '[0] invalid: expected quotes around a text with a number sign in it'],
    ['- Flows:\n    - a', '[0].Flows unknown_key: …; write { group: <title>, items: [ … ] }'],
    ['- Flows\n    - a\n    - b', '[0] invalid: expected one text a line, found a list inside a text'],
    ['- - a\n  - b', '[0] invalid: …found a list; write { group: <title>, items: [ … ] }'],
    ['- 5', '[0] invalid: …found the number 5; put quotes around it if it is the text'],
    ['- true', '[0] invalid: …found true; put quotes around it if it is the text'],
    [
      '-',
      '[0] missing: expected a text, or a mapping with one of do, test, run, request, query, check, say, group, found nothing',
    ],
    [`- ${'word '.repeat(600)}<!channel>`, '[0] invalid: …; say it in one line, and put the details into how:'],
    ['- "a\\nb"', '[0] invalid: …; say it in one line, and put the details into how:'],
    [`- ${'x'.repeat(300)}`],
    [`- ${'x'.repeat(301)}`, '[0] invalid: expected a text on one line, 1 to 300 characters'],
    [`- { test: a, how: "${'x'.repeat(3_001)}" }`, '[0].how invalid: expected how it is tried, 1 to 3000 characters'],
    ['- { test: a, how: "\\u0007" }', '[0].how invalid: expected how it is tried'],
    ['- "☐"', '[0] invalid: expected words behind the checkbox, found "☐"'],
    ['- "🚀"', '[0] missing: expected name: beside a text without letters and digits, found "🚀" alone'],
    ['- { do: "🚀", name: launch }'],
    ['- "{{title}} is out"', '[0] placeholder: expected no placeholder here, found "{{title}}"'],
    ['- { test: a, expect: "{{b" }', '[0].expect placeholder: expected {{ and }} around every placeholder'],
    [`- "\${TOKEN} is set"`, `[0] variable: expected \${NAME} only in an address`],
    ['- { test: a, how: "https://u:hunter2@x" }', '[0].how secret_in_clear: expected no password or token'],
    ['- { do: a, owner: qa }', '[0].owner unknown_key: …; write by: and a role'],
    ['- { do: a, depends_on: [b] }', '[0].depends_on unknown_key: …; write needs: [<name>]'],
    ['- { title: a }', '[0].title unknown_key: …; write do: and what is to be done'],
    ['- { do: a, optionl: true }', '[0].optionl unknown_key: …; did you mean "optional"?'],
  ])('%s', (items, ...problems) => {
    const lines = said(exit(items));
    for (const [index, problem] of problems.entries()) {
      const [begin = '', end = ''] = problem.split('…');
      expect(lines[index]).toContain(begin);
      expect(lines[index]).toContain(end);
    }
    expect(lines).toHaveLength(problems.length);
  });
});

describe('kinds and their keys', () => {
  test.each<[items: string, ...problems: string[]]>([
    [
      '- { do: a, test: b }',
      '[0] invalid: expected exactly one of do, test, run, request, query, check, say, group in an item, found do and test',
    ],
    [
      '- { do: a, group: b, items: [c] }',
      '[0] invalid: expected exactly one of do, test, run, request, query, check, say, group in an item, found do and group',
    ],
    [
      '- { by: qa }',
      '[0] missing: expected one of do, test, run, request, query, check, say, group in an item, found a mapping without',
    ],
    [
      '- {}',
      '[0] missing: expected one of do, test, run, request, query, check, say, group in an item, found a mapping without',
    ],
    [
      '- { items: [a] }',
      '[0] missing: expected one of do, test, run, request, query, check, say, group in an item, found items without group',
    ],
    [
      '- { do: a, how: b }',
      '[0].how invalid: expected how only beside test, found it beside do; write test: in place of do: for what is tried',
    ],
    ['- { do: a, items: [b] }', '[0].items invalid: expected items only beside group, found it beside do'],
    ['- { group: a, items: [b], as: c }', '[0].as invalid: expected as only beside test, found it beside group'],
    ['- { group: a }', '[0].items missing: expected items and a list, found nothing'],
    ['- { group: a, items: [] }', '[0].items invalid: expected a list of 1 to 300 items, found an empty list'],
    [
      '- { group: a, items: [{ group: b, items: [c] }] }',
      '[0].items[0].group unknown_key: expected one of the keys do, test, as, how, expect, say, run, request, query, cwd, env, timeout, within, fresh, repeatable, verify, check, below, above, at_most, at_least, between, name, by, needs, optional, waive, found "group"; a group stands in a list, not in another group',
      '[0].items[0].items unknown_key: expected one of the keys do, test, as, how, expect, say, run, request, query, cwd, env, timeout, within, fresh, repeatable, verify, check, below, above, at_most, at_least, between, name, by, needs, optional, waive, found "items"; a group stands in a list, not in another group',
    ],
    ['- { do: a, optional: yes }', '[0].optional invalid: expected true or false, found "yes"'],
    [
      '- { do: a, waive: lead }',
      '[0].waive invalid: expected a list of 1 to 20 roles, found "lead"; write a list, [ ] around it',
    ],
  ])('%s', (items, ...problems) => {
    expect(said(exit(items))).toEqual(problems);
  });

  test.each([['[]'], ['Build passes'], ['{ a: b }'], ['~']])('exit: %s is no list', (list) => {
    expect(said({ second: `exit: ${list}` })).toEqual([
      expect.stringContaining('expected a list of 1 to 300 items, found '),
    ]);
  });
});

describe('what the bot does', () => {
  const url = `"\${SERVICE}/on"`;

  test.each<[items: string, ...problems: string[]]>([
    ['- { run: [npm, run, "gate:all"], name: gates, cwd: /srv/app, env: [CI], fresh: 24h, waive: [lead] }'],
    ['- { run: [/opt/terp/backup, verify], timeout: 20m, within: 10m, repeatable: true }'],
    [
      `- { request: { method: POST, url: ${url}, headers: { Authorization: "Bearer \${TOKEN}" }, body: { on: true } } }`,
    ],
    [`- { request: { url: ${url} }, expect: 204 }`],
    [`- { query: { url: "\${DB}", sql: select count(*) from orders }, expect: { at_most: 3 } }`],
    [`- { run: [deploy], verify: { query: { url: "\${DB}", sql: select 1 }, expect: 1 } }`],
    [
      '- { group: Gates, by: qa, items: [{ run: [gate-1] }, { run: [gate-2] }, { say: Gates passed, needs: [gate-1, gate-2] }] }',
    ],
    ['- { say: Deployment starts }'],
    [
      '- { run: npm test }',
      '[0].run invalid: expected a list such as [/usr/local/bin/flags, --name, checkout], found "npm test"…',
    ],
    ['- { run: [] }', '[0].run invalid: expected a program first: its whole path from /, or a bare name such as curl'],
    ['- { run: [./gate] }', '[0].run[0] invalid: expected a program first'],
    [
      '- { run: [gate, "--to", "{{tenant}}"] }',
      '[0].run[2] placeholder: expected no placeholder here, found "{{tenant}}"',
    ],
    [
      '- { run: [curl, -H, "Authorization: Bearer abcdef"] }',
      '[0].run[2] secret_in_clear: expected a secret in a variable that env names',
    ],
    [`- { run: [gate, "\${TOKEN}"] }`, `[0].run[1] variable: expected \${NAME} only in an address`],
    ['- { run: [gate], env: [SLACK_BOT_TOKEN] }', '[0].env[0] bot_variable: expected a variable of your own'],
    ['- { run: [gate], env: CI }', '[0].env invalid: expected a list of 1 to 50 names of variables'],
    ['- { run: [gate], cwd: app }', '[0].cwd invalid: expected a directory as a whole path from /'],
    ['- { run: [gate], timeout: 3h }', '[0].timeout invalid: expected a duration from 1s to 2h'],
    ['- { run: [gate], within: 5s }', '[0].within invalid: expected a duration from 10s to 24h'],
    ['- { run: [gate], fresh: yes }', '[0].fresh invalid: expected a duration from 1m to 365d'],
    ['- { run: [gate], repeatable: sure }', '[0].repeatable invalid: expected true or false'],
    ['- { run: [gate], how: carefully }', '[0].how invalid: expected how only beside test, found it beside run'],
    [
      '- { do: Gate, timeout: 5m }',
      '[0].timeout invalid: expected timeout only beside run, request, query, found it beside do',
    ],
    ['- { say: Hello, env: [CI] }', '[0].env invalid: expected env only beside run, found it beside say'],
    [
      '- { run: [gate], do: Gate }',
      '[0] invalid: expected exactly one of do, test, run, request, query, check, say, group in an item, found do and run',
    ],
    ['- { request: { url: ftp://x } }', '[0].request.url invalid: expected an http or https address'],
    [
      '- { request: { url: "https://app:hunter2@x/on" } }',
      '[0].request.url secret_in_clear: expected an address without user or password',
    ],
    [
      `- { request: { url: ${url}, headers: { Authorization: Bearer abc } } }`,
      '[0].request.headers.Authorization secret_in_clear',
    ],
    [
      `- { request: { url: ${url}, method: post } }`,
      '[0].request.method invalid: expected one of GET, POST, PUT, PATCH, DELETE',
    ],
    [`- { request: { url: ${url}, bodi: x } }`, '[0].request.bodi unknown_key: …; did you mean "body"?'],
    [`- { request: { url: ${url}, timeout: 5s } }`, '[0].request.timeout unknown_key'],
    ['- { query: { sql: select 1 } }', '[0].query.url missing'],
    ['- { query: { url: "postgres://app:hunter2@db/shop", sql: select 1 } }', '[0].query.url secret_in_clear'],
    [`- { query: { url: "\${DB}", sql: "" } }`, '[0].query.sql invalid'],
    [
      `- { query: { url: "\${DB}", sql: select 1 }, expect: {} }`,
      '[0].expect missing: expected below, above, at_most, at_least or between, found nothing',
    ],
    [
      `- { run: [gate], expect: { at_least: 5, at_most: 3 } }`,
      '[0].expect invalid: expected bounds that a number can meet, found 5 to 3',
    ],
    [
      `- { run: [gate], expect: { between: [1, 3], below: 2 } }`,
      '[0].expect.between invalid: expected between alone, found it beside below',
    ],
    ['- { test: Flow, expect: 3 }', '[0].expect invalid: expected a text that people read, beside test'],
    [
      '- { run: [gate], verify: {} }',
      '[0].verify missing: expected exactly one of run, request, query in verify, found none',
    ],
    [
      '- { run: [gate], verify: { run: [a], query: { url: "postgres://x/y", sql: select 1 } } }',
      '[0].verify invalid: expected exactly one of run, request, query in verify, found run and query',
    ],
    ['- { run: [gate], verify: { do: look } }', '[0].verify missing…', '[0].verify.do unknown_key'],
    ['- { run: [gate], undo: { run: [back] } }', '[0].undo not_supported_yet'],
    ['- { check: errors, below: 2 }'],
    ['- { check: errors, between: [0, 2] }\n- { check: errors, at_most: "stage:one * 1.5" }'],
    [
      '- { check: errors }',
      '[0] missing: expected what is required of it: below, above, at_most, at_least or between, found nothing',
    ],
    [
      '- { check: errors, below: 2, above: 1 }',
      '[0] invalid: expected one of below, above, at_most, at_least and between, found below and above',
    ],
    ['- { check: errors, between: [2, 1] }', '[0].between invalid: expected the smaller number first, found 2 and 1'],
    ['- { check: errors, between: [2] }', '[0].between invalid: expected two numbers, the smaller first'],
    ['- { check: eror, below: 2 }', '[0].check unknown_check: …; did you mean "errors"?'],
    ['- { check: errors, below: low }', '[0].below invalid: expected a number, or one reckoned from a measurement'],
    ['- { check: errors, below: baseline + 2 }', '[0].below limit: expected a baseline to compare with, found none'],
    ['- { check: errors, below: "stage:two + 2" }', '[0].below order: expected a stage that comes before'],
    ['- { check: errors, below: "stage:onne + 2" }', '[0].below unknown_stage: …; did you mean "one"?'],
    ['- { do: Look, below: 2 }', '[0].below invalid: expected below only beside check, found it beside do'],
    ['- { check: errors, below: 2, unchanged_for: 60s }', '[0].unchanged_for not_supported_yet'],
  ])('%s', (items, ...problems) => {
    const lines = said(exit(items));
    for (const [index, problem] of problems.entries()) {
      const [begin = '', end = ''] = problem.split('…');
      expect(lines[index]).toContain(begin);
      expect(lines[index]).toContain(end);
    }
    expect(lines).toHaveLength(problems.length);
  });

  test('a criterion stands in a list that leaves a stage, nowhere else', () => {
    const message = expect.stringContaining('"check" is not supported yet outside of exit');
    expect(said({ second: 'before: [{ check: errors, below: 2 }]' })).toEqual([message]);
    expect(said({ plan: 'after: [{ check: errors, below: 2 }]' })).toEqual([message]);
  });

  test('what is required is kept as what breaks it', () => {
    const read = listsOf(exit('- { check: errors, at_most: 3 }\n- { check: errors, between: [1, 2] }'));
    expect(read[0]?.items.map(({ title, work }) => [title, work])).toEqual([
      ['errors at most 3', { kind: 'check', check: 'errors', broken: [{ op: 'above', value: 3 }] }],
      [
        'errors between 1 and 2',
        {
          kind: 'check',
          check: 'errors',
          broken: [
            { op: 'below', value: 1 },
            { op: 'above', value: 2 },
          ],
        },
      ],
    ]);
  });

  test('is kept as it is written, with what is not written', () => {
    const read = listsOf(
      exit(
        `- { run: [npm, test], env: [CI], fresh: 4h }\n- { request: { url: "https://x/on", method: POST, headers: { X-A: b }, body: { on: true } }, expect: { between: [200, 204] } }`,
      ),
    );
    expect(read[0]?.items.map(({ title, name, work }) => ({ title, name, work }))).toEqual([
      {
        title: 'npm test',
        name: 'npm-test',
        work: { kind: 'run', run: ['npm', 'test'], env: ['CI'], timeoutMs: 600_000, freshMs: 14_400_000 },
      },
      {
        title: 'POST https://x/on',
        name: 'post-https-x-on',
        work: {
          kind: 'request',
          method: 'POST',
          url: 'https://x/on',
          headers: { 'x-a': 'b' },
          body: '{"on":true}',
          timeoutMs: 30_000,
          expect: { kind: 'bounds', atMost: 204, atLeast: 200 },
        },
      },
    ]);
  });
});

describe('names and needs', () => {
  test.each<[items: string, ...problems: string[]]>([
    [
      '- Build\n- BUILD',
      '[1] duplicate: expected a name that nothing else in this list has, found "build", as at stages[1].exit[0]; give one of them another name:',
    ],
    ['- Build\n- { do: BUILD, name: build-2 }'],
    [
      '- { do: a, name: x }\n- { do: b, name: x }',
      '[1].name duplicate: expected a name that nothing else in this list has, found "x", as at stages[1].exit[0]',
    ],
    [
      '- { do: a, name: QA }',
      '[0].name invalid: expected a name of lower-case letters, digits and dashes, at most 60 characters, found "QA"',
    ],
    [
      '- Flows\n- { group: Flows, items: [a] }',
      '[1] duplicate: expected a name that nothing else in this list has, found "flows", as at stages[1].exit[0]; give one of them another name:',
    ],
    [
      '- { group: Flows, items: [a] }\n- { group: Flows, name: more, items: [b] }',
      '[1].group duplicate: expected a title that no other group of this list has, found "Flows"',
    ],
    [
      '- { do: a, needs: b }\n- b',
      '[0].needs invalid: expected a list of 1 to 300 names of items, found "b"; write a list, [ ] around it',
    ],
    ['- { do: a, needs: [b, b] }\n- b', '[0].needs[1] duplicate: expected each name once, found "b"'],
    [
      '- { do: a, needs: [Build passes] }\n- Build passes',
      '[0].needs[0] unknown_item: expected the name of an item or a group of this list, found "Build passes"; did you mean "build-passes"?',
    ],
    [
      '- { do: a, needs: [nowhere] }',
      '[0].needs[0] unknown_item: expected the name of an item or a group of this list, found "nowhere"',
    ],
    [
      '- { do: a, needs: [a] }',
      '[0].needs circle: expected items that do not need each other, found "a", which needs itself',
    ],
    [
      '- { do: a, needs: [b] }\n- { do: b, needs: [c] }\n- { do: c, needs: [b] }',
      '[1].needs circle: expected items that do not need each other, found b → c → b',
    ],
    [
      '- { group: G, needs: [g], items: [a] }',
      '[0].needs circle: expected items that do not need each other, found "a", which needs itself',
    ],
    [
      '- { do: a, needs: [g] }\n- { group: G, items: [{ do: b, needs: [a] }] }',
      '[0].needs circle: expected items that do not need each other, found a → b → a',
    ],
    [
      '- { do: a, needs: [b] }\n- { do: b, optional: true }',
      '[0].needs[0] invalid: expected an item that is not optional, found "b"; make this one optional too, or the other required',
    ],
    [
      '- { do: a, needs: [g] }\n- { group: G, optional: true, items: [b] }',
      '[0].needs[0] invalid: expected a group with an item that is not optional, found "g"',
    ],
  ])('%s', (items, ...problems) => {
    expect(said(exit(items))).toEqual(problems);
  });

  test('what is in another list is said to be there', () => {
    expect(said({ first: 'exit: [Look]', second: 'exit: [{ do: a, needs: [look] }]' })).toEqual([
      '[0].needs[0] unknown_item: expected the name of an item or a group of this list, found "look", which is in exit of stage 1',
    ]);
  });

  test('what every stage needs is there in every stage', () => {
    expect(said({ first: 'exit: [Look]', plan: 'every_stage: { exit: [{ do: a, needs: [look] }] }' })).toEqual([
      'every_stage.exit[0].needs[0] unknown_item: expected the name of an item or a group of this list, found "look", which is in exit of stage 1 (in exit of stage 2)',
    ]);
  });
});

describe('owners', () => {
  test.each<[by: string, problem: string]>([
    ['"@qa"', '.by unknown_role: expected a role of people (operators, qa, lead), found "@qa"; did you mean "qa"?'],
    ['QA', '.by unknown_role: expected a role of people (operators, qa, lead), found "QA"; did you mean "qa"?'],
    ['leads', '.by unknown_role: expected a role of people (operators, qa, lead), found "leads"; did you mean "lead"?'],
    ['[qa, nobody]', '.by[1] unknown_role: expected a role of people (operators, qa, lead), found "nobody"'],
    [
      '{ any: 1, of: [nobody] }',
      '.by.of[0] unknown_role: expected a role of people (operators, qa, lead), found "nobody"',
    ],
    [
      'U024BE7LH',
      '.by unknown_role: expected a role of people (operators, qa, lead), found "U024BE7LH"; put who it is into a role of people, and name the role',
    ],
    ['[qa, qa]', '.by[1] duplicate: expected each role once, found "qa"'],
    ['[]', '.by invalid: expected a list of 1 to 20 roles, found an empty list'],
    [
      '5',
      '.by invalid: expected a role such as qa, a list of roles (one person of each), or { any: 2, of: [role, …] }, found the number 5',
    ],
    [
      '{ any: 2, of: [qa] }',
      '.by.any quorum: expected at least 2 different people for any of qa, found 1: fewer approvers than needed',
    ],
    ['{ any: 2, of: [qa], when: x }', '.by.when not_supported_yet: "when" is not supported yet'],
  ])('by: %s', (by, problem) => {
    const people = problem.includes('quorum') || !problem.includes('when') ? [] : ['.by.any'];
    const lines = said(exit(`- { do: a, by: ${by} }`)).filter((line) => !people.some((place) => line.includes(place)));
    expect(lines).toEqual([`[0]${problem}`]);
    // In a group it is told once, where it stands.
    const inGroup = said(exit(`- { group: g, by: ${by}, items: [a, b] }`)).filter(
      (line) => !people.some((place) => line.includes(place)),
    );
    expect(inGroup).toEqual([`[0]${problem}`]);
  });

  test('who may waive is a role too', () => {
    expect(said(exit('- { do: a, waive: [qa, leed] }'))).toEqual([
      '[0].waive[1] unknown_role: expected a role of people (operators, qa, lead), found "leed"; did you mean "lead"?',
    ]);
  });
});

describe('what is not supported yet', () => {
  test.each(SKETCHED_KEYS.item)('an item with %s', (key) => {
    const later = [`[0].${key} not_supported_yet: "${key}" is not supported yet`];
    expect(said(exit(`- { ${key}: { some: thing } }`))).toEqual(later);
    const inGroup = said(exit(`- { group: g, items: [{ do: a, ${key}: 1 }] }`));
    expect(inGroup).toEqual([`[0].items[0].${key} not_supported_yet: "${key}" is not supported yet`]);
  });

  test.each<[written: Written, problem: string]>([
    [
      { plan: 'steps: [a]' },
      'steps not_supported_yet: "steps" is not supported yet; what people have to do stands in lists: ',
    ],
    [{ plan: 'watch: { for: 7d }' }, 'watch not_supported_yet: "watch" is not supported yet'],
    [
      { second: 'steps: [a]' },
      'stages[1].steps not_supported_yet: "steps" is not supported yet; what people have to do stands in lists: ',
    ],
    [{ second: 'finally: [a]' }, 'stages[1].finally not_supported_yet: "finally" is not supported yet'],
  ])('%j', (written, problem) => {
    expect(said(written)).toEqual([expect.stringContaining(problem)]);
  });
});

test.each(['checklist', 'checklists', 'gates', 'tasks', 'todo', 'signoffs', 'leave', 'tests'])(
  '%s: of another tool is in the lists here',
  (key) => {
    const hint = expect.stringContaining('; what people have to do stands in lists: before: ');
    expect(said({ second: `${key}: [a]` })).toEqual([hint]);
    expect(said({ plan: `${key}: [a]` })).toEqual([hint]);
  },
);

test.each<[written: Written, hint: string]>([
  [{ plan: 'exit: [a]' }, 'write every_stage: { exit: [ … ] }, or exit: in a stage'],
  [{ second: 'after: [a]' }, 'it stands beside stages:, for the whole plan'],
  [
    { second: 'rollback: { to: off, then: [a] }' },
    'what is done after a rollback stands in after_rollback: of the plan',
  ],
])('%j is said to stand elsewhere', (written, hint) => {
  expect(said(written)).toEqual([expect.stringContaining(hint)]);
});

describe('how many', () => {
  const many = (count: number) => stringify(Array.from({ length: count }, (_, index) => `Item ${index}`));

  test('300 items in a plan and no more, those of every stage counted for each', () => {
    expect(listsOf({ plan: `after:\n${many(300)}` })[0]?.items).toHaveLength(300);
    expect(
      listsOf({ plan: `every_stage:\n  exit:\n${indented(many(150), 4)}` }).map(({ items }) => items.length),
    ).toEqual([150, 150]);
    const tooMany = 'expected at most 300 items in a plan, those of every_stage once for each stage, found';
    expect(said({ plan: `after:\n${many(301)}` })).toEqual([`after too_large: ${tooMany} 301`]);
    expect(said({ plan: `every_stage:\n  exit:\n${indented(many(150), 4)}\nafter: [a]` })).toEqual([
      `after too_large: ${tooMany} 301`,
    ]);
  });

  test('of far too many nothing else is said, whatever else is wrong with them', () => {
    const items = Array.from({ length: 1_000 }, () => '- { do: a, needs: [b, c], by: nobdy }').join('\n');
    const problems = said({ plan: `after:\n${items}` }).filter((line) => !line.includes('unknown_role'));
    expect(problems).toEqual([expect.stringMatching(/^after too_large: .* found 1000$/)]);
  });

  test('ten thousand are far too many values', () => {
    expect(said({ plan: `after:\n${many(10_000)}` })).toEqual([
      ' too_large: expected a plan, found far too many values',
    ]);
  });
});

test('a check without limits is refused, unless a criterion asks about it', () => {
  const withoutLimit = (items: string) => textOf(exit(items)).replace(', critical: { above: 5 }', '');
  expect(parsePlan(withoutLimit('- { check: errors, below: 2 }'))).toMatchObject({ ok: true });
  expect(parsePlan(withoutLimit('- Look'))).toMatchObject({ ok: false, problems: [{ code: 'limit' }] });
});
