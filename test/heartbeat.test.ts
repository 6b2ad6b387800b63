import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createHeartbeat } from '../src/heartbeat.js';

let server: Server;
let url: string;
let asked: string[];
let status: number;
let lines: string[];
const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });

beforeEach(async () => {
  [asked, status, lines] = [[], 200, []];
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

test('goes out at once and then once a minute, however many ticks there are', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(1_000_000);
  const beat = createHeartbeat({ url, log });
  for (let tick = 0; tick < 50; tick += 1) beat();
  await expect.poll(() => asked).toEqual(['GET /secret']);
  now.mockReturnValue(1_059_999);
  beat();
  now.mockReturnValue(1_060_000);
  beat();
  now.mockRestore();
  await expect.poll(() => asked).toHaveLength(2);
  expect(lines).toEqual([]);
});

test('one that is not taken is said once, without the address, and harms nothing', async () => {
  status = 500;
  const now = vi.spyOn(performance, 'now').mockReturnValue(1_000_000);
  const beat = createHeartbeat({ url, log });
  beat();
  now.mockRestore();
  await expect.poll(() => lines).toHaveLength(1);
  expect(lines[0]).toContain('status 500');
  expect(lines[0]).not.toContain('secret');
});

test('without an address nobody is asked', () => {
  const beat = createHeartbeat({ url: undefined, log });
  beat();
  expect(asked).toEqual([]);
});
