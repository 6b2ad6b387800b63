import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { applyAnswer } from './deliveries/answer.js';
import { type Answer, exchange } from './exchange.js';
import type { Called, Faults } from './faults.js';
import type { ResponseUrls } from './response-urls.js';
import type { SocketMode } from './socket-mode.js';
import type { SlackState } from './state.js';
import type { Triggers } from './triggers.js';
import type { ApiCall } from './types.js';
import { isRecord, type Json, parseJson, textIn } from './values.js';
import { Arguments } from './web-api/arguments.js';
import { answerCall, type Tokens } from './web-api/index.js';
import { Limits } from './web-api/limits.js';
import { SlackError } from './web-api/slack-error.js';

export interface WebServerParts {
  state: SlackState;
  triggers: Triggers;
  responseUrls: ResponseUrls;
  faults: Faults;
  sockets: SocketMode;
  tokens: Tokens;
  calls: ApiCall[];
  isDown: () => boolean;
  /** Everything that is not Slack itself: the page. False: not theirs either. */
  others: (request: IncomingMessage, response: ServerResponse) => boolean;
}

const MOST_BYTES = 1_000_000;
export const TEAM_URL = 'https://sandbox.slack.example/';

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Error('the request body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function readArguments(request: IncomingMessage, url: URL, body: string): Json {
  const query = Object.fromEntries(url.searchParams);
  if (request.headers['content-type']?.startsWith('application/json')) {
    const parsed = parseJson(body);
    return { ...query, ...(isRecord(parsed) ? parsed : {}) };
  }
  return { ...query, ...Object.fromEntries(new URLSearchParams(body)) };
}

/** Form fields that carry structures, as structures: what was called is read by people and tests. */
function readable(args: Json): Json {
  const read = (value: unknown) =>
    typeof value === 'string' && /^[[{]/.test(value) ? (parseJson(value) ?? value) : value;
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, read(value)]));
}

/** The HTTP side: Web API, response_url addresses, WebSocket upgrades, and the page's requests handed on. */
export class WebServer {
  readonly #parts: WebServerParts;
  readonly #server: Server;
  readonly #limits = new Limits();
  #url = '';

  constructor(parts: WebServerParts) {
    this.#parts = parts;
    this.#server = createServer((request, response) => {
      this.#route(request, response).catch((error: unknown) => {
        // A client that hung up is none of our business; anything else is a bug that must be seen.
        if (request.socket.destroyed) return;
        console.error('local slack:', error);
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ ok: false, error: 'fatal_error' }));
      });
    });
    this.#server.on('upgrade', (request, socket, head) => {
      if (parts.isDown()) socket.destroy();
      else parts.sockets.upgrade(request, socket, head);
    });
  }

  /** Base address without a trailing slash. */
  get url(): string {
    return this.#url;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    const address = this.#server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the local Slack has no address');
    this.#url = `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#server.closeAllConnections();
    await closed;
  }

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.#url);
    const isApi = url.pathname.startsWith('/api/');
    if (!isApi && !this.#parts.responseUrls.knows(url.pathname)) {
      if (this.#parts.others(request, response)) return;
      response.writeHead(404, { 'content-type': 'text/plain' });
      response.end('not found');
    } else if (this.#parts.isDown()) {
      request.socket.destroy();
    } else if (isApi) {
      await this.#serveApi(request, response, url);
    } else {
      const body = parseJson(await readBody(request));
      const fault = this.#parts.faults.take({ method: 'response_url' });
      await exchange(request, response, fault, () => this.#takeAnswer(url.pathname, body));
    }
  }

  async #serveApi(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const { faults, calls, state } = this.#parts;
    const method = url.pathname.slice('/api/'.length);
    const { token, ...args } = readArguments(request, url, await readBody(request));
    const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const at = state.now();
    // Slack says with every answer what the token may do.
    if (bearer === this.#parts.tokens.bot) response.setHeader('x-oauth-scopes', state.workspace.scopes.join(','));
    const work = () => ({ body: this.#callMethod(method, bearer ?? textIn(token), args) });
    const waitS = state.workspace.isLimited ? this.#limits.take(method, at) : 0;
    const fault = waitS > 0 ? { method, rateLimit: waitS } : faults.take(this.#called(method, args));
    const answer = await exchange(request, response, fault, work, (late) => faults.keep(late));
    const body = isRecord(answer?.body) ? answer.body : {};
    const call: ApiCall = { method, args: readable(args), at, ok: body.ok === true };
    if (!call.ok) call.error = textIn(body.error) || (answer ? `http_${answer.status ?? 200}` : 'reset');
    calls.push(call);
  }

  #called(method: string, args: Json): Called {
    const channel = textIn(args.channel);
    const metadata = readable(args).metadata;
    const payload = isRecord(metadata)
      ? metadata.event_payload
      : this.#parts.state.find(channel, textIn(args.ts))?.metadata?.event_payload;
    return { method, channel, slot: isRecord(payload) ? textIn(payload.slot) : '' };
  }

  #callMethod(method: string, token: string, args: Json): Json {
    const { state, triggers, sockets, tokens } = this.#parts;
    const openSocketUrl = () => this.#url.replace('http:', 'ws:') + sockets.issueTicket();
    return answerCall(method, token, tokens, {
      args: new Arguments(args),
      state,
      triggers,
      openSocketUrl,
      teamUrl: TEAM_URL,
    });
  }

  #takeAnswer(path: string, body: unknown): Answer {
    const origin = this.#parts.responseUrls.take(path);
    if (typeof origin === 'string') return { status: 404, body: { ok: false, error: origin } };
    if (!isRecord(body)) return { status: 400, body: { ok: false, error: 'invalid_payload' } };
    try {
      applyAnswer(this.#parts.state, origin, body);
      return { body: 'ok' };
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      return { status: 400, body: { ok: false, error: error.code, ...error.details } };
    }
  }
}
