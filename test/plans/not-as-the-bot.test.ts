/** A plan is written by people who may not hold the bot's keys: it gets none of them. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { validateFiles } from '../../src/plans/read/validate.js';
import { isBotVariable } from '../../src/plans/values/variables.js';
import { parseChanged, planText, problemsOf } from './build-plan.js';

const OWN = [
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'SLACK_CLIENT_SECRET',
  'DATABASE_URL',
  'HOOKS_TOKEN',
  'SENTRY_CLIENT_SECRET',
  'PGPASSWORD',
  'PGPASSFILE',
  'PGSSLKEY',
  'PGSSLPASSWORD',
  'PGSERVICE',
  'PGSERVICEFILE',
];
const THEIRS = [
  'FLAGS_DATABASE_URL',
  'FLAG_TOKEN',
  'MY_SLACK_TOKEN',
  'PGDATABASE_OF_FLAGS',
  'STRIPE_KEY',
  'PAGER_TOKEN',
  'PG',
];

describe('a variable of the bot', () => {
  test.each(OWN)('%s is given to no program and filled in nowhere', (name) => {
    expect(isBotVariable(name)).toBe(true);
    const exec = { kind: 'exec', set: ['flagctl', '{{exposure}}'], read: ['flagctl'], env: [name] };
    expect(problemsOf(parseChanged({ 'targets.flag': exec }))).toEqual(['targets.flag.env[0] bot_variable']);
    const http = { kind: 'http', url: `https://\${${name}}.example/`, value: 'a' };
    expect(problemsOf(parseChanged({ 'checks.errors.probe': http }))).toEqual(['checks.errors.probe.url bot_variable']);
  });
  test.each(THEIRS)('%s is not', (name) => expect(isBotVariable(name)).toBe(false));
});

const SECRET = 'SLACK_BOT_TOKEN=xoxb-canary-1\nDATABASE_URL=postgres://bot:canary-2@db/bot\n';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'plans-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

describe('validate shows nothing of a file that is no plan', () => {
  const contents: readonly [string, string][] = [
    ['an environment', SECRET],
    ['one secret', 'xoxb-canary-1'],
    ['a key', '-----BEGIN PRIVATE KEY-----\ncanary-1\n-----END PRIVATE KEY-----\n'],
    ['a list', '- canary-1\n- canary-2\n'],
    ['a password file', 'root:canary-1:0:0:root:/root:/bin/bash\n'],
    ['a quoted text', '"canary-1'],
  ];
  test.each(contents)('%s', async (_, text) => {
    const dir = folder();
    writeFileSync(join(dir, 'a.yml'), text);
    const { lines, problems } = await validateFiles([join(dir, 'a.yml')], {});
    expect(problems).toBeGreaterThan(0);
    expect(lines.join('\n')).not.toContain('canary');
  });

  test('nor of one that a link leads to', async () => {
    const [dir, other] = [folder(), folder()];
    writeFileSync(join(other, 'smallest.yml'), planText({ title: { canary: 1 } }));
    symlinkSync(join(other, 'smallest.yml'), join(dir, 'smallest.yml'));
    const { lines } = await validateFiles([join(dir, 'smallest.yml')], {});
    expect(lines).toEqual([expect.stringContaining('found a link that leads out of it')]);
    expect(lines.join('\n')).not.toContain('canary');
  });

  test('a link within the folder is read, as mounted configuration is', async () => {
    const dir = folder();
    mkdirSync(join(dir, '..data'));
    writeFileSync(join(dir, '..data', 'smallest.yml'), planText());
    symlinkSync(join('..data', 'smallest.yml'), join(dir, 'smallest.yml'));
    expect((await validateFiles([join(dir, 'smallest.yml')], {})).problems).toBe(0);
  });
});
