/** One HTTP request of a probe or a target: to a judged address, never redirected. */
import type { LookupAddress } from 'node:dns';
import type { Dispatcher } from 'undici';
import { firstAnswer, patienceMs, type SilenceLimits, TARGET_PATIENCE } from '../kept/first-answer.js';
import { Shelf } from '../kept/shelf.js';
import { type Connection, IDLE_MS, openConnection } from './connection.js';
import { failureFrom, NotSentError, type WebFailure } from './failures.js';
import { type NetworkRules, permittedAddresses } from './network.js';
import { readBody } from './unpack.js';

/** The longest answer that is read when the caller does not say otherwise, in bytes, after it was unpacked. */
export const LONGEST_ANSWER_BYTES = 64 * 1024;

export interface WebRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A user and password in it are not sent; see `credentialsOf`. */
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Over all: name, connection, answer. */
  readonly timeoutMs: number;
  /** The longest answer to read, in bytes; LONGEST_ANSWER_BYTES when absent. */
  readonly longest?: number;
  /** For which statuses the answer itself is read; those from 200 to 299 when absent. */
  readonly reads?: (status: number) => boolean;
  /**
   * Asked when the connection is open, in the turn of the event loop in which the request is written to it. False: nothing
   * is sent, and the failure is `not_sent`.
   */
  readonly maySend?: () => boolean;
  /**
   * For what purpose the connection may be one that is kept, and is kept afterwards; one of its own when absent. Where the
   * kept one is silent or broken, the same request goes over a new one beside it: only for what may happen twice.
   */
  readonly keep?: 'probe' | 'target';
}

/** Each purpose has its own, so that many readings leave the connections of targets alone. */
const idle = {
  probe: new Shelf<Connection>({ most: 50, mostEach: 4, idleMs: IDLE_MS }),
  target: new Shelf<Connection>({ most: 50, mostEach: 8, idleMs: IDLE_MS }),
};

export interface WebAnswer {
  readonly status: number;
  /** When the answer was made, by the clock of who answered; ms since 1970. */
  readonly at?: number;
  /** Of a redirect: the host it leads to, or the same one. Never its path, which may hold secrets. */
  readonly leadsTo?: string;
  /** Empty when the answer itself was not wanted. */
  readonly bytes: Buffer;
}

