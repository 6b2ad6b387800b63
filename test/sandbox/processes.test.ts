import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { isAlive } from '../../sandbox/lock-file.js';
import { type Child, SandboxRunningError, sandboxLock, startChild } from '../../sandbox/processes.js';

/** Runs a Node script; its lines are collected as they come. */
function run(
  script: string,
  args: string[] = [],
): { child: Child; lines: string[]; line: (text: string) => Promise<void> } {
  const lines: string[] = [];
  const child = startChild({
    name: 'script',
    command: process.execPath,
    args: ['-e', script, '--', ...args],
    env: { ONLY: 'this' },
    onLine: (line, stream) => lines.push(`${stream} ${line}`),
  });
  onTestFinished(async () => {
    await child.kill();
  });
  const line = (text: string) => vi.waitFor(() => expect(lines).toContain(text), { timeout: 60_000, interval: 10 });
  return { child, lines, line };
}

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'processes-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

test('every line arrives before the end does, with the stream it came from', async () => {
  const { child, lines } = run(
    `console.log('one\\ntwo'); console.error('three'); process.stdout.write('no line end'); process.exitCode = 3`,
  );
  expect(await child.exited).toEqual({ code: 3, signal: null });
  expect(lines.sort()).toEqual(['stderr three', 'stdout no line end', 'stdout one', 'stdout two']);
});

test('a child gets the environment it was given and no more', async () => {
  const { child, lines } = run(`console.log(process.env.ONLY, process.env.HOME ?? 'nothing else')`);
  await child.exited;
  expect(lines).toEqual(['stdout this nothing else']);
});

test('stopping lets a child finish what it does', async () => {
  const { child, lines, line } = run(
    `process.on('SIGTERM', () => { console.log('closing'); process.exit(0) }); setInterval(() => {}, 1e6); console.log('ready')`,
  );
  await line('stdout ready');
  expect(await child.stop()).toEqual({ code: 0, signal: null });
  expect(lines).toContain('stdout closing');
  expect(await child.stop()).toEqual({ code: 0, signal: null });
});

test('a child that does not listen is killed when its time is up', async () => {
  const { child, line } = run(`process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6); console.log('ready')`);
  await line('stdout ready');
  expect(await child.stop(50)).toEqual({ code: null, signal: 'SIGKILL' });
});

const parent = `
  const { spawn } = require('node:child_process');
  const own = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1e6)'], { stdio: ['ignore', 'pipe', 'ignore'] });
  own.stdout.once('data', () => console.log(own.pid));`;

test.each([
  ['is stopped', `${parent} setInterval(() => {}, 1e6)`, (child: Child) => child.stop()],
  ['is killed', `${parent} setInterval(() => {}, 1e6)`, (child: Child) => child.kill()],
  [
    'ends by itself',
    `${parent} own.stdout.once('data', () => setImmediate(() => process.exit(0)))`,
    (child: Child) => child.exited,
  ],
])('what a child started ends with it when it %s', async (_how, script, end) => {
  const { child, lines } = run(script);
  await vi.waitFor(() => expect(lines).toHaveLength(1), { timeout: 60_000, interval: 10 });
  const grandchild = Number(lines[0]?.split(' ')[1]);
  await end(child);
  await expect.poll(() => isAlive(grandchild)).toBe(false);
});

test('a program that does not exist is an end with a reason', async () => {
  const child = startChild({ name: 'none', command: '/nowhere/at/all', args: [], env: {}, onLine: () => undefined });
  expect(child.pid).toBeUndefined();
  expect(await child.exited).toMatchObject({ code: null, error: { message: expect.stringContaining('ENOENT') } });
  await child.stop();
});

test('a second sandbox on the same data is refused by process and address', async () => {
  const dir = join(folder(), 'data');
  const lock = sandboxLock(dir);
  lock.setAddress('http://127.0.0.1:4000');
  expect(() => sandboxLock(dir)).toThrow(SandboxRunningError);
  expect(() => sandboxLock(dir)).toThrow(`at http://127.0.0.1:4000 (process ${process.pid})`);
  lock.release();
  sandboxLock(dir).release();
});

test('the lock of a killed sandbox is taken over', async () => {
  const dir = folder();
  const { child, line } = run(`setInterval(() => {}, 1e6); console.log('ready')`);
  await line('stdout ready');
  writeFileSync(join(dir, 'sandbox.lock'), JSON.stringify({ pid: child.pid, note: 'http://old', born: '' }));
  expect(() => sandboxLock(dir)).toThrow(`at http://old (process ${child.pid})`);
  await child.kill();
  sandboxLock(dir, 'http://new');
  expect(() => sandboxLock(dir)).toThrow(`at http://new (process ${process.pid})`);
});

test('a lock whose process id was given to another process is taken over', () => {
  const dir = folder();
  const before = { pid: process.pid, note: '', born: 'another boot:1' };
  writeFileSync(join(dir, 'sandbox.lock'), JSON.stringify(before));
  sandboxLock(dir).release();
});

test('a lock that was lost is not taken from its new holder', () => {
  const dir = folder();
  const lost = sandboxLock(dir, 'lost');
  const other = JSON.stringify({ pid: 1, note: 'other', born: '' });
  writeFileSync(join(dir, 'sandbox.lock'), other);
  lost.setAddress('mine');
  lost.release();
  expect(readFileSync(join(dir, 'sandbox.lock'), 'utf8')).toBe(other);
});
