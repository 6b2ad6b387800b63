import type { NetworkRules } from '../web/network.js';
import { credentialsOf, isGood, lowerCased, redirectWords, webAddress, webRequest } from '../web/request.js';
import { findNumber, parseJsonPath } from './json-path.js';
import { measureWithin } from './measure-within.js';
import type { Probe } from './probe.js';
import { jsonIn, unknownFrom } from './web-readings.js';

/** Where to read. Values are final: no `${NAME}` is left in them. */
export interface HttpProbeOptions {
  readonly url: string;
  /** JSON path (dotted keys and `[n]`) to the number in the answer. */
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** Reads one number from a JSON answer. Throws when the URL or the path cannot be read. */
export function createHttpProbe(options: HttpProbeOptions, network: NetworkRules): Probe {
  const url = webAddress(options.url);
  if (!url) throw new Error('http probe: url is not an http or https address');
  const parsed = parseJsonPath(options.value);
  if ('error' in parsed) throw new Error(`http probe: ${parsed.error}`);
  const headers = {
    accept: 'application/json',
    'accept-encoding': 'identity',
    ...credentialsOf(url),
    ...lowerCased(options.headers),
  };
  const { timeoutMs } = options;
  return {
    kind: 'http',
    measure: (caller) =>
      measureWithin({ timeoutMs, signal: caller }, async (signal) => {
        const answer = await webRequest({ method: 'GET', url, headers, timeoutMs, keep: 'probe' }, network, signal);
        if ('failure' in answer) return unknownFrom(answer);
        if (!isGood(answer.status)) {
          return { unknown: 'bad_status', detail: `${url.host} answered ${answer.status}${redirectWords(answer)}` };
        }
        const read = jsonIn(answer.bytes);
        return 'document' in read ? findNumber(read.document, parsed.path) : read;
      }),
    close: async () => {},
  };
}
