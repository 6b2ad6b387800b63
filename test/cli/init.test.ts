import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
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
