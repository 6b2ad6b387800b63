import type { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSlack, sandboxWorkspace, startLocalSlack } from '../../../sandbox/slack/index.js';
import { clientFor, post, refusal } from './web-client.js';

const channel = 'C0SHOP';

let slack: RunningSlack;
let client: WebClient;

beforeEach(async () => {
  slack = await startLocalSlack({ now: () => 1_700_000_000_000 });
  client = clientFor(slack);
});

afterEach(() => slack.close());

describe('tokens and scopes', () => {
  test('the bot token knows who it is', async () => {
    expect(await client.auth.test()).toMatchObject({ user_id: 'U0ROLLOUT', team_id: 'T0SANDBOX', bot_id: 'B0ROLLOUT' });
  });

  test('no token, a wrong one and the wrong kind are told apart', async () => {
    expect(await refusal(clientFor(slack, '').auth.test())).toMatchObject({ error: 'not_authed' });
    expect(await refusal(clientFor(slack, 'xoxb-other').auth.test())).toMatchObject({ error: 'invalid_auth' });
    expect(await refusal(client.apps.connections.open({}))).toMatchObject({ error: 'not_allowed_token_type' });
    const opened = await clientFor(slack, slack.appToken).apps.connections.open({});
    expect(opened.url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/link\//);
  });

  test('a method outside the granted scopes names what it needs', async () => {
    const join = await refusal(client.conversations.join({ channel: 'C0RANDOM' }));
    expect(join).toMatchObject({ error: 'missing_scope', needed: 'channels:join' });
    expect(join.provided).toContain('chat:write');
    const list = await refusal(client.conversations.list({ types: 'public_channel,im' }));
    expect(list).toMatchObject({ error: 'missing_scope', needed: 'im:read' });
  });

  test('an unknown method is unknown', async () => {
    for (const name of ['chat.postPoem', 'constructor', 'toString'])
      expect(await refusal(client.apiCall(name, {})), name).toMatchObject({ error: 'unknown_method' });
  });
});

test('every call is recorded without its token', async () => {
  await post(client, 'a');
  await refusal(client.chat.postMessage({ channel: 'C0NOWHERE', text: 'b' }));
  expect(slack.calls).toMatchObject([
    { method: 'chat.postMessage', ok: true, args: { channel, text: 'a' } },
    { method: 'chat.postMessage', ok: false, error: 'channel_not_found' },
  ]);
  expect(JSON.stringify(slack.calls)).not.toContain(slack.botToken);
});

test('a workspace can be brought along', async () => {
  const workspace = { ...sandboxWorkspace(), scopes: [] };
  const strict = await startLocalSlack({ workspace });
  const own = clientFor(strict);
  expect(await refusal(own.users.list({}))).toMatchObject({ error: 'missing_scope', needed: 'users:read' });
  await strict.close();
});

test('blocks.validate names what is wrong without posting', async () => {
  expect((await client.apiCall('blocks.validate', { blocks: [{ type: 'divider' }] })).ok).toBe(true);
  expect(await refusal(client.apiCall('blocks.validate', { blocks: [{ type: 'poem' }] }))).toMatchObject({
    error: 'invalid_blocks',
    errors: [{ pointer: '/0/type', code: 'failed_constraint', message: 'unsupported type: poem' }],
  });
  const view = { type: 'modal', blocks: [] };
  expect(await refusal(client.apiCall('blocks.validate', { view }))).toMatchObject({ error: 'invalid_view' });
  expect(await refusal(client.apiCall('blocks.validate', { view, blocks: [] }))).toMatchObject({
    error: 'invalid_arguments',
  });
});
