import { execSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { type Ended, emptyFolder, runCli } from '../../cli/command.js';
import { TERMINAL } from '../bare/tutorial.js';

let cwd: string;
const run = (words: string, input = ''): Promise<Ended> => runCli(words.split(' '), { cwd, input });
const read = (file: string): string => readFileSync(join(cwd, file), 'utf8');

beforeEach(() => {
  cwd = emptyFolder();
});

test('lines that are piped in are the answers, missing ones are the standard, and the file is right', async () => {
  const { code, output } = await run('init', 'big-launch\n\nshop\n');
  expect(code).toBe(0);
  expect(output).toContain('Title, as people read it [Big launch]:');
  expect(output).toContain('Wrote plans/big-launch.yml. Next:');
  expect(output).toContain(
    'npx --no rollout validate --live plans/big-launch.yml, after setting FLAGS_DATABASE_URL and METRICS_URL in .env',
  );
  expect(output).toContain('/invite @rollout in #shop, then /rollout start big-launch');
  expect(read('plans/big-launch.yml')).toContain('channel: "#shop"');
  expect((await run('validate plans/big-launch.yml')).output).toContain('ok (4 stages, 1 check');
});

test('the commands of the tutorial write a plan that is right, with a baseline of its length', async () => {
  const [init = '', address = '', limit = '', baseline = ''] = TERMINAL;
  const answers = init.split('\n').slice(1, -1).join('\n');
  expect((await run('init my-own', `${answers}\n`)).code).toBe(0);
  expect(read('plans/my-own.yml')).toContain('bake: 1m, check_every: 3s');
  expect(execSync(`${address}\n${limit}`, { cwd }).toString()).toBe('');
  expect((await run('validate plans/my-own.yml')).output).toContain('found none: the plan needs baseline:');
  const [longer = '', ...rest] = baseline.split('\n');
  execSync(longer, { cwd });
  expect(rest).toEqual(['npx --no rollout validate plans/my-own.yml']);
  expect((await run('validate plans/my-own.yml')).output).toContain('my-own.yml: ok (2 stages, 1 check');
});

test.each([
  ['24h', 'bake: 24h,'],
  ['20m', 'bake: 20m,'],
  ['10m', 'bake: 10m, check_every: 30s,'],
  ['90s', 'bake: 90s, check_every: 4s,'],
  ['1h30m', 'bake: "1h30m",'],
  ['10s', 'bake: 10s, check_every: 1s,'],
])('a bake of %s is long enough for the rhythm of its checks', async (bake, written) => {
  await run(`init short --bake ${bake}`);
  expect(read('plans/short.yml')).toContain(written);
  expect((await run('validate plans/short.yml')).code).toBe(0);
});

test('the schema comes with it, so that an editor helps at once', async () => {
  await run('init --yes');
  expect(read('plans/my-change.yml')).toMatch(/^# yaml-language-server: \$schema=\.\/plan\.schema\.json\n/);
  const shipped = readFileSync(new URL('../../../plans/plan.schema.json', import.meta.url), 'utf8');
  expect(read('plans/plan.schema.json')).toBe(shipped);
});

test('--yes asks nothing; a name may stand behind init', async () => {
  const { code, output } = await run('init checkout --yes', 'this-is-not-read\n');
  expect({ code, first: output.split('\n')[0] }).toEqual({ code: 0, first: 'Wrote plans/checkout.yml. Next:' });
});

test.each(['/proc/no/such/place', '/dev/null/plans', '/sys/plans'])(
  'a folder that cannot be made is said in one sentence: %s',
  async (folder) => {
    const ended = await runCli(['init', '--yes'], { cwd, env: { PLANS_DIR: folder } });
    expect(ended.code).toBe(1);
    expect(ended.output.trim()).toMatch(
      /^\/\S+\/my-change\.yml cannot be written \(E[A-Z]+\)\. PLANS_DIR says in which folder plans are\.$/,
    );
  },
);

test('it writes into PLANS_DIR', async () => {
  const ended = await runCli(['init', '--yes'], { cwd, env: { PLANS_DIR: 'deep/er' } });
  expect(ended.code).toBe(0);
  expect(readdirSync(join(cwd, 'deep/er')).sort()).toEqual(['my-change.yml', 'plan.schema.json']);
});

test.each(['yml', 'yaml'])('a file that is there is not written over unless that is said (.%s)', async (ending) => {
  mkdirSync(join(cwd, 'plans'));
  writeFileSync(join(cwd, `plans/mine.${ending}`), 'mine');
  const enter = '\n'.repeat(23);
  for (const input of [enter, `${enter}what\n`]) {
    const { code, output } = await run('init mine', input);
    expect({ code, kept: read(`plans/mine.${ending}`) }).toEqual({ code: 1, kept: 'mine' });
    expect(output).toContain(`plans/mine.${ending} exists. Write over it? [no]`);
  }
  expect((await run('init mine --yes')).code).toBe(1);
  expect(readdirSync(join(cwd, 'plans'))).toEqual([`mine.${ending}`]);
  expect((await run('init mine', `${enter}yes\n`)).code).toBe(0);
  expect(read(`plans/mine.${ending}`)).toContain('plan: mine');
  expect((await run(`validate plans/mine.${ending}`)).code).toBe(0);
});

test('everything can be answered by options, and then nothing is asked', async () => {
  const options = [
    '--time-zone',
    'Europe/Berlin',
    '--dashboard=https://grafana.example.com/d/1?a=b',
    '--name-column',
    'key',
    '--exposure-column',
    'percent',
    '--switch-column=none',
    '--updated-at-column',
    'changed_at',
    '--scale',
    '10000',
    '--critical',
    '3',
    '--warning=2',
    '--stages',
    '5, 100',
    '--title',
    'Big launch',
  ];
  const { code, output } = await runCli(['init', 'big', ...options, '--yes'], { cwd });
  expect({ code, first: output.split('\n')[0] }).toEqual({ code: 0, first: 'Wrote plans/big.yml. Next:' });
  for (const line of [
    'title: "Big launch"',
    'timezone: Europe/Berlin #',
    'links: # shown with every stage and every incident\n  dashboard: "https://grafana.example.com/d/1?a=b"\n\n',
    'rows: { key: ["BIG"] }',
    'columns: { exposure: percent, updated_at: changed_at }',
    'scale: 10000 #',
    'warning: { above: 2 } #',
    'critical: { above: 3 } #',
  ])
    expect(read('plans/big.yml')).toContain(line);
  expect((await run('validate plans/big.yml')).output).toContain('ok (2 stages, 1 check');
});

test.each([
  [
    '--time-zone Europe/Berln',
    '--time-zone: expected a time zone such as Europe/Berlin, found "Europe/Berln"; did you mean Europe/Berlin?',
  ],
  ['--critical 2 --warning 2', '--critical: expected a warning that comes before critical'],
  ['--critical many', '--critical: expected a number, found "many"'],
  ['--critical', '--critical: expected an answer, found none'],
  ['--critical 2 --critical=3', '--critical is there twice'],
  ['--dashboard example.com', '--dashboard: expected an http or https address'],
  ['--exposure-column none --switch-column none', 'expected exposure, enabled or both, found neither'],
  ['--target http --table flags', '--table does not go with the other answers (target http, probe http)'],
  ['--exposure-column none --stages 50', '--stages does not go with the other answers (target postgres, probe http)'],
  ['--yes=no', 'there is no option --yes=no'],
])('init --yes %s is refused with the option that is wrong', async (options, said) => {
  const { code, output } = await run(`init shop --yes ${options}`);
  expect(code).toBe(2);
  expect(output).toContain(`rollout init: `);
  expect(output).toContain(said);
  expect(readdirSync(cwd)).toEqual([]);
});

test.each(['init Mine', 'init a b', 'init -y'])('%s is not understood', async (words) => {
  const { code, output } = await run(words);
  expect(code).toBe(2);
  expect(output).toMatch(/^rollout init: (expected|there is no option)/);
  expect(readdirSync(cwd)).toEqual([]);
});

test('a folder that cannot be written is said as that, and not as a database that is away', async () => {
  writeFileSync(join(cwd, 'plans'), '');
  const { code, output } = await run('init shop --yes');
  expect(code).toBe(1);
  expect(output).toMatch(/^plans\/shop\.yml cannot be written \(E[A-Z]+\)\./);
  expect(output).not.toContain('database');
});
