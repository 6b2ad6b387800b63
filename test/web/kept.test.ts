import { createServer, type Server, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type WebRequest, webRequest } from '../../src/web/request.js';
import { orderOf } from '../support/order.js';

const patient = new AbortController().signal;
/** How long an answer may take is no question here but where it is said. */
const LONG_MS = 120_000;

/** Answers every request with which connection it came over, unless a fault is set. */
async function countingServer() {
  const sockets: Socket[] = [];
  const requests: string[] = [];
  const world = { fault: null as null | 'silent' | 'reset' | 'close' };
  /** How long it takes for an answer. */
  const pace = { ms: 0 };
  const server: Server = createServer((socket) => {
    const no = sockets.push(socket);
    let mine: typeof world.fault = null;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      // A fault is that of the connections there are, not of those to come.
      mine = world.fault !== null && no <= frozen ? world.fault : mine;
      requests.push(`${no} ${chunk.toString().split(' ', 1)}`);
      if (mine === 'silent') return;
      if (mine === 'reset') return socket.resetAndDestroy();
      if (mine === 'close') return socket.end();
      const body = String(no);
      setTimeout(() => socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`), pace.ms);
    });
  });
  let frozen = 0;
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const own = async (changes: Partial<WebRequest> = {}, host = '127.0.0.1', signal = patient, to = '127.0.0.1') => {
    const url = new URL(`http://${host}:${port}/`);
    const resolve = async () => [{ address: to, family: 4 }];
    const request: WebRequest = { method: 'GET', url, headers: {}, timeoutMs: LONG_MS, ...changes };
    const answer = await webRequest(request, { resolve }, signal);
    return 'failure' in answer ? answer.failure : answer.bytes.toString();
  };
  const ask: typeof own = (changes, ...rest) => own({ keep: 'target', ...changes }, ...rest);
  return {
    ask,
    own,
    requests,
    pace,
    from(fault: typeof world.fault) {
      frozen = sockets.length;
      world.fault = fault;
    },
  };
}

describe('a kept connection', () => {
  test('carries one call after the other, for one purpose and one server', async () => {
    const { ask } = await countingServer();
    expect([await ask(), await ask({ method: 'PUT', body: '{}' }), await ask()]).toEqual(['1', '1', '1']);
    expect(await ask({ keep: 'probe' })).toBe('2');
    expect(await ask({}, 'localhost')).toBe('3');
    expect(await ask()).toBe('1');
  });

  test('is not used by what names no purpose, as a raise does not', async () => {
    const { ask, own } = await countingServer();
    await ask();
    expect([await own(), await own({ maySend: () => true }), await ask()]).toEqual(['2', '3', '1']);
  });

  test('is not used by two calls at once', async () => {
    const { ask } = await countingServer();
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['1', '2', '3']);
    expect((await Promise.all([ask(), ask(), ask()])).sort()).toEqual(['1', '2', '3']);
  });

  test.each(['reset', 'close'] as const)('that ends (%s) when it is asked is replaced at once', async (fault) => {
    const { ask, from } = await countingServer();
    await ask();
    from(fault);
    expect(await ask({ method: 'PUT', body: '{}' })).toBe('2');
  });

  test('that is silent has a new one beside it, soon', async () => {
    const { ask, from, requests } = await countingServer();
    await ask();
    from('silent');
    expect(await ask({ method: 'PUT', body: '{}' }, '127.0.0.1', AbortSignal.timeout(LONG_MS / 4))).toBe('2');
    expect(requests).toEqual(['1 GET', '1 PUT', '2 PUT']);
    expect(await ask()).toBe('2');
  });

  test('of a probe has a new one beside it within seconds', async () => {
    const { ask, from } = await countingServer();
    await ask({ keep: 'probe' });
    from('silent');
    expect(await orderOf({ answer: () => ask({ keep: 'probe' }) }, [10_000])).toEqual(['answer']);
  });

  // Twice as long as the last call took would be the patience without an end to it.
  test('of a target is waited for no longer when it is silent and its last call was a slow one', async () => {
    const { ask, from, pace } = await countingServer();
    pace.ms = 3_000;
    await ask();
    pace.ms = 0;
    from('silent');
    expect(await orderOf({ answer: () => ask({ method: 'PUT', body: '{}' }) }, [5_000])).toEqual(['answer']);
  });

  test('is not used when its name leads elsewhere by now, or may not be reached any more', async () => {
    const { ask } = await countingServer();
    expect(await ask({}, 'flags.example')).toBe('1');
    expect(await ask({}, 'flags.example', patient, '127.0.0.2')).toBe('unreachable');
    expect(await ask({}, 'flags.example', patient, '169.254.169.254')).toBe('refused_address');
    expect(await ask({}, 'flags.example')).toBe('2');
  });
});
