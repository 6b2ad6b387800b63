import { describe, expect, onTestFinished, test } from 'vitest';
import { startLocalSlack } from '../../sandbox/slack/index.js';
import type { Fault } from '../../sandbox/slack/types.js';
import { createSlackClient } from '../../src/slack/connection/client.js';
import {
  cannotBeReached,
  classify,
  isRefused,
  isRefusedForGood,
  REMEDIES,
  refusedWith,
  retryAfterMs,
} from '../../src/slack/connection/failures.js';
import { BY_METHOD, EVERY_METHOD } from './documented-errors.js';

/** What a post that meets this fault is taken for, over the real client. */
async function failure(fault: Omit<Fault, 'method'>) {
  const slack = await startLocalSlack();
  onTestFinished(() => slack.close());
  slack.fail({ method: 'chat.postMessage', ...fault });
  const client = createSlackClient({ token: slack.botToken, apiUrl: slack.apiUrl });
  try {
    await client.chat.postMessage({ channel: 'C0SHOP', text: 'hello' });
  } catch (error) {
    return classify(error);
  }
  throw new Error('it did not fail');
}

const HTML = { body: '<html><body>502 Bad Gateway</body></html>', contentType: 'text/html' };
const SILENT = { remedy: 'again', answered: false, afterMs: 2_000, code: null };

describe('what the client throws', () => {
  test.each<[string, Omit<Fault, 'method'>, object]>([
    ['429 with Retry-After', { rateLimit: 17 }, { remedy: 'wait', afterMs: 17_000 }],
    ['429 that asks for a day', { rateLimit: 86_400 }, { remedy: 'wait', afterMs: 300_000 }],
    ['429 without Retry-After', { status: 429 }, { remedy: 'wait', afterMs: 30_000 }],
    ['ratelimited with status 200', { error: 'ratelimited' }, { remedy: 'wait', afterMs: 30_000 }],
    ['500', { status: 500 }, SILENT],
    ['502', { status: 502 }, SILENT],
    ['503 with a page', { status: 503, ...HTML }, SILENT],
    ['403 of a proxy', { status: 403, ...HTML }, SILENT],
    ['a page with status 200', HTML, SILENT],
    ['an empty answer', { body: '' }, SILENT],
    ['JSON without ok', { body: '{}', contentType: 'application/json' }, SILENT],
    ['a list', { body: '[]', contentType: 'application/json' }, SILENT],
    ['null', { body: 'null', contentType: 'application/json' }, SILENT],
    ['ok: false without an error', { body: '{"ok":false}', contentType: 'application/json' }, SILENT],
    ['a connection cut before', { reset: true }, SILENT],
    ['a connection cut after', { resetAfter: true }, SILENT],
    ['no answer in time', { delayMs: 3_500 }, SILENT],
    ['an error nobody knows', { error: 'planet_misaligned' }, { remedy: 'tell_people', afterMs: 2_000 }],
    ['the name of a field of objects', { error: 'constructor' }, { remedy: 'tell_people' }],
  ])('%s', async (_name, fault, expected) => {
    expect(await failure(fault)).toMatchObject(expected);
  });

  test.each([
    ['no such host', 'http://nowhere.invalid/api/'],
    ['nobody listens', 'http://127.0.0.1:9/api/'],
  ])('%s', async (_name, apiUrl) => {
    const client = createSlackClient({ token: 'xoxb-1', apiUrl });
    const error = await client.chat.postMessage({ channel: 'C1', text: 'x' }).catch(classify);
    expect(error).toMatchObject(SILENT);
  });

  test('any other error of ours is tried again', () => {
    expect(classify(new TypeError('x is not a function'))).toMatchObject({ remedy: 'again' });
    expect(classify('thrown text')).toMatchObject({ remedy: 'again' });
  });
});

describe('every documented error', () => {
  test.each(Object.entries(BY_METHOD))('of %s has its remedy', (_method, codes) => {
    expect([...EVERY_METHOD, ...codes].filter((code) => !Object.hasOwn(REMEDIES, code))).toEqual([]);
  });

  test('stands in the table once', () => {
    const all = Object.keys(REMEDIES);
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBeGreaterThanOrEqual(130);
  });

  const told = { failures: 3, failingMs: 600_000 };
  test.each(Object.entries(REMEDIES))('%s (%s) leads to people being told, or to a loud line', (code, remedy) => {
    expect(isRefused(refusedWith(code), told)).toBe(remedy !== 'token');
  });

  test.each(Object.entries(REMEDIES))('%s (%s) is tried again within five minutes, however long it lasts', (code) => {
    for (const failures of [1, 2, 5, 50]) {
      const ms = retryAfterMs(refusedWith(code), { failures, failingMs: 1 }, false);
      expect(ms).toBeLessThanOrEqual(300_000);
    }
  });
});

describe('a post is taken to be refused', () => {
  const first = { failures: 1, failingMs: 0 };
  const second = { failures: 2, failingMs: 2_000 };
  test.each([
    ['not_in_channel', first, true],
    ['restricted_action', first, true],
    ['invalid_blocks', first, true],
    ['planet_misaligned', first, false],
    ['planet_misaligned', second, true],
    ['internal_error', second, false],
    ['internal_error', { failures: 9, failingMs: 30_000 }, true],
    ['ratelimited', { failures: 2, failingMs: 29_999 }, false],
    ['ratelimited', { failures: 2, failingMs: 30_000 }, true],
    ['invalid_auth', { failures: 99, failingMs: 900_000 }, false],
  ])('by %s after %j: %s', (code, tried, refused) => {
    expect(isRefused(refusedWith(code), tried)).toBe(refused);
  });

  test('where Slack does not answer at all after two minutes', () => {
    const silent = classify(new Error('socket hang up'));
    expect(isRefused(silent, { failures: 30, failingMs: 119_999 })).toBe(false);
    expect(isRefused(silent, { failures: 30, failingMs: 120_000 })).toBe(true);
  });

  test.each([
    ['not_in_channel', true],
    ['planet_misaligned', true],
    ['missing_scope', true],
    ['invalid_blocks', true],
    ['internal_error', false],
    ['ratelimited', false],
    ['service_unavailable', false],
  ])('for good by %s: %s', (code, good) => {
    expect(isRefusedForGood(refusedWith(code), { failures: 2, failingMs: 900_000 })).toBe(good);
  });
});

describe('a person to whom a direct message was not shown', () => {
  test.each([
    'user_not_found',
    'user_disabled',
    'cannot_dm_bot',
    'is_archived',
    'channel_not_found',
    'messages_tab_disabled',
  ])('cannot be reached when Slack says %s', (code) => {
    expect(cannotBeReached(refusedWith(code))).toBe(true);
  });

  test.each(['missing_scope', 'token_revoked', 'internal_error', 'ratelimited', 'planet_misaligned'])(
    'may be later when it says %s',
    (code) => {
      expect(cannotBeReached(refusedWith(code))).toBe(false);
    },
  );
});
