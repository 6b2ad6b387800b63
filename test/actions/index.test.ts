import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type ActionEnd, createActions } from '../../src/actions/index.js';
import type { Attempt } from '../../src/rollout/plan/jobs.js';
import { type AnsweringDatabase, createAnsweringDatabase } from '../probes/answering-database.js';
import { type JsonServer, json, startJsonServer } from '../web/json-server.js';

const VALUES: { [name: string]: string | undefined; TOKEN: string; HOST: string; DB?: string } = {
  TOKEN: 'canary-token-1',
  HOST: '',
};
const fill = (text: string) =>
  text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = VALUES[name];
    if (value === undefined) throw new Error(`${name} is not set`);
    return value;
  });
const actions = createActions({ fill, network: {} });

function perform(action: Attempt, timeoutMs = 20_000, signal = new AbortController().signal): Promise<ActionEnd> {
  return actions.perform(action, { timeoutMs, signal });
}

describe('a program', () => {
  const run = (script: string, more: Partial<Extract<Attempt, { kind: 'run' }>> = {}): Attempt => ({
    kind: 'run',
    run: ['sh', '-c', script],
    env: [],
    ...more,
  });

  test.each<[string, Attempt, ActionEnd['end'], RegExp]>([
    ['ends well', run('echo fine'), 'done', /^sh exited with 0$/],
    ['ends with another status', run('echo broken >&2; exit 3'), 'failed', /^sh exited with 3: broken$/],
    ['is ended by a signal of somebody else', run('kill -TERM $$'), 'failed', /ended by SIGTERM/],
    ['is not there', { kind: 'run', run: ['/nowhere/x'], env: [] }, 'failed', /no such program/],
    ['names a folder that is not there', run('true', { cwd: '/nowhere' }), 'failed', /no such program or directory/],
    ['needs a variable that is not set', run('true', { env: ['MISSING'] }), 'failed', /^MISSING is not set$/],
    ['prints what is expected', run('echo 0', { expect: { kind: 'number', value: 0 } }), 'done', /exited with 0/],
    ['prints something else', run('echo 3', { expect: { kind: 'number', value: 0 } }), 'failed', /^expected 0, got 3$/],
    [
      'prints what is expected and fails',
      run('echo 0; exit 1', { expect: { kind: 'number', value: 0 } }),
      'failed',
      /with 1/,
    ],
  ])('that %s', async (_, action, end, note) => {
    const performed = await perform(action);
    expect(performed).toMatchObject({ end, note: expect.stringMatching(note) });
  });

  test.each<[string, Attempt, boolean]>([
    ['says no', run('exit 1'), true],
    ['prints something else', run('echo 3', { expect: { kind: 'number', value: 0 } }), true],
    ['is not there', { kind: 'run', run: ['/nowhere/x'], env: [] }, false],
    ['does not find what it is to run', run('/nowhere/x'), false],
    ['may not run what it is to run', run('/etc/passwd'), false],
    ['is ended by a signal of somebody else', run('kill -TERM $$'), false],
    ['needs a variable that is not set', run('true', { env: ['MISSING'] }), false],
  ])('that %s: as a look it has said so: %j', async (_, action, said) => {
    const performed = await perform(action);
    expect(performed.end).toBe('failed');
    expect(performed.unasked).toBe(said ? undefined : true);
  });

  test('that takes too long is killed, with whatever it started, and nobody knows what it did', async () => {
    const performed = await perform(run('trap "" TERM; (sleep 30 & ); sleep 30'), 300);
    expect(performed).toMatchObject({ end: 'unknown', note: 'sh was not done within 300 ms' });
  });

  test('that prints 100 MB ends as it ends, and the last of it is kept', async () => {
    const performed = await perform(run('yes 0123456789 | head -c 100000000; echo; echo the end'));
    expect(performed.end).toBe('done');
    expect(performed.output.length).toBeLessThanOrEqual(64 * 1024);
    expect(performed.output).toMatch(/the end\n$/);
  });

  test('that leaves something behind which holds its output: nobody knows what is still to come', async () => {
    // Not before it has left the group: else it is ended with it.
    const away = join(await mkdtemp(join(tmpdir(), 'away-')), 'away');
    const script = `setsid sh -c "touch ${away}; sleep 3" & while [ ! -f ${away} ]; do sleep 0.01; done`;
    const performed = await perform(run(script));
    expect(performed).toMatchObject({ end: 'unknown', note: expect.stringContaining('left a process behind') });
  });

  test('finds its variables, and prints them only masked', async () => {
    const performed = await perform(run('echo "[$TOKEN]"; echo "$TOKEN" >&2; env | wc -l', { env: ['TOKEN'] }));
    expect(performed.output).toContain('[***]');
    expect(performed.output).not.toContain('canary');
  });

  test('is broken off when the bot ends', async () => {
    const giveUp = new AbortController();
    // It says that it is there, and then stays.
    const fifo = join(await mkdtemp(join(tmpdir(), 'fifo-')), 'there');
    const performed = perform(run(`touch ${fifo}; sleep 30`), 60_000, giveUp.signal);
    await expect.poll(() => existsSync(fifo), { timeout: 60_000 }).toBe(true);
    giveUp.abort();
    expect(await performed).toMatchObject({ end: 'unknown', note: 'sh was given up' });
  });
});

