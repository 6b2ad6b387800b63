import type { NetworkRules } from '../web/network.js';
import { credentialsOf, isGood, lowerCased, type WebRequest, webAddress, webRequest } from '../web/request.js';
import { withoutSecrets } from '../web/secrets.js';
import type { FoundNumber } from './json-path.js';
import { measureWithin } from './measure.js';
import type { Probe } from './probe.js';
import { errorIn, numberFrom, type Wanted } from './prometheus-answer.js';
import { jsonIn, type Unknown, unknownFrom } from './web-readings.js';

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

  const post = async (parameters: Record<string, string>, signal: AbortSignal) => {
    const answer = await webRequest(requestFor({ url, headers, timeoutMs, parameters }), network, signal);
    if ('failure' in answer) return { unknown: unknownFrom(answer) };
    const read = jsonIn(answer.bytes);
    const document = 'document' in read ? read.document : undefined;
    if (isGood(answer.status)) return 'document' in read ? { document, at: answer.at } : { unknown: read };
    const said = errorIn(document);
    const words = said === undefined ? '' : `: ${said}`;
    const unknown: Unknown = { unknown: 'bad_status', detail: safe(`${url.host} answered ${answer.status}${words}`) };
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

function requestFor({ url, headers, timeoutMs, parameters }: Asked): WebRequest {
  return {
    method: 'POST',
    url,
    headers: {
      accept: 'application/json',
      'accept-encoding': 'identity',
      ...headers,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(parameters).toString(),
    timeoutMs,
    keep: 'probe',
    longest: LONGEST_ANSWER_BYTES,
    // Errors are explained in the answer.
    reads: (status) => isGood(status) || status >= 400,
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
    return line.length > LONGEST_MESSAGE ? `${line.slice(0, LONGEST_MESSAGE)}…` : line;
  };
}
