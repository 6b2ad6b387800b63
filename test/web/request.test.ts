import { createServer, type Server, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { LONGEST_ANSWER_BYTES, type WebRequest, webRequest } from '../../src/web/request.js';
import { orderOf } from '../support/order.js';
import { type Answer, json, neverAnswer, startJsonServer } from './json-server.js';

const patient = new AbortController().signal;

async function server() {
  const started = await startJsonServer();
  onTestFinished(() => started.close());
  const ask = (request: Partial<WebRequest> = {}, signal = patient) => {
    const url = new URL(`http://127.0.0.1:${started.port}/flags`);
    return webRequest({ method: 'GET', url, headers: {}, timeoutMs: 2_000, ...request }, {}, signal);
  };
  return { server: started, ask };
}

test('sends method, headers and body, and tells the status, the answer and its time', async () => {
  const { server: web, ask } = await server();
  web.answerWith(json('{"ok": true}', { date: 'Wed, 21 Oct 2015 07:28:00 GMT' }));
  const answer = await ask({ method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"rollout":5}' });
  expect(answer).toEqual({ status: 200, at: Date.UTC(2015, 9, 21, 7, 28), bytes: Buffer.from('{"ok": true}') });
  expect(web.requests).toMatchObject([{ method: 'PUT', url: '/flags', body: '{"rollout":5}' }]);
});

test('reads the answers it is asked to, and of the others the status alone', async () => {
  const { server: web, ask } = await server();
  web.answerWith((_request, response) => response.writeHead(422).end('no such query'));
  expect(await ask()).toMatchObject({ status: 422, bytes: Buffer.alloc(0) });
  expect(await ask({ reads: () => true })).toMatchObject({ status: 422, bytes: Buffer.from('no such query') });
});

test('reads as much as it is asked to, and tells the status of what is longer', async () => {
  const { server: web, ask } = await server();
  web.answerWith(json('x'.repeat(LONGEST_ANSWER_BYTES + 1)));
  expect(await ask()).toMatchObject({ failure: 'too_large', status: 200 });
  expect(await ask({ longest: 2 * LONGEST_ANSWER_BYTES })).toMatchObject({ status: 200 });
});

test('does not follow a redirect', async () => {
  const { server: web, ask } = await server();
  web.answerWith((_request, response) => response.writeHead(307, { location: '/elsewhere' }).end());
  expect(await ask()).toMatchObject({ status: 307 });
  expect(web.requests).toHaveLength(1);
});

/** A byte now and then, for ever: no pause in it is too long. */
const neverWhole: Answer = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const dripping = setInterval(() => response.write(' '), 10);
  response.once('close', () => clearInterval(dripping));
};

test.each([
  ['never answers', neverAnswer],
  ['is never done with its answer', neverWhole],
])('is over at its time where the server %s', async (_what, answer) => {
  const { server: web, ask } = await server();
  web.answerWith(answer);
  const late = async () => expect(await ask({ timeoutMs: 200 })).toMatchObject({ failure: 'timeout' });
  expect(await orderOf({ late }, [100, 1_000])).toEqual(['100 ms', 'late']);
});

test('is over at its time where the name is never found', async () => {
  const request = { method: 'GET', url: new URL('http://flags.example.com/'), headers: {}, timeoutMs: 200 } as const;
  const resolve = () => new Promise<never>(() => undefined);
  const late = async () =>
    expect(await webRequest(request, { resolve }, patient)).toMatchObject({ failure: 'timeout' });
  expect(await orderOf({ late }, [100, 1_000])).toEqual(['100 ms', 'late']);
});

test('is over by its signal', async () => {
  const { server: web, ask } = await server();
  web.answerWith(neverAnswer);
  const giveUp = new AbortController();
  const asked = ask({}, giveUp.signal);
  giveUp.abort();
  expect(await asked).toMatchObject({ failure: 'timeout' });
});

test('given up before it began, it asks nobody', async () => {
  const { server: web, ask } = await server();
  expect(await ask({}, AbortSignal.abort())).toMatchObject({ failure: 'timeout' });
  expect(web.requests).toEqual([]);
});

test('given up while the name is looked up, it asks nobody', async () => {
  const { server: web } = await server();
  let found: (addresses: { address: string; family: number }[]) => void = () => {};
  const resolve = () => new Promise<{ address: string; family: number }[]>((done) => (found = done));
  const giveUp = new AbortController();
  const url = new URL(`http://flags.example.com:${web.port}/`);
  const asked = webRequest({ method: 'PUT', url, headers: {}, timeoutMs: 2_000 }, { resolve }, giveUp.signal);
  giveUp.abort();
  expect(await asked).toMatchObject({ failure: 'timeout' });
  found([{ address: '127.0.0.1', family: 4 }]);
  expect(await webRequest({ method: 'GET', url, headers: {}, timeoutMs: 2_000 }, ruleFor(url), patient)).toMatchObject({
    status: 200,
  });
  expect(web.requests).toMatchObject([{ method: 'GET' }]);
});

test('what was given up is cut, so that nothing of it arrives later', async () => {
  const { port, ended } = await listener();
  const giveUp = new AbortController();
  const url = new URL(`http://127.0.0.1:${port}/`);
  const asked = webRequest({ method: 'PUT', url, headers: {}, timeoutMs: 5_000 }, {}, giveUp.signal);
  const how = await ended(() => giveUp.abort());
  expect(await asked).toMatchObject({ failure: 'timeout' });
  expect(how).toBe('ECONNRESET');
});

test('what is left unsaid by a failure are path, query and headers', async () => {
  const { server: web } = await server();
  const url = new URL(`http://127.0.0.1:${web.port}/canary?token=canary`);
  await web.close();
  const answer = await webRequest({ method: 'GET', url, headers: { a: 'canary' }, timeoutMs: 500 }, {}, patient);
  expect(answer).toEqual({ failure: 'unreachable', detail: `127.0.0.1:${url.port}: ECONNREFUSED` });
});

function ruleFor({ hostname }: URL) {
  return { resolve: async (host: string) => (host === hostname ? [{ address: '127.0.0.1', family: 4 }] : []) };
}

/** Somebody who takes what is sent and never answers; `ended` does something then, and tells how the connection ends. */
async function listener() {
  let told: (socket: Socket) => void = () => {};
  const asked = new Promise<Socket>((resolve) => {
    told = resolve;
  });
  const listening: Server = createServer((socket) => void socket.once('data', () => told(socket)));
  await new Promise<void>((ready) => listening.listen(0, '127.0.0.1', ready));
  onTestFinished(() => void listening.close());
  const address = listening.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    async ended(then: () => void): Promise<string> {
      const socket = await asked;
      const end = new Promise<string>((resolve) => {
        socket.once('end', () => resolve('end'));
        socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
      });
      then();
      return end;
    },
  };
}
