import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { isNewEnough, NEEDED_NODE } from '../src/programs/node-version.js';
import { built } from './support/build.js';

const run = promisify(execFile);

/** Put before a program: it finds itself on this Node. */
function on(version: string): string {
  const code = `Object.defineProperty(process.versions, 'node', { value: '${version}' })`;
  return `--import=data:text/javascript,${encodeURIComponent(code)}`;
}

describe('the version of Node', () => {
  test.each([
    ['18.20.8', false],
    ['20.0.0', false],
    ['20.18.3', false],
    ['20.19.0', true],
    ['20.20.2', true],
    ['22.3.0', true],
    ['100.0.0', true],
    ['9.99.99', false],
  ])('%s is new enough: %s', (version, expected) => {
    expect(isNewEnough(version)).toBe(expected);
  });

  test('is the one of package.json', () => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(engines.node).toBe(`>=${NEEDED_NODE}`);
  });

  test.each([
    ['the build, before it tries to compile', () => 'scripts/build.mjs'],
    ['the bot, before it loads a package', () => built('src/main.js')],
  ])('an old one is refused in one sentence by %s', async (_, program) => {
    const ran = run(process.execPath, [on('18.20.8'), program()], { env: { PATH: process.env.PATH } });
    await expect(ran).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: `rollout-bot needs Node ${NEEDED_NODE} or later; this is 18.20.8.\n`,
    });
  });
});
