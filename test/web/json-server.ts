import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Fault } from '../contracts/probe-contract.js';

/** `body`: what came with the request, the whole of it. */
export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  /** Empty until the whole of it has come; the answer is given after that. */
  readonly body: string;
}

/** A local HTTP server whose answer can be changed while it runs. */
export interface JsonServer {
  readonly port: number;
  /** Requests seen, in order. */
  readonly requests: SeenRequest[];
  answerWith(answer: Answer): void;
  /** The next request gets this answer instead. */
  answerNextWith(answer: Answer): void;
  /** From now on every answer, and what it does, comes this much later. */
  answerAfter(ms: number): void;
  close(): Promise<void>;
}

export async function startJsonServer(): Promise<JsonServer> {
  let usual: Answer = json('{}');
  const next: Answer[] = [];
  const requests: SeenRequest[] = [];
  let lateMs = 0;
  const server = createServer((request, response) => {
    const answer = next.shift();
    const seen = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: '' };
    requests.push(seen);
    request.setEncoding('utf8').on('data', (part: string) => {
      seen.body += part;
    });
    request.once('end', () => {
      const give = () => (answer ?? usual)(request, response, seen.body);
      if (lateMs > 0) setTimeout(give, lateMs);
      else give();
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    port: address.port,
    requests,
    answerWith(answer) {
      usual = answer;
    },
    answerNextWith(answer) {
      next.push(answer);
    },
    answerAfter(ms) {
      lateMs = ms;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

export function json(body: string | Buffer, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body);
  };
}

export const neverAnswer: Answer = () => {};

/** Each fault of the contract as an answer; the value is looked for at `rate`. */
export const FAULTY: Readonly<Record<Fault, Answer>> = {
  empty: json(''),
  broken: json('{"rate": 1'),
  'without the value': json('{"rates": 1}'),
  null: json('{"rate": null}'),
  text: json('{"rate": "fast"}'),
  'a numeric string': json('{"rate": "5"}'),
  true: json('{"rate": true}'),
  'many values': json('{"rate": [1, 2]}'),
  'a number beyond all bounds': json('{"rate": 1e400}'),
  huge: json(`{"pad": "${'x'.repeat(70_000)}", "rate": 1}`),
  'an error status': (_request, response) => response.writeHead(500).end('{"rate": 1}'),
  'a redirect': (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end('{"rate": 1}'),
  gone: (request) => request.socket.destroy(),
};
