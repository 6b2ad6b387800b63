/** Why a request never reached anybody. Pure: what the libraries throw hides it in causes of causes. */

export interface WayLost {
  /** The operating system's, the resolver's or TLS's code, such as ENOTFOUND, ECONNREFUSED or CERT_HAS_EXPIRED. */
  readonly code: string;
  /** The name or address and port that was tried, where the error has it. */
  readonly at: string | null;
}

const DEPTH = 8;

/** The first cause that has a code of the network; null when there is none. */
export function wayLost(error: unknown): WayLost | null {
  let cause = error;
  for (let depth = 0; depth < DEPTH && typeof cause === 'object' && cause !== null; depth += 1) {
    const found = codeIn(cause);
    if (found) return found;
    // Several addresses were tried, and each has its own.
    const [first] = 'errors' in cause && Array.isArray(cause.errors) ? cause.errors : [];
    cause = first ?? ('cause' in cause ? cause.cause : undefined) ?? ('original' in cause ? cause.original : undefined);
  }
  return null;
}

/** `ENOTFOUND slack.com`. */
export function wayWords({ code, at }: WayLost): string {
  return at === null ? code : `${code} ${at}`;
}

const NETWORK =
  /^(?:E[A-Z]{3,}|EAI_[A-Z]+|UND_ERR_[A-Z_]+|(?:CERT|UNABLE|DEPTH|SELF|ERR_TLS|ERR_SSL|HOSTNAME|INVALID_CA|ERROR_IN)_[A-Z0-9_]+)$/;

function codeIn(cause: object): WayLost | null {
  if ('name' in cause && cause.name === 'TimeoutError') return { code: 'ETIMEDOUT', at: null };
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  if (!NETWORK.test(code)) return null;
  return { code: code === 'UND_ERR_CONNECT_TIMEOUT' ? 'ETIMEDOUT' : code, at: placeIn(cause) };
}

function placeIn(cause: object): string | null {
  const host = textIn(cause, 'hostname') ?? textIn(cause, 'address');
  const port = 'port' in cause && typeof cause.port === 'number' ? `:${cause.port}` : '';
  return host === null ? null : `${host.includes(':') ? `[${host}]` : host}${port}`;
}

function textIn(cause: object, name: string): string | null {
  const value: unknown = Object.entries(cause).find(([key]) => key === name)?.[1];
  return typeof value === 'string' && value !== '' ? value : null;
}
