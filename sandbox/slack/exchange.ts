import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from './types.js';
import type { Json } from './values.js';

/** An answer on its way out. Without a status it is 200, as Slack answers refusals too. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** Text is sent as text/plain, anything else as JSON. */
  body: Json | string;
}

function write(response: ServerResponse, { status = 200, headers = {}, body }: Answer): void {
  const isText = typeof body === 'string';
  response.writeHead(status, {
    'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8',
    ...headers,
  });
  response.end(isText ? body : JSON.stringify(body));
}

function faulty(fault: Fault): Answer | undefined {
  if (fault.body !== undefined) {
    const headers = { 'content-type': fault.contentType ?? 'text/plain' };
    return { status: fault.status ?? 200, headers, body: fault.body };
  }
  if (fault.status !== undefined) return { status: fault.status, body: 'upstream failure' };
  if (fault.rateLimit !== undefined) {
    const headers = { 'retry-after': String(fault.rateLimit) };
    return { status: 429, headers, body: { ok: false, error: 'ratelimited' } };
  }
  return fault.error === undefined ? undefined : { body: { ok: false, error: fault.error } };
}

/**
 * Answers one request, or fails it the way the fault says: late, cut before or after processing, or with another
 * answer. `keep` gets what is to be processed although the connection was cut before. Resolves with what was, or would have been, answered; undefined when cut before processing.
 */
export async function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault | undefined,
  process: () => Answer,
  keep: (work: () => void) => void = () => {},
): Promise<Answer | undefined> {
  if (fault?.delayMs !== undefined) await wait(fault.delayMs, undefined, { ref: false });
  if (fault?.late) keep(process);
  if (fault?.reset || fault?.late) {
    request.socket.destroy();
    return undefined;
  }
  const answer = (fault && faulty(fault)) ?? process();
  if (fault?.clockAheadMs !== undefined) {
    response.setHeader('date', new Date(Date.now() + fault.clockAheadMs).toUTCString());
  }
  if (fault?.resetAfter) request.socket.destroy();
  else write(response, answer);
  return answer;
}
