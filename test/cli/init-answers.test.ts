import fc from 'fast-check';
import { expect, test } from 'vitest';
import { complete } from '../../src/cli/init/answers.js';
import { interview, takeOptions } from '../../src/cli/init/interview.js';
import { PROBE_KINDS, TARGET_KINDS } from '../../src/cli/init/kinds.js';
import { INIT_OPTIONS } from '../../src/cli/init/options.js';
import { planText } from '../../src/cli/init/plan-text.js';
import { PROBE_KEYS, TARGET_KEYS } from '../../src/plans/language/kinds/index.js';
import { parsePlan } from '../../src/plans/read/parse.js';

/** Types these one after the other, then nothing more. */
async function typed(...lines: readonly string[]) {
  const left = [...lines];
  const said: string[] = [];
  const asked: string[] = [];
  const dialogue = {
    ask: async (question: string) => {
      asked.push(question);
      return left.shift() ?? null;
    },
    say: (line: string) => void said.push(line),
  };
  const answers = await interview(dialogue, { answers: {}, options: [] });
  const result = parsePlan(planText(answers), { file: `plans/${answers.name}.yml` });
  return { answers, said, asked, result };
}

/** Answers these questions, by the words they begin with, and Enter to all the others. */
async function answered(by: Readonly<Record<string, readonly string[]>>) {
  const left = Object.entries(by).map(([words, lines]) => ({ words, lines: [...lines] }));
  const said: string[] = [];
  const asked: string[] = [];
  const dialogue = {
    ask: async (question: string) => {
      asked.push(question);
      return left.find(({ words }) => question.startsWith(words))?.lines.shift() ?? '';
    },
    say: (line: string) => void said.push(line.trim()),
  };
  const answers = await interview(dialogue, { answers: {}, options: [] });
  const text = planText(answers);
  const result = parsePlan(text, { file: `plans/${answers.name}.yml` });
  return { answers, said, asked, text, plan: result.ok ? result.plan : result.problems };
}

/** What people type: what fits, what nearly fits, and anything at all. */
const ANSWER = fc.oneof(
  fc.constantFrom(
    ...[
      '',
      '',
      '',
      'checkout',
      'stage-1',
      'off',
      'null',
      'wave-2',
      'C024BE7LH',
      '#shop',
      'shop',
      'none',
      'operators',
      'true',
    ],
    ...[
      '@leads',
      'U1, U2',
      'lead@example.com @on-call',
      'postgres',
      'memory',
      'http',
      'exec',
      'sql',
      'prometheus',
      'select 1',
      "select 'a'",
      '/bin/true',
      'public.flags',
      'ROW',
      "it's",
      '"quoted"',
    ],
    ...[
      'https://m.example.com/x',
      'https://u:p@m.example.com',
      `\${SLACK_BOT_TOKEN}`,
      `\${METRICS}`,
      'data.p95',
      'a[0].b',
      '0.5',
    ],
    ...[
      '1',
      '10, 25, 50, 100',
      '0.5 5 100',
      '100',
      '50 10',
      '10,10,10',
      '0',
      '101',
      '24h',
      '1h30m',
      '2 days',
      '-1',
      '1e9',
    ],
    ...[
      '{{x}}',
      'Europe/Berlin',
      'PST',
      'percent',
      'enabled',
      'https://grafana.example.com/d/1',
      '# a comment',
      'a: b',
      '- a',
      '%',
      '@',
      '\ttab',
      '\u2028',
      '\u0000',
      '\ud800',
      '&a',
      '*a',
      '!!set',
      '|',
      '>',
    ],
  ),
  fc.string({ unit: 'binary', maxLength: 100 }),
);

test('whatever is typed, what comes of it is a plan', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(ANSWER, { maxLength: 40 }), async (lines) => {
      const { result, answers } = await typed(...lines);
      expect(result, planText(answers)).toMatchObject({ ok: true });
    }),
    { numRuns: 120 },
  );
});

test('every kind of target with every kind of probe makes a plan, with and without approvals', () => {
  for (const target of TARGET_KINDS)
    for (const probe of PROBE_KINDS)
      for (const approverRole of ['', 'operators', 'lead'])
        expect(parsePlan(planText(complete({ target, probe, approverRole })))).toMatchObject({ ok: true });
});

