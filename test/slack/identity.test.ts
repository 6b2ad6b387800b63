import { LogLevel, WebClient } from '@slack/web-api';
import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startLocalSlack } from '../../sandbox/slack/index.js';
import { createIdentity, type Identity } from '../../src/slack/people/identity.js';
import { until } from '../kill/until.js';
import { createDatabase } from '../support/database.js';
import { orderOf } from '../support/order.js';

/** Longer than any test: only what does not wait for Slack comes to its end. */
const FOR_EVER_MS = 1_000_000;
const FOR_EVER = { times: Number.POSITIVE_INFINITY, delayMs: FOR_EVER_MS };

/** What the library says of failures is its own. */
const quiet = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

async function open() {
  const [slack, database] = await Promise.all([startLocalSlack(), createDatabase()]);
  const db = new pg.Pool({ connectionString: database.url, max: 2 });
  db.on('error', () => undefined);
  onTestFinished(async () => {
    await Promise.all([slack.close(), db.end()]);
    await database.giveBack();
  });
  const token = slack.botToken;
  /** A process of its own: it shares nothing with the others but the database. */
  const identity = (timeoutMs = FOR_EVER_MS) => {
    const client = new WebClient(token, {
      slackApiUrl: slack.apiUrl,
      retryConfig: { retries: 0 },
      timeout: timeoutMs,
      logger: quiet,
    });
    return createIdentity({ db, client, token });
  };
  return { slack, db, token, identity };
}

/** What is asked of it here: who the bot is, and the workspace alone. */
function whose(identity: Identity) {
  return { ...identity, teamId: async () => (await identity.self()).teamId };
}

test('Slack is asked once, however many want to know', async () => {
  const { slack, token, identity } = await open();
  const self = whose(identity());
  const { botUserId, botId, teamId } = slack.workspace;
  expect(await Promise.all([self.authorize(), self.teamId()])).toEqual([{ botToken: token, botUserId, botId }, teamId]);
  await self.authorize();
  expect(slack.calls.filter(({ method }) => method === 'auth.test')).toHaveLength(1);
});

test('while Slack hangs a request goes by what an earlier process was told, and the next one does not wait at all', async () => {
  const { slack, token, identity } = await open();
  await identity().self();
  slack.fail({ method: 'auth.test', ...FOR_EVER });
  const self = whose(identity());
  const { botUserId, botId, teamId } = slack.workspace;
  expect(await self.authorize()).toEqual({ botToken: token, botUserId, botId });
  expect(await self.teamId()).toBe(teamId);
  const next = () => Promise.all([self.authorize(), self.teamId()]);
  expect(await orderOf({ next }, [1])).toEqual(['next']);
});

test('a Slack that is down is not waited for either', async () => {
  const { slack, identity } = await open();
  await identity().self();
  slack.setDown(true);
  const self = whose(identity());
  expect(await self.teamId()).toBe(slack.workspace.teamId);
});

test('what Slack answers late takes the place of what was remembered', async () => {
  const { slack, db, identity } = await open();
  await identity().self();
  await db.query(`update people set value = jsonb_set(value, '{teamId}', '"T0BEFORE"') where kind = 'self'`);
  slack.fail({ method: 'auth.test', delayMs: 1_000 });
  const self = whose(identity());
  expect(await self.teamId()).toBe('T0BEFORE');
  await until('the workspace of now', async () => (await self.teamId()) === slack.workspace.teamId);
});

test('a bot Slack never spoke to takes requests all the same, but does not say whose workspace it is', async () => {
  const { slack, token, identity } = await open();
  slack.fail({ method: 'auth.test', ...FOR_EVER });
  const self = whose(identity(3_000));
  expect(await self.authorize()).toEqual({ botToken: token });
  await expect(self.teamId()).rejects.toThrow();
  slack.clearFaults();
  expect(await self.teamId()).toBe(slack.workspace.teamId);
});

describe('which workspace the bot serves', () => {
  const served = async (enterprise: { isOrgInstall: boolean; addedTo?: string[] }, fault?: string) => {
    const { slack, identity } = await open();
    if (fault !== undefined) slack.fail({ method: 'auth.teams.list', error: fault });
    slack.workspace.enterprise = { id: 'E1', name: 'Org', ...enterprise };
    const { teamId, enterpriseId } = await identity().self();
    return { teamId, enterpriseId, asked: slack.calls.map(({ method }) => method) };
  };

  test('is the one it was installed in, also on an Enterprise Grid', async () => {
    const { asked, ...self } = await served({ isOrgInstall: false });
    expect(self).toEqual({ teamId: 'T0SANDBOX', enterpriseId: 'E1' });
    expect(asked).toEqual(['auth.test']);
  });

  test('is the one an app of the whole organisation was added to', async () => {
    const { asked, ...self } = await served({ isOrgInstall: true });
    expect(self).toEqual({ teamId: 'T0SANDBOX', enterpriseId: 'E1' });
    expect(asked).toEqual(['auth.test', 'auth.teams.list']);
  });

  test.each<[string, string[] | undefined, string | undefined]>([
    ['was added to several', ['T0SANDBOX', 'T0NORTH'], undefined],
    ['was added to none', [], undefined],
    ['is not told', undefined, 'not_allowed_token_type'],
  ])('is the organisation where the app of a whole one %s', async (_what, addedTo, fault) => {
    const { asked, ...self } = await served({ isOrgInstall: true, ...(addedTo && { addedTo }) }, fault);
    expect(self).toEqual({ teamId: 'E1', enterpriseId: 'E1' });
    expect(asked).toContain('auth.teams.list');
  });

  test('is asked again where Slack did not answer that', async () => {
    const { asked, ...self } = await served({ isOrgInstall: true }, 'internal_error');
    expect(self).toEqual({ teamId: 'T0SANDBOX', enterpriseId: 'E1' });
    expect(asked.filter((method) => method === 'auth.teams.list')).toHaveLength(2);
  });
});
