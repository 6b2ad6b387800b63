import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { diagnose } from '../../../src/cli/doctor/index.js';
import { type Ended, runCli } from '../../cli/command.js';
import { createDatabase } from '../../support/database.js';
import { listening } from '../../targets/flag-table.js';
import { openWorld, PLAN, type World } from './world.js';

let world: World;

beforeEach(async () => {
  world = await openWorld();
});

type Said = Pick<Ended, 'code' | 'lines' | 'output'>;

/** As a process of its own, the way people run it. */
const command = (more: Record<string, string> = {}) => runCli(['doctor'], { env: { ...world.env, ...more } });

/** The same in this process, which is quicker. */
async function doctor(more: Record<string, string> = {}, ...names: string[]): Promise<Said> {
  const lines: string[] = [];
  const code = await diagnose({ ...world.env, ...more }, { names, tell: (line) => lines.push(line) });
  return { code, lines, output: lines.join('\n') };
}

/** The lines about one thing, and the fix under each. */
function about(ended: Said, what: string): string[] {
  return ended.lines.flatMap((line, index) => {
    if (!line.slice(6).startsWith(`${what}: `)) return [];
    const next = ended.lines[index + 1] ?? '';
    return [line, ...(next.startsWith('      fix: ') ? [next] : [])];
  });
}

test('where all is well every line is ok, with what was found, and nothing was changed or posted', async () => {
  const ended = await command();
  expect(ended.lines.filter((line) => !line.startsWith('ok    '))).toEqual([ended.lines.at(-1)]);
  expect(ended).toMatchObject({ code: 0 });
  expect(about(ended, 'Slack token')).toEqual(['ok    Slack token: works in Sandbox, as @rollout']);
  expect(about(ended, 'Slack scopes')[0]).toContain('all 12 of manifest.yml');
  expect(about(ended, 'Socket Mode')[0]).toContain('Slack opens a connection');
  expect(about(ended, 'database')[0]).toMatch(/PostgreSQL 17\.\d+$/);
  expect(about(ended, 'database tables')[0]).toContain('there, as this version needs them');
  expect(about(ended, 'plan shop')[0]).toContain('2 stages, 1 check, 1 target');
  expect(about(ended, 'plan shop variables')[0]).toContain('FLAGS_URL, METRICS_URL set');
  expect(about(ended, 'plan shop channel')[0]).toContain('#shop (C0SHOP), the bot is in it');
  expect(about(ended, 'plan shop people')[0]).toContain('operators 2, engineering-lead 2');
  expect(about(ended, 'plan shop approvals')[0]).toContain('can be given for 1 stage');
  expect(about(ended, 'plan shop target flag')[0]).toMatch(/: 0 %/);
  expect(about(ended, 'plan shop check error-rate')[0]).toMatch(
    /: 0\.4 % \(warning above 5 %, critical above 10 %\) pass$/,
  );
  expect(ended.lines.at(-1)).toMatch(/^\d+ ok, 0 warnings, 0 failed$/);
  expect(world.slack.messages('C0SHOP')).toEqual([]);
  expect(world.slack.sockets).toBe(0);
});

test('a token Slack refuses fails with where to take it from, and what needs no Slack is looked at all the same', async () => {
  const ended = await doctor({ SLACK_BOT_TOKEN: 'xoxb-somebody-elses' });
  expect(ended.code).toBe(1);
  expect(about(ended, 'Slack token')).toEqual([
    'fail  Slack token: Slack says invalid_auth',
    '      fix: take the token again from OAuth & Permissions and set SLACK_BOT_TOKEN',
  ]);
  expect(about(ended, 'clock')[0]).toMatch(/^ok/);
  expect(about(ended, 'database tables')[0]).toMatch(/^ok/);
  expect(about(ended, 'plan shop check error-rate')[0]).toMatch(/^ok/);
  expect(ended.output).not.toContain('somebody-elses');
});

test('an app-level token Slack refuses, and one without its scope, fail by themselves', async () => {
  const refused = await doctor({ SLACK_APP_TOKEN: 'xapp-wrong' });
  expect(about(refused, 'Socket Mode')[1]).toContain('App-Level Tokens and set SLACK_APP_TOKEN');
  expect(about(refused, 'Slack token')[0]).toMatch(/^ok/);
  world.slack.fail({ method: 'apps.connections.open', error: 'missing_scope' });
  expect(about(await doctor(), 'Socket Mode')[1]).toContain('connections:write');
});

test('scopes that were not granted are named, and so is the question that fails for lack of one', async () => {
  const { scopes } = world.slack.workspace;
  scopes.splice(scopes.indexOf('usergroups:read'), 1);
  const ended = await doctor();
  expect(ended.code).toBe(1);
  expect(about(ended, 'Slack scopes')[0]).toBe('fail  Slack scopes: usergroups:read is missing');
  expect(about(ended, 'plan shop people')[0]).toBe('fail  plan shop people: Slack says missing_scope');
});