test('no kind is offered that plans do not have', () => {
  expect(TARGET_KINDS.filter((kind) => !(kind in TARGET_KEYS))).toEqual([]);
  expect(PROBE_KINDS.filter((kind) => !(kind in PROBE_KEYS))).toEqual([]);
});

test('Enter everywhere is a plan of four stages that is called my-change', async () => {
  const { result, said } = await typed();
  expect(said).toEqual([]);
  expect(result).toMatchObject({ ok: true, plan: { name: 'my-change', title: 'My change', channel: '#my-change' } });
  expect(result.ok && result.plan.stages.map(({ exposure }) => exposure)).toEqual([10, 25, 50, 100]);
  expect(result.ok && result.plan.stages.map(({ approve }) => approve !== undefined)).toEqual([
    false,
    true,
    true,
    true,
  ]);
});

test('a bad answer is asked for again, with what was expected', async () => {
  const { answers, said, asked } = await answered({
    Name: ['Big Launch', 'big-launch'],
    Slack: ['SHOP!', 'shop'],
    'What moves': ['redis', 'memory'],
  });
  expect(said).toEqual([
    expect.stringMatching(/^expected a name of lower-case letters.*found "Big Launch"$/),
    expect.stringMatching(/^expected a channel as "#name".*found "#SHOP!"$/),
    expect.stringMatching(/^expected one of postgres, .*memory, found "redis"$/),
  ]);
  expect(answers).toMatchObject({ name: 'big-launch', title: 'Big launch', channel: '#shop', target: 'memory' });
  expect(asked.filter((question) => question.startsWith('Slack channel'))).toHaveLength(2);
  expect(asked.filter((question) => /^(?:Table|Its column|Column|Number that)/.test(question))).toEqual([]);
});

test('a credential written out is refused here, too', async () => {
  const { said, answers } = await answered({
    'Address that answers': ['https://m.example.com/x?token=abcdef', 'https://m.example.com/x'],
  });
  expect(said.join()).toContain(`expected the value of token as \${NAME}`);
  expect(answers.url).toBe('https://m.example.com/x');
});

test('the columns of a flag table are asked for, and are those of the plan', async () => {
  const { said, plan } = await answered({
    'Its column': ['flag key', 'key'],
    'Column of the percentage': ['key', 'ratio'],
    'Column that is true': ['ratio', 'active'],
    'Column of the time': ['changed_at'],
    'Number that': ['0', 'all', '1'],
  });
  expect(said).toEqual([
    'expected a column name of letters, digits and underscores, found "flag key"',
    'expected a column that has no other part in this target, found "key"',
    'expected a column that has no other part in this target, found "ratio"',
    expect.stringMatching(/^expected the number that means everybody there.*found the number 0$/),
    'expected a number, found "all"',
  ]);
  expect(plan).toMatchObject({
    targets: [
      {
        config: {
          rows: { column: 'key', values: ['MY_CHANGE'] },
          columns: { exposure: 'ratio', enabled: 'active', updatedAt: 'changed_at' },
          scale: 1,
        },
      },
    ],
  });
});

test('Enter takes the usual columns, without one for the time of the change', async () => {
  const { plan } = await answered({});
  expect(plan).toMatchObject({
    targets: [
      { config: { rows: { column: 'name' }, columns: { exposure: 'rollout_percentage', enabled: 'enabled' } } },
    ],
  });
  expect(JSON.stringify(plan)).not.toContain('updatedAt');
});

test('a flag that is only on or off has one stage that is on, and nothing is asked about percentages', async () => {
  const { plan, said, asked } = await answered({
    'Column of the percentage': ['none'],
    'Column that is true': ['none', ''],
  });
  expect(said).toEqual(['expected exposure, enabled or both, found neither']);
  expect(asked.filter((question) => /^(?:Stages|Number that)/.test(question))).toEqual([]);
  expect(plan).toMatchObject({
    targets: [{ config: { columns: { enabled: 'enabled' } } }],
    stages: [{ exposure: 100, population: { kind: 'everyone' } }],
  });
});

test('a percentage alone, in a column with the name of the usual switch', async () => {
  const { plan, asked } = await answered({ 'Column of the percentage': ['enabled'] });
  expect(plan).toMatchObject({ targets: [{ config: { columns: { exposure: 'enabled' } } }] });
  expect(asked).toContainEqual(expect.stringMatching(/^Column that is true.*\[none\]: $/));
});

