/** Why no answer of the web was read. Probes and targets put it in the words of their own contracts. */
import { tlsTroubleOf } from './tls-trouble.js';

export type WebFailureCode =
  | 'unreachable' // no name, no connection, certificate refused, not HTTP, broke off
  | 'timeout' // not done in time, or given up
  | 'not_sent' // the caller did not want it any more when the connection was open
  | 'too_large' // more than the caller wants to read
  | 'unreadable' // packed in a way that cannot be undone
  | 'refused_address' // the network rules forbid this address
  | 'internal'; // a fault on this side, such as a header that cannot be sent

export interface WebFailure {
  readonly failure: WebFailureCode;
  /** The host, a code or a size; never a path, a header or the contents. */
  readonly detail: string;
  /** Present when an answer had begun. */
  readonly status?: number;
}

/** Why a request was not sent: its caller said no when it would have gone out. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError';
}

const FAILURES: Readonly<Record<string, WebFailureCode>> = {
  NotSentError: 'not_sent',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_ABORTED: 'timeout',
  ETIMEDOUT: 'timeout',
  UND_ERR_HEADERS_OVERFLOW: 'too_large',
  UND_ERR_SOCKET: 'unreachable',
  // The parser's error carries its name only.
  HTTPParserError: 'unreachable',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'unreachable',
};

// Codes of a connection that did not come about or broke: name service, sockets, HTTP parser.
const UNREACHABLE = /^(E[A-Z]+|EAI_[A-Z]+|HPE_[A-Z_]+)$/;

/** Why no answer came. The code only: messages of the layers below may quote what was sent. */
export function failureFrom(error: unknown, host: string): WebFailure {
  const code = codeOf(error);
  const known = FAILURES[code];
  if (known) return { failure: known, detail: `${host}: ${code}` };
  const tls = tlsTroubleOf(error);
  if (tls) return { failure: 'unreachable', detail: `${host}: ${tls.words}` };
  if (UNREACHABLE.test(code)) return { failure: 'unreachable', detail: `${host}: ${code}` };
  return { failure: 'internal', detail: code || 'an unknown fault' };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
