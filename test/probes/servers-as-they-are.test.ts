/** Servers of numbers behind gateways: no POST, a redirect to a login, a login page in place of an answer. */
import { createServer, type RequestListener } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHttpProbe } from '../../src/probes/http.js';
import { createPrometheusProbe } from '../../src/probes/prometheus/index.js';
import { listening } from '../targets/flag-table.js';

const patient = new AbortController().signal;

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${await listening(server)}`;
}

const ANSWER = JSON.stringify({
  status: 'success',
  data: { resultType: 'scalar', result: [Date.now() / 1_000, '4.5'] },
});
const prometheus = (url: string) =>
  createPrometheusProbe({ url, query: 'a{b="&+é"}', headers: { 'x-scope': 'one' }, timeoutMs: 2_000 }, {});

describe('a Prometheus that lets no POST through', () => {
  test.each([405, 403, 400, 411, 501])('by %i is asked by GET, and from then on at once', async (status) => {
    const asked: string[] = [];
    const url = await serve((request, response) => {
      asked.push(String(request.method));
      if (request.method === 'POST') return response.writeHead(status).end('no');
      const { searchParams } = new URL(String(request.url), 'http://x');
      const whole = searchParams.get('query') === 'a{b="&+é"}' && request.headers['x-scope'] === 'one';
      return response.end(whole ? ANSWER : 'wrong');
    });
    const probe = prometheus(url);
    expect(await probe.measure(patient)).toMatchObject({ value: 4.5 });
    expect(await probe.measure(patient)).toMatchObject({ value: 4.5 });
    expect(asked).toEqual(['POST', 'GET', 'GET']);
  });

  test('says its first refusal where it lets no GET through either', async () => {
    const url = await serve((request, response) => response.writeHead(request.method === 'POST' ? 405 : 404).end());
    expect(await prometheus(url).measure(patient)).toMatchObject({
      unknown: 'bad_status',
      detail: expect.stringContaining('answered 405'),
    });
  });

  test.each([400, 403])('is not asked twice where it says in its own words why: %i', async (status) => {
    const asked: string[] = [];
    const url = await serve((request, response) => {
      asked.push(String(request.method));
      response.writeHead(status).end(JSON.stringify({ status: 'error', errorType: 'bad_data', error: 'parse error' }));
    });
    expect(await prometheus(url).measure(patient)).toMatchObject({ detail: expect.stringContaining('parse error') });
    expect(asked).toEqual(['POST']);
  });
});

describe('a redirect', () => {
  test.each([
    ['https://login.example.com/oauth?next=canary-7f3a', 'https://login.example.com'],
    ['/elsewhere/canary-7f3a', '127.0.0.1:'],
  ])('to %s says where it leads and what to do, without its path', async (location, host) => {
    const url = await serve((_request, response) => response.writeHead(302, { location }).end());
    const http = createHttpProbe({ url, value: 'x', headers: {}, timeoutMs: 2_000 }, {});
    for (const probe of [http, prometheus(url)]) {
      const read = await probe.measure(patient);
      expect(read).toMatchObject({ unknown: 'bad_status', detail: expect.stringContaining(`redirects to ${host}`) });
      expect(JSON.stringify(read)).toContain('are not followed: write the address that answers itself');
      expect(JSON.stringify(read)).not.toContain('canary');
    }
  });
});

test.each(['<!DOCTYPE html><title>Sign in</title>', '\n<html lang="en">', '<?xml version="1.0"?>'])(
  'a page in place of an answer is called one: %s',
  async (page) => {
    const url = await serve((_request, response) => response.setHeader('content-type', 'text/html').end(page));
    const read = await createHttpProbe({ url, value: 'x', headers: {}, timeoutMs: 2_000 }, {}).measure(patient);
    expect(read).toMatchObject({ unknown: 'not_json', detail: expect.stringContaining('a login page') });
  },
);
