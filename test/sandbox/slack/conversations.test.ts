import type { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSlack, startLocalSlack } from '../../../sandbox/slack/index.js';
import { clientFor, post, refusal } from './web-client.js';

const channel = 'C0SHOP';

let slack: RunningSlack;
let client: WebClient;

beforeEach(async () => {
  slack = await startLocalSlack({ now: () => 1_700_000_000_000 });
  client = clientFor(slack);
});

afterEach(() => slack.close());

describe('history', () => {
  test('replies are in their thread; in the channel only when broadcast', async () => {
    const root = await post(client, 'root');
    const reply = await post(client, 'reply', { thread_ts: root });
    await post(client, 'reply to the reply, for all', { thread_ts: reply, reply_broadcast: true });
    const { messages = [] } = await client.conversations.history({ channel });
    expect(messages.map(({ text }) => text)).toEqual(['reply to the reply, for all', 'root']);
    expect(messages[1]).toMatchObject({ reply_count: 2, thread_ts: root });
    expect(messages[0]).toMatchObject({ subtype: 'thread_broadcast', thread_ts: root });
    const thread = await client.conversations.replies({ channel, ts: root });
    expect(thread.messages?.map(({ text }) => text)).toEqual(['root', 'reply', 'reply to the reply, for all']);
  });

  test('metadata is shown on request only', async () => {
    const metadata = { event_type: 'posted', event_payload: { outbox_id: '7' } };
    await client.chat.postMessage({ channel, text: 'a', metadata });
    const shown = await client.conversations.history({ channel, include_all_metadata: true });
    expect(shown.messages).toMatchObject([{ metadata }]);
    const hidden = await client.conversations.history({ channel });
    expect(hidden.messages?.[0]).not.toHaveProperty('metadata');
  });

  test('pages follow the cursor, newest first, within oldest and latest', async () => {
    const [a = '', b, c, d = ''] = [
      await post(client, 'a'),
      await post(client, 'b'),
      await post(client, 'c'),
      await post(client, 'd'),
    ];
    const first = await client.conversations.history({ channel, limit: 2, oldest: a, inclusive: true });
    expect(first.messages?.map(({ ts }) => ts)).toEqual([d, c]);
    const cursor = first.response_metadata?.next_cursor ?? '';
    const rest = await client.conversations.history({ channel, limit: 2, oldest: a, inclusive: true, cursor });
    expect(rest).toMatchObject({ has_more: false, messages: [{ ts: b }, { ts: a }] });
    const between = await client.conversations.history({ channel, oldest: a, latest: d });
    expect(between.messages?.map(({ ts }) => ts)).toEqual([c, b]);
    expect(await refusal(client.conversations.history({ channel, cursor: 'zzz' }))).toMatchObject({
      error: 'invalid_cursor',
    });
  });
});

describe('people and channels', () => {
  test('guests, bots and strangers can be told from members', async () => {
    const kind = async (user: string) => (await client.users.info({ user })).user;
    expect(await kind('U0GINA')).toMatchObject({ is_restricted: true });
    expect(await kind('U0ROLLOUT')).toMatchObject({ is_bot: true });
    expect(await kind('U0STELLA')).toMatchObject({ is_stranger: true, team_id: 'T0ELSEWHERE' });
    expect(await kind('U0LEA')).toMatchObject({
      is_restricted: false,
      is_bot: false,
      team_id: 'T0SANDBOX',
      tz: 'Europe/Berlin',
    });
    expect(await refusal(client.users.info({ user: 'U0NOBODY' }))).toMatchObject({ error: 'user_not_found' });
  });

  test('a member is found by e-mail, a stranger is not', async () => {
    expect((await client.users.lookupByEmail({ email: 'Lea@example.com' })).user?.id).toBe('U0LEA');
    const stranger = client.users.lookupByEmail({ email: 'stella@example.com' });
    expect(await refusal(stranger)).toMatchObject({ error: 'users_not_found' });
  });

  test('user groups list their people; a disabled one is not there', async () => {
    const { usergroups = [] } = await client.usergroups.list({ include_users: true });
    expect(usergroups.find(({ handle }) => handle === 'release-team')).toMatchObject({ users: ['U0OPAL', 'U0OSCAR'] });
    const [group] = slack.workspace.groups;
    if (group) group.disabled = true;
    expect(await refusal(client.usergroups.users.list({ usergroup: 'S0RELEASE' }))).toMatchObject({
      error: 'no_such_subteam',
    });
  });

  test('a channel says who is in it and whether it is shared', async () => {
    const { channel: shop } = await client.conversations.info({ channel });
    expect(shop).toMatchObject({ name: 'shop', is_member: true, is_ext_shared: false });
    const { channel: partners } = await client.conversations.info({ channel: 'C0PARTNERS' });
    expect(partners).toMatchObject({ name: 'partners', is_member: true, is_ext_shared: true });
    const { members } = await client.conversations.members({ channel: 'C0RELEASES' });
    expect(members).toEqual(['U0OPAL', 'U0OSCAR', 'U0LEA', 'U0LOU', 'U0ROLLOUT']);
    const { channels = [] } = await client.conversations.list({ types: 'public_channel' });
    expect(channels.map(({ name, is_member }) => [name, is_member])).toEqual([
      ['shop', true],
      ['partners', true],
      ['releases', true],
      ['random', false],
    ]);
  });
});
