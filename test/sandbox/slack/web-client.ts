import { WebAPIPlatformError, WebClient } from '@slack/web-api';
import type { LocalSlack } from '../../../sandbox/slack/types.js';

/** Slack's own client against the local Slack, without retries. */
export function clientFor(slack: LocalSlack, token: string | undefined = slack.botToken): WebClient {
  return new WebClient(token, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
}

/** The answer Slack refused with. */
export async function refusal(call: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await call;
  } catch (error) {
    if (error instanceof WebAPIPlatformError) return { ...error.data };
    throw error;
  }
  throw new Error('the call was not refused');
}

interface Reply {
  thread_ts: string;
  reply_broadcast?: boolean;
}

/** Posts as the bot and answers the ts. */
export async function post(client: WebClient, text: string, reply?: Reply): Promise<string> {
  const channel = 'C0SHOP';
  const answer: Record<string, unknown> = {
    ...(await client.apiCall('chat.postMessage', { channel, text, ...reply })),
  };
  if (typeof answer.ts !== 'string') throw new Error('no ts in the answer');
  return answer.ts;
}
