import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAlive } from '../../sandbox/lock-file.js';
import { LONGEST_OUTPUT_BYTES } from '../../src/programs/outcome.js';
import { createPrograms, PROGRAM_PATH, type ProgramEnvironment } from '../../src/programs/run.js';
import { built } from '../support/build.js';

const patient = new AbortController().signal;
/** A new process takes its time on a busy machine. */
const PATIENCE = { timeout: 60_000 };

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'rollout-programs-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const run = (argv: readonly string[], surroundings: ProgramEnvironment = { env: {} }, timeoutMs = 5_000) =>
  createPrograms(surroundings).run(argv, { timeoutMs, signal: patient });
const sh = (script: string, env: Record<string, string> = {}, timeoutMs = 5_000) =>
  run(['sh', '-c', script], { env, cwd: dir }, timeoutMs);
const pidIn = (file: string) => Number.parseInt(readFileSync(join(dir, file), 'utf8'), 10);
/** The number a script writes once it runs. */
async function pidOf(file: string): Promise<number> {
  await expect.poll(() => existsSync(join(dir, file)) && pidIn(file) > 0, PATIENCE).toBe(true);
  return pidIn(file);
}

describe('what a program is given', () => {
  test('its words as they are: no shell reads them', async () => {
    const words = ['$HOME', '`id`', '; rm -rf /', '* | & >x', '-n', '', "it's", 'ö\n"'];
    const print = ['node', '-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', ...words];
    const outcome = await run([process.execPath, ...print.slice(1)]);
    expect(outcome).toMatchObject({ end: 'exited', status: 0 });
    expect(outcome.end === 'exited' && JSON.parse(outcome.stdout)).toEqual(words);
  });

  test('a path and the variables that were named, nothing else of the bot', async () => {
    const outcome = await run(['/usr/bin/env'], { env: { TOKEN: 'a b' } });
    expect(outcome).toMatchObject({ stdout: `PATH=${PROGRAM_PATH}\nTOKEN=a b\n` });
  });

  test('no input', async () => {
    expect(await run(['cat'])).toMatchObject({ status: 0, stdout: '' });
  });

  test('its directory, or the root', async () => {
    expect(await sh('pwd -P')).toMatchObject({ stdout: `${dir}\n` });
    expect(await run(['pwd'])).toMatchObject({ stdout: '/\n' });
  });
});

describe('how a program ends', () => {
  test('with the status of the program itself', async () => {
    expect(await sh('echo 1; exit 3')).toEqual({ end: 'exited', status: 3, stdout: '1\n', lastWords: '' });
  });

  test('by a signal', async () => {
    expect(await sh('kill -SEGV $$')).toMatchObject({ end: 'signalled', signal: 'SIGSEGV' });
  });

  test('before it began', async () => {
    writeFileSync(join(dir, 'text'), 'hello');
    expect(await run([join(dir, 'nothing')])).toEqual({ end: 'not_started', code: 'ENOENT' });
    expect(await run([join(dir, 'text')])).toEqual({ end: 'not_started', code: 'EACCES' });
    expect(await run(['pwd'], { env: {}, cwd: join(dir, 'nowhere') })).toEqual({ end: 'not_started', code: 'ENOENT' });
    expect(await run(['echo', 'a\0b'])).toEqual({ end: 'not_started', code: 'ERR_INVALID_ARG_VALUE' });
  });

  test('when it prints without end', async () => {
    expect(await run(['yes'])).toEqual({ end: 'too_much_output' });
    const exactly = await sh(`head -c ${LONGEST_OUTPUT_BYTES} /dev/zero | tr '\\0' x`);
    expect(exactly).toMatchObject({ end: 'exited', status: 0 });
    expect(exactly.end === 'exited' && exactly.stdout).toHaveLength(LONGEST_OUTPUT_BYTES);
  });

  test('when its time is over, with everything it started, also what closed all it had open', async () => {
    writeFileSync(join(dir, 'grandchild.sh'), 'echo $$ >grandchild; exec sleep 1000 <&- >&- 2>&-\n');
    const outcome = await sh(
      "sh grandchild.sh & while [ ! -s grandchild ]; do :; done; trap '' TERM; sleep 1000",
      {},
      500,
    );
    expect(outcome).toEqual({ end: 'timeout', afterMs: 500 });
    await expect.poll(() => isAlive(pidIn('grandchild')), PATIENCE).toBe(false);
  });

  test('when the caller gives up', async () => {
    const giveUp = new AbortController();
    const programs = createPrograms({ env: {}, cwd: dir });
    const argv = ['sh', '-c', 'echo $$ >pid; exec sleep 1000'];
    const outcome = programs.run(argv, { timeoutMs: 60_000, signal: giveUp.signal });
    const pid = await pidOf('pid');
    giveUp.abort();
    expect(await outcome).toEqual({ end: 'given_up' });
    expect(isAlive(pid)).toBe(false);
  });

  test('not at all when the caller gave up before: it is never started', async () => {
    const outcome = createPrograms({ env: {}, cwd: dir }).run(['touch', 'started'], {
      timeoutMs: 5_000,
      signal: AbortSignal.abort(),
    });
    expect(await outcome).toEqual({ end: 'given_up' });
    expect(existsSync(join(dir, 'started'))).toBe(false);
  });

  test('what it leaves running ends with it', async () => {
    const script =
      "sh -c 'echo $$ >left; sleep 1000; touch late' >/dev/null 2>&1 & while [ ! -s left ]; do :; done; echo 7";
    expect(await sh(script)).toMatchObject({ end: 'exited', status: 0, stdout: '7\n' });
    await expect.poll(() => isAlive(pidIn('left')), PATIENCE).toBe(false);
  });

  test('what it leaves running is no reason to wait, also when it holds the output', async () => {
    expect(await sh('sleep 1000 & echo 7')).toMatchObject({ end: 'exited', stdout: '7\n' });
  });

  test('what has left its group and holds its output is told', async () => {
    const script = "setsid sh -c 'echo $$ >left; exec sleep 1000' & while [ ! -s left ]; do :; done; echo 7";
    expect(await sh(script)).toEqual({ end: 'output_held' });
    process.kill(pidIn('left'), 'SIGKILL');
  });

  test('with the bot, when that is killed', async () => {
    const program = "sh -c 'echo $$ >grandchild; exec sleep 1000' & echo $$ >program; wait";
    const argv = ['sh', '-c', `cd ${dir}; ${program}`];
    const bot = spawn(process.execPath, [built('test/programs/bot.js'), ...argv], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(bot.stdout, 'data');
    const pids = [await pidOf('program'), await pidOf('grandchild')];
    expect(pids.map((pid) => isAlive(pid))).toEqual([true, true]);
    bot.kill('SIGKILL');
    await expect.poll(() => pids.map((pid) => isAlive(pid)), PATIENCE).toEqual([false, false]);
  });

  test('with all the others when they are closed', async () => {
    const programs = createPrograms({ env: {}, cwd: dir });
    const outcomes = ['a', 'b'].map((name) =>
      programs.run(['sh', '-c', `echo $$ >${name}; exec sleep 1000`], { timeoutMs: 60_000, signal: patient }),
    );
    const pids = [await pidOf('a'), await pidOf('b')];
    await programs.close();
    expect(await Promise.all(outcomes)).toEqual([{ end: 'given_up' }, { end: 'given_up' }]);
    expect(pids.map((pid) => isAlive(pid))).toEqual([false, false]);
  });
});
