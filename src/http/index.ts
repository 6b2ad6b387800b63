import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface Http {
  readonly port: number;
  close(): Promise<void>;
}

/** Owns PORT: health for whoever runs the bot, and in HTTP mode Slack's requests. */
export async function startHttp(options: {
  port: number;
  /** Absent in Socket Mode: then nothing comes from Slack this way. */
  slack?: Handle;
  /** Alerts that others push, by method and path. */
  hooks?: Readonly<Record<string, Handle>>;
  /** Migrated, Postgres answers, intake is open. Slack being down does not make a bot unready. */
  ready: () => Promise<boolean>;
  log: Logger;
}): Promise<Http> {
  const routes: Record<string, Handle> = {
    'GET /healthz': async (_request, response) => void response.writeHead(200).end('ok\n'),
    'GET /readyz': async (_request, response) => {
      const ready = await options.ready().catch(() => false);
      response.writeHead(ready ? 200 : 503).end(ready ? 'ready\n' : 'not ready\n');
    },
    ...options.hooks,
    ...(options.slack ? { 'POST /slack/events': options.slack } : {}),
  };
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    const handle = routes[`${request.method} ${path}`];
    if (!handle) {
      response.writeHead(404).end();
      return;
    }
    handle(request, response).catch((error: unknown) => {
      options.log.error({ err: error, path }, 'request failed');
      if (!response.writableEnded) response.writeHead(500).end();
    });
  });
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
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

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
}
