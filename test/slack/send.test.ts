import { WebClient } from '@slack/web-api';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startLocalSlack } from '../../sandbox/slack/index.js';
import type { Fault } from '../../sandbox/slack/types.js';
import { cannotBeReached, classify, TryLater } from '../../src/slack/failures.js';

/** What a post that meets this fault is taken for, over the real client. */
async function failure(fault: Omit<Fault, 'method'>) {
  const slack = await startLocalSlack();
  onTestFinished(() => slack.close());
  slack.fail({ method: 'chat.postMessage', ...fault });
  const client = new WebClient(slack.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
  try {
    await client.chat.postMessage({ channel: 'C0SHOP', text: 'hello' });
  } catch (error) {
    const { afterMs, code, final, rateLimited } = classify(error);
    return { afterMs, code, final, rateLimited };
  }
  throw new Error('it did not fail');
}

describe('a message that was not shown', () => {
  test('for asking too often waits exactly as long as Slack says', async () => {
    expect(await failure({ rateLimit: 17 })).toMatchObject({ afterMs: 17_000, rateLimited: true, final: false });
  });

  test.each(['invalid_blocks', 'msg_too_long', 'invalid_arguments', 'metadata_too_large'])(
    'for its own fault (%s) is not tried again',
    async (error) => {
      expect(await failure({ error })).toMatchObject({ final: true, code: error });
    },
  );

  test.each(['not_in_channel', 'channel_not_found', 'is_archived', 'token_revoked', 'missing_scope'])(
    'for what a person must put right (%s) is tried again every half minute',
    async (error) => {
      expect(await failure({ error })).toMatchObject({ afterMs: 30_000, final: false, code: error });
    },
  );

  test.each([[{ status: 500 }], [{ status: 503 }], [{ reset: true }], [{ resetAfter: true }]])(
    'because Slack is out of order (%j) is tried again soon',
    async (fault) => {
      expect(await failure(fault)).toMatchObject({ afterMs: 2_000, final: false, rateLimited: false });
    },
  );

  test('because somebody deleted it is posted anew at once', async () => {
    expect(await failure({ error: 'message_not_found' })).toMatchObject({ afterMs: 0, final: false });
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
    expect(cannotBeReached(new TryLater(code, 30_000, { code }))).toBe(true);
  });

  test.each(['missing_scope', 'token_revoked', 'internal_error', 'ratelimited'])(
    'may be later when it says %s',
    (code) => {
      expect(cannotBeReached(new TryLater(code, 30_000, { code }))).toBe(false);
    },
  );
});
