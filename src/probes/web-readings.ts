/** What probes that speak HTTP share: what came instead of an answer, and the answer as JSON. */

import type { UnknownReason } from '../rollout/health/why-unknown.js';
import type { WebFailure, WebFailureCode } from '../web/failures.js';
import { parseJson } from '../web/json-path.js';
import type { FoundNumber } from './json-path.js';

export type Unknown = Extract<FoundNumber, { unknown: unknown }>;

const REASONS: Readonly<Record<WebFailureCode, UnknownReason>> = {
  unreachable: 'unreachable',
  timeout: 'timeout',
  not_sent: 'internal',
  too_large: 'too_large',
  unreadable: 'not_json',
  refused_address: 'refused_address',
  internal: 'internal',
};

export function unknownFrom({ failure, detail }: WebFailure): Unknown {
  return { unknown: REASONS[failure], detail };
}

/** The document, or why these bytes are none. */
export function jsonIn(bytes: Buffer): { readonly document: unknown } | Unknown {
  const isPage = /^\s{0,100}(?:\ufeff)?<(?:!doctype|html|\?xml|head|body)/i.test(
    bytes.subarray(0, 200).toString('utf8'),
  );
  const what = isPage
    ? 'the answer is a web page, not JSON: a login page, or another address?'
    : 'the answer is not JSON';
  const detail = bytes.length === 0 ? 'the answer is empty' : what;
  return parseJson(bytes) ?? { unknown: 'not_json', detail };
}
