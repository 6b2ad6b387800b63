import { execSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { TERMINAL } from '../integration/bare/tutorial.js';
import { type Ended, emptyFolder, runCli } from './command.js';

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
  ['90 s', 'bake: "90 s", check_every: 4s,'],
  ['10s', 'bake: 10s, check_every: 1s,'],
])('a bake of %s is long enough for the rhythm of its checks', async (bake, written) => {
  await run('init short', `${'\n'.repeat(13)}${bake}\n`);
  expect(read('plans/short.yml')).toContain(written);
  expect((await run('validate plans/short.yml')).code).toBe(0);
});

test('the schema comes with it, so that an editor helps at once', async () => {
  await run('init --yes');
  expect(read('plans/my-change.yml')).toMatch(/^# yaml-language-server: \$schema=\.\/plan\.schema\.json\n/);
  const shipped = readFileSync(new URL('../../plans/plan.schema.json', import.meta.url), 'utf8');
  expect(read('plans/plan.schema.json')).toBe(shipped);
});

test('--yes asks nothing; a name may stand behind init', async () => {
  const { code, output } = await run('init checkout --yes', 'this-is-not-read\n');
  expect({ code, first: output.split('\n')[0] }).toEqual({ code: 0, first: 'Wrote plans/checkout.yml. Next:' });
});

test('it writes into PLANS_DIR', async () => {
  const ended = await runCli(['init', '--yes'], { cwd, env: { PLANS_DIR: 'deep/er' } });
  expect(ended.code).toBe(0);
  expect(readdirSync(join(cwd, 'deep/er')).sort()).toEqual(['my-change.yml', 'plan.schema.json']);
});

test.each(['yml', 'yaml'])('a file that is there is not written over unless that is said (.%s)', async (ending) => {
  mkdirSync(join(cwd, 'plans'));
  writeFileSync(join(cwd, `plans/mine.${ending}`), 'mine');
  const enter = '\n'.repeat(14);
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

test.each(['init Mine', 'init a b', 'init -y'])('%s is not understood', async (words) => {
  const { code, output } = await run(words);
  expect(code).toBe(2);
  expect(output).toMatch(/^rollout init: (expected|there is no option)/);
  expect(readdirSync(cwd)).toEqual([]);
});
