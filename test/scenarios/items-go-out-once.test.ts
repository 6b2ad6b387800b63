import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { type RunningApp, startApp } from '../../src/app.js';
import type { CrashPoint } from '../../src/crash-points.js';
import { SHOP, WHO } from '../support/scene.js';
import { openRoom, planText, type Room } from './room.js';

const SOON = { timeout: 60_000 };

let room: Room;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'once-'));
});
afterEach(async () => {
  await room.close();
  await rm(folder, { recursive: true, force: true });
});

/** A program of the team; each of its runs leaves a line in a file. */
async function program(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\necho ran >> ${join(folder, 'ran')}\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

async function ran(): Promise<number> {
  const text = await readFile(join(folder, 'ran'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line === 'ran').length;
}

/** With this item to leave the first stage. `at`: what happens, once, when the bot comes past this point with it. */
async function open(item: string, at?: Partial<Record<CrashPoint, () => Promise<void>>>): Promise<void> {
  const plan = planText().replace('stage: early,', `stage: early, exit: [${item}],`);
  const ahead = { ...at };
  const onCrashPoint = async (step: CrashPoint) => {
    const happens = ahead[step];
    delete ahead[step];
    await happens?.();
  };
  room = await openRoom({ transport: 'http', plan, onCrashPoint });
  await room.command(WHO.opal, 'start new-checkout');
}

/** Another process on the same database. */
async function another(more: { programDirs?: readonly string[] } = {}): Promise<RunningApp> {
  const app = await startApp({ ...room.config, ...more, port: 0 }, { log: pino({ level: 'silent' }) });
  onTestFinished(() => app.close());
  return app;
}

async function item(): Promise<{ state: string; note: string } | undefined> {
  const { rows } = await room.db.query<{ state: string; note: string }>('select state, note from items');
  return rows[0];
}

async function becomes(state: string): Promise<string> {
  const now = async () => {
    await room.settle();
    return (await item())?.state;
  };
  await expect.poll(now, SOON).toBe(state);
  return (await item())?.note ?? '';
}

async function rollsBack(): Promise<void> {
  await room.slack.command({ user: WHO.opal, channel: SHOP, text: 'rollback it is broken' });
  await vi.waitFor(async () => expect(await room.phase()).toMatch(/^roll(?:ing|ed)_back$/), SOON);
}

test('one whose rollout was rolled back between its claim and its begin is taken back, and does not run', async () => {
  const deploy = await program('deploy', '');
  await open(`{ run: [${deploy}], name: deploy }`, { FP20: rollsBack });
  await room.passUntil('it is taken back', async () => (await item())?.state === 'open');
  await room.passUntil('it is over', async () => (await room.phase()) === 'rolled_back');
  expect(await ran()).toBe(0);
});

test('one that is asked until it holds is not asked any more when its list was closed', async () => {
  const gate = await program('gate', 'echo "still warm" >&2; exit 1');
  await open(`{ run: [${gate}], name: gate, within: 2h }`);
  await room.passUntil('it was asked', async () => (await ran()) >= 2);
  await rollsBack();
  await room.settle();
  const before = await ran();
  await room.passUntil('it is not asked any more', async () => (await item())?.state === 'failed');
  expect((await item())?.note).toMatch(/exited with 1: still warm; not asked again, since its list was closed$/);
  expect(await ran()).toBe(before);
});

/** As when a process stands still for so long that the database has ended its session. */
async function isLost(): Promise<void> {
  await room.db.query(
    `update effects set state = 'pending', claimed_by = null, lease_until = null, fence = fence + 1 where kind = 'item' and state = 'claimed'`,
  );
}

test('whoever lost it to another process before it began leaves it to that one', async () => {
  const deploy = await program('deploy', `while [ ! -f ${join(folder, 'go')} ]; do sleep 0.05; done`);
  const lost = async () => {
    await isLost();
    const other = await another();
    await other.tick();
    await expect.poll(ran, SOON).toBe(1);
  };
  await open(`{ run: [${deploy}], name: deploy, repeatable: true }`, { FP20: lost });
  await room.passUntil('it runs', async () => (await ran()) === 1);
  await room.app.settle();
  expect(await item()).toMatchObject({ state: 'running' });
  await writeFile(join(folder, 'go'), '');
  await expect.poll(item, SOON).toMatchObject({ state: 'done' });
  expect(await ran()).toBe(1);
});

test('the late answer of whoever lost it settles what the other could not know', async () => {
  const deploy = await program('deploy', '');
  const seen: unknown[] = [];
  const lost = async () => {
    await isLost();
    const other = await another();
    await other.tick();
    await expect.poll(async () => (await item())?.state, SOON).not.toBe('running');
    seen.push(await item());
  };
  await open(`{ run: [${deploy}], name: deploy }`, { FP22: lost });
  await room.passUntil('it is settled', async () => (await item())?.state === 'done');
  expect(seen).toEqual([{ state: 'unknown', note: expect.stringContaining('nobody knows how it went') }]);
  expect(await ran()).toBe(1);
});

test('a look that finds nothing out is no reason to say that it was not done', async () => {
  const deploy = await program('deploy', 'sleep 30');
  await open(`{ run: [${deploy}], name: deploy, timeout: 1s, verify: { run: [/nowhere/look] } }`);
  await room.passUntil('it runs', async () => (await ran()) === 1);
  expect(await becomes('unknown')).toMatch(/looking at it afterwards did not say: .*no such program/);
  expect(await ran()).toBe(1);
  // Whoever has looked says which of the three it is.
  await room.pass(4_000);
  expect(room.transcript()).toMatch(/\[ Done \]\n\[ Run again \]\n\[ Failed… \]/);
});

test('where one of two replicas has the program: it fails on the other and says why, and may be run again', async () => {
  const deploy = await program('deploy', '');
  const plan = planText().replace('stage: early,', `stage: early, exit: [{ run: [${deploy}], name: deploy }],`);
  room = await openRoom({ transport: 'http', plan });
  await room.command(WHO.opal, 'start new-checkout');
  await room.stop();
  await mkdir(join(folder, 'empty'));
  const without = await another({ programDirs: [join(folder, 'empty')] });
  const failed = async () => {
    await room.db.query(`update test_clock set at = at + interval '5 seconds'`);
    await without.tick();
    return (await item())?.state;
  };
  await expect.poll(failed, SOON).toBe('failed');
  expect((await item())?.note).toBe(`${deploy} cannot be started: it is in none of the folders of PROGRAM_DIRS`);
  expect(await ran()).toBe(0);
  // Both are there. Whoever is asked does it, here the one that has it.
  await room.restart();
  await room.command(WHO.opal, 'run deploy');
  await becomes('done');
  expect(await ran()).toBe(1);
});

test('one that is asked until it holds is asked while nothing else is due', async () => {
  const gate = await program('gate', `test "$(grep -c ran ${join(folder, 'ran')})" -ge 3`);
  const plan = planText().replace('stages:', `before: [{ run: [${gate}], name: gate, within: 2m }]\nstages:`);
  room = await openRoom({ transport: 'http', plan });
  await room.command(WHO.opal, 'start new-checkout');
  expect(await room.phase()).toBe('planned');
  await room.passUntil('it was asked', async () => (await ran()) >= 1);
  for (const count of [2, 3]) {
    await room.pass(11_000, 11_000);
    await expect.poll(ran, SOON).toBe(count);
  }
  await becomes('done');
});
