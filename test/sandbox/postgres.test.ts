import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { startLastingPostgres } from '../../sandbox/lasting-postgres.js';
import { type StartPostgresOptions, startPostgres, stopOrphan } from '../../sandbox/postgres.js';
import { startChild } from '../../sandbox/processes.js';
import { built } from '../support/build.js';

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'postgres-'));
  chmodSync(dir, 0o711);
  onTestFinished(async () => {
    await stopOrphan(dir);
    rmSync(dir, { recursive: true, force: true });
  });
  return dir;
}

const start = (dir: string, options: Partial<StartPostgresOptions> = {}) =>
  startPostgres({ dir, durable: false, ...options });

async function ask(url: string, question: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query({ text: question, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

test('what was written is there after a stop and a start', async () => {
  const dir = folder();
  const first = await start(dir);
  await ask(first.adminUrl, 'create table kept as select 1 as one');
  await first.stop();
  await first.stop();
  await expect(ask(first.adminUrl, 'select 1')).rejects.toThrow();
  const second = await start(dir);
  expect(await ask(second.adminUrl, 'select one from kept')).toEqual([1]);
  expect(second).toMatchObject({ adopted: false, dir: first.dir });
});

test('text is UTF-8 and only the password opens the door', async () => {
  const dir = folder();
  const { adminUrl, url } = await start(dir);
  expect(await ask(url('template1'), `select current_setting('server_encoding'), upper('é')`)).toEqual(['UTF8', 'É']);
  const stranger = new URL(adminUrl);
  stranger.password = 'guess';
  await expect(ask(stranger.href, 'select 1')).rejects.toThrow('password authentication failed');
  const file = readdirSync(dir).find((name) => name.startsWith('password-')) ?? '';
  expect(statSync(join(dir, file)).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(dir, file), 'utf8').trim()).toBe(new URL(adminUrl).password);
});

test('durable unless told otherwise', async () => {
  const dir = folder();
  const careless = await start(dir);
  expect(await ask(careless.adminUrl, 'show fsync')).toEqual(['off']);
  await careless.stop();
  const { adminUrl } = await startPostgres({ dir });
  expect(await ask(adminUrl, 'show fsync')).toEqual(['on']);
});

test('several first starts at once end on one server', async () => {
  const dir = folder();
  const servers = await Promise.all([start(dir), start(dir), start(dir)]);
  expect(new Set(servers.map(({ port }) => port)).size).toBe(1);
  expect(servers.filter(({ adopted }) => !adopted)).toHaveLength(1);
});

test('the server of a killed process is found and re-used, with all that was acknowledged', async () => {
  const dir = folder();
  const script = `const { startPostgres } = await import(process.argv[1]);
    console.log((await startPostgres({ dir: process.argv[2] })).adminUrl); setInterval(() => {}, 1e6);`;
  const lines: string[] = [];
  const args = ['--input-type=module', '-e', script, built('sandbox/postgres.js'), dir];
  const child = startChild({
    name: 'killed',
    command: process.execPath,
    args,
    env: {},
    onLine: (line) => lines.push(line),
  });
  await expect.poll(() => lines).toHaveLength(1);
  await ask(lines[0] ?? '', 'create table kept as select 1 as one');
  await child.kill();
  const found = await start(dir);
  expect(found).toMatchObject({ adopted: true, adminUrl: lines[0] });
  expect(await ask(found.adminUrl, 'select one from kept')).toEqual([1]);
  await expect(start(dir, { adopt: false })).rejects.toThrow(`already runs on ${found.dir}, port ${found.port}`);
});

test('a server whose process id went to something else does not stand in the way', async () => {
  const dir = folder();
  const first = await start(dir);
  await first.stop();
  const { uid, gid } = statSync(first.dir);
  const other = spawn('sleep', ['600'], { uid, gid });
  onTestFinished(() => void other.kill());
  const lines = [other.pid, first.dir, 0, first.port, '', '127.0.0.1', '', 'ready'];
  writeFileSync(join(first.dir, 'postmaster.pid'), `${lines.join('\n')}\n`);
  expect((await start(dir)).adopted).toBe(false);
});

test('an interrupted first start leaves nothing that stops the next', async () => {
  const dir = folder();
  const { dir: data, stop } = await start(dir);
  await stop();
  rmSync(data, { recursive: true });
  mkdirSync(`${data}.draft`);
  writeFileSync(join(`${data}.draft`, 'PG_VERSION'), '17');
  writeFileSync(join(dir, 'starting.lock'), JSON.stringify({ pid: 2 ** 22 + 1, note: '', born: '' }));
  const again = await start(dir);
  expect(await ask(again.adminUrl, 'select 1')).toEqual([1]);
});

test('a port that is taken is named', async () => {
  const taken = createServer();
  onTestFinished(() => void taken.close());
  const port = await new Promise<number>((listening) => {
    taken.listen(0, '127.0.0.1', () => {
      const address = taken.address();
      listening(address && typeof address === 'object' ? address.port : 0);
    });
  });
  await expect(start(folder(), { port })).rejects.toThrow(new RegExp(`port ${port}[^]*Address already in use`));
});

test('two that begin at once, and see the same port free, get a port each and keep it', async () => {
  const dirs = [folder(), folder()];
  const servers = await Promise.all(dirs.map(startLastingPostgres));
  expect(new Set(servers.map(({ port }) => port)).size).toBe(2);
  for (const [nth, { adminUrl, port }] of servers.entries()) {
    expect(await ask(adminUrl, 'select 1')).toEqual([1]);
    expect(readFileSync(join(dirs[nth] ?? '', 'port'), 'utf8')).toBe(String(port));
  }
});

test.runIf(process.getuid?.() === 0)('root is told when the server could not reach its folder', async () => {
  const dir = folder();
  chmodSync(dir, 0o700);
  await expect(start(join(dir, 'inside'))).rejects.toThrow('other users cannot reach');
});

test('a lost password is said, not guessed', async () => {
  const dir = folder();
  const { stop } = await start(dir);
  await stop();
  for (const name of readdirSync(dir)) if (name.startsWith('password-')) rmSync(join(dir, name));
  await expect(start(dir)).rejects.toThrow(/password-\d+, the password of .* is gone/);
});
