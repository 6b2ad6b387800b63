import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { runCli } from '../../cli/command.js';
import { openWorld, PLAN, type World } from './world.js';

let world: World;

beforeEach(async () => {
  world = await openWorld();
});

const file = () => join(world.plans, 'shop.yml');
const live = (env: Record<string, string> = {}) =>
  runCli(['validate', '--live', file()], { env: { ...world.env, ...env } });

test('it reads every check and target once, names who holds each role, and shows what would happen when', async () => {
  const { code, lines, output } = await live();
  expect(code).toBe(0);
  expect(lines[0]).toBe(`${file()}: ok (2 stages, 1 check)`);
  expect(output).toContain('\n    Error rate 0.4 % (warning above 5 %, critical above 10 %) pass\n');
  expect(output).toMatch(/\n {4}flag 0 %/);
  expect(output).toContain('\n    #shop is C0SHOP, the bot is in it\n');
  expect(output).toContain('\n    operators: opal and oscar\n');
  expect(output).toContain('\n    engineering-lead: lea and lou\n');
  expect(output).toMatch(
    /\n {4}1\. 50 % · half: bakes 1 h, over \w{3} \d+ \w{3} \d\d:\d\d at the earliest; approved by engineering-lead\n/,
  );
  expect(world.slack.messages('C0SHOP')).toEqual([]);
});

test('without a bot token it says that nobody was looked up, and shows the rest', async () => {
  const { code, output } = await live({ SLACK_BOT_TOKEN: '' });
  expect(code).toBe(0);
  expect(output).toContain('SLACK_BOT_TOKEN is not set: channel and people were not looked up');
  expect(output).toContain('pass');
});

test('what cannot be read or is not known is told, and it ends with 1', async () => {
  world.slack.disableGroup('S0LEADS');
  writeFileSync(file(), PLAN.replace('"#shop"', '"#nowhere"'));
  const { code, output } = await live({ METRICS_URL: 'http://127.0.0.1:1', FLAGS_URL: '' });
  expect(code).toBe(1);
  expect(output).toMatch(/Error rate no number: .+ \(unreachable\)/);
  expect(output).toContain('flag cannot be read: FLAGS_URL is not set');
  expect(output).toContain('#nowhere: not usable');
  expect(output).toContain('@engineering-lead of engineering-lead is not known to Slack');
});

test('a file that is wrong is told as ever, and the others are shown', async () => {
  const broken = join(world.plans, 'broken.yml');
  writeFileSync(broken, PLAN.replace('plan: shop', 'plan: broken').replace('bake: 1h', 'bake: long'));
  const { code, output } = await runCli(['validate', '--live', broken, file()], { env: world.env });
  expect(code).toBe(1);
  expect(output).toMatch(/broken\.yml:\d+:\d+ stages\[0\]\.bake: expected a duration/);
  expect(output).toContain('Error rate 0.4 %');
});

test('without --live nothing is asked of anybody', async () => {
  const before = world.slack.calls.length;
  const { code, output } = await runCli(['validate', file()], {
    env: { ...world.env, METRICS_URL: 'http://127.0.0.1:1' },
  });
  expect(code).toBe(0);
  expect(output).toContain(`${file()}: ok (2 stages, 1 check)\n`);
  expect(output).not.toContain('Error rate');
  expect(world.slack.calls.length).toBe(before);
});

test('an option there is not, and no file, are told', async () => {
  expect(await runCli(['validate', '--life', file()])).toMatchObject({
    code: 2,
    output: expect.stringContaining('--life'),
  });
  expect(await runCli(['validate', '--live'])).toMatchObject({
    code: 2,
    output: expect.stringContaining('name one or more'),
  });
});

test('in a workspace without user groups it says so, and what to write instead', async () => {
  world.slack.workspace.isFree = true;
  const { code, output } = await live();
  expect(code).toBe(1);
  expect(output).toContain(
    'people: Slack says plan_upgrade_required; this workspace has no user groups; list people by id or e-mail address',
  );
});
