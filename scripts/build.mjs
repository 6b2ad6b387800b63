#!/usr/bin/env node
// Builds dist/ (what is installed and run) and, with --all, build/ (the sandbox, and what tests load and start).
// Nothing is done when nothing changed. A build is made aside and put in place whole, so that a process that starts
// meanwhile never loads half of it. --if-needed: without a compiler (an install that leaves development packages out)
// keep the dist that is there.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);
/** Said here too, since an older Node cannot run the compiler either: `engines` of package.json is a warning for npm. */
function refuseOldNode() {
  const { engines } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  const needed = engines.node.replace('>=', '');
  const numbers = (version) => version.split('.').map(Number);
  const [major, minor] = numbers(process.versions.node);
  const [neededMajor, neededMinor] = numbers(needed);
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return;
  console.error(`rollout-bot needs Node ${needed} or later; this is ${process.versions.node}.`);
  process.exit(1);
}

refuseOldNode();

const flags = new Set(process.argv.slice(2));
const MIGRATIONS = 'src/store/migrations';
const PAGE = 'sandbox/slack/page/static';
/** Programs that tests start. An error of types in a test itself stops no other test. */
const PROGRAMS = ['test/kill/bot.ts', 'test/programs/bot.ts', 'test/store/claimer.ts'];
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 };
const STILL_MS = 4_000;

function compiler() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  } catch {
    return undefined;
  }
}

/** Names, sizes and times of everything a build is made from. */
function fingerprint(folders) {
  const hash = createHash('sha256');
  const walk = (path) => {
    const stat = statSync(path);
    if (stat.isDirectory()) for (const name of readdirSync(path).sort()) walk(join(path, name));
    else hash.update(`${path}:${stat.size}:${stat.mtimeMs}\n`);
  };
  for (const each of [
    ...folders,
    'tsconfig.json',
    'tsconfig.all.json',
    'tsconfig.build.json',
    'package.json',
    'scripts/build.mjs',
  ].map((name) => at(name))) {
    if (existsSync(each)) walk(each);
  }
  return hash.digest('hex');
}

async function build({ out, project, folders, copies, finish }) {
  const stamp = fingerprint(folders);
  const stampFile = at(out, '.made-from');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  // To the other stream: what a command prints is its own.
  console.error(`rollout-bot: building ${out}/, which takes some seconds …`);
  const aside = at('node_modules', `.${out}-${process.pid}`);
  const status = await compile(project, aside, out);
  if (status !== 0) {
    rmSync(aside, { recursive: true, force: true });
    process.exit(status);
  }
  for (const [from, to] of copies) cpSync(at(from), join(aside, to), { recursive: true });
  finish?.(aside);
  writeFileSync(join(aside, '.made-from'), stamp);
  const old = at('node_modules', `.${out}-${process.pid}-old`);
  mkdirSync(at(out), { recursive: true });
  renameSync(at(out), old);
  renameSync(aside, at(out));
  rmSync(old, { recursive: true, force: true });
}

/** Runs the compiler to its end; answers its exit code, or 128 and the signal that ended this build. Never silent for long. */
function compile(project, aside, out) {
  // In a group of its own, so that the compiler's own children end with it.
  const child = spawn(process.execPath, [tsc, '-p', at(project), '--outDir', aside], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  let stopped = 0;
  const stop = (code) => {
    stopped ||= code;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  };
  for (const [signal, number] of Object.entries(SIGNALS)) process.on(signal, () => stop(128 + number));
  const began = Date.now();
  const say = setInterval(
    () => console.error(`rollout-bot: still building ${out}/ (${Math.round((Date.now() - began) / 1_000)} s) …`),
    STILL_MS,
  );
  // A signal to npm or a shell ends those, and is not handed on.
  const parent = process.ppid;
  const look = setInterval(() => process.ppid !== parent && stop(128 + SIGNALS.SIGTERM), 500);
  return new Promise((done) => {
    child.on('error', () => done(1));
    child.on('close', (code) => {
      clearInterval(say);
      clearInterval(look);
      done(stopped || (code ?? 1));
    });
  });
}

const tsc = compiler();
if (!tsc) {
  if (flags.has('--if-needed') && existsSync(at('dist', 'main.js'))) process.exit(0);
  console.error(
    'rollout-bot: no dist/ and no TypeScript compiler to make it; run npm install with development packages once.',
  );
  process.exit(1);
}

if (flags.has('--all')) {
  await build({
    out: 'build',
    project: 'tsconfig.all.json',
    folders: ['src', 'sandbox', 'bench', ...PROGRAMS],
    copies: [
      [MIGRATIONS, MIGRATIONS],
      [PAGE, PAGE],
    ],
  });
} else {
  await build({
    out: 'dist',
    project: 'tsconfig.build.json',
    folders: ['src'],
    copies: [[MIGRATIONS, 'store/migrations']],
    finish: (aside) => chmodSync(join(aside, 'cli.js'), 0o755),
  });
}
