/** What people start is ended by Ctrl-C, a hang-up or a supervisor, also half-way; nothing may stay behind. */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Program, startProgram } from '../sandbox/started-program.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const PATIENCE = { timeout: 60_000, interval: 20 };

/** Processes that were started with this in a word of theirs. */
function runningWith(text: string): string[] {
  const all = execFileSync('ps', ['-axo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return all.filter((line) => line.includes(text));
}

const TROUBLE = /error|ECONN|pool|terminat|\n\s+at /i;

const group = (signal: NodeJS.Signals) => (program: Program) => program.signalGroup(signal);
const leader = (signal: NodeJS.Signals) => (program: Program) => void process.kill(program.pid, signal);
const twice = (send: (program: Program) => void) => (program: Program) => {
  send(program);
  setImmediate(() => send(program));
};

describe('the sandbox', () => {
  test.each([
    ['Ctrl-C while Postgres starts', /Starting Postgres/, group('SIGINT'), 0],
    ['SIGTERM twice while the bot starts', /Starting the bot/, twice(leader('SIGTERM')), 0],
    ['a hang-up while Postgres starts', /Starting Postgres/, group('SIGHUP'), 0],
  ] as const)('ends with everything it started: %s', async (_how, when, send, code) => {
    const dir = mkdtempSync(join(tmpdir(), 'signals-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    chmodSync(dir, 0o711);
    const sandbox = startProgram('sandbox/main.js', [], { SANDBOX_DIR: dir, SANDBOX_PORT: '31000' });
    await sandbox.said(when);
    send(sandbox);
    expect(await sandbox.exited).toBe(code);
    expect(sandbox.output()).toMatch(/Stopping/);
    expect(sandbox.output()).not.toMatch(TROUBLE);
    expect(runningWith(dir)).toEqual([]);
    expect(existsSync(join(dir, 'sandbox.lock'))).toBe(false);
  });
});

describe('the demo', { concurrent: true }, () => {
  test.each([
    ['Ctrl-C, twice, in its first act', /types \/rollout start/, twice(group('SIGINT')), 130],
    ['SIGTERM while Postgres starts', /Starting Postgres/, leader('SIGTERM'), 143],
  ] as const)('ends with everything it started, and says only that: %s', async (_how, when, send, code) => {
    const demo = startProgram('sandbox/demo.js');
    await demo.said(when);
    send(demo);
    expect(await demo.exited).toBe(code);
    expect(demo.output()).not.toMatch(TROUBLE);
    expect(runningWith(`rollout-demo-${demo.pid}-`)).toEqual([]);
  });
});

describe('a run of the tests', () => {
  test.each([
    ['Ctrl-C, twice', 'SIGINT', 130],
    ['SIGTERM', 'SIGTERM', 143],
  ] as const)('that is ended by %s leaves no Postgres behind', async (_how, signal, code) => {
    const run = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'test/support/database.test.ts'], {
      cwd: root,
      detached: true,
      env: { PATH: process.env.PATH, HOME: process.env.HOME },
      stdio: 'ignore',
    });
    const { pid } = run;
    if (pid === undefined) throw new Error('the runner does not start');
    const prefix = `rollout-test-postgres-${pid}-`;
    const mine = () => readdirSync(tmpdir()).filter((name) => name.startsWith(prefix));
    const exited = new Promise((done) => run.once('exit', done));
    await vi.waitFor(() => expect(mine()).toHaveLength(1), PATIENCE);
    await vi.waitFor(() => expect(runningWith(prefix)).not.toEqual([]), PATIENCE);
    process.kill(signal === 'SIGINT' ? -pid : pid, signal);
    if (signal === 'SIGINT') setImmediate(() => process.kill(-pid, signal));
    expect(await exited).toBe(code);
    expect(mine()).toEqual([]);
    // What was killed may need a moment to be gone from the list.
    await vi.waitFor(() => expect(runningWith(prefix)).toEqual([]), PATIENCE);
  });
});
