import { createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHttpProbe, type HttpProbeOptions } from '../../src/probes/http.js';
import type { NetworkRules } from '../../src/web/network.js';
import { LONGEST_ANSWER_BYTES } from '../../src/web/request.js';
import { testProbe } from '../contracts/probe-contract.js';
import { FAULTY, type JsonServer, json, neverAnswer, startJsonServer } from '../web/json-server.js';

const patient = new AbortController().signal;
const SECRET = 'canary-7f3a';

testProbe('http', async (timeoutMs) => {
  const server = await startJsonServer();
  const url = `http://reader:${SECRET}@127.0.0.1:${server.port}/metrics?token=${SECRET}`;
  return {
    probe: createHttpProbe({ url, value: 'rate', headers: { authorization: SECRET }, timeoutMs }, {}),
    secret: SECRET,
    answer: (next) =>
      server.answerWith('number' in next ? json(JSON.stringify({ rate: next.number })) : FAULTY[next.fault]),
    hangNext: () => server.answerNextWith(neverAnswer),
    close: () => server.close(),
  };
});

describe('the http probe', () => {
  let server: JsonServer;
  beforeEach(async () => {
    server = await startJsonServer();
  });
  afterEach(() => server.close());

  function measure(options: Partial<HttpProbeOptions> = {}, network: NetworkRules = {}) {
    const url = `http://127.0.0.1:${server.port}/metrics.json?window=5m`;
    return createHttpProbe({ url, value: 'rate', headers: {}, timeoutMs: 30_000, ...options }, network).measure(
      patient,
    );
  }

  test('sends its headers and the query, and asks for JSON that is not packed', async () => {
    server.answerWith(json('{"rate": 1}'));
    await measure({ headers: { 'X-Key': 'k' } });
    expect(server.requests).toMatchObject([
      {
        url: '/metrics.json?window=5m',
        headers: { 'x-key': 'k', accept: 'application/json', 'accept-encoding': 'identity' },
      },
    ]);
  });

  test('sends the name and password of the address as basic authorization', async () => {
    server.answerWith(json('{"rate": 1}'));
    await measure({ url: `http://reader:p%40ss@127.0.0.1:${server.port}/` });
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('reader:p@ss').toString('base64')}`);
  });

  test('does not follow a redirect', async () => {
    server.answerWith(FAULTY['a redirect']);
    expect(await measure()).toMatchObject({ unknown: 'bad_status' });
    expect(server.requests).toHaveLength(1);
  });

  test('reads an answer of exactly the longest length, and not one byte more', async () => {
    const padded = (length: number) => `{"rate": 1}${' '.repeat(length - 11)}`;
    server.answerWith(json(padded(LONGEST_ANSWER_BYTES)));
    expect(await measure()).toMatchObject({ value: 1 });
    server.answerWith(json(padded(LONGEST_ANSWER_BYTES + 1)));
    expect(await measure()).toMatchObject({ unknown: 'too_large' });
  });

  test('gives up an answer that never ends as soon as it is too long', async () => {
    let closed: () => void = () => {};
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    server.answerWith((_request, response) => {
      response.on('close', closed);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
        response.once('drain', more);
      };
      more();
    });
    expect(await measure({ timeoutMs: 30_000 })).toMatchObject({ unknown: 'too_large' });
    await gone;
  });

  test('unpacks a packed answer, and counts its length unpacked', async () => {
    const headers = { 'content-encoding': 'gzip' };
    server.answerWith(json(gzipSync('{"rate": 4}'), headers));
    expect(await measure()).toMatchObject({ value: 4 });
    server.answerWith(json(gzipSync(`{"rate": 4, "pad": "${' '.repeat(5_000_000)}"}`), headers));
    expect(await measure()).toMatchObject({ unknown: 'too_large' });
    server.answerWith(json('not packed at all', headers));
    expect(await measure()).toMatchObject({ unknown: 'not_json' });
    server.answerWith(json('{"rate": 4}', { 'content-encoding': 'zip, gzip' }));
    expect(await measure()).toMatchObject({ unknown: 'not_json' });
  });

  test('an answer that is not UTF-8 is not JSON', async () => {
    server.answerWith(json(Buffer.from([0x22, 0xff, 0x22])));
    expect(await measure()).toMatchObject({ unknown: 'not_json' });
  });

  test('an answer that trickles is over at the timeout', async () => {
    server.answerWith((_request, response) => {
      response.write('{');
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });
    expect(await measure({ timeoutMs: 200 })).toMatchObject({ unknown: 'timeout' });
  });

  test('an answer that breaks off is unreachable', async () => {
    server.answerWith((_request, response) => {
      response.writeHead(200, { 'content-length': '50' }).write('{"rate": 1}');
      response.socket?.end();
    });
    expect(await measure()).toMatchObject({ unknown: 'unreachable' });
  });

  test('nobody listening is unreachable', async () => {
    await server.close();
    expect(await measure()).toMatchObject({ unknown: 'unreachable' });
  });

  test('a server that does not speak HTTP is unreachable', async () => {
    const odd = createServer((socket: Socket) => socket.resume().end('220 mail.example.com\r\n'));
    await new Promise<void>((ready) => odd.listen(0, '127.0.0.1', ready));
    const address = odd.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    expect(await measure({ url: `http://127.0.0.1:${port}/` })).toMatchObject({ unknown: 'unreachable' });
    await new Promise((closed) => odd.close(closed));
  });

  test('a refused address is never connected to', async () => {
    const database = { host: 'localhost', port: server.port, name: 'rollout' };
    expect(await measure({}, { database })).toMatchObject({ unknown: 'refused_address' });
    expect(server.requests).toHaveLength(0);
  });

  test('connects to the address that was judged, whatever the name says a moment later', async () => {
    const answers = ['127.0.0.1', '169.254.169.254'];
    const resolve = async () => [{ address: answers.shift() ?? '169.254.169.254', family: 4 }];
    server.answerWith(json('{"rate": 2}'));
    const url = `http://metrics.example.com:${server.port}/`;
    const probe = createHttpProbe({ url, value: 'rate', headers: {}, timeoutMs: 30_000 }, { resolve });
    expect(await probe.measure(patient)).toMatchObject({ value: 2 });
    expect(server.requests[0]?.headers.host).toBe(`metrics.example.com:${server.port}`);
    expect(await probe.measure(patient)).toMatchObject({ unknown: 'refused_address' });
  });

  test('a name that does not resolve is unreachable', async () => {
    const resolve = () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
    expect(await measure({ url: 'http://nowhere.example.com/' }, { resolve })).toMatchObject({
      unknown: 'unreachable',
    });
  });

  test('a header that cannot be sent is a fault of the probe and tells nothing', async () => {
    const reading = await measure({ headers: { 'x-key': `bad\n${SECRET}` } });
    expect(reading).toMatchObject({ unknown: 'internal' });
    expect(JSON.stringify(reading)).not.toContain(SECRET);
  });

  test.each(['ftp://example.com/', 'file:///etc/passwd', 'metrics'])('cannot be built for %s', (url) => {
    expect(() => createHttpProbe({ url, value: 'rate', headers: {}, timeoutMs: 1_000 }, {})).toThrow(
      /url is not an http/,
    );
  });

  test('cannot be built for a path that is no path', () => {
    expect(() => createHttpProbe({ url: 'http://localhost/', value: 'a..b', headers: {}, timeoutMs: 1 }, {})).toThrow(
      /"a..b"/,
    );
  });

  test('an error status whose body goes on for ever is over at once', async () => {
    let closed: () => void = () => {};
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    server.answerWith((_request, response) => {
      response.on('close', closed).writeHead(500).write('x'.repeat(10_000));
    });
    expect(await measure({ timeoutMs: 30_000 })).toMatchObject({ unknown: 'bad_status' });
    await gone;
  });

  test('the next reading comes over the same connection', async () => {
    const ports: (number | undefined)[] = [];
    server.answerWith((request, response) => {
      ports.push(request.socket.remotePort);
      json('{"rate": 1}')(request, response, '');
    });
    await measure();
    await measure();
    expect(ports).toEqual([ports[0], ports[0]]);
  });
});