test.each([
  [90_000, 'fail', 'behind'],
  [-400_000, 'fail', 'ahead of'],
])('a clock that is %i ms from Slack’s is a %s', async (clockAheadMs, state, side) => {
  world.slack.fail({ method: '*', times: Number.POSITIVE_INFINITY, clockAheadMs });
  const [line = '', fix = ''] = about(await doctor(), 'clock');
  expect(line).toMatch(new RegExp(`^${state}  clock: (89|90|91|399|400|401) s ${side} Slack’s`));
  expect(fix).toContain('NTP');
});

test('a channel the bot is not in, a disabled group, an unknown address and a guest are told each with its fix', async () => {
  world.slack.disableGroup('S0LEADS');
  world.slack.setUser('U0LEA', { isGuest: true });
  const text = PLAN.replace('"#shop"', '"#random"').replace(
    '["@release-team"]',
    '["@release-team", nobody@example.com]',
  );
  writeFileSync(join(world.plans, 'shop.yml'), text);
  const ended = await doctor();
  expect(ended.code).toBe(1);
  expect(about(ended, 'plan shop channel')).toEqual([
    'fail  plan shop channel: #random: not usable',
    '      fix: invite me there first: /invite @rollout, or name it by its id',
  ]);
  const people = about(ended, 'plan shop people').filter((line) => !line.includes('fix: '));
  expect(people).toEqual([
    'fail  plan shop people: operators 2, engineering-lead 0: nobody who can act is in engineering-lead',
    'fail  plan shop people: nobody@example.com of operators is not known to Slack',
    'fail  plan shop people: @engineering-lead of engineering-lead is not known to Slack',
    'warn  plan shop people: U0LEA of engineering-lead can never act: guest',
  ]);
  expect(about(ended, 'plan shop approvals')[0]).toMatch(/^fail .*stage half needs engineering-lead: too few people$/);
});

test('a shared channel, and an approver who is the only one and also starts, are told before anybody starts', async () => {
  writeFileSync(join(world.plans, 'shop.yml'), PLAN.replace('"#shop"', '"#partners"'));
  world.slack.setGroupUsers('S0LEADS', ['U0OPAL']);
  world.slack.setUser('U0LEA', { deleted: true });
  const ended = await doctor();
  expect(about(ended, 'plan shop channel')[0]).toContain('#partners is shared with other organisations');
  expect(about(ended, 'plan shop approvals')[0]).toBe(
    'warn  plan shop approvals: stage half needs engineering-lead: nobody is left to approve it when U0OPAL starts the rollout',
  );
});

test('numbers beyond their limits warn, and what cannot be read fails', async () => {
  world.setErrorRate(12);
  const bad = await doctor();
  expect(about(bad, 'plan shop check error-rate')[0]).toMatch(/^warn .*critical: a start would be refused$/);
  expect(bad.code).toBe(0);
  await world.flags.sql('alter table feature_flags rename to gone');
  const gone = await doctor({ METRICS_URL: 'http://127.0.0.1:1' });
  expect(about(gone, 'plan shop target flag')[0]).toMatch(/^fail .*feature_flags/);
  expect(about(gone, 'plan shop check error-rate')[0]).toMatch(/^fail .*no number: .+ \(unreachable\)/);
  expect(gone.code).toBe(1);
});

test('variables that are not set and files that are no plans are named, one line each', async () => {
  writeFileSync(join(world.plans, 'broken.yml'), 'plan: broken\ntitel: x\n');
  const ended = await doctor({ METRICS_URL: '' });
  expect(about(ended, 'plan shop variables')[0]).toContain('METRICS_URL is not set');
  const broken = about(ended, 'plan broken').filter((line) => line.startsWith('fail'));
  expect(broken.length).toBeGreaterThan(3);
  expect(broken[0]).toContain('broken.yml:');
  const named = await doctor({}, 'shop');
  expect(about(named, 'plan broken')).toEqual([]);
  expect(named.code).toBe(0);
  expect(about(await doctor({}, 'shp'), 'plan shp')).toEqual([
    `fail  plan shp: there is no such file in ${world.plans}`,
    '      fix: name one of broken, shop',
  ]);
});

test('a folder without plans is named, with the command that writes one', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'plans-'));
  onTestFinished(() => rmSync(empty, { recursive: true }));
  const write = 'write one: npx --no rollout init';
  expect(about(await doctor({ PLANS_DIR: empty }), 'plans')).toEqual([
    `warn  plans: there are no plans in ${empty}`,
    `      fix: ${write}`,
  ]);
  expect(about(await doctor({ PLANS_DIR: empty }, 'shop'), 'plan shop')[1]).toBe(
    `      fix: there are no plans; ${write}`,
  );
});

