import { WebAPIHTTPError, WebAPIRateLimitedError, WebAPIRequestError, WebClient } from '@slack/web-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningSlack, startLocalSlack } from '../../../sandbox/slack/index.js';

const message = { channel: 'C0SHOP', text: 'a' };

let slack: RunningSlack;
let client: WebClient;

beforeEach(async () => {
  slack = await startLocalSlack();
  const retryConfig = { retries: 0 };
  client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, retryConfig, rejectRateLimitedCalls: true });
});

afterEach(() => slack.close());

test('429 names the seconds to wait, once', async () => {
  slack.fail({ method: 'chat.postMessage', rateLimit: 7 });
  const failure = await client.chat.postMessage(message).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(WebAPIRateLimitedError);
  expect(failure).toMatchObject({ retryAfter: 7 });
  expect(slack.messages('C0SHOP')).toEqual([]);
  expect((await client.chat.postMessage(message)).ok).toBe(true);
});

test('a fault hits its own method, as often as it says', async () => {
  slack.fail({ method: 'chat.postMessage', error: 'fatal_error', times: 2 });
  expect((await client.auth.test()).ok).toBe(true);
  await expect(client.chat.postMessage(message)).rejects.toThrow('fatal_error');
  await expect(client.chat.postMessage(message)).rejects.toThrow('fatal_error');
  expect((await client.chat.postMessage(message)).ok).toBe(true);
});

test('a fault for every method lasts until it is cleared', async () => {
  slack.fail({ method: '*', error: 'internal_error', times: Number.POSITIVE_INFINITY });
  await expect(client.auth.test()).rejects.toThrow('internal_error');
  await expect(client.chat.postMessage(message)).rejects.toThrow('internal_error');
  slack.clearFaults();
  expect((await client.auth.test()).ok).toBe(true);
});

test('a failing front answers its status', async () => {
  slack.fail({ method: 'chat.postMessage', status: 503 });
  const failure = await client.chat.postMessage(message).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(WebAPIHTTPError);
  expect(failure).toMatchObject({ statusCode: 503 });
});

test('a reset before processing leaves nothing behind', async () => {
  slack.fail({ method: 'chat.postMessage', reset: true });
  await expect(client.chat.postMessage(message)).rejects.toBeInstanceOf(WebAPIRequestError);
  expect(slack.messages('C0SHOP')).toEqual([]);
  expect(slack.calls).toMatchObject([{ ok: false, error: 'reset' }]);
});

test('a reset after processing leaves the message without an answer', async () => {
  slack.fail({ method: 'chat.postMessage', resetAfter: true });
  await expect(client.chat.postMessage(message)).rejects.toBeInstanceOf(WebAPIRequestError);
  expect(slack.messages('C0SHOP')).toMatchObject([{ text: 'a' }]);
});

test('a slow answer is overtaken by a later call', async () => {
  slack.fail({ method: 'chat.postMessage', delayMs: 150 });
  const order: string[] = [];
  const slow = client.chat.postMessage(message).then(() => order.push('slow'));
  const quick = client.auth.test().then(() => order.push('quick'));
  await Promise.all([slow, quick]);
  expect(order).toEqual(['quick', 'slow']);
});

test('down refuses calls, and comes back', async () => {
  slack.setDown(true);
  await expect(client.auth.test()).rejects.toBeInstanceOf(WebAPIRequestError);
  slack.setDown(false);
  expect((await client.auth.test()).ok).toBe(true);
});
