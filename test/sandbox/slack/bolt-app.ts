import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from '@slack/bolt';
import type { LocalSlack, SlackMessage } from '../../../sandbox/slack/types.js';

export type Transport = 'http' | 'socket';

function receiverFor(slack: LocalSlack, transport: Transport) {
  const logLevel = LogLevel.ERROR;
  if (transport === 'http') {
    return new HTTPReceiver({ signingSecret: slack.signingSecret, endpoints: '/slack/events', logLevel });
  }
  // The receiver ignores plain clientOptions and would dial the real Slack.
  const installerOptions = { clientOptions: { slackApiUrl: slack.apiUrl } };
  return new SocketModeReceiver({ appToken: slack.appToken, installerOptions, logLevel });
}

/** Starts a Bolt app against the local Slack over the given transport. Await `stop` when done. */
export async function startBolt(
  slack: LocalSlack,
  transport: Transport,
  register: (app: App) => void,
): Promise<() => Promise<unknown>> {
  const receiver = receiverFor(slack, transport);
  const { botUserId, botId } = slack.workspace;
  const app = new App({
    receiver,
    authorize: async () => ({ botToken: slack.botToken, botUserId, botId }),
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } },
    logLevel: LogLevel.ERROR,
  });
  register(app);
  if (receiver instanceof HTTPReceiver) {
    const server = await receiver.start(0);
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the app has no address');
    slack.requestUrl = `http://127.0.0.1:${address.port}/slack/events`;
    return () => receiver.stop();
  }
  await receiver.start();
  await slack.connected();
  return () => receiver.client.disconnect();
}

/** The next message, new or changed, whose text begins like this. */
export function nextMessage(slack: LocalSlack, text: string): Promise<SlackMessage> {
  return new Promise((resolve) => {
    const off = slack.subscribe((change) => {
      if (change.type !== 'message' || !change.message.text.startsWith(text)) return;
      off();
      resolve(change.message);
    });
  });
}
