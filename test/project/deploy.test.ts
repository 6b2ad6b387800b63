/** What is in deploy/ fits the project: paths, commands, variables. Nothing is built or started here. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ROOT } from './sources.js';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));
const install = read('docs/how-to/install.md');

describe('the container file', () => {
  const text = read('deploy/Containerfile').replaceAll('\\\n', ' ');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const of = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));

  test('copies only what is there, or what an earlier stage made', () => {
    const stages = of('FROM').flatMap((from) => / AS (\w+)$/.exec(from)?.[1] ?? []);
    const copies = of('COPY').map((copy) => copy.split(' '));
    expect(copies.length).toBeGreaterThan(5);
    for (const [first = '', ...rest] of copies) {
      if (first.startsWith('--from=')) expect(stages).toContain(first.slice('--from='.length));
      else for (const path of [first, ...rest].slice(0, -1)) expect(existsSync(join(ROOT, path)), path).toBe(true);
    }
  });

  test('installs as the README says and starts as npm start does', () => {
    expect(read('README.md')).toContain('npm ci');
    expect(of('RUN')).toEqual(['npm ci', 'npm ci --omit=dev --ignore-scripts']);
    const commands = of('CMD').map((command): unknown => JSON.parse(command));
    expect(commands.at(-1)).toEqual(scripts.start?.split(' '));
  });

  test('builds what the build script needs, runs Node 20 and is not root', () => {
    const build = text.slice(0, text.indexOf('AS packages'));
    for (const [, name] of read('scripts/build.mjs').matchAll(/'(tsconfig[\w.]*\.json)'/g))
      expect(build).toContain(name);
    expect(of('FROM').every((from) => from.includes('node:20'))).toBe(true);
    expect(of('USER')).toEqual(['node']);
    expect(lines.findIndex((line) => line.startsWith('USER'))).toBeLessThan(
      lines.findIndex((line) => line.startsWith('CMD')),
    );
  });

  test('is asked whether it is blocked, not whether its database answers: nobody ends it for that', () => {
    expect(text).toContain('/healthz');
    expect(text).not.toContain('/readyz');
    expect(of('EXPOSE')).toEqual(['3000']);
  });
});

describe('the service', () => {
  const text = read('deploy/rollout-bot.service');
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1] ?? '';

  test('starts as npm start does, as its own user, for ever', () => {
    expect(value('ExecStart')).toBe(`/usr/bin/${scripts.start}`);
    expect(value('User')).toBe('rollout-bot');
    expect(value('Restart')).toBe('always');
  });

  test('names the places that the install page makes', () => {
    for (const place of [value('WorkingDirectory'), value('EnvironmentFile'), 'deploy/rollout-bot.service']) {
      expect(install).toContain(place);
    }
  });

  const analyze = spawnSync('systemd-analyze', ['--version']).status === 0;

  test.skipIf(!analyze)('is what systemd accepts, and leaves the bot little', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rollout-unit-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const unit = join(folder, 'rollout-bot.service');
    // Where Node and the bot are on this machine is not what is judged.
    const here = text.replace('/usr/bin/node', process.execPath).replaceAll('/opt/rollout-bot', ROOT);
    writeFileSync(unit, here);
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' });
    expect({ status, said: stderr.split('\n').filter((line) => line.includes('rollout-bot.service')) }).toEqual({
      status: 0,
      said: [],
    });
    const security = execFileSync('systemd-analyze', ['security', '--offline=true', unit], { encoding: 'utf8' });
    const [, exposure = '10'] = /Overall exposure level for rollout-bot\.service: ([\d.]+)/.exec(security) ?? [];
    expect(Number(exposure), security).toBeLessThan(2);
  });
});

describe('the install page', () => {
  test('types only commands there are', () => {
    const typed = [...install.matchAll(/npx --no rollout (\w+)/g)].map((match) => match[1]);
    const verbs = read('src/cli.ts');
    expect(typed.length).toBeGreaterThan(2);
    for (const verb of typed) expect(verbs).toContain(`case '${verb}'`);
    for (const [, script = ''] of install.matchAll(/npm (?:run )?(start|test|sandbox|demo)\b/g))
      expect(scripts).toHaveProperty(script);
  });

  test('names only files there are', () => {
    const files = [...install.matchAll(/`((?:manifest|deploy|plans|\.env)[\w./-]*\.?[\w-]*)`/g)].map(
      ([, file = '']) => file,
    );
    expect(files.length).toBeGreaterThan(3);
    expect(files.filter((file) => file !== '.env' && !existsSync(join(ROOT, file)))).toEqual([]);
  });
});