test('an empty database is fine where the bot may make its tables, and fails where it may not', async () => {
  const empty = await createDatabase({ template: false });
  onTestFinished(() => empty.drop());
  const fresh = await doctor({ DATABASE_URL: empty.url });
  expect(about(fresh, 'database tables')[0]).toMatch(/^ok .*not there yet: the bot applies 001-schema\.sql/);
  const role = `weak_${Date.now()}`;
  const admin = new pg.Client({ connectionString: empty.url });
  await admin.connect();
  await admin.query(`create role ${role} login password 'weak-word'`);
  onTestFinished(async () => {
    await admin.query(`drop owned by ${role}; drop role ${role}`);
    await admin.end();
  });
  const weak = new URL(empty.url);
  weak.username = role;
  weak.password = 'weak-word';
  const refused = await doctor({ DATABASE_URL: weak.href });
  expect(about(refused, 'database tables')[0]).toMatch(/^fail .*may not make tables$/);
  expect(about(refused, 'database tables')[1]).toContain('GRANT CREATE ON SCHEMA public');
  expect(refused.output).not.toContain('weak-word');
  weak.pathname = new URL(world.database.url).pathname;
  expect(about(await doctor({ DATABASE_URL: weak.href }), 'database tables')[0]).toMatch(
    /may not read and write .*events/,
  );
});

test('a database that is newer than the bot fails', async () => {
  const client = new pg.Client({ connectionString: world.database.url });
  await client.connect();
  await client.query(`insert into migrations (name) values ('999-later.sql')`);
  await client.end();
  expect(about(await doctor(), 'database tables')[0]).toMatch(/^fail .*newer than this version.*999-later\.sql$/);
});

test('a database of a version before 0.2.0 fails, with how to keep it and how to begin again', async () => {
  const client = new pg.Client({ connectionString: world.database.url });
  await client.connect();
  await client.query(`update migrations set name = '001-rollouts.sql'`);
  await client.end();
  const [found, fix] = about(await doctor(), 'database tables');
  expect(found).toMatch(/^fail .*before 0\.2\.0, which this version does not read$/);
  expect(fix).toMatch(/fix: .*pg_dump.*rollout history.*DATABASE_URL lead to a new database/);
  for (const words of [['list'], ['history', 'shop'], ['rollback', 'shop'], ['pause', 'shop']]) {
    const { code, lines } = await runCli(words, { env: { ...world.env } });
    expect(code, words[0]).toBe(1);
    expect(lines, words[0]).toEqual([expect.stringMatching(/^rollout: the database was made .* a new database$/)]);
  }
});

test('in HTTP mode the way from outside is tried where PUBLIC_URL says it', async () => {
  const http = { SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: world.slack.signingSecret };
  expect(about(await doctor(http), 'HTTP mode')[1]).toContain('set PUBLIC_URL');
  const bot = createHttpServer((request, response) =>
    response.end(request.url === '/readyz' ? '{"ready":true,"timer_seconds":1}\n' : 'ready'),
  );
  const port = await listening(bot);
  onTestFinished(() => void bot.close());
  const reached = await doctor({ ...http, PUBLIC_URL: `http://127.0.0.1:${port}/` });
  expect(about(reached, 'HTTP mode')).toEqual([`ok    HTTP mode: http://127.0.0.1:${port}/readyz answers ready`]);
  const wrong = await doctor({ ...http, PUBLIC_URL: `http://127.0.0.1:${port}/other` });
  expect(about(wrong, 'HTTP mode')[0]).toMatch(/^fail .*answers 200, not as the bot does$/);
  expect((await doctor({ ...http, PUBLIC_URL: 'ftp://x' })).output).toContain(
    'PUBLIC_URL: must be an http or https address',
  );
});

test('with nothing configured there is a line for each cause, and what needs it is named once', async () => {
  const ended = await runCli(['doctor'], { env: { PLANS_DIR: world.plans } });
  expect(ended.code).toBe(1);
  const found = ended.lines.filter((line) => !line.startsWith('      fix: '));
  expect(found.map((line) => line.split(': ')[0])).toEqual([
    'ok    Node',
    'fail  SLACK_BOT_TOKEN',
    'fail  DATABASE_URL',
    'fail  SLACK_APP_TOKEN',
    'ok    heartbeat',
    'ok    plan shop',
    'fail  plan shop variables',
    'skip  Slack token, Slack scopes, clock; plan shop channel, people',
    'skip  Socket Mode',
    'skip  database, database sessions, database settings, database tables',
    'skip  plan shop target flag',
    'skip  plan shop check error-rate',
    '3 ok, 0 warnings, 4 failed, 12 not looked at',
  ]);
  expect(ended.output).toContain('skip  Socket Mode: needs SLACK_APP_TOKEN\n');
  expect(ended.output).toContain('skip  plan shop target flag: needs FLAGS_URL\n');
});

