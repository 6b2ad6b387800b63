import type { IncomingMessage, ServerResponse } from 'node:http';

const MAX_BODY_BYTES = 1_000_000;

/** A request that cannot be done; the message is for the person at the page. */
export class PageError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

/** The parsed JSON body. Throws PageError: 415 for another content type, 413 over 1 MB, 400 for broken JSON. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  // Only JSON: a form of another site can send everything else without asking the browser first.
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new PageError(415, 'The body must be application/json.');
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new PageError(413, 'The body is larger than 1 MB.');
    chunks.push(bytes);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new PageError(400, 'The body is not JSON.');
  }
}