describe('PROGRAM_DIRS is the whole list of folders programs come from', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dirs-'));
    for (const dir of ['allowed', 'other']) {
      await mkdir(join(folder, dir));
      await writeFile(join(folder, dir, 'gate'), '#!/bin/sh\necho ran\n');
      await chmod(join(folder, dir, 'gate'), 0o755);
    }
    await writeFile(join(folder, 'allowed', 'text'), 'no program');
    await symlink(join(folder, 'other', 'gate'), join(folder, 'allowed', 'link'));
    await symlink(join(folder, 'allowed'), join(folder, 'alias'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test.each<[string, string, boolean]>([
    ['a path into one', 'allowed/gate', true],
    ['a path into one by another name of it', 'alias/gate', true],
    ['a path beside it', 'other/gate', false],
    ['a path that leads out again', 'allowed/../other/gate', false],
    ['a link that leads out', 'allowed/link', false],
    ['a file that is no program', 'allowed/text', false],
    ['a shell', '/bin/sh', false],
  ])('%s', async (_, path, allowed) => {
    const program = path.startsWith('/') ? path : join(folder, path);
    const strict = createActions({ fill, network: {}, programDirs: [join(folder, 'allowed')] });
    const performed = await strict.perform(
      { kind: 'run', run: [program], env: [] },
      { timeoutMs: 20_000, signal: new AbortController().signal },
    );
    expect(performed.end).toBe(allowed ? 'done' : 'failed');
    if (!allowed) expect(performed.note).toContain('PROGRAM_DIRS');
  });

  test('a bare name is looked for in them, and nowhere else', async () => {
    const strict = createActions({ fill, network: {}, programDirs: [join(folder, 'allowed')] });
    const limits = { timeoutMs: 20_000, signal: new AbortController().signal };
    expect(await strict.perform({ kind: 'run', run: ['gate'], env: [] }, limits)).toMatchObject({ output: 'ran\n' });
    expect(await strict.perform({ kind: 'run', run: ['sh'], env: [] }, limits)).toMatchObject({ end: 'failed' });
  });
});

describe('a request', () => {
  let server: JsonServer;
  beforeEach(async () => {
    server = await startJsonServer();
    VALUES.HOST = `http://127.0.0.1:${server.port}`;
  });
  afterEach(() => server.close());
  const post = (more: Partial<Extract<Attempt, { kind: 'request' }>> = {}): Attempt => ({
    kind: 'request',
    method: 'POST',
    url: `\${HOST}/on`,
    headers: { authorization: `Bearer \${TOKEN}` },
    ...more,
  });
  const status = (code: number) =>
    server.answerWith((_, response) => response.writeHead(code).end(`{"t":"${VALUES.TOKEN}"}`));

  test.each<[number, ActionEnd['end'], ActionEnd['end']]>([
    [200, 'done', 'failed'],
    [204, 'done', 'done'],
    [301, 'failed', 'failed'],
    [400, 'failed', 'failed'],
    [401, 'failed', 'failed'],
    [404, 'failed', 'failed'],
    [409, 'failed', 'failed'],
    [429, 'failed', 'failed'],
    [500, 'unknown', 'unknown'],
    [502, 'unknown', 'unknown'],
    [504, 'unknown', 'unknown'],
  ])('answered with %i: %s; where 204 is expected: %s', async (code, end, expecting) => {
    status(code);
    expect(await perform(post())).toMatchObject({ end });
    expect(await perform(post({ expect: { kind: 'number', value: 204 } }))).toMatchObject({ end: expecting });
  });

  test.each([
    [301, false],
    [400, true],
    [401, false],
    [403, false],
    [404, true],
    [409, true],
    [429, false],
  ])('answered with %i has failed; as a look it has said so: %j', async (code, said) => {
    status(code);
    for (const asked of [post(), post({ expect: { kind: 'number', value: 204 } })]) {
      const performed = await perform(asked);
      expect(performed.end).toBe('failed');
      expect(performed.unasked).toBe(said ? undefined : true);
    }
    expect(await perform(post({ expect: { kind: 'number', value: code } }))).toMatchObject({ end: 'done' });
  });

  test('sends what the plan says, with values filled in, and keeps the answer without them', async () => {
    status(200);
    const performed = await perform(post({ body: `{"on":true,"by":"\${TOKEN}"}` }));
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      url: '/on',
      body: '{"on":true,"by":"canary-token-1"}',
      headers: { authorization: 'Bearer canary-token-1', 'content-type': 'application/json' },
    });
    expect(performed.output).toContain('200');
    expect(performed.output).toContain('***');
    expect(performed.output).not.toContain('canary');
  });

  test('a text that is expected is the whole answer', async () => {
    server.answerWith(json('"on"'));
    expect(await perform(post({ expect: { kind: 'text', value: '"on"' } }))).toMatchObject({ end: 'done' });
    expect(await perform(post({ expect: { kind: 'text', value: 'on' } }))).toMatchObject({ end: 'failed' });
  });

  test('that nobody answers in time may have been taken', async () => {
    server.answerWith(() => {});
    expect(await perform(post(), 300)).toMatchObject({
      end: 'unknown',
      note: expect.stringContaining('no answer within'),
    });
  });

  test('whose connection breaks behind it may have been taken', async () => {
    server.answerWith((request) => request.socket.destroy());
    expect(await perform(post())).toMatchObject({ end: 'unknown' });
  });

  test('to nobody has certainly failed', async () => {
    const gone = createServer();
    await new Promise<void>((ready) => gone.listen(0, '127.0.0.1', ready));
    const address = gone.address();
    await new Promise((closed) => gone.close(closed));
    VALUES.HOST = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const refused = { end: 'failed', note: expect.stringContaining('ECONNREFUSED'), unasked: true };
    expect(await perform(post())).toMatchObject(refused);
    VALUES.HOST = 'http://nobody.invalid';
    expect(await perform(post())).toMatchObject({ end: 'failed' });
    VALUES.HOST = 'ftp://x';
    expect(await perform(post())).toMatchObject({ end: 'failed', note: 'its url is not an http or https address' });
  });

  test('where the network rules forbid it has failed, and nothing went out', async () => {
    VALUES.HOST = 'http://169.254.169.254';
    expect(await perform(post())).toMatchObject({ end: 'failed' });
  });
});

