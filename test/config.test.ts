import { expect, test } from 'vitest';
import { problemWords, readConfig, readStoreConfig } from '../src/config.js';

const GOOD = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', DATABASE_URL: 'postgres://bot@localhost/bot' };

function problems(env: Record<string, string | undefined>): string[] {
  const read = readConfig(env);
  return read.ok ? [] : read.problems.map(problemWords);
}

test('an empty environment names each missing thing on a line of its own', () => {
  const names = problems({}).map((line) => line.split(':')[0]);
  expect(names).toEqual(['SLACK_BOT_TOKEN', 'DATABASE_URL', 'SLACK_APP_TOKEN']);
});

test('NAME= in a file is as good as unset', () => {
  expect(problems({ ...GOOD, SLACK_BOT_TOKEN: '' })[0]).toMatch(/^SLACK_BOT_TOKEN: /);
});

test('tokens that were swapped are told apart', () => {
  expect(problems({ ...GOOD, SLACK_BOT_TOKEN: 'xapp-1', SLACK_APP_TOKEN: 'xoxb-1' })).toHaveLength(2);
});

test('a signing secret alone means HTTP, an app token means Socket Mode', () => {
  const http = readConfig({ ...GOOD, SLACK_APP_TOKEN: undefined, SLACK_SIGNING_SECRET: 's' });
  expect(http.ok && http.config.slackAppToken).toBeUndefined();
  const socket = readConfig({ ...GOOD, SLACK_SIGNING_SECRET: 's' });
  expect(socket.ok && socket.config.slackAppToken).toBe('xapp-1');
});

test('what cannot be read is named with what would do', () => {
  const wrong = {
    ...GOOD,
    PORT: 'eighty',
    LOG_LEVEL: 'loud',
    PROBE_NETWORKS: '10.0.0.0/99',
    DATABASE_URL: 'mysql://x',
  };
  const told = problems(wrong).join('\n');
  for (const name of ['PORT', 'LOG_LEVEL', 'PROBE_NETWORKS', 'DATABASE_URL']) expect(told).toContain(`${name}: `);
  expect(told).toContain('must be one of fatal');
});

test('a variable of a plan is filled from the environment, and its absence is named, never guessed', () => {
  const read = readConfig({ ...GOOD, FLAGS_DATABASE_URL: 'postgres://flags' });
  if (!read.ok) throw new Error(read.problems.map(problemWords).join());
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how plans write variables
  expect(read.config.fill('${FLAGS_DATABASE_URL}/x')).toBe('postgres://flags/x');
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how plans write variables
  expect(() => read.config.fill('${OTHER_URL}')).toThrow('OTHER_URL is not set');
});

test('the command line needs no Slack, only the database', () => {
  expect(readStoreConfig({ DATABASE_URL: GOOD.DATABASE_URL }).ok).toBe(true);
  expect(readStoreConfig({})).toMatchObject({ ok: false, problems: [{ name: 'DATABASE_URL' }] });
});

test.each([
  ['SLACK_BOT_TOKEN', 'xapp-1-A', 'app-level token'],
  ['SLACK_APP_TOKEN', 'xoxb-1-1', 'bot token'],
  ['SLACK_BOT_TOKEN', 'xoxp-1-1', 'user token'],
  ['SLACK_BOT_TOKEN', 'xoxe.xoxp-1', 'configuring apps'],
  ['SLACK_BOT_TOKEN', '"xoxb-1"', 'quotation mark'],
  ['SLACK_BOT_TOKEN', 'Bearer xoxb-1', 'Bearer'],
  ['SLACK_APP_TOKEN', '0123456789abcdef0123456789abcdef', 'signing secret'],
  ['SLACK_APP_TOKEN', 'A012ABCD345', 'id of the app'],
  ['SLACK_BOT_TOKEN', '$SLACK_BOT_TOKEN', 'never filled in'],
  ['DATABASE_URL', "'postgres://bot@localhost/bot'", 'quotation mark'],
  ['DATABASE_URL', 'jdbc:postgresql://localhost/bot', 'another kind of database'],
  ['DATABASE_URL', 'https://db.example.com', 'http address'],
])('%s with %s in it says what that is, and not its value', (name, value, what) => {
  const [said = '', ...more] = problems({ ...GOOD, [name]: value });
  expect(more).toEqual([]);
  expect(said).toMatch(new RegExp(`^${name}: must (?:be|begin).*; this one .*${what}`));
  expect(said).not.toContain(value);
});

test('a value that is nothing anybody knows is not guessed at', () => {
  expect(problems({ ...GOOD, SLACK_BOT_TOKEN: 'canary-1' })).toEqual([
    'SLACK_BOT_TOKEN: must be a bot token, it starts with xoxb-',
  ]);
});

test.each(['\r', '\n', ' ', '\u00a0', '\ufeff'])('white space around a value is no part of it: %j', (space) => {
  const padded = Object.fromEntries(Object.entries(GOOD).map(([name, value]) => [name, `${space}${value}${space}`]));
  const read = readConfig(padded);
  expect(read.ok && [read.config.slackBotToken, read.config.slackAppToken, read.config.databaseUrl]).toEqual([
    GOOD.SLACK_BOT_TOKEN,
    GOOD.SLACK_APP_TOKEN,
    GOOD.DATABASE_URL,
  ]);
  expect(readStoreConfig(padded)).toMatchObject({ ok: true, databaseUrl: GOOD.DATABASE_URL });
});

test('the command line says whether its database is not named, or named wrongly', () => {
  const said = (url: string | undefined) => {
    const read = readStoreConfig({ DATABASE_URL: url });
    return read.ok ? '' : read.problems.map(problemWords).join();
  };
  expect(said(undefined)).toMatch(/^DATABASE_URL: is not set; .*\.env of the folder/);
  expect(said('  ')).toBe(said(undefined));
  expect(said('localhost:5432/bot')).toBe('DATABASE_URL: must begin with postgres://');
  expect(said('postgres://bot:p#1@localhost/bot')).toMatch(
    /^DATABASE_URL: cannot be read as an address; in the password/,
  );
});
