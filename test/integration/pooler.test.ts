/** The doctor behind a real PgBouncer, as Debian packages it: it must know one that would lose locks from one that would not. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { serverVersion, sessionsAreOwn, settingsLost } from '../../src/store/survey.js';
import { until } from '../kill/until.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { startMain } from '../support/main-process.js';
import { listening } from '../targets/flag-table.js';

const PGBOUNCER = '/usr/sbin/pgbouncer';
const there = spawnSync(PGBOUNCER, ['--version']).status === 0;
if (!there)
  console.info(`${PGBOUNCER} is not installed (Debian: apt-get install pgbouncer): the pooler tests are skipped.`);

let database: TestDatabase;
let folder: string;
let pooler: ChildProcess | undefined;

beforeEach(async () => {
  database = await createDatabase();
  folder = mkdtempSync(join(tmpdir(), 'rollout-pgbouncer-'));
  // Run as root it becomes nobody, who must reach its folder.
  chmodSync(folder, 0o777);
});

afterEach(async () => {
  const ended = new Promise((done) => (pooler ? pooler.once('close', done) : done(undefined)));
  pooler?.kill('SIGKILL');
  pooler = undefined;
  await ended;
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
});

/** A pooler in front of the database; its address. */
async function behind(settings: Readonly<Record<string, string | number>>): Promise<string> {
  const url = new URL(database.url);
  const port = await freePort();
  const config = {
    listen_addr: '127.0.0.1',
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'trust',
    auth_file: join(folder, 'users'),
    ...settings,
  };
  const lines = Object.entries(config).map(([name, value]) => `${name} = ${value}`);
  const server = `host=${url.hostname} port=${url.port || 5432} user=${url.username} password=${url.password}`;
  writeFileSync(join(folder, 'users'), `"${url.username}" "${decodeURIComponent(url.password)}"\n`);
  writeFileSync(join(folder, 'ini'), `[databases]\n* = ${server}\n[pgbouncer]\n${lines.join('\n')}\n`);
  for (const name of ['users', 'ini']) chmodSync(join(folder, name), 0o644);
  let said = '';
  const root = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  pooler = spawn(PGBOUNCER, [...root, join(folder, 'ini')], { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [pooler.stdout, pooler.stderr])
    stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  url.hostname = '127.0.0.1';
  url.port = String(port);
  await until(
    'the pooler answers',
    () =>
      serverVersion(url.href).then(
        () => true,
        () => false,
      ),
    () => said,
  );
  return url.href;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Sessions of a bot that is at work: its server connections are ready to be handed to others. */
async function usedBy(url: string, sessions: number): Promise<void> {
  const clients = Array.from({ length: sessions }, () => new pg.Client({ connectionString: url }));
  for (const client of clients) await client.connect();
  await Promise.all(clients.map((client) => client.query('select pg_sleep(0.1)')));
  await Promise.all(clients.map((client) => client.end()));
}

describe.skipIf(!there)('behind PgBouncer', () => {
  test('Postgres itself gives every session a connection of its own', async () => {
    expect(await sessionsAreOwn(database.url)).toBe(true);
    expect(await settingsLost(database.url)).toEqual([]);
  });

  test.each([
    ['transaction', {}],
    ['statement', {}],
    ['transaction', { default_pool_size: 1 }],
    ['transaction', { server_round_robin: 1 }],
  ])('pool_mode = %s with %j is known for what it is', async (pool_mode, more) => {
    const url = await behind({ pool_mode, ...more });
    expect(await sessionsAreOwn(url)).toBe(false);
  });

  test.each([2, 8])('also with %i connections of others that wait in the pool', async (sessions) => {
    const url = await behind({ pool_mode: 'transaction', server_round_robin: 1 });
    await usedBy(url, sessions);
    expect(await sessionsAreOwn(url)).toBe(false);
  });

  test('the bot refuses to start, and says why and what to do', async () => {
    const url = await behind({ pool_mode: 'transaction', ignore_startup_parameters: 'options' });
    const bot = await startMain({
      SLACK_BOT_TOKEN: 'xoxb-1',
      SLACK_APP_TOKEN: 'xapp-1',
      DATABASE_URL: url,
      PORT: '0',
    });
    await bot.child.exited;
    expect(bot.lines.join('\n')).toContain('pooler that hands connections out by the transaction');
    expect(bot.lines.join('\n')).toContain('pool_mode = session');
    await bot.remove();
  });

  test('pool_mode = session is as good as Postgres itself', async () => {
    const url = await behind({ pool_mode: 'session' });
    expect(await sessionsAreOwn(url)).toBe(true);
  });

  test('settings that are asked for with the connection are refused, or ignored, and both is told', async () => {
    const strict = await behind({ pool_mode: 'session' });
    await expect(settingsLost(strict)).rejects.toThrow(/unsupported startup parameter/);
    pooler?.kill('SIGKILL');
    const lax = await behind({ pool_mode: 'session', ignore_startup_parameters: 'options' });
    expect(await settingsLost(lax)).toContain('statement_timeout');
  });
});
