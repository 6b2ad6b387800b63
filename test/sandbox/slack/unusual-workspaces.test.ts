import { WebClient } from '@slack/web-api';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startLocalSlack } from '../../../sandbox/slack/index.js';
import type { Workspace } from '../../../sandbox/slack/types.js';
import {
  BIG,
  bigWorkspace,
  freeWorkspace,
  GRID,
  gridWorkspace,
  restrictedWorkspace,
} from '../../../sandbox/slack/unusual-workspaces.js';

async function open(workspace: Workspace, now: () => number = Date.now) {
  const slack = await startLocalSlack({ workspace, now });
  onTestFinished(() => slack.close());
  const client = new WebClient(slack.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
  return { slack, client };
}

/** Slack's error code; what there was instead fails the test. */
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'ok',
    (error: { data?: { error?: string }; retryAfter?: number }) =>
      error.data?.error ?? `again in ${error.retryAfter} s`,
  );

describe('on a grid', () => {
  test('people have a home and all their workspaces, the bot’s among them or not', async () => {
    const { client } = await open(gridWorkspace());
    const { user: lea } = await client.users.info({ user: 'W0LEA' });
    expect(lea).toMatchObject({ team_id: GRID.north, enterprise_user: { teams: [GRID.north, 'T0SANDBOX'] } });
    const { user: nora } = await client.users.info({ user: 'W0NORA' });
    expect(nora?.enterprise_user?.teams).toEqual([GRID.north]);
    const { user: stella } = await client.users.info({ user: 'U0STELLA' });
    expect(stella).toMatchObject({ is_stranger: true });
    expect(stella?.enterprise_user).toBeUndefined();
    expect(await client.auth.test()).toMatchObject({ team_id: 'T0SANDBOX', enterprise_id: GRID.enterpriseId });
  });

  test('a channel may be of several workspaces without being another company’s', async () => {
    const { client } = await open(gridWorkspace());
    const { channel } = await client.conversations.info({ channel: 'C0SHOP' });
    expect(channel).toMatchObject({ is_shared: true, is_org_shared: true, is_ext_shared: false });
  });

  test('an app of the whole organisation says which workspace it means', async () => {
    const { client } = await open(gridWorkspace({ isOrgInstall: true }));
    expect(await client.auth.test()).toMatchObject({ team_id: GRID.enterpriseId, is_enterprise_install: true });
    expect((await client.auth.teams.list()).teams).toEqual([{ id: 'T0SANDBOX', name: 'Sandbox' }]);
    expect(await codeOf(client.usergroups.list({}))).toBe('missing_argument');
    expect(await codeOf(client.usergroups.list({ team_id: GRID.north }))).toBe('team_access_not_granted');
    expect(await codeOf(client.usergroups.list({ team_id: 'T0SANDBOX' }))).toBe('ok');
  });
});

test('a big one lists the bot’s own channels apart, and keeps to Slack’s limits for each method and minute', async () => {
  let at = Date.now();
  const { client } = await open(bigWorkspace(), () => at);
  const own = await client.users.conversations({ limit: 999 });
  expect(own.channels?.length).toBeLessThan(100);
  expect(own.channels?.[0]).not.toHaveProperty('is_member');
  const page = () => codeOf(client.conversations.list({ limit: 1 }));
  for (let calls = 0; calls < 20; calls += 1) expect(await page()).toBe('ok');
  at += 10_000;
  expect(await page()).toBe('again in 50 s');
  expect(await codeOf(client.users.info({ user: 'U0OPAL' }))).toBe('ok');
  at += 50_000;
  expect(await page()).toBe('ok');
  const { channels } = await client.conversations.list({ limit: 1_000 });
  expect(channels).toHaveLength(1_000);
  expect(BIG.channels).toBeGreaterThan(25 * 1_000);
});

test('a free one has no user groups and hides what was said more than 90 days ago', async () => {
  let at = Date.now();
  const { slack, client } = await open(freeWorkspace(), () => at);
  expect(await codeOf(client.usergroups.list({}))).toBe('plan_upgrade_required');
  expect(await codeOf(client.usergroups.users.list({ usergroup: 'S0LEADS' }))).toBe('plan_upgrade_required');
  const { ts = '' } = await client.chat.postMessage({ channel: 'C0SHOP', text: 'long ago' });
  at += 91 * 86_400_000;
  await client.chat.postMessage({ channel: 'C0SHOP', text: 'now' });
  const { messages, ...rest } = await client.conversations.history({ channel: 'C0SHOP' });
  expect(messages?.map(({ text }) => text)).toEqual(['now']);
  expect(rest).toMatchObject({ is_limited: true });
  expect(await codeOf(client.conversations.replies({ channel: 'C0SHOP', ts }))).toBe('thread_not_found');
  expect(slack.message('C0SHOP', ts)?.text).toBe('long ago');
});

test('a restricted one hides addresses, lets apps write to nobody, and has a channel that is read-only', async () => {
  const { client } = await open(restrictedWorkspace());
  expect((await client.users.info({ user: 'U0OPAL' })).user?.profile?.email).toBeUndefined();
  expect(await codeOf(client.users.lookupByEmail({ email: 'opal@example.com' }))).toBe('users_not_found');
  expect(await codeOf(client.conversations.open({ users: 'U0OPAL' }))).toBe('restricted_action');
  expect(await codeOf(client.chat.postMessage({ channel: 'C0RELEASES', text: 'x' }))).toBe(
    'restricted_action_read_only_channel',
  );
  expect(await codeOf(client.chat.postMessage({ channel: 'C0SHOP', text: 'x' }))).toBe('ok');
});
