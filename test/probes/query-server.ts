/** A small server that speaks the query API of Prometheus: one answer for every query, and it knows `lookback_delta`. */
import type { Fault } from '../contracts/probe-contract.js';
import { type Answer, type JsonServer, json, neverAnswer, startJsonServer } from '../web/json-server.js';

type Samples = readonly { readonly labels?: Record<string, string>; readonly value: unknown }[];

export interface QueryServer {
  readonly url: string;
  readonly web: JsonServer;
  /** What was sent with each question for a number, in order. */
  readonly asked: Record<string, string>[];
  answerWith(answer: Answer): void;
  hangNext(): void;
}

/** `knowsLookback` false: it takes no notice of `lookback_delta`, as before 2.44. */
export async function startQueryServer(options: { knowsLookback?: boolean } = {}): Promise<QueryServer> {
  const web = await startJsonServer();
  const asked: QueryServer['asked'] = [];
  let usual: Answer = vector([]);
  const next: Answer[] = [];
  web.answerWith((request, response, body) => {
    const parameters = Object.fromEntries(new URLSearchParams(body));
    if (options.knowsLookback !== false && parameters.lookback_delta === 'none') {
      return apiError(400, 'error parsing lookback delta duration')(request, response, body);
    }
    if (parameters.query === 'vector(1)') return vector([{ value: '1' }])(request, response, body);
    asked.push(parameters);
    (next.shift() ?? usual)(request, response, body);
  });
  return {
    url: `http://127.0.0.1:${web.port}`,
    web,
    asked,
    answerWith(answer) {
      usual = answer;
    },
    hangNext() {
      next.push(neverAnswer);
    },
  };
}

const NOW = () => Date.now() / 1000;

export function vector(samples: Samples, more: object = {}): Answer {
  const result = samples.map(({ labels = {}, value }) => ({ metric: labels, value: [NOW(), value] }));
  return success({ resultType: 'vector', result }, more);
}

export function scalar(value: unknown): Answer {
  return success({ resultType: 'scalar', result: [NOW(), value] });
}

export function success(data: object, more: object = {}): Answer {
  return json(JSON.stringify({ status: 'success', data, ...more }));
}

export function apiError(status: number, error: string): Answer {
  return (_request, response) => {
    const body = JSON.stringify({ status: 'error', errorType: 'bad_data', error });
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  };
}

/** Each fault of the contract in the words of this API. Its numbers are text, so a numeric text is one of type string. */
export const FAULTY: Readonly<Record<Fault, Answer>> = {
  empty: json(''),
  broken: json('{"status": "success"'),
  'without the value': vector([]),
  null: scalar(null),
  text: scalar('fast'),
  'a numeric string': success({ resultType: 'string', result: [1, '5'] }),
  true: scalar(true),
  'many values': vector([{ value: '1' }, { value: '2' }]),
  'a number beyond all bounds': scalar('+Inf'),
  huge: vector(Array.from({ length: 30_000 }, (_, index) => ({ labels: { instance: `shop-${index}` }, value: '1' }))),
  'an error status': apiError(500, 'out of canary-7f3a'),
  'a redirect': (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
  gone: (request) => request.socket.destroy(),
};
