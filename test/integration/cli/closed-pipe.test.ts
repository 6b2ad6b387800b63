/** `rollout … | head`: whoever reads goes away in the middle. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyFolder } from '../../cli/command.js';
import { built } from '../../support/build.js';
import { PLAN } from './world.js';

const UNREACHABLE = 'postgres://a:b@127.0.0.1:1/x';

test.each([
  ['help', 0],
  ['validate broken.yml', 1],
  ['validate --live shop.yml', 1],
  ['doctor', 1],
  ['init other --yes', 0],
  ['list', 1],
  ['rollback shop', 1],
  ['completion bash', 0],
])('“%s” ends by what it did, without a word about the pipe', async (typed, code) => {
  const cwd = emptyFolder();
  writeFileSync(join(cwd, 'shop.yml'), PLAN);
  writeFileSync(join(cwd, 'broken.yml'), 'plan: x\n');
  const env = { PATH: process.env.PATH ?? '', DATABASE_URL: UNREACHABLE, FLAGS_URL: UNREACHABLE, PLANS_DIR: cwd };
  const child = spawn(process.execPath, [built('src/cli.js'), ...typed.split(' ')], { cwd, env });
  child.stdout.destroy();
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = await new Promise((resolve) => child.on('close', (status, signal) => resolve(signal ?? status)));
  expect(said).not.toMatch(/EPIPE|node:|at .*\.js/);
  expect(ended).toBe(code);
});
