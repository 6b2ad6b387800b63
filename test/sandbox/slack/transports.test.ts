import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type RunningSlack, startLocalSlack } from '../../../sandbox/slack/index.js';
import { isRecord, textIn } from '../../../sandbox/slack/values.js';
import { startBolt } from './bolt-app.js';

const typed = { user: 'U0OPAL', channel: 'C0SHOP', text: 'status' };

let slack: RunningSlack;

beforeEach(async () => {
  slack = await startLocalSlack();
});

afterEach(() => slack.close());

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

describe('HTTP mode', () => {
  let server: Server;
  let received: Received[];
  let status: number;

  beforeEach(async () => {
    received = [];
    status = 200;
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(status).end('heard');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    slack.requestUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/slack/events`;
  });

  afterEach(() => {
    server.close();
  });

  test('a command is a form signed with the v0 signature', async () => {
    const delivery = await slack.command(typed);
    expect(delivery).toMatchObject({ acked: true, status: 200, response: 'heard' });
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    const base = `v0:${headers['x-slack-request-timestamp']}:${body}`;
    const signature = createHmac('sha256', slack.signingSecret).update(base).digest('hex');
    expect(headers['x-slack-signature']).toBe(`v0=${signature}`);
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual(delivery.body);
  });

  test('a replay is the same bytes under the same signature', async () => {
    const delivery = await slack.command(typed);
    await delivery.again();
    expect(received).toHaveLength(2);
    expect(received[1]?.body).toBe(received[0]?.body);
    expect(received[1]?.headers['x-slack-signature']).toBe(received[0]?.headers['x-slack-signature']);
  });

  test('a redelivery says which try it is and why', async () => {
    await slack.say({ ...typed, text: '@rollout status' });
    await slack.deliveries[0]?.again('retry');
    expect(received[0]?.headers['x-slack-retry-num']).toBeUndefined();
    expect(received[1]?.headers).toMatchObject({ 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' });
    expect(received[1]?.body).toBe(received[0]?.body);
  });

  test('any status but 200 is no acknowledgement, and the person reads so', async () => {
    status = 404;
    expect(await slack.command(typed)).toMatchObject({ acked: false, status: 404 });
    expect(slack.ephemerals(typed.channel, typed.user)).toMatchObject([
      { text: '/rollout failed because the app did not respond' },
    ]);
  });

  test('an app that is not there has not acknowledged', async () => {
    slack.requestUrl = 'http://127.0.0.1:1/slack/events';
    expect(await slack.command(typed)).toMatchObject({ acked: false });
    expect(slack.ephemerals(typed.channel, typed.user)).toHaveLength(1);
  });

  test('what people do is not delivered while Slack is down', async () => {
    slack.setDown(true);
    expect(await slack.command(typed)).toMatchObject({ acked: false });
    expect(received).toEqual([]);
    slack.setDown(false);
    expect(await slack.command(typed)).toMatchObject({ acked: true });
  });
});

describe('Socket Mode', () => {
  interface Line {
    socket: WebSocket;
    got: Record<string, unknown>[];
    /** Resolves with the next message of this type, or one that came already. */
    next: (type: string) => Promise<Record<string, unknown>>;
  }

  async function openUrl(): Promise<string> {
    const headers = { authorization: `Bearer ${slack.appToken}` };
    const answer = await fetch(`${slack.apiUrl}apps.connections.open`, { method: 'POST', headers });
    const body: unknown = await answer.json();
    return isRecord(body) ? textIn(body.url) : '';
  }

  /** A client that acknowledges everything unless told not to. */
  async function connect(acknowledges = true): Promise<Line> {
    const got: Record<string, unknown>[] = [];
    const waiting: { type: string; go: (message: Record<string, unknown>) => void }[] = [];
    const socket = new WebSocket(await openUrl());
    socket.on('message', (data) => {
      const message: Record<string, unknown> = JSON.parse(data.toString());
      got.push(message);
      waiting.find(({ type }) => type === message.type)?.go(message);
      if (acknowledges && message.envelope_id) socket.send(JSON.stringify({ envelope_id: message.envelope_id }));
    });
    const next = (type: string) => {
      const already = got.find((message) => message.type === type);
      if (already) return Promise.resolve(already);
      return new Promise<Record<string, unknown>>((go) => waiting.push({ type, go }));
    };
    await next('hello');
    return { socket, got, next };
  }

  const commands = (line: Line) => line.got.filter(({ type }) => type === 'slash_commands');

  test('says hello first, and each envelope goes to one connection only', async () => {
    const lines = [await connect(), await connect()];
    expect(slack.sockets).toBe(2);
    expect(lines.map(({ got }) => got[0]?.type)).toEqual(['hello', 'hello']);
    for (const _ of [1, 2, 3, 4]) expect((await slack.command(typed)).acked).toBe(true);
    expect(lines.map((line) => commands(line).length)).toEqual([2, 2]);
  });

  test('an address opens one connection', async () => {
    const url = await openUrl();
    const first = new WebSocket(url);
    await new Promise((resolve) => first.on('message', resolve));
    const second = new WebSocket(url);
    const failure = await new Promise<Error>((resolve) => second.on('error', resolve));
    expect(failure.message).toContain('404');
  });

  test('a replay has the same envelope id, a redelivery counts', async () => {
    const { got } = await connect();
    await slack.say({ ...typed, text: '@rollout status' });
    await slack.deliveries[0]?.again('replay');
    await slack.deliveries[0]?.again('retry');
    const [first, replay, retry] = got.filter(({ type }) => type === 'events_api');
    expect(replay).toEqual(first);
    expect(retry).toMatchObject({ payload: first?.payload, retry_attempt: 1, retry_reason: 'timeout' });
  });

  test('nobody connected is no acknowledgement', async () => {
    expect(await slack.command(typed)).toMatchObject({ acked: false });
    expect(slack.ephemerals(typed.channel, typed.user)).toHaveLength(1);
  });

  test('no acknowledgement within three seconds is none', async () => {
    await connect(false);
    const delivery = await slack.command(typed);
    expect(delivery.acked).toBe(false);
    expect(delivery.tookMs).toBeGreaterThanOrEqual(2_950);
    expect(slack.ephemerals(typed.channel, typed.user)).toHaveLength(1);
  });

  test('a connection that breaks before its acknowledgement has not got the envelope', async () => {
    const line = await connect(false);
    const delivery = slack.command(typed);
    await line.next('slash_commands');
    line.socket.terminate();
    expect(await delivery).toMatchObject({ acked: false });
  });

  test('a refresh asks every connection to come again and sends it nothing new', async () => {
    const old = await connect();
    slack.refreshSockets();
    expect(await old.next('disconnect')).toMatchObject({ reason: 'refresh_requested' });
    expect(slack.sockets).toBe(0);
    expect(old.socket.readyState).toBe(WebSocket.OPEN);
    const back = slack.connected();
    const young = await connect();
    await back;
    await slack.command(typed);
    expect([commands(old).length, commands(young).length]).toEqual([0, 1]);
  });

  test('going down cuts connections and refuses new ones until it is back', async () => {
    const line = await connect();
    const cut = new Promise((resolve) => line.socket.on('close', resolve));
    slack.setDown(true);
    await cut;
    await expect(openUrl()).rejects.toThrow('fetch failed');
    expect(await slack.command(typed)).toMatchObject({ acked: false });
    slack.setDown(false);
    await connect();
    expect(await slack.command(typed)).toMatchObject({ acked: true });
  });

  test('listeners hear how many connections there are', async () => {
    const counts: number[] = [];
    slack.subscribe((change) => change.type === 'connection' && counts.push(change.sockets));
    await connect();
    await connect();
    slack.refreshSockets();
    expect(counts).toEqual([1, 2, 0]);
  });

  // Slack's client waits about five seconds before it reconnects.
  test("Slack's own client comes back after it was cut", async () => {
    const stop = await startBolt(slack, 'socket', (app) => app.command('/rollout', ({ ack }) => ack()));
    slack.setDown(true);
    slack.setDown(false);
    await slack.connected();
    expect((await slack.command(typed)).acked).toBe(true);
    await stop();
  });
});
