import { expect, test } from 'vitest';
import { readConfig, readStoreConfig } from '../src/config.js';

const GOOD = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1', DATABASE_URL: 'postgres://bot@localhost/bot' };

function problems(env: Record<string, string | undefined>): string[] {
  const read = readConfig(env);
  return read.ok ? [] : read.problems;
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
  if (!read.ok) throw new Error(read.problems.join());
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how plans write variables
  expect(read.config.fill('${FLAGS_DATABASE_URL}/x')).toBe('postgres://flags/x');
  // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how plans write variables
  expect(() => read.config.fill('${OTHER_URL}')).toThrow('OTHER_URL is not set');
});

test('the command line needs no Slack, only the database', () => {
  expect(readStoreConfig({ DATABASE_URL: GOOD.DATABASE_URL }).ok).toBe(true);
  expect(readStoreConfig({})).toMatchObject({ ok: false, problems: [expect.stringMatching(/^DATABASE_URL: /)] });
});
