import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { explainSqlFailure } from '../../src/probes/sql/failures.js';
import { createSqlProbe } from '../../src/probes/sql/index.js';
import { classify } from '../../src/slack/connection/failures.js';
import { targetErrorFrom } from '../../src/targets/postgres/errors.js';
import { failureFrom } from '../../src/web/failures.js';
import { webRequest } from '../../src/web/request.js';
import { type TlsCause, tlsTroubleOf } from '../../src/web/tls-trouble.js';
import { listening } from '../targets/flag-table.js';
import { startJsonServer } from './json-server.js';
import { startUntrusted } from './self-signed.js';

const patient = new AbortController().signal;
const withCode = (code: string, message = 'x') => Object.assign(new Error(message), { code });

/** Every code of Node's own list of certificate errors, and the OpenSSL ones people report. */
const CODES: readonly (readonly [TlsCause, ...string[]])[] = [
  ['self_signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  [
    'untrusted',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'CERT_UNTRUSTED',
    'CERT_REJECTED',
    'CERT_CHAIN_TOO_LONG',
  ],
  [
    'expired',
    'CERT_HAS_EXPIRED',
    'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
    'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED',
  ],
  ['not_yet_valid', 'CERT_NOT_YET_VALID'],
  ['wrong_name', 'ERR_TLS_CERT_ALTNAME_INVALID', 'HOSTNAME_MISMATCH'],
  ['revoked', 'CERT_REVOKED', 'ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED'],
  [
    'bad_certificate',
    'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
    'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
    'CERT_SIGNATURE_FAILURE',
    'ERROR_IN_CERT_NOT_BEFORE_FIELD',
    'ERROR_IN_CERT_NOT_AFTER_FIELD',
    'INVALID_CA',
    'INVALID_PURPOSE',
    'PATH_LENGTH_EXCEEDED',
    'CRL_HAS_EXPIRED',
    'UNABLE_TO_GET_CRL',
    'ERR_SSL_EE_KEY_TOO_SMALL',
    'ERR_SSL_CA_MD_TOO_WEAK',
    'ERR_SSL_DH_KEY_TOO_SMALL',
  ],
  [
    'client_certificate',
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
  ],
  ['no_tls', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_HTTP_REQUEST'],
  [
    'protocol',
    'EPROTO',
    'ERR_SSL_UNSUPPORTED_PROTOCOL',
    'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
    'ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED',
    'ERR_TLS_HANDSHAKE_TIMEOUT',
  ],
];

describe.each(CODES)('%s', (cause, ...codes) => {
  test.each(codes)('%s is named by its cause at every door, never as a fault of the bot', (code) => {
    const error = withCode(code);
    const trouble = tlsTroubleOf(error);
    expect(trouble).toMatchObject({ cause, words: expect.stringContaining(code) });
    const words = trouble?.words ?? '';
    expect(failureFrom(error, 'metrics:9090')).toEqual({ failure: 'unreachable', detail: `metrics:9090: ${words}` });
    expect(explainSqlFailure(error, 'db:5432')).toEqual({ unknown: 'unreachable', detail: `db:5432: ${words}` });
    expect(targetErrorFrom('flag', error, [])).toMatchObject({
      code: 'unreachable',
      retryable: false,
      message: `target flag: ${words}`,
    });
    // As fetch, and as Slack's client around it, hand it on.
    const fetched = new TypeError('fetch failed', { cause: error });
    expect(classify(fetched).message).toBe(words);
    expect(classify(Object.assign(new Error('A request error occurred'), { original: fetched })).message).toBe(words);
  });
});

test.each([
  ['The server does not support SSL connections', 'no_tls'],
  ['self signed certificate in certificate chain', 'untrusted'],
  ['self-signed certificate', 'self_signed'],
  ["Hostname/IP does not match certificate's altnames: Host: db", 'wrong_name'],
  ['There was an error establishing an SSL connection', 'protocol'],
])('a client that has no code for “%s” is understood', (message, cause) => {
  expect(tlsTroubleOf(new Error(message))).toMatchObject({ cause });
});

test.each(['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'ECONNRESET', '28P01', 'UND_ERR_SOCKET', 'ERR_INVALID_URL', ''])(
  '%s is no trouble with TLS',
  (code) => expect(tlsTroubleOf(withCode(code, 'certificate'))).toBeUndefined(),
);

test('a trouble of trust says what to do about it, within the length that a card shows', () => {
  const { words = '', fix } = tlsTroubleOf(withCode('SELF_SIGNED_CERT_IN_CHAIN')) ?? {};
  expect(words.slice(0, 60)).toContain('NODE_EXTRA_CA_CERTS');
  expect(fix).toContain('NODE_EXTRA_CA_CERTS');
});

test('a real server with a certificate of its own, and one without TLS, are told for what they are', async () => {
  const untrusted = await startUntrusted();
  onTestFinished(() => untrusted.close());
  const plain = await startJsonServer();
  onTestFinished(() => plain.close());
  const ask = (port: number) =>
    webRequest(
      { method: 'GET', url: new URL(`https://127.0.0.1:${port}/`), headers: {}, timeoutMs: 2_000 },
      {},
      patient,
    );
  expect(await ask(untrusted.port)).toMatchObject({
    failure: 'unreachable',
    detail: `127.0.0.1:${untrusted.port}: self-signed certificate not trusted (NODE_EXTRA_CA_CERTS): DEPTH_ZERO_SELF_SIGNED_CERT`,
  });
  expect(await ask(plain.port)).toMatchObject({
    failure: 'unreachable',
    detail: expect.stringContaining('does not speak TLS at this port'),
  });
});

test('a Postgres that offers no TLS is told for what it is', async () => {
  const server = createServer((socket) => socket.once('data', () => socket.write('N')));
  const port = await listening(server);
  onTestFinished(() => void server.close());
  const url = `postgres://reader:x@127.0.0.1:${port}/db?sslmode=require`;
  const probe = createSqlProbe({ url, query: 'select 1', timeoutMs: 2_000 }, {});
  expect(await probe.measure(patient)).toMatchObject({
    unknown: 'unreachable',
    detail: expect.stringContaining('does not speak TLS at this port'),
  });
  await probe.close();
});