test('links are asked for, and none is the standard', async () => {
  const { said, plan } = await answered({
    'Address of a dashboard': ['grafana.example.com/d/1', 'https://grafana.example.com/d/1'],
    'Address of what': ['https://wiki.example.com/x'],
  });
  expect(said).toEqual(['expected an http or https address, found "grafana.example.com/d/1"']);
  expect(plan).toMatchObject({
    links: { dashboard: 'https://grafana.example.com/d/1', runbook: 'https://wiki.example.com/x' },
  });
  expect(await answered({ 'Address of a dashboard': ['none'] })).toMatchObject({ plan: { links: {} } });
});

test('a zone that is none is asked for again, with those it may have been', async () => {
  const { said, plan } = await answered({
    'Time zone': ['Europe/Berln', 'new york', 'BST', '+02:00', 'America/New_York'],
  });
  expect(said).toEqual([
    'expected a time zone such as Europe/Berlin, found "Europe/Berln"; did you mean Europe/Berlin?',
    'expected a time zone such as Europe/Berlin, found "new york"; did you mean America/New_York?',
    'expected a time zone such as Europe/Berlin, found "BST"; write <area>/<city>',
    'expected a time zone such as Europe/Berlin, found "+02:00"; write <area>/<city>',
  ]);
  expect(plan).toMatchObject({ timezone: 'America/New_York' });
});

test('a warning is asked for beside the critical limit, and comes before it', async () => {
  const half = await answered({ 'Error rate above which it': ['3'] });
  expect(half.text).toContain('warning: { above: 1.5 }');
  const { said, text } = await answered({
    'Error rate above which it': ['3'],
    'Error rate above which people': ['4', 'few', '1, 2', '2'],
  });
  expect(said).toEqual([
    'expected a warning that comes before critical, found above 4 with critical above 3',
    'expected a number, found "few"',
    'expected a number, found "1, 2"',
  ]);
  expect(text).toContain('warning: { above: 2 }');
  const without = await answered({ 'Error rate above which people': ['none'] });
  expect(without.plan).toMatchObject({ checks: [{ critical: { op: 'above', value: 5 } }] });
  expect(without.text).toContain('# warning: { above: … }');
});

test('nothing comes before a limit of 0, so it has no warning', async () => {
  const { plan, asked } = await answered({ 'Error rate above which it': ['0'] });
  expect(plan).not.toBeInstanceOf(Array);
  expect(asked).toContainEqual(expect.stringMatching(/^Error rate above which people.*\[none\]: $/));
});

test('what an option answers is not asked, in whatever order they stand', async () => {
  const given = takeOptions(
    'shop',
    new Map([
      ['exposure-column', 'enabled'],
      ['switch-column', 'none'],
      ['scale', '1'],
    ] as const),
  );
  if (typeof given === 'string') throw new Error(given);
  const asked: string[] = [];
  const ask = async (question: string) => {
    asked.push(question);
    return null;
  };
  const answers = await interview({ ask, say: () => {} }, given);
  expect(answers).toMatchObject({ name: 'shop', exposureColumn: 'enabled', switchColumn: '', scale: 1 });
  expect(asked.length).toBeGreaterThan(10);
  expect(
    asked.filter((question) => /^(?:Name|Column of the percentage|Column that|Number that)/.test(question)),
  ).toEqual([]);
});

test('an option that turns out to say nothing is left out, and that is said', async () => {
  const given = takeOptions(undefined, new Map([['table', 'flags']]));
  if (typeof given === 'string') throw new Error(given);
  const said: string[] = [];
  const ask = async (question: string) => (question.startsWith('What moves') ? 'http' : null);
  await interview({ ask, say: (line) => said.push(line.trim()) }, given);
  expect(said).toEqual(['--table does not go with the other answers (target http, probe http): it is left out']);
});

test('the usage names every kind that can be answered', () => {
  for (const kind of TARGET_KINDS) expect(INIT_OPTIONS.target).toContain(kind);
  for (const kind of PROBE_KINDS) expect(INIT_OPTIONS.probe).toContain(kind);
});

test('a stage is never called like the plan', async () => {
  const { result } = await typed('stage-1');
  expect(result.ok && result.plan.stages[0]?.name).toBe('wave-1');
});
