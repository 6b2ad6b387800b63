/** The demo shop's panel on the page: /shop/state and /shop/controls, answered by the shop itself. */
import { type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { Shop } from './shop/shop.js';
import { reasonToRefuse } from './slack/page/guard.js';

const ROUTES: ReadonlyMap<string, string> = new Map([
  ['GET /shop/state', '/state'],
  ['POST /shop/controls', '/controls'],
]);

/** Hands the panel's requests on to the shop; while there is none (it is starting) the panel is told so. */
export function shopPanel(shop: () => Shop | undefined) {
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const path = ROUTES.get(`${request.method} ${request.url}`);
    if (path === undefined) return false;
    const at = shop();
    // The same door as the page's own: another site must not break the shop either.
    const refusal = reasonToRefuse(request, 'http://127.0.0.1');
    if (refusal) fail(response, 403, refusal);
    else if (!at) fail(response, 503, 'The shop is not open yet.');
    else passOn(`${at.url}${path}`, request, response);
    return true;
  };
}

function passOn(url: string, request: IncomingMessage, response: ServerResponse): void {
  const onward = send(url, { method: request.method, headers: { 'content-type': 'application/json' } }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    answer.pipe(response);
  });
  onward.on('error', (error) => fail(response, 502, `The shop does not answer: ${error.message}`));
  request.pipe(onward);
}

function fail(response: ServerResponse, status: number, error: string): void {
  if (response.headersSent) return void response.end();
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error }));
}
