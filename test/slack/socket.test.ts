import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { LogLevel, SocketModeReceiver } from '@slack/bolt';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { startLocalSlack } from '../../sandbox/slack/index.js';
import { keepConnected } from '../../src/slack/connection/socket.js';
import { until } from '../kill/until.js';
import { orderOf } from '../support/order.js';
import { listening } from '../targets/flag-table.js';

const log = pino({ level: 'silent' });
/** Long before the library's own reconnecting, which waits five seconds. */
const SOON_MS = 4_000;

/** The library's words are its own. */
const quiet = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

function connect(slackApiUrl: string, appToken: string) {
  const kept = keepConnected(
    () =>
      new SocketModeReceiver({
        appToken,
        logger: quiet,
        autoReconnectEnabled: false,
        installerOptions: { clientOptions: { slackApiUrl, retryConfig: { retries: 0 }, timeout: 3_000 } },
      }),
    { log, afterMs: 0 },
  );
  onTestFinished(() => kept.close());
  return kept;
}

async function openSlack() {
  const slack = await startLocalSlack();
  onTestFinished(() => slack.close());
  return slack;
}

test('when Slack refreshes a connection the next one is there soon', async () => {
  const slack = await openSlack();
  connect(slack.apiUrl, slack.appToken);
  await slack.connected(1);
  slack.refreshSockets();
  expect(slack.sockets).toBe(0);
  expect(await orderOf({ next: () => slack.connected(1) }, [SOON_MS])).toEqual(['next']);
});

test('when one connection is cut the next one is there soon', async () => {
  const slack = await openSlack();
  connect(slack.apiUrl, slack.appToken);
  await slack.connected(1);
  slack.setDown(true);
  slack.setDown(false);
  await until('the cut is noticed', () => slack.sockets === 0);
  expect(await orderOf({ next: () => slack.connected(1) }, [SOON_MS])).toEqual(['next']);
});

test('a Slack that refuses the token now is asked again until it takes it', async () => {
  const slack = await openSlack();
  slack.fail({ method: 'apps.connections.open', error: 'invalid_auth', times: 2 });
  connect(slack.apiUrl, slack.appToken);
  await slack.connected(1);
});

test('a rate limit is kept to: Slack is not asked before its time', async () => {
  const slack = await openSlack();
  slack.fail({ method: 'apps.connections.open', rateLimit: 2 });
  connect(slack.apiUrl, slack.appToken);
  await slack.connected(1);
  const [refused, granted] = slack.calls.filter(({ method }) => method === 'apps.connections.open');
  expect((granted?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1_900);
});

test('closed between two tries it does not try again', async () => {
  const slack = await openSlack();
  slack.fail({ method: 'apps.connections.open', error: 'internal_error' });
  const asked = () => slack.calls.filter(({ method }) => method === 'apps.connections.open').length;
  const kept = connect(slack.apiUrl, slack.appToken);
  await until('the first try', () => asked() === 1);
  await kept.close();
  connect(slack.apiUrl, slack.appToken);
  await slack.connected(1);
  expect(asked()).toBe(2);
});

test('closed while Slack looks for an address it does not go there any more', async () => {
  const slack = await startSilentSlack();
  const [asked, kept] = [once(slack.server, 'held'), connect(slack.url, 'xapp-first')];
  await asked;
  await kept.close();
  slack.release();
  connect(slack.url, 'xapp-second');
  await until('the second goes to its address', () => slack.visits().includes('xapp-second'));
  expect(slack.visits()).not.toContain('xapp-first');
});

test('an address that takes the WebSocket and never answers is left for another', async () => {
  const slack = await startSilentSlack();
  slack.release();
  connect(slack.url, 'xapp-any');
  await until('two addresses were tried', () => slack.visits().length === 2);
});

/** Gives addresses, the first one when it is released, and lets every WebSocket wait for ever. */
async function startSilentSlack() {
  const visits: string[] = [];
  const held = new EventEmitter();
  const released = once(held, 'release');
  const server = createServer(async (request, response) => {
    server.emit('held');
    await released;
    const token = request.headers.authorization?.replace('Bearer ', '');
    const body = { ok: true, url: `ws://127.0.0.1:${port}/${token}` };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  const open: Duplex[] = [];
  server.on('upgrade', (request, socket) => {
    visits.push(request.url?.slice(1) ?? '');
    open.push(socket);
  });
  const port = await listening(server);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    for (const socket of open) socket.destroy();
  });
  return { server, url: `http://127.0.0.1:${port}/api/`, visits: () => visits, release: () => held.emit('release') };
}
