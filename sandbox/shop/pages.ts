/** The shop's HTTP side: what customers, probes and the sandbox page ask for. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { ServedLog, Variant } from './served.js';
import { controlInput, type TroubleMaker } from './trouble.js';

export interface ShopInside {
  readonly served: ServedLog;
  readonly trouble: TroubleMaker;
  /** Which checkout this user gets now. */
  variantFor(user: string): Variant;
  /** The answer to GET /state. */
  state(): unknown;
  /** Aborted when the shop closes: added delays end at once. */
  readonly closing: AbortSignal;
}

/** How long the work itself takes, before any trouble. */
const WORK_MS = { least: 10, spread: 20 };
const LARGEST_BODY = 10_000;

export function shopServer(shop: ShopInside): Server {
  const server = createServer((request, response) => {
    route(shop, request, response).catch((error: unknown) => {
      if (!response.headersSent) sendJson(response, 500, { error: String(error) });
    });
  });
  // Longer than customers stay away between two visits, so that their sockets are used again.
  server.keepAliveTimeout = 65_000;
  return server;
}

async function route(shop: ShopInside, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const arrived = performance.now();
  const url = new URL(request.url ?? '/', 'http://shop');
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /checkout':
    case 'GET /login':
      return serve(
        shop,
        { path: url.pathname === '/login' ? 'login' : 'checkout', user: url.searchParams.get('user'), arrived },
        response,
      );
    case 'GET /metrics.json':
      return sendJson(response, 200, shop.served.metrics());
    case 'GET /metrics':
      return send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', shop.served.prometheus());
    case 'GET /state':
      return sendJson(response, 200, shop.state());
    case 'POST /controls':
      return changeControls(shop, request, response);
    default:
      return sendJson(response, 404, { error: `nothing at ${request.method} ${url.pathname}` });
  }
}

interface Visit {
  readonly path: 'checkout' | 'login';
  readonly user: string | null;
  readonly arrived: number;
}

async function serve(shop: ShopInside, { path, user, arrived }: Visit, response: ServerResponse): Promise<void> {
  if (!user) return sendJson(response, 400, { error: 'who is it? add ?user=' });
  const variant = shop.variantFor(user);
  const { fails, latencyMs } = shop.trouble.next(variant === 'new');
  await delay(WORK_MS.least + Math.random() * WORK_MS.spread + latencyMs, undefined, { signal: shop.closing }).catch(
    () => undefined,
  );
  const code = fails ? 500 : 200;
  // Only what really went out counts; a visitor who hung up was not served.
  response.once('finish', () => {
    shop.served.record({ path, user, variant, code, tookMs: performance.now() - arrived });
  });
  sendJson(response, code, fails ? { checkout: variant, error: 'something went wrong' } : { checkout: variant });
}

async function changeControls(shop: ShopInside, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const input = controlInput.safeParse(await readJson(request));
  if (!input.success) {
    const [issue] = input.error.issues;
    return sendJson(response, 400, {
      error: `${issue?.path.join('.') || 'body'}: ${issue?.message ?? 'not understood'}`,
    });
  }
  sendJson(response, 200, shop.trouble.control(input.data));
}

/** Undefined for anything that is not JSON of a sensible size. */
async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > LARGEST_BODY) return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sendJson(response: ServerResponse, code: number, body: unknown): void {
  send(response, code, 'application/json; charset=utf-8', JSON.stringify(body));
}

function send(response: ServerResponse, code: number, type: string, body: string): void {
  response.writeHead(code, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}
