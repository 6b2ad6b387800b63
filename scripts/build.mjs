#!/usr/bin/env node
// Builds dist/ (what is installed and run) and, with --all, build/ (the sandbox, the tests' child processes).
// --if-needed: without a compiler (an install that leaves development packages out) keep the dist that is there.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);
const flags = new Set(process.argv.slice(2));

function compiler() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  } catch {
    return undefined;
  }
}

const tsc = compiler();
if (!tsc) {
  if (flags.has('--if-needed') && existsSync(at('dist', 'main.js'))) process.exit(0);
  console.error(
    'rollout-bot: no dist/ and no TypeScript compiler to make it; run npm install with development packages once.',
  );
  process.exit(1);
}

function compile(project, out) {
  if (out === 'dist') rmSync(at(out), { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, [tsc, '-p', at(project)], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

if (flags.has('--all')) {
  compile('tsconfig.json', 'build');
  cpSync(at('src/store/migrations'), at('build/src/store/migrations'), { recursive: true });
  cpSync(at('sandbox/slack/page/static'), at('build/sandbox/slack/page/static'), { recursive: true });
} else {
  compile('tsconfig.build.json', 'dist');
  cpSync(at('src/store/migrations'), at('dist/store/migrations'), { recursive: true });
  if (existsSync(at('dist/cli.js'))) chmodSync(at('dist/cli.js'), 0o755);
}
