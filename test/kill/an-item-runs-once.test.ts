import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { isAlive } from '../../sandbox/lock-file.js';
import { startApp } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import type { CrashPoint } from '../../src/crash-points.js';
import { built } from '../support/build.js';
import { checkLaws } from '../support/laws.js';
import { SHOP, WHO } from '../support/scene.js';
import { planOf } from './acts.js';
import { until } from './until.js';
import { openWorld, type World } from './world.js';

const RUN_MS = 120_000;

let folder: string;
let world: World;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'once-'));
});
afterEach(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

/** A program that leaves a line, and then does this. */
async function program(then: string): Promise<string> {
  const path = join(folder, 'deploy');
  await writeFile(path, `#!/bin/sh\necho ran >> ${join(folder, 'ran')}\n${then}\n`);
  await chmod(path, 0o755);
  return path;
}

async function ran(): Promise<number> {
  const text = await readFile(join(folder, 'ran'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line === 'ran').length;
}

/** A rollout whose first stage is left when this item is done; its bake passes. `step`: where the bot is killed. */
async function open(item: string, step: CrashPoint | null): Promise<void> {
  const plan = planOf('one').replace('exit: [{ run: ["true"], name: gate, repeatable: true }]', `exit: [${item}]`);
  // One that is never armed is not killed by the test; the program may do it.
  world = await openWorld({
    transport: 'http',
    plan,
    kill: step ? { step, when: 'first' } : { step: 'FP01', when: 'later' },
  });
  await world.bot.up();
  await world.slack.command({ user: WHO.opal, channel: SHOP, text: 'start new-checkout' });
}

/** The state of the item, once it is not one of these. */
async function settled(...passing: readonly string[]): Promise<string> {
  const look = async () => {
    await world.bot.up();
    const { rows } = await world.db.query<{ state: string }>('select state from items');
    const [row] = rows;
    return row && !passing.includes(row.state) ? row.state : null;
  };
  return until('the item is settled', look, () => world.bot.lastWords());
}

async function says(user: string, text: string): Promise<void> {
  await world.bot.up();
  await world.slack.command({ user, channel: SHOP, text });
}

/** The bot as people start it, in place of the one of the world. */
async function startMain(more: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const env = { PATH: process.env.PATH ?? '', ...world.env, ...more };
  const main = spawn(process.execPath, [built('src/main.js')], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  main.stdout.resume();
  onTestFinished(() => void main.kill('SIGKILL'));
  await world.slack.connected(1);
  return main;
}

const exposure = async () => {
  const { rows } = await world.flags.query<{ value: number }>(
    'select case when enabled then rollout_percentage else 0 end::float8 as value from feature_flags',
  );
  return rows[0]?.value;
};

/** How the items are, by their numbers. */
async function states(): Promise<string[]> {
  const { rows } = await world.db.query<{ state: string }>('select state from items order by no');
  return rows.map(({ state }) => state);
}

describe('a bot that is told to end while a program runs', () => {
  const slow = () => program(`touch ${folder}/started; while [ ! -f ${folder}/go ]; do sleep 0.1; done`);
  const started = () => existsSync(join(folder, 'started'));

  async function running(more: Readonly<Record<string, string>>, others = ''): Promise<ChildProcess> {
    const items = `{ run: [${await slow()}], name: deploy }${others}`;
    const plan = planOf('one').replace('exit: [{ run: ["true"], name: gate, repeatable: true }]', `exit: [${items}]`);
    world = await openWorld({ transport: 'socket', plan, kill: null });
    await world.bot.up();
    await world.bot.close();
    const main = await startMain(more);
    await world.slack.command({ user: WHO.opal, channel: SHOP, text: 'start new-checkout' });
    await until('it runs', started);
    return main;
  }

  test('lets it end and records that, and takes users back meanwhile', { timeout: RUN_MS }, async () => {
    const main = await running({});
    const exited = once(main, 'exit');
    main.kill('SIGTERM');
    world.setErrorRate(9);
    await until('it is taken back', async () => (await exposure()) === 0);
    expect(main.exitCode).toBeNull();
    await writeFile(join(folder, 'go'), '');
    expect(await exited).toEqual([0, null]);
    const { rows } = await world.db.query<{ state: string }>(`select state from items where list = 'exit'`);
    expect(rows).toEqual([{ state: 'done' }]);
    expect(await ran()).toBe(1);
    await checkLaws(world.db);
  });

  test('begins nothing more; the next bot does', { timeout: RUN_MS }, async () => {
    const next = `, { run: [touch, ${folder}/next], name: next, needs: [deploy] }`;
    const main = await running({ LOG_LEVEL: 'info' }, next);
    const exited = once(main, 'exit');
    let said = '';
    main.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    main.kill('SIGTERM');
    await until('it was told', () => said.includes('"stopping"'));
    await writeFile(join(folder, 'go'), '');
    expect(await exited).toEqual([0, null]);
    expect(await states()).toEqual(['done', 'running']);
    expect(existsSync(join(folder, 'next'))).toBe(false);
    await startMain({});
    await until('both are done', async () => (await states()).every((state) => state === 'done'));
    expect(existsSync(join(folder, 'next'))).toBe(true);
    expect(await ran()).toBe(1);
    await checkLaws(world.db);
  });

  test('breaks it off when its time is over, and the next bot says that nobody knows', {
    timeout: RUN_MS,
  }, async () => {
    const main = await running({ ITEM_GRACE: '1' });
    const exited = once(main, 'exit');
    main.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    const { rows } = await world.db.query<{ state: string }>('select state from items');
    expect(rows).toEqual([{ state: 'running' }]);
    await startMain({});
    const look = async () => {
      const found = await world.db.query<{ state: string }>('select state from items');
      return found.rows[0]?.state === 'unknown';
    };
    await until('nobody knows', look);
    expect(await ran()).toBe(1);
    await checkLaws(world.db);
  });
});

describe('a program that may run once only', () => {
  test.each<[CrashPoint, number, string]>([
    ['FP20', 1, 'done'],
    ['FP21', 0, 'unknown'],
    ['FP22', 1, 'unknown'],
  ])('killed at %s: ran %i times, and is %s', { timeout: RUN_MS }, async (step, times, state) => {
    await open(`{ run: [${await program('')}], name: deploy }`, step);
    expect(await settled('running')).toBe(state);
    expect(world.bot.killed).toBe(true);
    expect(await ran()).toBe(times);
    await checkLaws(world.db);
    if (state !== 'unknown') return;
    // A person knows, or has it done once more.
    await says(WHO.opal, times === 0 ? 'run deploy' : 'done deploy I looked');
    expect(await settled('unknown', 'running')).toBe('done');
    expect(await ran()).toBe(1);
  });

  test.each<[CrashPoint, number]>([
    ['FP21', 1],
    ['FP22', 2],
  ])(
    'killed at %s, though doing it twice does no harm: ran %i times, and is done',
    {
      timeout: RUN_MS,
    },
    async (step, times) => {
      await open(`{ run: [${await program('')}], name: deploy, repeatable: true }`, step);
      expect(await settled('running')).toBe('done');
      expect(world.bot.killed).toBe(true);
      expect(await ran()).toBe(times);
      await checkLaws(world.db);
    },
  );

  test('killed while it runs: ran once, nothing of it goes on, and nobody knows', { timeout: RUN_MS }, async () => {
    const rest = `echo "$PPID $$ ." > ${folder}/pids; sleep 300; echo ran >> ${folder}/ran`;
    await open(`{ run: [${await program(rest)}], name: deploy }`, null);
    const pids = await until('it runs', async () => {
      const [bot, own, end] = (await readFile(join(folder, 'pids'), 'utf8').catch(() => '')).split(' ');
      return end ? { bot: Number(bot), own: Number(own) } : null;
    });
    // Its bot has gone on to other things: whoever ends the program when the bot is gone has been told which one.
    const rounds = world.bot.hits().FP09;
    await until('a round of checks begins', () => world.bot.hits().FP09 > rounds);
    process.kill(pids.bot, 'SIGKILL');
    await until('it is ended', () => !isAlive(pids.own));
    await until('the bot has ended', () => world.bot.killed);
    expect(await settled('running')).toBe('unknown');
    await says(WHO.opal, 'done deploy I looked');
    expect(await settled('unknown')).toBe('done');
    expect(await ran()).toBe(1);
    await checkLaws(world.db);
  });

  test('killed behind it, with a way to see what it did: done, and ran once', { timeout: RUN_MS }, async () => {
    const seen = `verify: { run: [grep, ran, ${join(folder, 'ran')}] }`;
    await open(`{ run: [${await program('')}], name: deploy, ${seen} }`, 'FP22');
    expect(await settled('running')).toBe('done');
    expect(await ran()).toBe(1);
    await checkLaws(world.db);
  });

  test('killed before it, with a way to see what it did: failed, run again by a person, and ran once', {
    timeout: RUN_MS,
  }, async () => {
    const seen = `verify: { run: [grep, ran, ${join(folder, 'ran')}] }`;
    await open(`{ run: [${await program('')}], name: deploy, ${seen} }`, 'FP21');
    expect(await settled('running')).toBe('failed');
    expect(await ran()).toBe(0);
    await says(WHO.opal, 'run deploy');
    expect(await settled('failed', 'running')).toBe('done');
    expect(await ran()).toBe(1);
  });

  test('its bot stands still for 20 s while another goes on: ran once, and is done', { timeout: RUN_MS }, async () => {
    const frozen = await program('kill -STOP $PPID; sleep 20; kill -CONT $PPID');
    await open(`{ run: [${frozen}], name: deploy }`, null);
    await until('it runs', async () => (await ran()) === 1);
    const config = readConfig(world.env);
    if (!config.ok) throw new Error('no configuration');
    const other = await startApp({ ...config.config, port: 0 }, { log: pino({ level: 'silent' }) });
    try {
      const look = async () => {
        await other.tick();
        const { rows } = await world.db.query<{ state: string }>('select state from items');
        return rows[0]?.state === 'done';
      };
      await until('it is done', look);
    } finally {
      await other.close();
    }
    expect(await ran()).toBe(1);
    await checkLaws(world.db);
  });
});
