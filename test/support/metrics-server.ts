/** A team's services over HTTP: Prometheus' query API, and a page of numbers. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface MetricsServer {
  readonly url: string;
  /** What this PromQL query gives from now on. Queries nobody has named are mistakes, and answered as such. */
  query(promql: string, value: number): void;
  /** One number of the page `/summary.json`. */
  number(key: string, value: number): void;
  close(): Promise<void>;
}

export async function startMetricsServer(): Promise<MetricsServer> {
  const queries = new Map<string, number>();
  const numbers: Record<string, number> = {};

  const answer = async (request: IncomingMessage): Promise<[status: number, body: unknown]> => {
    const line = `${request.method} ${request.url}`;
    if (line === 'POST /api/v1/query') return answerQuery(queries, await bodyOf(request));
    if (line === 'GET /summary.json') return [200, numbers];
    return [404, {}];
  };
  const server = createServer((request, response) => void answer(request).then((it) => reply(response, it)));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    query: (promql, value) => queries.set(promql, value),
    number: (key, value) => Object.assign(numbers, { [key]: value }),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function answerQuery(queries: ReadonlyMap<string, number>, body: string): [number, unknown] {
  const query = new URLSearchParams(body).get('query') ?? '';
  const value = queries.get(query);
  if (value === undefined) return [400, { status: 'error', errorType: 'bad_data', error: `nobody knows ${query}` }];
  const result = [{ metric: {}, value: [Date.now() / 1_000, String(value)] }];
  return [200, { status: 'success', data: { resultType: 'vector', result } }];
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function reply(response: ServerResponse, [status, body]: [number, unknown]): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
