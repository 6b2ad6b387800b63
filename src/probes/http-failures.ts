import type { FoundNumber } from './json-path.js';
import type { UnknownReason } from './probe.js';

const REASONS: Readonly<Record<string, UnknownReason>> = {
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

// Codes of a connection that did not come about or broke: name service, sockets, HTTP parser, certificates.
const UNREACHABLE = /^(E[A-Z]+|EAI_[A-Z]+|HPE_[A-Z_]+|ERR_(TLS|SSL)_.+|[A-Z_]*CERT[A-Z_]*)$/;

/** Why no answer came. The code only: messages of the layers below may quote what was sent. */
export function explainHttpFailure(error: unknown, host: string): FoundNumber {
  const code = codeOf(error);
  const known = REASONS[code];
  if (known) return { unknown: known, detail: `${host}: ${code}` };
  if (UNREACHABLE.test(code)) return { unknown: 'unreachable', detail: `${host}: ${code}` };
  return { unknown: 'internal', detail: code || 'an unknown fault' };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
