import type { IncomingMessage } from 'node:http';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

function hostnameOf(host: string): string | undefined {
  return /^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(?::\d+)?$/i.exec(host)?.[1]?.toLowerCase();
}

/**
 * Why a request must not be answered, or undefined when it may be. The page acts as any person without a password, so
 * it must be out of reach for other sites: a name that was re-bound to this address shows in Host, a form or script of
 * another page in Origin or Sec-Fetch-Site. Programs outside browsers send neither and are let in.
 *
 * @param ownUrl the address this server believes it has
 */
export function reasonToRefuse(request: IncomingMessage, ownUrl: string): string | undefined {
  const host = request.headers.host ?? '';
  const hostname = hostnameOf(host);
  if (!hostname || !(LOOPBACK.has(hostname) || hostname === new URL(ownUrl).hostname)) {
    return `This page answers to localhost only, not to "${host}".`;
  }
  if (request.method === 'GET') return undefined;
  const { origin } = request.headers;
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    return `Refused: the request comes from ${origin}, not from this page.`;
  }
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return `Refused: the request is ${String(site)}.`;
  return undefined;
}
