import { createServer, type Server } from 'node:http';
import { type RunningSlack, startLocalSlack } from '../../../sandbox/slack/index.js';
import type { LocalSlackOptions } from '../../../sandbox/slack/options.js';
import type { Sight } from '../../../sandbox/slack/page/sight.js';
import type { SlackMessage } from '../../../sandbox/slack/types.js';

type Payload = Record<string, unknown>;

/** A local Slack with an app behind it that writes down what it gets. */
export interface TinyApp {
  slack: RunningSlack;
  /** Slash commands, clicks, submissions and events, oldest first. */
  received: Payload[];
  /** What the app answers with its acknowledgement; by default nothing. */
  answer: (payload: Payload) => unknown;
  /** Calls the Web API as the bot. Throws when Slack says no. */
  api(method: string, args: Payload): Promise<{ ts: string }>;
  post(blocks: Payload[], extra?: Payload): Promise<SlackMessage>;
  state(query: string): Promise<Sight>;
  close(): Promise<void>;
}

function parse(body: string): Payload {
  if (body.startsWith('{')) return JSON.parse(body);
  const fields = new URLSearchParams(body);
  const payload = fields.get('payload');
  return payload === null ? Object.fromEntries(fields) : JSON.parse(payload);
}

function serveApp(app: Pick<TinyApp, 'received' | 'answer'>): Server {
  return createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const payload = parse(body);
    app.received.push(payload);
    const answer = app.answer(payload);
    response.setHeader('content-type', 'application/json');
    response.end(answer === undefined ? '' : JSON.stringify(answer));
  });
}

async function call(slack: RunningSlack, method: string, args: Payload): Promise<{ ts: string }> {
  const headers = { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json' };
  const answer = await fetch(`${slack.apiUrl}${method}`, { method: 'POST', headers, body: JSON.stringify(args) });
  const json: { ok: boolean; ts: string } = JSON.parse(await answer.text());
  if (!json.ok) throw new Error(`${method}: ${JSON.stringify(json)}`);
  return json;
}

/** Starts both; the app is reached over HTTP, so there is no connection to wait for. */
export async function startTinyApp(options: LocalSlackOptions = {}): Promise<TinyApp> {
  const slack = await startLocalSlack(options);
  const app: TinyApp = {
    slack,
    received: [],
    answer: () => undefined,
    api: (method, args) => call(slack, method, args),
    async post(blocks, extra = {}) {
      const { ts } = await app.api('chat.postMessage', { channel: 'C0SHOP', text: 'fallback', blocks, ...extra });
      const message = slack.message('C0SHOP', ts);
      if (!message) throw new Error('the message was not kept');
      return message;
    },
    async state(query) {
      const answer = await fetch(`${slack.url}/page/state?${query}`);
      return JSON.parse(await answer.text());
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await slack.close();
    },
  };
  const server = serveApp(app);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the app has no address');
  slack.requestUrl = `http://127.0.0.1:${address.port}/slack/events`;
  return app;
}
