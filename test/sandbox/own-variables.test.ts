import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ownVariables } from '../../sandbox/own-variables.js';

const dir = mkdtempSync(join(tmpdir(), 'own-variables-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function read(text: string) {
  const file = join(mkdtempSync(join(dir, 'one-')), '.env.sandbox');
  writeFileSync(file, text);
  const said: string[] = [];
  const own = ownVariables(file, { DATABASE_URL: 'of the sandbox', SHOP_URL: 'of the sandbox' }, (line) =>
    said.push(line),
  );
  return { own, said };
}

describe('variables of own plans in the sandbox', () => {
  test.each([
    ['plain', 'FLAGS_DATABASE_URL=postgres://me@db/flags', { FLAGS_DATABASE_URL: 'postgres://me@db/flags' }],
    ['in quotes, with what looks like a comment', 'TOKEN="a#b c"', { TOKEN: 'a#b c' }],
    ['exported, from a shell', 'export METRICS_URL=http://m', { METRICS_URL: 'http://m' }],
    ['comments, empty lines, Windows line ends', '# mine\r\n\r\nA=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['empty', '', {}],
    ['not a list of variables', 'what is this?', {}],
  ])('%s', (_, text, expected) => {
    expect(read(text).own).toEqual(expected);
  });

  test.each([
    'DATABASE_URL',
    'SHOP_URL',
    'SLACK_BOT_TOKEN',
    'SLACK_API_URL',
    'PGPASSFILE',
    'PGSSLMODE',
    'NODE_OPTIONS',
    'LD_PRELOAD',
    'PATH',
    'PLANS_DIR',
  ])('%s is not taken, and it is said', (name) => {
    const { own, said } = read(`${name}=x\nMINE=y`);
    expect(own).toEqual({ MINE: 'y' });
    expect(said).toEqual([
      'From .env.sandbox, for your plans: MINE',
      `Not taken from .env.sandbox, the sandbox sets its own or needs none: ${name}`,
    ]);
  });

  test('values are never said', () => {
    expect(read('MINE=s3cret-value').said.join()).not.toContain('s3cret');
  });

  test('no file: nothing', () => {
    expect(ownVariables(join(dir, 'none'), {}, () => expect.unreachable())).toEqual({});
  });
});
