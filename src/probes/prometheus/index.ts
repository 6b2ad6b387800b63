import type { WebFailure } from '../../web/failures.js';
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
import { withoutSecrets } from '../../web/secrets.js';
import { shortened } from '../../web/shortened.js';
import type { FoundNumber } from '../json-path.js';
import { measureWithin } from '../measure-within.js';
import type { Probe } from '../probe.js';
import { jsonIn, type Unknown, unknownFrom } from '../web-readings.js';
import { errorIn, numberFrom, type Wanted } from './answer.js';

/** Where and what to ask. Values are final: no `${NAME}` is left in them. */
export interface PrometheusProbeOptions extends Wanted {
  /** The server, with the path it is served under, if any; `/api/v1/query` is put behind it. */
  readonly url: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** A query may rightly give hundreds of series. */
const LONGEST_ANSWER_BYTES = 1024 * 1024;
const LONGEST_MESSAGE = 200;
/** How a header says of what kind its secret is. */
const SCHEME = /^(?:basic|bearer|token|digest)$/i;

/** Reads one number by an instant query. Throws when the URL cannot be read. */
export function createPrometheusProbe(options: PrometheusProbeOptions, network: NetworkRules): Probe {
  const { timeoutMs, query, freshMs } = options;
  const url = queryAddress(options.url);
  const headers = { ...credentialsOf(url), ...lowerCased(options.headers) };
  const safe = redactor([...Object.values(headers), ...url.searchParams.values(), url.username, url.password]);

  /** The way of asking that this server is known to take. */
  let way: 'POST' | 'GET' = 'POST';
  const send = async (parameters: Record<string, string>, signal: AbortSignal) => {
    const asked = { url, headers, timeoutMs, parameters };
    const answer = await webRequest(requestFor(asked, way), network, signal);
    if (way === 'GET' || !refusesPost(answer)) return answer;
    const got = await webRequest(requestFor(asked, 'GET'), network, signal);
    // Refused both ways, the first refusal says more.
    if ('failure' in got || !isGood(got.status)) return answer;
    way = 'GET';
    return got;
  };

  const post = async (parameters: Record<string, string>, signal: AbortSignal) => {
    const answer = await send(parameters, signal);
    if ('failure' in answer) return { unknown: unknownFrom(answer) };
    const read = jsonIn(answer.bytes);
    const document = 'document' in read ? read.document : undefined;
    if (isGood(answer.status)) return 'document' in read ? { document, at: answer.at } : { unknown: read };
    const said = errorIn(document);
    const words = said === undefined ? '' : `: ${said}`;
    const unknown: Unknown = {
      unknown: 'bad_status',
      detail: safe(`${url.host} answered ${answer.status}${words}`) + redirectWords(answer),
    };
    return { unknown, refused: answer.status === 400 };
  };

  const ask = async (signal: AbortSignal): Promise<FoundNumber> => {
    const lookback: Record<string, string> = freshMs === undefined ? {} : { lookback_delta: `${freshMs}ms` };
    const [answer, test] = await Promise.all([
      post({ query, timeout: `${timeoutMs}ms`, ...lookback }, signal),
      freshMs === undefined ? undefined : post(TEST_OF_LOOKBACK, signal),
    ]);
    if (answer.unknown) return answer.unknown;
    if (test && !test.refused) return test.unknown ?? knowsNoLookback();
    return numberFrom(answer.document, options, { answeredAt: answer.at, safe });
  };
  return {
    kind: 'prometheus',
    measure: (caller) => measureWithin({ timeoutMs, signal: caller }, ask),
    close: async () => {},
  };
}

/** Servers that know `lookback_delta` refuse this; the others take no notice of it, and would answer old samples. */
const TEST_OF_LOOKBACK = { query: 'vector(1)', lookback_delta: 'none' };

function knowsNoLookback(): Unknown {
  const instead = 'leave fresh out and give the query a range, such as last_over_time(metric[1m])';
  return {
    unknown: 'incomplete',
    detail: `this server does not know lookback_delta, so fresh cannot be kept: ${instead}`,
  };
}

interface Asked {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly parameters: Record<string, string>;
}

/** Statuses of proxies and gateways that let no POST through, without the server's own words for it. */
const NO_POST: readonly number[] = [400, 403, 405, 411, 501];

function refusesPost(answer: WebAnswer | WebFailure): boolean {
  if ('failure' in answer || !NO_POST.includes(answer.status)) return false;
  const read = jsonIn(answer.bytes);
  return !('document' in read) || errorIn(read.document) === undefined;
}

function requestFor({ url, headers, timeoutMs, parameters }: Asked, method: 'POST' | 'GET'): WebRequest {
  const asked = new URLSearchParams(parameters);
  const about = {
    timeoutMs,
    keep: 'probe',
    longest: LONGEST_ANSWER_BYTES,
    // Errors are explained in the answer.
    reads: (status: number) => isGood(status) || status >= 400,
  } as const;
  const accepts = { accept: 'application/json', 'accept-encoding': 'identity', ...headers };
  if (method === 'GET') {
    const whole = new URL(url);
    for (const [name, value] of asked) whole.searchParams.set(name, value);
    return { ...about, method, url: whole, headers: accepts };
  }
  return {
    ...about,
    method,
    url,
    headers: { ...accepts, 'content-type': 'application/x-www-form-urlencoded' },
    body: asked.toString(),
  };
}

function queryAddress(text: string): URL {
  const url = webAddress(text);
  if (!url) throw new Error('prometheus probe: url is not an http or https address');
  url.pathname = `${url.pathname.replace(/(?<!\/)\/+$/, '')}/api/v1/query`;
  return url;
}

/** Makes a server's words fit to be shown: short, on one line, without what it was sent in secret. */
function redactor(values: readonly string[]): (text: string) => string {
  // `Bearer abc` is a secret as a whole and in its last word.
  const secrets = values
    .flatMap((value) => [value, ...value.split(/\s+/)])
    .filter((value) => value.length > 3 && !SCHEME.test(value));
  return (text) => {
    const open = withoutSecrets(text, secrets);
    const line = open.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
    return line.length > LONGEST_MESSAGE ? `${shortened(line, LONGEST_MESSAGE)}…` : line;
  };
}
