import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { MOST_CONNECTIONS } from '../../src/http/connections.js';
import { startHttp } from '../../src/http/index.js';
import { createJunk } from '../../src/http/junk.js';

async function port(slack: () => Promise<void> = async () => {}) {
  const lines: { msg: string }[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const http = await startHttp({
    port: 0,
    log,
    ready: async () => true,
    slack: async (request, response) => {
      for await (const _ of request);
      await slack();
      response.end('done');
    },
  });
  const sockets: Socket[] = [];
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await http.close();
  });
  /** A connection that sends this and then nothing. */
  const half = (text: string) =>
    new Promise<Socket>((resolve) => {
      const socket = connect(http.port, '127.0.0.1', () => socket.write(text, () => resolve(socket)));
      socket.on('error', () => {});
      sockets.push(socket);
    });
  return { half, lines, url: `http://127.0.0.1:${http.port}` };
}

const HEAD = 'POST /slack/events HTTP/1.1\r\nhost: bot\r\ncontent-length: 100\r\n';

test.each([
  ['nothing', ''],
  ['half a head', HEAD],
  ['half a body', `${HEAD}\r\nhalf`],
])('connections that sent %s give way to a new one, the oldest first, and are said once', async (_, text) => {
  const { half, lines, url } = await port();
  const waiting = await Promise.all(Array.from({ length: MOST_CONNECTIONS + 40 }, () => half(text)));
  const answer = await fetch(`${url}/slack/events`, {
    method: 'POST',
    body: 'whole',
    headers: { connection: 'close' },
  });
  expect(await answer.text()).toBe('done');
  await expect.poll(() => waiting.filter(({ destroyed }) => destroyed).length).toBeGreaterThanOrEqual(40);
  expect(lines.filter(({ msg }) => msg.startsWith('too many connections'))).toHaveLength(1);
});

test('a request that is being answered is never dropped for others', async () => {
  const asked = new EventEmitter();
  const { half, url } = await port(async () => {
    const answered = once(asked, 'answer');
    asked.emit('here');
    await answered;
  });
  const here = once(asked, 'here');
  const answer = fetch(`${url}/slack/events`, { method: 'POST', body: 'whole' });
  await here;
  await Promise.all(Array.from({ length: MOST_CONNECTIONS + 10 }, () => half(HEAD)));
  asked.emit('answer');
  expect(await (await answer).text()).toBe('done');
});

test('junk is said once a minute for each kind, with how much of it came', () => {
  let now = 0;
  const said: object[] = [];
  const junk = createJunk({ warn: (facts: object) => void said.push(facts) } as never, () => now);
  for (; now < 130_000; now += 1_000) {
    junk('a', { status: 401 }, 'refused');
    if (now % 2_000 === 0) junk('b', {}, 'other');
  }
  expect(said).toEqual([
    { status: 401 },
    {},
    { status: 401, more: 59 },
    { more: 29 },
    { status: 401, more: 59 },
    { more: 29 },
  ]);
});
