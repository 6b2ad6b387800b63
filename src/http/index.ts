import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { troubleOf } from '../store/trouble.js';
import { limitConnections, MOST_CONNECTIONS } from './connections.js';
import { createJunk } from './junk.js';
import { METRICS_TYPE, type Metric, prometheusText } from './metrics.js';

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface Http {
  readonly port: number;
  close(): Promise<void>;
}

/** A timer that should fire every second and did not for so long: the process is blocked, or broken. */
const TIMER_DEAD_AFTER_MS = 10_000;

/** Owns PORT: health for whoever runs the bot, and in HTTP mode Slack's requests. */
export async function startHttp(options: {
  port: number;
  /** Absent in Socket Mode: then nothing comes from Slack this way. */
  slack?: Handle;
  /** Alerts that others push, by method and path. */
  hooks?: Readonly<Record<string, Handle>>;
  /** Migrated, Postgres answers and takes writes, the clock is right, intake is open; else why not. Slack being down does not make a bot unready. */
  ready: () => Promise<true | string>;
  /** How long ago the timer fired and a tick ended, ms. Absent: nothing ticks. */
  ages?: () => { readonly firedMs: number; readonly finishedMs: number | null };
  /** What `/metrics` shows besides those. */
  metrics?: () => Promise<readonly Metric[]>;
  log: Logger;
}): Promise<Http> {
  const ages = options.ages ?? (() => ({ firedMs: 0, finishedMs: null }));
  const routes: Record<string, Handle> = {
    // Whoever asks this ends the process when it fails. So it looks at the timer alone: with the database or Slack away, or
    // a tick that takes long, another process would do no better, and this one may be in the middle of a lowering.
    'GET /healthz': async (_request, response) => {
      const { firedMs } = ages();
      const alive = firedMs < TIMER_DEAD_AFTER_MS;
      response.writeHead(alive ? 200 : 503).end(alive ? 'ok\n' : `the timer fired ${seconds(firedMs)} s ago\n`);
    },
    'GET /readyz': async (_request, response) => {
      const answer = await options.ready().catch((error: unknown) => troubleOf(error)?.words ?? 'not known');
      const ready = answer === true;
      const { firedMs, finishedMs } = ages();
      const body = {
        ready,
        ...(!ready && { why: answer }),
        last_tick_seconds: seconds(finishedMs),
        timer_seconds: seconds(firedMs),
      };
      response.writeHead(ready ? 200 : 503, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
    },
    'GET /metrics': async (_request, response) => {
      const { firedMs, finishedMs } = ages();
      const tick = { name: 'rollout_tick_age_seconds', help: 'Since a tick last ended.', value: seconds(finishedMs) };
      const timer = { name: 'rollout_timer_age_seconds', help: 'Since the timer last fired.', value: seconds(firedMs) };
      const text = prometheusText([tick, timer, ...((await options.metrics?.()) ?? [])]);
      response.writeHead(200, { 'content-type': METRICS_TYPE }).end(text);
    },
    ...options.hooks,
    ...(options.slack ? { 'POST /slack/events': options.slack } : {}),
  };
  const junk = createJunk(options.log);
  // Looked for this often, or a half-sent request would stay for half a minute.
  const server = createServer({ connectionsCheckingInterval: 1_000 }, (request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    const handle = routes[`${request.method} ${path}`];
    if (!handle) {
      response.writeHead(404).end();
      return;
    }
    handle(request, response).catch((error: unknown) => {
      if (request.destroyed && !request.complete) junk('half', { path }, 'a request ended before it was whole');
      else options.log.error({ err: error, path }, 'request failed');
      if (!response.writableEnded) response.writeHead(500).end();
    });
  });
  limitConnections(server, () =>
    junk(
      'connections',
      { most: MOST_CONNECTIONS },
      'too many connections at the port; the longest idle ones are dropped',
    ),
  );
  await listen(server, options.port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 2_000).unref();
      }),
  };
}

function seconds(ms: number): number;
function seconds(ms: number | null): number | null;
function seconds(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms) / 1_000;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
}
