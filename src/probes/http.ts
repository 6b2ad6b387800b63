import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import { Client, type Dispatcher } from 'undici';
import { explainHttpFailure } from './http-failures.js';
import { type FoundNumber, findNumber, type JsonPath, parseJsonPath } from './json-path.js';
import { measureWithin } from './measure.js';
import { type NetworkRules, permittedAddresses } from './network.js';
import type { Probe } from './probe.js';

/** The longest answer that is read, in bytes, after it was unpacked. */
export const LONGEST_ANSWER_BYTES = 64 * 1024;

/** Where to read. Values are final: no `${NAME}` is left in them. */
export interface HttpProbeOptions {
  readonly url: string;
  /** JSON path (dotted keys and `[n]`) to the number in the answer. */
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

type Unknown = Extract<FoundNumber, { unknown: unknown }>;

const UNPACK = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/**
 * Reads one number from a JSON answer. Each reading makes its own connection to an address that was judged for this
 * reading: a kept one would outlive a change of DNS and of the rules. Throws when the URL or the path cannot be read.
 */
export function createHttpProbe(options: HttpProbeOptions, network: NetworkRules): Probe {
  const url = httpUrl(options.url);
  const parsed = parseJsonPath(options.value);
  if ('error' in parsed) throw new Error(`http probe: ${parsed.error}`);
  const headers = {
    accept: 'application/json',
    'accept-encoding': 'identity',
    ...credentials(url),
    ...lowerCased(options.headers),
  };
  return {
    kind: 'http',
    measure: (caller) =>
      measureWithin({ timeoutMs: options.timeoutMs, signal: caller }, async (signal) => {
        try {
          const permission = await permittedAddresses(url, network);
          if ('refused' in permission) return { unknown: 'refused_address', detail: permission.refused };
          return await ask(
            { url, headers, path: parsed.path, addresses: permission.addresses, timeoutMs: options.timeoutMs },
            signal,
          );
        } catch (error) {
          return explainHttpFailure(error, url.host);
        }
      }),
    close: async () => {},
  };
}

interface Question {
  readonly url: URL;
  readonly headers: Record<string, string>;
  readonly path: JsonPath;
  readonly addresses: readonly LookupAddress[];
  readonly timeoutMs: number;
}

async function ask({ url, headers, path, addresses, timeoutMs }: Question, signal: AbortSignal): Promise<FoundNumber> {
  const client = new Client(url.origin, {
    connect: { lookup: pinnedTo(addresses), timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  try {
    const answer = await client.request({ method: 'GET', path: url.pathname + url.search, headers, signal });
    if (answer.statusCode < 200 || answer.statusCode > 299) {
      return { unknown: 'bad_status', detail: `${url.host} answered ${answer.statusCode}` };
    }
    const bytes = await readAnswer(answer);
    return Buffer.isBuffer(bytes) ? numberIn(bytes, path) : bytes;
  } finally {
    client.destroy().catch(() => {});
  }
}

async function readAnswer({ body, headers }: Dispatcher.ResponseData): Promise<Buffer | Unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) continue;
    size += chunk.byteLength;
    if (size > LONGEST_ANSWER_BYTES) return tooLarge();
    chunks.push(chunk);
  }
  const packed = Buffer.concat(chunks);
  const encoding = String(headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'identity') return packed;
  if (!isPacking(encoding)) return { unknown: 'not_json', detail: 'the answer is packed in an unknown way' };
  return UNPACK[encoding](packed, { maxOutputLength: LONGEST_ANSWER_BYTES }).catch((error: NodeJS.ErrnoException) =>
    error.code === 'ERR_BUFFER_TOO_LARGE'
      ? tooLarge()
      : { unknown: 'not_json', detail: 'the answer cannot be unpacked' },
  );
}

function numberIn(bytes: Buffer, path: JsonPath): FoundNumber {
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return { unknown: 'not_json', detail: bytes.length === 0 ? 'the answer is empty' : 'the answer is not JSON' };
  }
  return findNumber(document, path);
}

function tooLarge(): Unknown {
  return { unknown: 'too_large', detail: `the answer is longer than ${LONGEST_ANSWER_BYTES / 1024} KB` };
}

function isPacking(encoding: string): encoding is keyof typeof UNPACK {
  return Object.hasOwn(UNPACK, encoding);
}

/** Hands the connection the judged addresses whatever it asks for; Node asks for one or for all. */
function pinnedTo(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, options, done) => {
    const [first] = addresses;
    if (options.all || !first) done(null, [...addresses]);
    else done(null, first.address, first.family);
  };
}

function httpUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new Error('http probe: url is not an http or https address');
  }
  return url;
}

function credentials(url: URL): Record<string, string> {
  if (url.username === '') return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
