/** The Slack CLI's side, played by a test: it asks for the hooks, then runs them as they were told. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from './sources.js';

/** As the CLI does: split at spaces, with its flags behind. */
function hook(
  command: string,
  options: { flags?: readonly string[]; cwd?: string; env?: Record<string, string> } = {},
) {
  const [program = '', ...words] = command.split(' ');
  const args = [...words, ...(options.flags ?? [])];
  const ran = spawnSync(program, args, {
    cwd: options.cwd ?? ROOT,
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: process.env.PATH, ...options.env },
  });
  return { ...ran, output: `${ran.stdout}${ran.stderr}` };
}

const { hooks }: { hooks: Record<string, string> } = JSON.parse(readFileSync(join(ROOT, '.slack/hooks.json'), 'utf8'));
const told = () => JSON.parse(hook(hooks['get-hooks'] ?? '').stdout);

test('it says which hooks there are, and that the bot connects by itself', () => {
  expect(Object.keys(told().hooks).sort()).toEqual(['get-manifest', 'start']);
  expect(told()).toMatchObject({
    runtime: 'node',
    config: { 'protocol-version': ['message-boundaries'], 'sdk-managed-connection-enabled': true },
  });
});

test('the manifest is manifest.yml as JSON, between the boundaries that are asked for', () => {
  const manifest = parse(readFileSync(join(ROOT, 'manifest.yml'), 'utf8'));
  const command = told().hooks['get-manifest'];
  expect(JSON.parse(hook(command).stdout)).toEqual(manifest);
  const { stdout } = hook(command, { flags: ['--source=local', '--protocol=message-boundaries', '--boundary=abc123'] });
  expect(stdout.split('abc123')).toHaveLength(3);
  expect(JSON.parse(stdout.split('abc123')[1] ?? '')).toEqual(manifest);
});

test('start runs the bot with the tokens of the CLI', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'rollout-hook-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const command = told().hooks.start.replace('scripts/', join(ROOT, 'scripts/'));
  const bare = hook(command, { cwd });
  expect(bare.status).toBe(1);
  expect(bare.output).toContain('SLACK_BOT_TOKEN: ');
  const { status, output } = hook(command, { cwd, env: { SLACK_CLI_XOXB: 'xoxb-1', SLACK_CLI_XAPP: 'xapp-1' } });
  expect(status).toBe(1);
  expect(output).toContain('DATABASE_URL: ');
  expect(output).not.toMatch(/SLACK_(?:BOT|APP)_TOKEN: /);
});

test('another hook is refused', () => {
  expect(hook('node scripts/slack-hook.mjs deploy')).toMatchObject({ status: 1, stdout: '' });
});
