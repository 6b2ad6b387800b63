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

describe('messages', () => {
  test('ts values are unique and increase while the clock stands still', async () => {
    const all = await Promise.all(['a', 'b', 'c'].map((text) => post(client, text)));
    expect(all.sort()).toEqual(['1700000000.000000', '1700000000.000001', '1700000000.000002']);
  });

  test('JSON bodies and form bodies say the same', async () => {
    const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'b' } }];
    const answer = await fetch(`${slack.apiUrl}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel, text: 'json', blocks }),
    });
    expect(await answer.json()).toMatchObject({ ok: true, message: { text: 'json', blocks } });
    await client.chat.postMessage({ channel, text: 'form', blocks: [{ type: 'divider' }] });
    expect(slack.messages(channel)).toMatchObject([{ blocks }, { blocks: [{ type: 'divider' }] }]);
  });

  test.each([
    ['channel_not_found', { channel: 'C0NOWHERE', text: 'x' }],
    ['not_in_channel', { channel: 'C0RANDOM', text: 'x' }],
    ['is_archived', { channel: 'C0OLD', text: 'x' }],
    ['channel_not_found', { channel: 'G0SECRET', text: 'x' }],
    ['no_text', { channel, text: '' }],
    ['invalid_arguments', { text: 'x' }],
    ['invalid_blocks_format', { channel, text: 'x', blocks: 'not json' }],
    ['invalid_metadata_schema', { channel, text: 'x', metadata: { event_type: 'a', event_payload: { b: { c: 1 } } } }],
    ['invalid_thread_ts', { channel, text: 'x', thread_ts: 'yesterday' }],
  ])('chat.postMessage answers %s to %j', async (error, args) => {
    const rollout = 'U0ROLLOUT';
    slack.workspace.channels.push({ id: 'C0OLD', name: 'old', members: [rollout], isArchived: true });
    slack.workspace.channels.push({ id: 'G0SECRET', name: 'secret', members: ['U0LEA'], isPrivate: true });
    expect(await refusal(client.apiCall('chat.postMessage', args))).toMatchObject({ error });
  });

  test('invalid blocks are named with their place', async () => {
    const call = client.chat.postMessage({ channel, text: 'x', blocks: [{ type: 'poem' }] });
    const messages = ['[ERROR] unsupported type: poem [json-pointer:/blocks/0/type]'];
    expect(await refusal(call)).toMatchObject({ error: 'invalid_blocks', response_metadata: { messages } });
  });

  test('a message with too much in its blocks is too long', async () => {
    const section = (length: number) => ({ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(length) } });
    const blocks = (last: number) => [3_000, 3_000, 3_000, 3_000, last].map(section);
    await client.chat.postMessage({ channel, text: 'x', blocks: blocks(1_200) });
    const call = client.chat.postMessage({ channel, text: 'x', blocks: blocks(1_201) });
    expect(await refusal(call)).toMatchObject({ error: 'msg_blocks_too_long' });
    const wide = Array.from({ length: 50 }, (_, index) => ({
      type: 'divider',
      block_id: `${index}${'x'.repeat(250)}`,
    }));
    const attached = [...wide, ...wide].slice(0, 50);
    const heavy = client.chat.postMessage({
      channel,
      text: 'x',
      blocks: wide,
      attachments: [{ color: '#ff0000', blocks: attached }],
    });
    expect(await refusal(heavy)).toMatchObject({ error: 'msg_blocks_too_long' });
  });

  test('a table may be as large as Slack allows, beside the other blocks', async () => {
    const cell = (text: string) => ({ type: 'raw_text', text }) as const;
    const rows = Array.from({ length: 100 }, () => Array.from({ length: 20 }, () => cell('12345')));
    const { ts = '' } = await client.chat.postMessage({ channel, text: 'x', blocks: [{ type: 'table', rows }] });
    expect(slack.message(channel, ts)?.blocks).toMatchObject([{ type: 'table', rows }]);
  });

  test('a second table is refused, in the blocks or beside them', async () => {
    const table = { type: 'table', rows: [[{ type: 'raw_text', text: 'x' }]] } as const;
    const blocks = client.chat.postMessage({ channel, text: 'x', blocks: [table, table] });
    const attached = client.chat.postMessage({
      channel,
      text: 'x',
      blocks: [table],
      attachments: [{ blocks: [table] }],
    });
    for (const call of [blocks, attached]) {
      const { error, errors } = (await refusal(call)) as { error: string; errors: string[] };
      expect(error).toBe('invalid_attachments');
      expect(errors.join()).toContain('only_one_table_allowed');
    }
    expect(slack.messages(channel)).toEqual([]);
  });

  test('text beyond 40,000 characters is cut; an edit beyond 4,000 is refused', async () => {
    const answer = await client.chat.postMessage({ channel, text: 'x'.repeat(40_001) });
    expect(answer.message?.text).toHaveLength(40_000);
    expect(answer.response_metadata).toMatchObject({ warnings: ['message_truncated'] });
    const edit = client.chat.update({ channel, ts: answer.ts ?? '', text: 'x'.repeat(4_001) });
    expect(await refusal(edit)).toMatchObject({ error: 'msg_too_long' });
  });

  test('an edit keeps what it does not mention and drops what it empties', async () => {
    const metadata = { event_type: 'posted', event_payload: { id: '1' } };
    const { ts = '' } = await client.chat.postMessage({ channel, text: 'a', blocks: [{ type: 'divider' }], metadata });
    await client.chat.update({ channel, ts, text: 'b' });
    expect(slack.message(channel, ts)).toMatchObject({ text: 'b', blocks: [{ type: 'divider' }], metadata });
    await client.chat.update({ channel, ts, text: 'c', blocks: [] });
    expect(slack.message(channel, ts)?.blocks).toBeUndefined();
    expect(slack.message(channel, ts)).toMatchObject({ text: 'c', metadata });
    expect(slack.message(channel, ts)?.editedTs).toBeDefined();
  });

  test('only own and existing messages can be edited or deleted', async () => {
    const { ts } = await slack.say({ user: 'U0OPAL', channel, text: 'mine' });
    expect(await refusal(client.chat.update({ channel, ts, text: 'x' }))).toMatchObject({
      error: 'cant_update_message',
    });
    expect(await refusal(client.chat.delete({ channel, ts }))).toMatchObject({ error: 'cant_delete_message' });
    slack.deleteMessage(channel, ts);
    expect(await refusal(client.chat.update({ channel, ts, text: 'x' }))).toMatchObject({ error: 'message_not_found' });
  });

  test('a deleted message is gone, and listeners hear of it', async () => {
    const ts = await post(client, 'soon gone');
    const deleted: unknown[] = [];
    slack.subscribe((change) => change.type === 'message' && deleted.push([change.message.ts, change.message.deleted]));
    await client.chat.delete({ channel, ts });
    expect(slack.messages(channel)).toEqual([]);
    expect(deleted).toEqual([[ts, true]]);
  });

  test('an ephemeral message is for one member, outside the history', async () => {
    await client.chat.postEphemeral({ channel, user: 'U0LEA', text: 'psst' });
    expect(slack.ephemerals(channel, 'U0LEA')).toMatchObject([{ text: 'psst' }]);
    expect(slack.ephemerals(channel, 'U0LOU')).toEqual([]);
    expect((await client.conversations.history({ channel })).messages).toEqual([]);
    const [{ ts } = { ts: '' }] = slack.ephemerals(channel, 'U0LEA');
    expect(await refusal(client.chat.update({ channel, ts, text: 'x' }))).toMatchObject({ error: 'message_not_found' });
    const outside = client.chat.postEphemeral({ channel: 'C0RELEASES', user: 'U0OTTO', text: 'psst' });
    expect(await refusal(outside)).toMatchObject({ error: 'user_not_in_channel' });
  });

  test('a person as channel is a direct message', async () => {
    const answer = await client.chat.postMessage({ channel: 'U0LEA', text: 'hello' });
    expect(answer.channel).toBe(slack.directMessage('U0LEA').id);
    slack.workspace.scopes.push('im:write');
    const opened = await client.conversations.open({ users: 'U0LEA' });
    expect(opened.channel?.id).toBe(answer.channel);
  });

  test('a permalink names the thread of a reply', async () => {
    const root = await post(client, 'root');
    const ts = await post(client, 'reply', { thread_ts: root });
    const { permalink } = await client.chat.getPermalink({ channel, message_ts: ts });
    expect(permalink).toBe(
      `https://sandbox.slack.example/archives/${channel}/p${ts.replace('.', '')}?thread_ts=${root}&cid=${channel}`,
    );
    expect(slack.permalink(channel, ts)).toBe(permalink);
  });
});
