import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WHO } from '../support/scene.js';
import { type JsonServer, json, startJsonServer } from '../web/json-server.js';
import { openRoom, planText, type Room } from './room.js';

let room: Room;
let folder: string;
let service: JsonServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'items-'));
  service = await startJsonServer();
});
afterEach(async () => {
  await room.close();
  await service.close();
  await rm(folder, { recursive: true, force: true });
});

/** A program of the team; each of its runs leaves a line in a file. */
async function program(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\necho ${name} >> ${join(folder, 'ran')}\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

/** What ran, in order. */
async function ran(): Promise<string[]> {
  const text = await readFile(join(folder, 'ran'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

/** With these items to leave the first stage. */
async function open(items: string, fill: (text: string) => string = (text) => text): Promise<void> {
  const plan = planText().replace('stage: early,', `stage: early, exit: [${items}],`);
  room = await openRoom({ transport: 'http', plan, fill });
  await room.toReady(WHO.opal);
}

/** The items of the list, as people see them. */
const items = async () => (await room.ask(WHO.opal, 'items')).replaceAll('*', '').replaceAll('\u00a0', ' ');
async function says(words: RegExp): Promise<void> {
  const now = async () => {
    await room.settle();
    return items();
  };
  await expect.poll(now, { timeout: 60_000 }).toMatch(words);
}

describe('what the bot does', () => {
  test('run when the bake is over, once, and what came of them is kept and shown', async () => {
    const gate = await program('gate', 'echo "12 of 12 passed"; echo "with $TOKEN" >&2');
    service.answerWith(json('{"ok":true}'));
    const fill = (text: string) =>
      text.replace(`\${TOKEN}`, 'canary-secret').replace(`\${SERVICE}`, `http://127.0.0.1:${service.port}`);
    await open(
      `{ run: [${gate}], name: gate, env: [TOKEN] }, { request: { method: POST, url: "\${SERVICE}/warm", headers: { authorization: "Bearer \${TOKEN}" } }, name: warm, needs: [gate] }, { say: Caches are warm, needs: [warm] }`,
      fill,
    );
    await says(/all 3 done/);
    expect(await ran()).toEqual(['gate']);
    expect(service.requests).toHaveLength(1);
    await room.settle();
    expect(room.transcript()).toContain('Caches are warm');
    const shown = await room.ask(WHO.opal, 'output gate');
    expect(shown).toContain('12 of 12 passed');
    expect(shown).toContain('with ***');
    expect(JSON.stringify(await room.db.query('select * from item_outputs'))).not.toContain('canary-secret');
    expect(JSON.stringify(await room.db.query('select line from events'))).not.toContain('12 of 12 passed');
    expect(await room.ask(WHO.otto, 'output gate')).toContain('You do not have a role');
    expect(await room.ask(WHO.lea, 'output')).toContain('Not');
  });

  test('one that fails is in the way, is run again by a click, and then is not', async () => {
    const gate = await program('gate', `test -f ${join(folder, 'fixed')} || { echo "3 failed" >&2; exit 2; }`);
    await open(`{ run: [${gate}], name: gate, by: engineering-lead }`);
    await says(/failed/);
    expect(await items()).toContain('exited with 2: 3 failed');
    await room.ask(WHO.opal, 'advance 50 looks good');
    expect(await room.press(WHO.lea, 'rollout_approve')).toContain('Something that is to be done before is not done');
    expect(await room.ask(WHO.lea, 'done gate')).toContain('does that itself');
    await writeFile(join(folder, 'fixed'), '');
    expect(await room.ask(WHO.otto, 'run gate')).toContain('You do not have a role');
    expect(await room.ask(WHO.lea, 'run gate')).toContain('started');
    await says(/all 1 done/);
    expect(await ran()).toEqual(['gate', 'gate']);
    await room.press(WHO.lea, 'rollout_approve');
    await room.passUntil('50 % is there', async () => room.target.exposure === 50);
  });

  test('one whose end nobody knows waits for a person', async () => {
    const slow = await program('slow', 'sleep 30');
    await open(`{ run: [${slow}], name: slow, timeout: 1s }`);
    await says(/end not known/);
    expect(await items()).toContain('was not done within 1 s');
    expect(await room.ask(WHO.opal, 'done slow I looked at it')).toContain('nothing is left to do');
    expect(await ran()).toEqual(['slow']);
  });

  test('one whose end nobody knows is looked at where the plan says how', async () => {
    const slow = await program('slow', 'sleep 30');
    const look = await program('look', 'exit 0');
    await open(`{ run: [${slow}], name: slow, timeout: 1s, verify: { run: [${look}] } }`);
    await says(/all 1 done/);
    expect(await ran()).toEqual(['slow', 'look']);
  });

  test('one that is asked until it holds', async () => {
    const gate = await program('gate', `test "$(grep -c gate ${join(folder, 'ran')})" -ge 3`);
    await open(`{ run: [${gate}], name: gate, within: 2m }`);
    await room.passUntil('it holds', async () => (await ran()).length >= 3);
    await says(/all 1 done/);
    expect(await ran()).toEqual(['gate', 'gate', 'gate']);
  });
});

test('a result that is too old is refused at Approve, got again, and then approved', async () => {
  const gate = await program('gate', 'exit 0');
  await open(`{ run: [${gate}], name: gate, fresh: 1m }`);
  await says(/all 1 done/);
  await room.ask(WHO.opal, 'advance 50 looks good');
  await room.pass(120_000, 30_000);
  expect(await items()).toContain('too old');
  expect(await ran()).toEqual(['gate']);
  const refused = await room.press(WHO.lea, 'rollout_approve');
  expect(refused).toContain('(too old)');
  expect(await room.phase()).toBe('awaiting_approval');
  await says(/all 1 done/);
  expect(await ran()).toEqual(['gate', 'gate']);
  await room.press(WHO.lea, 'rollout_approve');
  await room.passUntil('50 % is there', async () => room.target.exposure === 50);
});

test('a criterion is read when the bake is over, is no alarm, and is in the way while it does not hold', async () => {
  await open('{ check: error-rate, below: 1 }');
  await says(/error-rate below 1/);
  await room.passUntil('it holds', async () => /all 1 done/.test(await items()));
  room.errors.set(1.5);
  await room.ask(WHO.opal, 'advance 50 looks good');
  await room.passUntil('it does not hold', async () => /failed/.test(await items()));
  expect(room.transcript()).not.toContain('over its limit');
  const refused = await room.press(WHO.lea, 'rollout_approve');
  expect(refused).toContain('error-rate below 1');
  expect(await room.phase()).toBe('awaiting_approval');
  room.errors.set(0.2);
  await room.passUntil('it holds again', async () => /all 1 done/.test(await items()));
  await room.press(WHO.lea, 'rollout_approve');
  await room.passUntil('50 % is there', async () => room.target.exposure === 50);
});

test('what follows when all is over is begun by a tick, and the clock leaves it alone meanwhile', async () => {
  const plan = `${planText()}after: [Changelog, { say: Everybody has it, needs: [changelog] }]\n`;
  room = await openRoom({ transport: 'http', plan });
  await room.toReady(WHO.opal);
  await room.ask(WHO.opal, 'finish');
  await room.fill(WHO.opal, { reason: 'enough' });
  expect(await room.phase()).toBe('completed');
  await room.pass(3_600_000, 600_000);
  const { rows } = await room.db.query<{ hours: number }>(
    'select (extract(epoch from next_wake_at - rollout_now()) / 3600)::float8 as hours from rollouts',
  );
  expect(rows[0]?.hours).toBeGreaterThan(20);
  expect(room.transcript()).not.toContain('↳ Everybody has it');
  await room.ask(WHO.oscar, 'done changelog');
  await room.settle();
  expect(room.transcript()).toContain('↳ Everybody has it');
});

test('a plan that names a program of nowhere is told so, and nothing is in doubt', async () => {
  await open('{ run: [/nowhere/gate], name: gate }');
  await says(/failed/);
  expect(await items()).toContain('no such program or directory');
});
