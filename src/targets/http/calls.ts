/** One request of the http target: made ready once, sent with values, and what its failure means. */
import type { HttpRead, HttpWrite } from '../../rollout/plan/http-requests.js';
import type { WebFailure, WebFailureCode } from '../../web/failures.js';
import type { NetworkRules } from '../../web/network.js';
import {
  credentialsOf,
  isGood,
  lowerCased,
  redirectWords,
  type WebAnswer,
  type WebRequest,
  webAddress,
  webRequest,
} from '../../web/request.js';
import type { Values } from '../scale.js';
import { NotRaisedError, TargetError, type TargetErrorCode } from '../target.js';
import { asIs, inAddress, jsonTemplate, textTemplate } from './templates.js';

export type Call = (values: Values) => Pick<WebRequest, 'method' | 'url' | 'headers' | 'body'>;

/** The longest one request may take. */
export interface Sending {
  readonly target: string;
  readonly network: NetworkRules;
  readonly requestMs: number;
}

const ANYTHING: Values = { exposure: 0, rest: 100, enabled: false, tenant: 'a' };

/**
 * Throws TargetError `missing` when a variable is not set, `rejected` when the address cannot be used.
 * `what` names the request in messages.
 */
export function callFor(
  target: string,
  what: string,
  request: HttpWrite | HttpRead,
  fill: (text: string) => string,
): Call {
  const filled = (text: string) => {
    try {
      return fill(text);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : `${what} cannot be filled`;
      throw new TargetError('missing', why, { target, retryable: false, cause });
    }
  };
  const address = textTemplate(request.url, filled, inAddress);
  const own = lowerCased(mapValues(request.headers, filled));
  const body = 'method' in request ? bodyFor(request, own, filled) : {};
  const headers = { accept: 'application/json', 'accept-encoding': 'identity', ...body.headers, ...own };
  const call: Call = (values) => {
    const text = address(values);
    // `https:///path` and `https:host` are addresses, too, but hardly what somebody meant.
    const url = /^https?:\/\/[^/?#\\]/i.test(text) ? webAddress(text) : undefined;
    if (!url) {
      const message = `the url of ${what} is not an http or https address`;
      throw new TargetError('rejected', message, { target, retryable: false });
    }
    return {
      method: 'method' in request ? request.method : 'GET',
      url,
      headers: { ...credentialsOf(url), ...headers },
      ...(body.write && { body: body.write(values) }),
    };
  };
  requireOneHost(target, what, [call(ANYTHING), call({ exposure: 100, rest: 0, enabled: true, tenant: 'b' })]);
  return call;
}

/** A placeholder may choose what is changed there, never who is asked. */
function requireOneHost(target: string, what: string, requests: readonly { readonly url: URL }[]): void {
  if (new Set(requests.map(({ url }) => url.origin + url.username + url.password)).size === 1) return;
  const message = `the url of ${what} has a placeholder in its host`;
  throw new TargetError('rejected', message, { target, retryable: false });
}

interface Body {
  readonly headers?: Readonly<Record<string, string>>;
  readonly write?: (values: Values) => string;
}

function bodyFor({ body }: HttpWrite, headers: Readonly<Record<string, string>>, fill: (text: string) => string): Body {
  if (body === undefined) return {};
  if (typeof body === 'string') {
    const form = /x-www-form-urlencoded/i.test(headers['content-type'] ?? '');
    return { write: textTemplate(body, fill, form ? inAddress : asIs) };
  }
  const json = jsonTemplate(body, fill);
  return { headers: { 'content-type': 'application/json' }, write: (values) => JSON.stringify(json(values)) };
}

/** What an answer to a change means. `gone`: 404 means done, too, unless it is a web page. */
export interface Expected {
  readonly expects: (status: number) => boolean;
  readonly gone: boolean;
}

interface Writing extends Expected {
  readonly call: Call;
  readonly values: Values;
  readonly maySend?: () => boolean;
  /** It takes everybody out, so that sending it twice harms nobody. */
  readonly mayRepeat?: boolean;
}

/**
 * Sends a change; done when the status is an expected one. `maySend` is asked when it would go out. Throws TargetError,
 * NotRaisedError when it was not sent.
 */
export async function sendWrite(
  sending: Sending,
  { call, values, expects, gone, maySend, mayRepeat }: Writing,
  signal: AbortSignal,
): Promise<void> {
  const request: Made = { ...call(values), ...(maySend && { maySend }), ...(mayRepeat === true && { keep: 'target' }) };
  const answer = await ask(sending, request, signal);
  // What it says beside its status is not needed, so it may be too long or packed in a strange way.
  const unread = 'failure' in answer && (answer.failure === 'too_large' || answer.failure === 'unreadable');
  if ('failure' in answer && !(unread && answer.status !== undefined)) throw failed(sending.target, answer);
  if (answer.status === undefined || expects(answer.status)) return;
  if (answer.status !== 404 || !gone) throw badStatus(sending.target, request, { ...answer, status: answer.status });
  if (isPage(answer)) throw notTheService(sending.target, request);
}

/**
 * The answer to a question. For 404 `absent`, where that `means` off; then a web page is no answer at all. Throws TargetError.
 */
export async function sendRead(
  sending: Sending,
  { call, values, means }: { call: Call; values: Values; means: 'off' | undefined },
  signal: AbortSignal,
): Promise<Buffer | 'absent'> {
  const request: Made = { ...call(values), keep: 'target' };
  const answer = await ask(sending, request, signal);
  if (answer.status === 404) {
    if (means !== 'off') throw badStatus(sending.target, request, { ...answer, status: answer.status });
    if (isPage(answer)) throw notTheService(sending.target, request);
    return 'absent';
  }
  if ('failure' in answer) throw failed(sending.target, answer);
  if (!isGood(answer.status)) throw badStatus(sending.target, request, { ...answer, status: answer.status });
  return answer.bytes;
}

type Made = ReturnType<Call> & Pick<WebRequest, 'maySend' | 'keep'>;

function ask({ network, requestMs }: Sending, request: Made, signal: AbortSignal): Promise<WebAnswer | WebFailure> {
  const reads = (status: number) => isGood(status) || status === 404;
  return webRequest({ ...request, reads, timeoutMs: requestMs }, network, signal);
}

/** Gateways that cannot find the service say so with a page. What is too long to be read is no service's word, either. */
function isPage(answer: WebAnswer | WebFailure): boolean {
  return 'failure' in answer || /^[\s\ufeff]*</.test(answer.bytes.toString('utf8'));
}

function notTheService(target: string, { method, url }: Made): TargetError {
  const message = `${method} ${url.host} answered 404 with a web page, as gateways do`;
  return new TargetError('unreachable', message, { target, retryable: true });
}

type Verdict = readonly [code: TargetErrorCode, retryable: boolean];

const FAILURES: Readonly<Record<WebFailureCode, Verdict>> = {
  unreachable: ['unreachable', true],
  timeout: ['timeout', true],
  not_sent: ['rejected', true],
  too_large: ['rejected', false],
  unreadable: ['rejected', false],
  refused_address: ['denied', false],
  internal: ['rejected', false],
};

const STATUSES: Readonly<Record<number, Verdict>> = {
  401: ['denied', false],
  403: ['denied', false],
  404: ['missing', false],
  407: ['denied', false],
  408: ['timeout', true],
  409: ['rejected', true],
  410: ['missing', false],
  423: ['rejected', true],
  425: ['rejected', true],
  429: ['rejected', true],
  501: ['rejected', false],
  505: ['rejected', false],
  502: ['unreachable', true],
  503: ['unreachable', true],
  504: ['timeout', true],
};

/** Statuses that refuse who asks, whatever it is. */
const OF_THE_CALLER: readonly number[] = [401, 407];

/** Nothing came back in the time there was, or until it was given up. */
export class NoAnswerError extends TargetError {}

function failed(target: string, { failure, detail }: WebFailure): TargetError {
  const [code, retryable] = FAILURES[failure];
  if (failure === 'not_sent') return new NotRaisedError(target, 'over');
  if (failure === 'timeout') return new NoAnswerError(code, detail, { target, retryable });
  return new TargetError(code, detail, { target, retryable });
}

/** The server's own words are left out: it may repeat what it was sent. */
function badStatus(
  target: string,
  { method, url }: Pick<WebRequest, 'method' | 'url'>,
  answer: Pick<WebAnswer, 'status' | 'leadsTo'>,
): TargetError {
  const { status } = answer;
  const [code, retryable] = STATUSES[status] ?? ['rejected', status >= 500];
  const redirect = redirectWords(answer);
  const message = `${method} ${url.host} answered ${status}${redirect}`;
  return new TargetError(code, message, { target, retryable, final: !retryable && !OF_THE_CALLER.includes(status) });
}

function mapValues(map: Readonly<Record<string, string>>, change: (value: string) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value)]));
}
