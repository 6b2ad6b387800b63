import type { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSlack, startLocalSlack } from '../../../sandbox/slack/index.js';
import { clientFor, post, refusal } from './web-client.js';

const channel = 'C0SHOP';
const bot = 'U0ROLLOUT';

let slack: RunningSlack;
let client: WebClient;

beforeEach(async () => {
  slack = await startLocalSlack();
  client = clientFor(slack);
});

afterEach(() => slack.close());

const refused = async (call: Promise<unknown>) => (await refusal(call)).error;

describe('a user group', () => {
  const users = async (include_disabled = false) =>
    (await client.usergroups.users.list({ usergroup: 'S0LEADS', include_disabled })).users;

  test('has the people it was given', async () => {
    slack.setGroupUsers('S0LEADS', ['U0OTTO']);
    expect(await users()).toEqual(['U0OTTO']);
  });

  test('keeps its id under a new handle', async () => {
    slack.renameGroup('S0LEADS', '@tech-leads');
    const { usergroups = [] } = await client.usergroups.list({});
    expect(usergroups.find(({ id }) => id === 'S0LEADS')?.handle).toBe('tech-leads');
  });

  test('is not there while disabled, except for those who ask for disabled ones', async () => {
    slack.disableGroup('S0LEADS');
    expect(await refused(users())).toBe('no_such_subteam');
    expect(await users(true)).toEqual(['U0LEA', 'U0LOU']);
    const { usergroups = [] } = await client.usergroups.list({});
    expect(usergroups.map(({ id }) => id)).not.toContain('S0LEADS');
    const all = await client.usergroups.list({ include_disabled: true });
    expect(all.usergroups?.find(({ id }) => id === 'S0LEADS')?.date_delete).toBeGreaterThan(0);
    slack.disableGroup('S0LEADS', false);
    expect(await users()).toEqual(['U0LEA', 'U0LOU']);
  });
});

describe('a person', () => {
  test('is deactivated, or becomes a guest', async () => {
    slack.setUser('U0LEA', { deleted: true, isGuest: true });
    expect((await client.users.info({ user: 'U0LEA' })).user).toMatchObject({ deleted: true, is_restricted: true });
    expect(await refused(client.users.lookupByEmail({ email: 'lea@example.com' }))).toBe('users_not_found');
  });

  test('can still be written to when deactivated, but nobody opens a conversation with them', async () => {
    slack.setUser('U0LEA', { deleted: true });
    expect((await client.chat.postMessage({ channel: 'U0LEA', text: 'x' })).channel).toMatch(/^D/);
    expect(await refused(client.conversations.open({ users: 'U0LEA' }))).toBe('user_disabled');
  });
});

describe('a channel', () => {
  test('that was archived takes no posts and no edits', async () => {
    const ts = await post(client, 'before');
    slack.setChannel(channel, { isArchived: true });
    expect(await refused(client.chat.postMessage({ channel, text: 'x' }))).toBe('is_archived');
    expect(await refused(client.chat.postEphemeral({ channel, user: 'U0LEA', text: 'x' }))).toBe('is_archived');
    expect(await refused(client.chat.update({ channel, ts, text: 'x' }))).toBe('is_inactive');
    expect((await client.conversations.info({ channel })).channel).toMatchObject({ is_archived: true });
  });

  test('that the bot left takes no posts; a private one is not there for it', async () => {
    slack.setChannel(channel, { members: ['U0OPAL'] });
    expect(await refused(client.chat.postMessage({ channel, text: 'x' }))).toBe('not_in_channel');
    expect(await refused(client.conversations.history({ channel }))).toBe('not_in_channel');
    expect((await client.conversations.info({ channel })).channel).toMatchObject({ is_member: false });
    slack.setChannel(channel, { isPrivate: true });
    expect(await refused(client.chat.postMessage({ channel, text: 'x' }))).toBe('channel_not_found');
    expect(await refused(client.conversations.info({ channel }))).toBe('channel_not_found');
    expect(await refused(client.conversations.members({ channel }))).toBe('channel_not_found');
  });

  test('that was shared or renamed says so', async () => {
    slack.setChannel('C0RELEASES', { isExtShared: true, name: 'deploys' });
    const { channel: info } = await client.conversations.info({ channel: 'C0RELEASES' });
    expect(info).toMatchObject({ name: 'deploys', is_ext_shared: true, is_member: true, is_archived: false });
  });

  test('lists its members page by page', async () => {
    slack.setChannel(channel, { members: ['U0OPAL', 'U0LEA', bot] });
    const first = await client.conversations.members({ channel, limit: 2 });
    expect(first.members).toEqual(['U0OPAL', 'U0LEA']);
    const cursor = first.response_metadata?.next_cursor ?? '';
    const rest = await client.conversations.members({ channel, limit: 2, cursor });
    expect(rest).toMatchObject({ members: [bot], response_metadata: { next_cursor: '' } });
  });

  test('says how many are in it only when asked', async () => {
    slack.setChannel(channel, { members: ['U0OPAL', bot] });
    expect((await client.conversations.info({ channel })).channel).not.toHaveProperty('num_members');
    const asked = await client.conversations.info({ channel, include_num_members: true });
    expect(asked.channel).toMatchObject({ num_members: 2 });
  });
});

