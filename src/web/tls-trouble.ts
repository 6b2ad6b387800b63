/** Why a TLS connection did not come about, by its cause: for targets, probes, databases and Slack alike. Pure. */

export type TlsCause =
  | 'untrusted' // nobody this machine trusts has signed the certificate
  | 'self_signed'
  | 'expired'
  | 'not_yet_valid'
  | 'wrong_name'
  | 'revoked'
  | 'bad_certificate' // broken, too weak, or not meant for servers
  | 'client_certificate' // the other side wants one, or takes none it was shown
  | 'no_tls' // the port answers, but not in TLS
  | 'protocol'; // no version or cipher in common, or the handshake failed

export interface TlsTrouble {
  readonly cause: TlsCause;
  /** One clause for people, with the code. Never names, addresses or contents. */
  readonly words: string;
  /** What a person does about it, as a clause. */
  readonly fix: string;
}

const CODES: Readonly<Record<TlsCause, RegExp>> = {
  self_signed: /^DEPTH_ZERO_SELF_SIGNED_CERT$/,
  untrusted:
    /^(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE|UNABLE_TO_GET_ISSUER_CERT(_LOCALLY)?|CERT_UNTRUSTED|CERT_REJECTED|CERT_CHAIN_TOO_LONG)$/,
  expired: /^(CERT_HAS_EXPIRED|ERR_SSL_[\w/]*CERTIFICATE_EXPIRED)$/,
  not_yet_valid: /^CERT_NOT_YET_VALID$/,
  wrong_name: /^(ERR_TLS_CERT_ALTNAME_INVALID|ERR_TLS_CERT_ALTNAME_FORMAT|HOSTNAME_MISMATCH)$/,
  revoked: /^(CERT_REVOKED|ERR_SSL_[\w/]*CERTIFICATE_REVOKED)$/,
  client_certificate:
    /^ERR_SSL_([\w/]*ALERT_(CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA|NO_CERTIFICATE|CERTIFICATE_UNKNOWN|ACCESS_DENIED)|\w*PEER_DID_NOT_RETURN_A_CERTIFICATE)$/,
  no_tls:
    /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|HTTPS_PROXY_REQUEST|RECORD_LAYER_FAILURE)$/,
  bad_certificate:
    /^(UNABLE_TO_DE(CRYPT|CODE)_\w+|CERT_SIGNATURE_FAILURE|ERROR_IN_C\w+|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|UNABLE_TO_GET_CRL|CRL_\w+|ERR_SSL_[\w/]*(TOO_SMALL|TOO_WEAK|CERTIFICATE_VERIFY_FAILED)|[A-Z_]*CERT[A-Z_]*)$/,
  protocol: /^(EPROTO|ERR_(TLS|SSL)_.+)$/,
};

/** Found in this order: the last two take what is left. */
const CAUSES = [
  ...(['self_signed', 'untrusted', 'expired', 'not_yet_valid', 'wrong_name', 'revoked'] as const),
  ...(['client_certificate', 'no_tls', 'bad_certificate', 'protocol'] as const),
];

const TRUST =
  'for a private authority set NODE_EXTRA_CA_CERTS to the file with its certificate (PEM) and restart the bot; else let the server send its whole chain';

const WORDS: Readonly<Record<TlsCause, readonly [words: string, fix: string]>> = {
  untrusted: ['certificate not trusted (private CA? NODE_EXTRA_CA_CERTS)', TRUST],
  self_signed: ['self-signed certificate not trusted (NODE_EXTRA_CA_CERTS)', TRUST],
  expired: ['certificate has expired', 'renew the certificate of the server; check the clock of this machine'],
  not_yet_valid: [
    'certificate is not valid yet',
    'check the clock of this machine, then the certificate of the server',
  ],
  wrong_name: ['certificate is for another host name', 'use the host name that the certificate is for'],
  revoked: ['certificate was revoked', 'renew the certificate of the server'],
  bad_certificate: ['certificate cannot be used', 'renew the certificate of the server'],
  client_certificate: [
    'the server wants a client certificate',
    'reach the server on a way that asks for no client certificate, such as a proxy beside the bot',
  ],
  no_tls: [
    'does not speak TLS at this port',
    'write the address without TLS (http:, sslmode=disable), or use the TLS port',
  ],
  protocol: ['TLS handshake failed', 'let the server offer TLS 1.2 or later with a cipher of today'],
};

/** Words of clients that have no code. */
const SAID: readonly (readonly [RegExp, TlsCause])[] = [
  [/server does not support SSL connections/i, 'no_tls'],
  [/self[- ]signed certificate in certificate chain|unable to (get|verify)/i, 'untrusted'],
  [/self[- ]signed certificate/i, 'self_signed'],
  [/certificate has expired/i, 'expired'],
  [/does not match certificate|altnames/i, 'wrong_name'],
  [/error establishing an SSL connection/i, 'protocol'],
];

/** The trouble an error tells of, or the error beneath it; undefined when it is none of TLS. */
export function tlsTroubleOf(error: unknown): TlsTrouble | undefined {
  const beneath = chainOf(error);
  for (const each of beneath) {
    const cause = causeOfCode(codeOf(each));
    if (cause) return troubleOf(cause, codeOf(each));
  }
  for (const each of beneath) {
    const said = SAID.find(([words]) => words.test(each.message));
    if (said && codeOf(each) === '') return troubleOf(said[1], '');
  }
  return undefined;
}

function troubleOf(cause: TlsCause, code: string): TlsTrouble {
  const [words, fix] = WORDS[cause];
  return { cause, words: code === '' ? words : `${words}: ${code}`, fix };
}

function causeOfCode(code: string): TlsCause | undefined {
  return CAUSES.find((cause) => CODES[cause].test(code));
}

/** Clients wrap what a socket said: `cause` of fetch, `original` of Slack's client, `errors` of several addresses. */
function chainOf(error: unknown, depth = 0): Error[] {
  if (!(error instanceof Error) || depth > 5) return [];
  const parts = [error.cause, Reflect.get(error, 'original'), ...[Reflect.get(error, 'errors')].flat()];
  return [error, ...parts.flatMap((part) => chainOf(part, depth + 1))];
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
