import fc from 'fast-check';
import { expect, test } from 'vitest';
import { complete } from '../../src/cli/init/answers.js';
import { PROBE_KINDS, TARGET_KINDS } from '../../src/cli/init/kinds.js';
import { planText } from '../../src/cli/init/plan-text.js';
import { interview } from '../../src/cli/init/questions.js';
import { PROBE_KEYS, TARGET_KEYS } from '../../src/plans/kinds/index.js';
import { parsePlan } from '../../src/plans/parse.js';

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
  const answers = await interview(dialogue, {});
  const result = parsePlan(planText(answers), { file: `plans/${answers.name}.yml` });
  return { answers, said, asked, result };
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
  const { answers, said, asked } = await typed(
    'Big Launch',
    'big-launch',
    '',
    'SHOP!',
    'shop',
    '',
    '',
    '',
    'redis',
    'memory',
  );
  expect(said.map((line) => line.trim())).toEqual([
    expect.stringMatching(/^expected a name of lower-case letters.*found "Big Launch"$/),
    expect.stringMatching(/^expected a channel as "#name".*found "#SHOP!"$/),
    expect.stringMatching(/^expected one of postgres, .*memory, found "redis"$/),
  ]);
  expect(answers).toMatchObject({ name: 'big-launch', title: 'Big launch', channel: '#shop', target: 'memory' });
  expect(asked.filter((question) => question.startsWith('Slack channel'))).toHaveLength(2);
  expect(asked.filter((question) => question.startsWith('Table'))).toEqual([]);
});

test('a credential written out is refused here, too', async () => {
  const { said, answers } = await typed('a', '', '', '', '', '', 'memory', '', 'https://m.example.com/x?token=abcdef');
  expect(said.join()).toContain(`expected the value of token as \${NAME}`);
  expect(answers.url).not.toContain('token');
});

test('a stage is never called like the plan', async () => {
  const { result } = await typed('stage-1');
  expect(result.ok && result.plan.stages[0]?.name).toBe('wave-1');
});