test.each([
  ['http://nowhere.invalid/api/', /: the name nowhere\.invalid is not known here \((ENOTFOUND|EAI_AGAIN)\)$/],
  ['http://127.0.0.1:5/api/', /: nothing listens at 127\.0\.0\.1:5 \(ECONNREFUSED\)$/],
])('a Slack at %s is told once, with what was met on the way', async (SLACK_API_URL, said) => {
  const ended = await doctor({ SLACK_API_URL, HTTPS_PROXY: 'http://proxy.example:3128' });
  const [line = '', fix = ''] = about(ended, 'Slack token');
  expect(line).toMatch(said);
  expect(fix).toContain('see whether SLACK_API_URL is right; HTTPS_PROXY is set, but the bot asks without a proxy');
  expect(ended.output).toContain(
    'skip  Slack scopes, clock, Socket Mode; plan shop channel, people: needs Slack token',
  );
  expect(ended.lines.at(-1)).toMatch(/ 1 failed, 5 not looked at$/);
});

test('checks without a number for one cause are one line, and so are plans that lack the same variable', async () => {
  const check = / {2}error-rate:[\s\S]*?critical:.*\n/.exec(PLAN)?.[0] ?? '';
  const two = PLAN.replace(check, () => check + check.replace('error-rate', 'other').replace('Error rate', 'Other'));
  writeFileSync(join(world.plans, 'shop.yml'), two);
  const ended = await doctor({ METRICS_URL: 'http://127.0.0.1:1' });
  expect(about(ended, 'plan shop check error-rate, check other')[0]).toMatch(/ECONNREFUSED/);
  writeFileSync(join(world.plans, 'shop-2.yml'), PLAN.replace('plan: shop', 'plan: shop-2'));
  const unset = await doctor({ METRICS_URL: '' });
  expect(about(unset, 'plan shop-2 variables; plan shop variables')[0]).toContain('METRICS_URL is not set');
  expect(unset.lines.at(-1)).toContain(', 1 failed, 3 not looked at');
  expect(unset.output).toContain('skip  plan shop-2 check error-rate; plan shop check error-rate, check other: needs');
});

test('a database that cannot be reached, and an address that is none, are one line each', async () => {
  const gone = await doctor({ DATABASE_URL: 'postgres://a:b@127.0.0.1:1/x' });
  expect(about(gone, 'database')[0]).toContain('nothing listens');
  expect(gone.output).toContain('skip  database sessions, database settings, database tables: needs database');
  const none = await doctor({ DATABASE_URL: 'postgres://a:b/c@127.0.0.1:1/x' });
  expect(about(none, 'DATABASE_URL')[0]).toContain('escape @ : / # %');
  expect(none.output).not.toContain('PROBE_NETWORKS');
  const unread = await doctor({
    DATABASE_URL: 'postgres://a:b@127.0.0.1:1/x?sslmode=verify-full&sslrootcert=/not/there.pem',
  });
  expect(about(unread, 'database')[0]).toContain('a certificate file that DATABASE_URL names cannot be read');
});

test('when everything it asks hangs it says so of each, and ends', async () => {
  const hole = createServer((socket) => void socket.on('error', () => undefined));
  const port = await listening(hole);
  onTestFinished(() => void hole.close());
  const http = `http://127.0.0.1:${port}`;
  const ended = await command({
    SLACK_API_URL: `${http}/api/`,
    METRICS_URL: http,
    PUBLIC_URL: http,
    SLACK_APP_TOKEN: '',
    SLACK_SIGNING_SECRET: 'a-secret',
    DATABASE_URL: `postgres://a:b@127.0.0.1:${port}/x`,
    FLAGS_URL: `postgres://a:b@127.0.0.1:${port}/y`,
  });
  expect(ended.code).toBe(1);
  for (const what of ['Slack token', 'HTTP mode', 'database']) expect(about(ended, what)[0], what).toMatch(/^fail/);
  for (const what of ['target flag', 'check error-rate'])
    expect(about(ended, `plan shop ${what}`)[0], what).toMatch(/^fail/);
  expect(ended.output).toContain('skip  Slack scopes, clock; plan shop channel, people: needs Slack token');
  expect(ended.output).toContain('skip  database sessions, database settings, database tables: needs database');
});

test('in a workspace without user groups it says so, and what to write instead', async () => {
  world.slack.workspace.isFree = true;
  const { output } = await doctor();
  expect(output).toContain('plan shop people: Slack says plan_upgrade_required');
  expect(output).toContain('fix: this workspace has no user groups; list people by id or e-mail address in the plan');
});