describe('a direct message', () => {
  test('is opened with one person, and found again by its id', async () => {
    const { channel: opened } = await client.conversations.open({ users: 'U0LEA' });
    expect(opened?.id).toBe(slack.directMessage('U0LEA').id);
    const again = await client.conversations.open({ channel: opened?.id ?? '' });
    expect(again).toMatchObject({ already_open: true, channel: { id: opened?.id } });
    expect(await refused(client.conversations.open({ channel }))).toBe('method_not_supported_for_channel_type');
    expect(await refused(client.conversations.open({ users: 'U0NOBODY' }))).toBe('user_not_found');
  });

  test('is written to by the person’s id, and read with a scope of its own', async () => {
    const { channel: id = '' } = await client.chat.postMessage({ channel: 'U0LEA', text: 'hello' });
    expect(slack.messages(id)).toMatchObject([{ text: 'hello' }]);
    slack.workspace.scopes = slack.workspace.scopes.filter((scope) => scope !== 'im:history');
    const call = client.conversations.history({ channel: id });
    expect(await refusal(call)).toMatchObject({ error: 'missing_scope', needed: 'im:history' });
    slack.workspace.scopes.push('im:history');
    expect((await client.conversations.history({ channel: id })).messages).toMatchObject([{ text: 'hello' }]);
  });
});

describe('a deleted first message of a thread', () => {
  test('leaves its replies under a tombstone that nobody can edit, delete or link to', async () => {
    const root = await post(client, 'root');
    const reply = await post(client, 'reply', { thread_ts: root });
    slack.deleteMessage(channel, root);
    const tombstone = { subtype: 'tombstone', user: 'USLACKBOT', ts: root, thread_ts: root, reply_count: 1 };
    expect((await client.conversations.history({ channel })).messages).toMatchObject([tombstone]);
    const thread = await client.conversations.replies({ channel, ts: root });
    expect(thread.messages).toMatchObject([tombstone, { ts: reply, text: 'reply' }]);
    for (const call of [
      client.chat.update({ channel, ts: root, text: 'x' }),
      client.chat.delete({ channel, ts: root }),
      client.chat.getPermalink({ channel, message_ts: root }),
    ]) {
      expect(await refused(call)).toBe('message_not_found');
    }
  });

  test('is gone for good with its last reply', async () => {
    const root = await post(client, 'root');
    const reply = await post(client, 'reply', { thread_ts: root });
    slack.deleteMessage(channel, root);
    slack.deleteMessage(channel, reply);
    expect((await client.conversations.history({ channel })).messages).toEqual([]);
    expect(await refused(client.conversations.replies({ channel, ts: root }))).toBe('thread_not_found');
  });
});

test('whoever looks hears of each change; an unknown id is an error', () => {
  const heard: string[] = [];
  slack.subscribe(({ type }) => heard.push(type));
  slack.setGroupUsers('S0LEADS', []);
  slack.setUser('U0LEA', { deleted: true });
  slack.setChannel(channel, { isArchived: true });
  expect(heard).toEqual(['workspace', 'workspace', 'workspace']);
  expect(() => slack.setUser('U0NOBODY', {})).toThrow('no user U0NOBODY');
  expect(() => slack.setChannel('C0NOWHERE', {})).toThrow('no channel C0NOWHERE');
  expect(() => slack.disableGroup('S0NONE')).toThrow('no user group S0NONE');
});
