import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { isAlive } from '../../sandbox/lock-file.js';
import { type Program, startProgram } from '../sandbox/started-program.js';

const READY = /The sandbox is at (http:\/\/\S+)/;
const saved = z.object({
  messages: z.array(
    z.object({
      ts: z.string(),
      text: z.string(),
      metadata: z.object({ event_payload: z.record(z.string(), z.unknown()) }).optional(),
    }),
  ),
});

let dir: string;
let sandbox: Program;

const address = () => READY.exec(sandbox.output())?.[1] ?? '';
const number = (path: string) => Number.parseInt(readFileSync(join(dir, path), 'utf8'), 10);
const botPid = () => number('bot.pid');

function postgresPid(): number {
  const data = readdirSync(join(dir, 'postgres')).find((name) => name.startsWith('data-'));
  return number(`postgres/${data}/postmaster.pid`);
}

const passwordFile = () =>
  readdirSync(join(dir, 'postgres')).find((name) => name.startsWith('password-')) ?? 'no password';

async function start(): Promise<void> {
  // A port nobody else looks at first; when it is taken the next free one is used.
  sandbox = startProgram('sandbox/main.js', [], {
    SANDBOX_DIR: dir,
    SANDBOX_PORT: String(20_000 + (process.pid % 9_000)),
  });
  await sandbox.said(READY);
}

async function type(text: string): Promise<unknown> {
  const response = await fetch(`${address()}/page/command`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: 'U0OPAL', channel: 'C0SHOP', text }),
  });
  return response.json();
}

/** What Opal sees in #shop, without the tags. */
async function channel(): Promise<string> {
  const response = await fetch(`${address()}/page/state?user=U0OPAL&channel=C0SHOP`);
  const { channel } = z.object({ channel: z.object({ html: z.string() }) }).parse(await response.json());
  return channel.html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
}

const shows = (pattern: RegExp) =>
  vi.waitFor(async () => expect(await channel()).toMatch(pattern), { timeout: 60_000, interval: 100 });

const messages = () => saved.parse(JSON.parse(readFileSync(join(dir, 'slack.json'), 'utf8'))).messages;

describe('the sandbox', () => {
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'sandbox-test-'));
    chmodSync(dir, 0o711);
    await start();
  });
  afterAll(async () => {
    sandbox.signalGroup('SIGTERM');
    await sandbox.exited;
    rmSync(dir, { recursive: true, force: true });
  });

  test('says where it is and what to type, and little else', () => {
    expect(sandbox.output()).toMatch(/\/rollout start new-checkout[\s\S]*Approve[\s\S]*Demo shop/);
    // Two of the lines say that it is starting.
    expect(sandbox.output().trim().split('\n').length).toBeLessThan(13);
  });

  test('serves the shop to the page, and nobody from elsewhere', async () => {
    const state = await fetch(`${address()}/shop/state`);
    expect(await state.json()).toMatchObject({ exposure: 0, users: 200 });
    const control = (headers: Record<string, string>) =>
      fetch(`${address()}/shop/controls`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ who: 'all', latencyMs: 1 }),
      });
    expect((await control({})).status).toBe(200);
    expect((await control({ origin: 'http://evil.example' })).status).toBe(403);
  });

  test('refuses a second start with the address of the first', async () => {
    const second = startProgram('sandbox/main.js', [], { SANDBOX_DIR: dir });
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain(address());
    expect(second.output()).not.toMatch(/\n\s+at /);
  });

  test('starts a killed bot again, and the rollout goes on in the same messages', async () => {
    expect(await type('/rollout start new-checkout')).toMatchObject({ acked: true });
    await shows(/10 % of production/);
    const killed = botPid();
    process.kill(killed, 'SIGKILL');
    await sandbox.said(/The bot ended by itself \(by SIGKILL\)/);
    await vi.waitFor(async () => expect(await type('/rollout pause new-checkout')).toMatchObject({ acked: true }), {
      timeout: 60_000,
      interval: 500,
    });
    expect(botPid()).not.toBe(killed);
    await shows(/Paused · New checkout · 10 % of production/);
    expect((await channel()).match(/of production/g)).toHaveLength(1);
  });

  test('leaves no process after Ctrl-C, and the next start shows the same messages and goes on', async () => {
    const pids = [sandbox.pid, botPid(), postgresPid()];
    expect(pids.filter(isAlive)).toEqual(pids);
    sandbox.signalGroup('SIGINT');
    expect(await sandbox.exited).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    const before = messages();
    expect(before.length).toBeGreaterThan(1);

    await start();
    await shows(/Paused · New checkout · 10 % of production/);
    expect(await type('/rollout resume new-checkout')).toMatchObject({ acked: true });
    await shows(/(Baking|Ready) · New checkout · 10 % of production/);
    await expect.poll(() => messages().length).toBeGreaterThanOrEqual(before.length);
    const after = messages();
    expect(after.slice(0, before.length).map(({ ts }) => ts)).toEqual(before.map(({ ts }) => ts));
    const slots = after.flatMap(({ metadata }) => (metadata ? [JSON.stringify(metadata.event_payload)] : []));
    expect(new Set(slots).size).toBe(slots.length);
  });

  test('refuses what a version before 0.2.0 kept, says how to begin again, and leaves it there', async () => {
    const password = readFileSync(join(dir, 'postgres', passwordFile()), 'utf8').trim();
    const client = new pg.Client({
      connectionString: `postgres://postgres:${password}@127.0.0.1:${number('postgres/port')}/rollout_bot`,
    });
    await client.connect();
    await client.query(`update migrations set name = '001-rollouts.sql'`);
    await client.end();
    sandbox.signalGroup('SIGINT');
    await sandbox.exited;
    const before = messages();
    sandbox = startProgram('sandbox/main.js', [], { SANDBOX_DIR: dir });
    expect(await sandbox.exited).toBe(1);
    const refused = `${dir} was made by a sandbox before 0.2.0, which this version does not read: `;
    expect(sandbox.output()).toContain(refused);
    expect(sandbox.output()).toMatch(/copying it .* remove it to begin again/);
    expect(sandbox.output()).not.toMatch(/Starting the bot|\n\s+at /);
    expect(messages()).toEqual(before);
    expect(postgresPid, 'Postgres is ended').toThrow(/postmaster\.pid/);
  });
});