describe('a query', () => {
  let database: AnsweringDatabase;
  beforeAll(async () => {
    database = await createAnsweringDatabase();
    VALUES.DB = database.url;
  });
  afterAll(() => database.close());
  const ask = (sql: string, expected?: Attempt['expect']): Attempt =>
    expected ? { kind: 'query', url: `\${DB}`, sql, expect: expected } : { kind: 'query', url: `\${DB}`, sql };

  test.each<[string, string, Attempt['expect'], ActionEnd['end']]>([
    ['a number as expected', 'select 0', { kind: 'number', value: 0 }, 'done'],
    ['another number', 'select 3', { kind: 'number', value: 0 }, 'failed'],
    ['a text as expected', `select 'off'`, { kind: 'text', value: 'off' }, 'done'],
    ['a switch', 'select false', { kind: 'text', value: 'f' }, 'done'],
    ['null', 'select null', { kind: 'number', value: 0 }, 'failed'],
    ['no row', 'select 1 where false', undefined, 'failed'],
    ['two rows', 'select generate_series(1, 2)', { kind: 'number', value: 1 }, 'failed'],
    ['two columns', 'select 1, 2', { kind: 'number', value: 1 }, 'failed'],
    ['nothing expected', 'select 7, 8', undefined, 'done'],
    ['what is no SQL', 'selec 1', undefined, 'failed'],
    ['what writes', 'create table t (a int)', undefined, 'failed'],
    ['two statements', 'select 1; drop table x', undefined, 'failed'],
  ])('that reads %s', async (_, sql, expected, end) => {
    expect(await perform(ask(sql, expected))).toMatchObject({ end });
  });
});

describe('a query that is broken off', () => {
  test('when the bot ends has not failed: the next one asks', async () => {
    const database = await createAnsweringDatabase();
    onTestFinished(() => database.close());
    VALUES.DB = database.url;
    const giveUp = new AbortController();
    giveUp.abort();
    const query: Attempt = { kind: 'query', url: `\${DB}`, sql: 'select 1' };
    expect(await perform(query, 20_000, giveUp.signal)).toMatchObject({ end: 'unknown' });
  });

  test('by a server that is away has failed, and has found nothing out', async () => {
    VALUES.DB = 'postgres://nobody.invalid/x';
    expect(await perform({ kind: 'query', url: `\${DB}`, sql: 'select 1' })).toMatchObject({
      end: 'failed',
      unasked: true,
    });
  });
});

test('nothing of what is told in confidence is in a note', async () => {
  VALUES.HOST = 'https://app:canary-password@nobody.invalid';
  const performed = await perform({ kind: 'request', method: 'GET', url: `\${HOST}`, headers: {} });
  expect(JSON.stringify(performed)).not.toContain('canary');
});
