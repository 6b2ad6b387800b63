import { spawn } from 'node:child_process';
import { afterEach, expect, test } from 'vitest';
import { built } from '../support/build.js';
import { WHO } from '../support/scene.js';
import { createFlagTable, type FlagTable } from '../targets/flag-table.js';
import { openRoom, planText, type Room } from './room.js';

let room: Room;
let flags: FlagTable;
afterEach(async () => {
  await room.close();
  await flags.close();
});

const ADDRESS = `\${FLAGS_URL}`;
const TARGET = `{ kind: postgres, url: "${ADDRESS}", table: feature_flags, rows: { name: [NEW_CHECKOUT] }, columns: { exposure: rollout_percentage, enabled: enabled } }`;

/** The shop's flag as users get it. */
async function exposed(): Promise<number> {
  const [row] = await flags.sql<{ n: string; enabled: boolean }>(
    `select rollout_percentage::text as n, enabled from feature_flags where name = 'NEW_CHECKOUT'`,
  );
  return row?.enabled ? Number(row.n) : 0;
}

async function baking(): Promise<void> {
  flags = await createFlagTable();
  const fill = (value: string) => value.replace(ADDRESS, flags.url);
  room = await openRoom({ transport: 'http', plan: planText({ targetLine: TARGET }), fill });
  await room.ask(WHO.opal, 'start new-checkout');
  expect(await exposed()).toBe(10);
}

function cli(...args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((done, failed) => {
    const env = { ...process.env, DATABASE_URL: room.config.databaseUrl, FLAGS_URL: flags.url };
    const child = spawn(process.execPath, [built('src/cli.js'), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
    child.on('error', failed);
    child.on('close', (code) => done({ code, output: output.replaceAll('\u00a0', ' ') }));
  });
}

test('the command line may not start, advance, approve, deny, resume, extend or finish anything', async () => {
  await baking();
  const before = await room.events();
  for (const verb of ['start', 'advance', 'approve', 'deny', 'resume', 'extend', 'finish', 'have']) {
    const { code, output } = await cli(verb, 'new-checkout', '5m');
    expect(output, verb).toContain(`${verb} is typed in Slack: /rollout ${verb}`);
    expect(code, verb).toBe(2);
  }
  expect(await room.events()).toEqual(before);
  expect(await exposed()).toBe(10);
});

test('the command line may look, pause and roll back, as user and host', async () => {
  await baking();
  expect((await cli('list')).output).toContain('new-checkout#1  baking  10 %');
  const paused = await cli('pause', 'new-checkout', 'night', 'shift');
  expect(paused).toMatchObject({ code: 0, output: expect.stringContaining('paused at 10 %') });
  expect((await room.rollout()).held).toMatchObject({ by: { kind: 'cli' }, note: 'night shift' });
  expect(await exposed()).toBe(10);
  const down = await cli('rollback', 'New-Checkout#1', 'to', 'off', 'enough');
  expect(down).toMatchObject({ code: 0, output: expect.stringContaining('Rolled back to 0 % and read back.') });
  expect(await exposed()).toBe(0);
  const { rollback } = await room.rollout();
  expect(rollback?.cause).toMatchObject({ by: { kind: 'cli', name: expect.stringContaining('@') }, note: 'enough' });
});

test('a rollout that does not exist is refused, with those there are', async () => {
  await baking();
  const { code, output } = await cli('rollback', 'new-chekout');
  expect(output).toContain('there is no rollout "new-chekout"');
  expect(code).toBe(2);
  expect(output).toContain('new-checkout#1');
  expect(await exposed()).toBe(10);
});

test('a rollback with a reason and no place goes where the plan says', async () => {
  await baking();
  const { code, output } = await cli('rollback', 'new-checkout', 'users', 'complain');
  expect(output).toContain('Rolled back to 0 %');
  expect(code).toBe(0);
  expect(await exposed()).toBe(0);
  expect((await room.rollout()).rollback?.cause.note).toBe('users complain');
});

test('a rollback by the plan’s name takes back the run that left users exposed, not a newer one that never started', async () => {
  await baking();
  await room.passUntil('baked', async () => (await room.phase()) === 'ready');
  await room.finish(WHO.opal, 'enough');
  await flags.sql(`update feature_flags set rollout_percentage = 40 where name = 'NEW_CHECKOUT'`);
  await room.ask(WHO.opal, 'start new-checkout');
  expect(await room.rollout()).toMatchObject({ run: 2, phase: 'not_started' });
  const { code, output } = await cli('rollback', 'new-checkout', 'bro\u0007ken');
  expect(output).toContain('Rolling back new-checkout#1');
  expect(code).toBe(0);
  expect(await exposed()).toBe(0);
  const { rows } = await room.db.query(`select line from events where type = 'rollback_ordered'`);
  expect(rows).toEqual([{ line: expect.stringContaining('"broken"') }]);
});

test('a rollback by the plan’s name is not guessed where none of its runs is left to take back', async () => {
  await baking();
  for (const run of [1, 2]) {
    await cli('rollback', 'new-checkout');
    await room.pass(60_000, 10_000);
    if (run === 1) await room.ask(WHO.opal, 'start new-checkout');
  }
  const before = await room.events();
  const { code, output } = await cli('rollback', 'new-checkout');
  expect(output).toContain('name one of new-checkout#2 (rolled_back), new-checkout#1 (rolled_back)');
  expect(code).toBe(2);
  expect(await room.events()).toEqual(before);
});