/** Never throws. Over when the answer is there, the time is up or the signal says so, whichever is first. */
export async function webRequest(
  request: WebRequest,
  network: NetworkRules,
  caller: AbortSignal,
): Promise<WebAnswer | WebFailure> {
  const signal = AbortSignal.any([caller, AbortSignal.timeout(request.timeoutMs)]);
  const { host } = request.url;
  let stop: () => void = () => {};
  const stopped = new Promise<WebFailure>((resolve) => {
    stop = () => {
      const detail = caller.aborted ? `${host}: given up` : `${host}: no answer within ${request.timeoutMs} ms`;
      resolve({ failure: 'timeout', detail });
    };
  });
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([stopped, signal.aborted ? stopped : ask(request, network, signal)]);
  } catch (error) {
    return failureFrom(error, host);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function ask(request: WebRequest, network: NetworkRules, signal: AbortSignal): Promise<WebAnswer | WebFailure> {
  const { url, timeoutMs, keep } = request;
  const permission = await permittedAddresses(url, network);
  if ('refused' in permission) return { failure: 'refused_address', detail: permission.refused };
  signal.throwIfAborted();
  const { addresses } = permission;
  const fresh = (ends: AbortSignal) => askOver(openConnection({ url, addresses, timeoutMs }), request, ends);
  const kept = keep && idle[keep].take(url.origin, (connection) => leadsTo(addresses, connection));
  if (!keep || !kept) return await fresh(signal);
  const ways = { kept: (ends: AbortSignal) => askOver(kept, request, ends), fresh, isLost: () => true };
  return await firstAnswer({ ...ways, afterMs: patienceMs(kept.tookMs, PATIENCE[keep]) }, signal);
}

function leadsTo(addresses: readonly LookupAddress[], connection: Connection): boolean {
  const at = connection.address();
  return at !== undefined && addresses.some(({ address }) => address === at);
}

/** A metrics server that takes long is not helped by a second question; a flag is waited for. */
const PATIENCE: Readonly<Record<'probe' | 'target', SilenceLimits>> = {
  probe: { least: 1_000, most: 2_000 },
  target: TARGET_PATIENCE,
};

/** Asks over a connection, which is then kept or ended. */
async function askOver(
  connection: Connection,
  request: WebRequest,
  signal: AbortSignal,
): Promise<WebAnswer | WebFailure> {
  const { method, url, headers, body, longest = LONGEST_ANSWER_BYTES, reads = isGood, maySend, keep } = request;
  const started = performance.now();
  let isWhole = false;
  // Before the request hears of it, which would close the connection in the ordinary way.
  signal.addEventListener('abort', connection.cut, { once: true });
  try {
    const path = url.pathname + url.search;
    const asked = maySend ? connection.client.compose(askingFirst(maySend)) : connection.client;
    const answer = await asked.request({ method, path, headers, body: body ?? null, signal });
    const status = answer.statusCode;
    if (!reads(status)) return { status, ...madeAt(answer), ...redirectTo(answer, url), bytes: Buffer.alloc(0) };
    const bytes = await readBody(answer, longest);
    isWhole = Buffer.isBuffer(bytes);
    return Buffer.isBuffer(bytes) ? { status, ...madeAt(answer), bytes } : { ...bytes, status };
  } finally {
    signal.removeEventListener('abort', connection.cut);
    connection.tookMs = performance.now() - started;
    if (keep && isWhole && !signal.aborted && connection.address() !== undefined)
      idle[keep].put(url.origin, connection);
    else connection.close();
  }
}

/** The client starts a request on its open connection and writes it right after, in the same turn. */
function askingFirst(maySend: () => boolean): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart(controller, context) {
        handler.onRequestStart?.(controller, context);
        if (!maySend()) controller.abort(new NotSentError());
      },
      onRequestUpgrade: (...told) => handler.onRequestUpgrade?.(...told),
      onResponseStart: (...told) => handler.onResponseStart?.(...told),
      onResponseData: (...told) => handler.onResponseData?.(...told),
      onResponseEnd: (...told) => handler.onResponseEnd?.(...told),
      onResponseError: (...told) => handler.onResponseError?.(...told),
    });
}

/** True for the statuses that mean yes. */
export function isGood(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** The address, or undefined when it is no http or https address. */
export function webAddress(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined;
}

/** The header that says the user and password of an address; empty when it has none. */
export function credentialsOf(url: URL): Record<string, string> {
  if (url.username === '') return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

export function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function madeAt({ headers }: Dispatcher.ResponseData): Pick<WebAnswer, 'at'> {
  const at = typeof headers.date === 'string' ? Date.parse(headers.date) : Number.NaN;
  return Number.isNaN(at) ? {} : { at };
}

/** What of a redirect a person needs to know: where it leads, and what to do about it. */
export function redirectWords(answer: Pick<WebAnswer, 'status' | 'leadsTo'>): string {
  if (answer.status < 300 || answer.status > 399) return '';
  const where = answer.leadsTo === undefined ? '' : ` to ${answer.leadsTo}`;
  return `; redirects${where} are not followed: write the address that answers itself, and see whether it wants a login`;
}

function redirectTo({ headers, statusCode }: Dispatcher.ResponseData, from: URL): Pick<WebAnswer, 'leadsTo'> {
  const { location } = headers;
  if (statusCode < 300 || statusCode > 399 || typeof location !== 'string' || !URL.canParse(location, from.href))
    return {};
  const to = new URL(location, from.href);
  return { leadsTo: to.protocol === from.protocol ? to.host : to.origin };
}
