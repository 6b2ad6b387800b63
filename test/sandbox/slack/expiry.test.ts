import type { HomeView, ModalView } from '@slack/types';
import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSlack, startLocalSlack } from '../../../sandbox/slack/index.js';

const user = 'U0OPAL';
const channel = 'C0SHOP';
const view: ModalView = { type: 'modal', title: { type: 'plain_text', text: 'T' }, blocks: [] };

let slack: RunningSlack;
let client: WebClient;
let now: number;

beforeEach(async () => {
  now = 1_700_000_000_000;
  slack = await startLocalSlack({ now: () => now });
  client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
});

afterEach(() => slack.close());

/** A command nobody answers still has its trigger and response_url. */
async function typed(): Promise<{ trigger_id: string; response_url: string }> {
  const { body } = await slack.command({ user, channel, text: '' });
  return { trigger_id: String(body.trigger_id), response_url: String(body.response_url) };
}

async function answer(url: string, body: object): Promise<[status: number, text: string]> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return [response.status, await response.text()];
}

describe('trigger_id', () => {
  test('opens one view', async () => {
    const { trigger_id } = await typed();
    await client.views.open({ trigger_id, view });
    expect(slack.views(user)).toHaveLength(1);
    await expect(client.views.open({ trigger_id, view })).rejects.toThrow('exchanged_trigger_id');
  });

  test('is good for three seconds', async () => {
    const { trigger_id } = await typed();
    now += 3_001;
    await expect(client.views.open({ trigger_id, view })).rejects.toThrow('expired_trigger_id');
  });

  test('is not spent by a view Slack does not take', async () => {
    const { trigger_id } = await typed();
    const broken: ModalView = { ...view, title: { type: 'plain_text', text: 'x'.repeat(25) } };
    await expect(client.views.open({ trigger_id, view: broken })).rejects.toThrow('invalid_arguments');
    expect((await client.views.open({ trigger_id, view })).ok).toBe(true);
  });

  test('must be one that Slack gave out', async () => {
    await expect(client.views.open({ trigger_id: '1.2.three', view })).rejects.toThrow('invalid_trigger_id');
  });
});

describe('views', () => {
  test('an update with the hash of an older version conflicts', async () => {
    const { trigger_id } = await typed();
    const { view: opened } = await client.views.open({ trigger_id, view });
    const view_id = opened?.id ?? '';
    const hash = opened?.hash ?? '';
    await client.views.update({ view_id, hash, view });
    await expect(client.views.update({ view_id, hash, view })).rejects.toThrow('hash_conflict');
    await expect(client.views.update({ view_id: 'V0NONE', view })).rejects.toThrow('not_found');
  });

  test('a Home tab published with the hash of an older version conflicts', async () => {
    const home: HomeView = { type: 'home', blocks: [] };
    const { view: published } = await client.views.publish({ user_id: user, view: home });
    const hash = published?.hash ?? '';
    await client.views.publish({ user_id: user, hash, view: home });
    await expect(client.views.publish({ user_id: user, hash, view: home })).rejects.toThrow('hash_conflict');
  });

  test('no more than three lie on top of each other', async () => {
    await client.views.open({ ...(await typed()), view });
    await client.views.push({ ...(await typed()), view });
    await client.views.push({ ...(await typed()), view });
    await expect(client.views.push({ ...(await typed()), view })).rejects.toThrow('push_limit_reached');
    expect(slack.views(user)).toHaveLength(3);
  });
});

describe('response_url', () => {
  test('takes five answers, ephemeral unless they say otherwise', async () => {
    const { response_url } = await typed();
    expect(await answer(response_url, { text: 'one' })).toEqual([200, 'ok']);
    await answer(response_url, { text: 'two', response_type: 'in_channel' });
    for (const text of ['three', 'four', 'five']) await answer(response_url, { text });
    expect(await answer(response_url, { text: 'six' })).toEqual([404, '{"ok":false,"error":"used_url"}']);
    const texts = slack.ephemerals(channel, user).map((message) => message.text);
    expect(texts.slice(1)).toEqual(['one', 'three', 'four', 'five']);
    expect(slack.messages(channel)).toMatchObject([{ text: 'two', user: 'U0ROLLOUT' }]);
  });

  test('is good for thirty minutes', async () => {
    const { response_url } = await typed();
    now += 30 * 60_000 + 1;
    expect(await answer(response_url, { text: 'late' })).toEqual([404, '{"ok":false,"error":"expired_url"}']);
  });

  test('refuses blocks Slack does not show', async () => {
    const { response_url } = await typed();
    const [status, text] = await answer(response_url, { text: 'x', blocks: [{ type: 'poem' }] });
    expect(status).toBe(400);
    expect(text).toContain('invalid_blocks');
  });

  test('deletes and replaces the clicked message, an ephemeral one too', async () => {
    const button = { type: 'button', action_id: 'go', text: { type: 'plain_text', text: 'Go' } } as const;
    const blocks = [{ type: 'actions', elements: [button] }] as const;
    await client.chat.postEphemeral({ channel, user, text: 'sure?', blocks: [...blocks] });
    const [{ ts } = { ts: '' }] = slack.ephemerals(channel, user);
    const { body } = await slack.click({ user, channel, ts, actionId: 'go', ephemeral: true });
    expect(body).not.toHaveProperty('message');
    const url = String(body.response_url);
    await answer(url, { text: 'done', replace_original: 'true' });
    expect(slack.ephemerals(channel, user)[0]).toMatchObject({ ts, text: 'done' });
    await answer(url, { delete_original: true });
    expect(slack.ephemerals(channel, user).some((message) => message.ts === ts)).toBe(false);
  });
});
