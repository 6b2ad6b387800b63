/** A key and a certificate that nobody trusts, for a server that speaks TLS as an intranet does. */
import { createServer, type Server } from 'node:https';
import { listening } from '../targets/flag-table.js';

const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgpSlN2lo34nyrNQEI
i0kBi0jnXJd75ecq6tCDOH4+0BWhRANCAAS7Ho6GS1qUj6Ja0jxT/PsTkh27AnKU
j4HmcpqKocfbbopRWs+TmglQuLps+uMRxAgBBqpHb4kRnE4enjyY7ztL
-----END PRIVATE KEY-----`;

const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUBg4df0OftzvGcDbAyuRoQ4B46pwwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEzMDEzNTk1M1oYDzIxMjYxMTA2
MTM1OTUzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAS7Ho6GS1qUj6Ja0jxT/PsTkh27AnKUj4HmcpqKocfbbopRWs+TmglQ
uLps+uMRxAgBBqpHb4kRnE4enjyY7ztLo28wbTAdBgNVHQ4EFgQUWdASmLhh49Kb
cnHIUoJkRZECnhEwHwYDVR0jBBgwFoAUWdASmLhh49KbcnHIUoJkRZECnhEwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhAJaxvN//5hv2yfXU5WNCsRYJhpBqJetxF89Pg5YBmIlVAiEA
qYqQwWy5ppzXASDj/ZpL8tsKdZun47g5Ape+vNqopk8=
-----END CERTIFICATE-----`;

/** Answers `{}` to everything, with a certificate signed by itself. */
export async function startUntrusted(): Promise<{ readonly port: number; close(): void }> {
  const server: Server = createServer({ key: KEY, cert: CERTIFICATE }, (_request, response) => response.end('{}'));
  return { port: await listening(server), close: () => void server.close() };
}
