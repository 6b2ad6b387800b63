import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createHooks, HOOK_BODY_BYTES, type HookOptions } from '../../src/http/hooks.js';
import { type Http, startHttp } from '../../src/http/index.js';
import type { PushedAlertDelivery } from '../../src/store/pushed-alerts.js';

const TOKEN = 'a-token-of-the-hooks';
const SENTRY = 'a-secret-of-sentry';
const NOW = 1_795_000_000;

let http: Http;
let got: PushedAlertDelivery[];
let receive: HookOptions['receive'];
let logged: string;

function write(line: string): void {
  logged += line;
}

async function open(options: Partial<HookOptions> = {}): Promise<void> {
  const log = pino({ level: 'info' }, { write });
  const hooks = createHooks({
    token: TOKEN,
    sentrySecret: SENTRY,
    log,
    now: () => NOW * 1_000,
    receive: (delivery) => receive(delivery),
    ...options,
  });
  http = await startHttp({ port: 0, hooks, ready: async () => true, log });
}

beforeEach(async () => {
  got = [];
  logged = '';
  receive = async (delivery) => {
    got.push(delivery);
    return { repeated: false, ignored: [] };
  };
  await open();
});
afterEach(() => http.close());

const GROUP = JSON.stringify({
  alerts: [{ status: 'firing', labels: { alertname: 'A' }, fingerprint: 'f', startsAt: '2026-03-01T10:00:00Z' }],
});
const OWN = JSON.stringify({ id: 'a', status: 'firing', labels: { service: 'checkout' } });
const INCIDENT = JSON.stringify({ action: 'critical', data: { metric_alert: { id: '4' } } });

const JSON_TYPE = { 'content-type': 'application/json' };
const BEARER = { authorization: `Bearer ${TOKEN}` };

function post(path: string, body: string, headers: Record<string, string> = {}) {
  return fetch(`http://127.0.0.1:${http.port}${path}`, { method: 'POST', body, headers: { ...JSON_TYPE, ...headers } });
}

function signed(body: string, { at = NOW, token = TOKEN } = {}): Record<string, string> {
  const hex = createHmac('sha256', token).update(`${at}.${body}`).digest('hex');
  return { 'x-rollout-timestamp': String(at), 'x-rollout-signature': `sha256=${hex}` };
}

function sentry(body: string, secret = SENTRY): Record<string, string> {
  const hex = createHmac('sha256', secret).update(body).digest('hex');
  return { 'sentry-hook-signature': hex, 'sentry-hook-resource': 'metric_alert' };
}

describe('a delivery', () => {
  test('from Alertmanager is stored and then answered', async () => {
    const answer = await post('/hooks/alertmanager', GROUP, BEARER);
    expect([answer.status, await answer.json()]).toEqual([200, { stored: 1 }]);
    expect(got).toMatchObject([{ source: 'alertmanager', key: null, alerts: [{ fingerprint: 'f' }] }]);
  });

  test('from Sentry', async () => {
    expect((await post('/hooks/sentry', INCIDENT, sentry(INCIDENT))).status).toBe(200);
    expect(got).toMatchObject([{ source: 'sentry', alerts: [{ fingerprint: 'metric:4' }] }]);
  });

  test('from others with the token', async () => {
    expect((await post('/hooks/alert', OWN, BEARER)).status).toBe(200);
    expect(got).toMatchObject([{ source: 'alert', key: null, alerts: [{ fingerprint: 'a' }] }]);
  });

  test('from others, signed: each has a key of its own', async () => {
    expect((await post('/hooks/alert', OWN, signed(OWN))).status).toBe(200);
    expect((await post('/hooks/alert', OWN, signed(OWN, { at: NOW + 1 }))).status).toBe(200);
    const keys = got.map(({ key }) => key);
    expect(keys).toEqual([expect.stringMatching(/^hook:[0-9a-f]{64}$/), expect.stringMatching(/^hook:/)]);
    expect(keys[0]).not.toBe(keys[1]);
  });

  test('from others in their own words, with a mapping in the address', async () => {
    const query = 'id=n&status=s&firing=up&resolved=down&label.service=svc';
    const body = JSON.stringify({ n: 5, s: 'up', svc: 'checkout' });
    expect((await post(`/hooks/alert?${query}`, body, BEARER)).status).toBe(200);
    expect(got).toMatchObject([{ alerts: [{ fingerprint: '5', firing: true, labels: { service: 'checkout' } }] }]);
    expect((await post(`/hooks/alert?${query}`, OWN, BEARER)).status).toBe(400);
  });

  test('that was here before is said to be', async () => {
    receive = async () => ({ repeated: true, ignored: [] });
    expect(await (await post('/hooks/alert', OWN, signed(OWN))).json()).toEqual({ repeated: true });
  });

  test('that is older than what is known is said to be ignored, and why', async () => {
    receive = async () => ({ repeated: false, ignored: [{ fingerprint: 'a', firing: true }] });
    const fired = await post('/hooks/alert', OWN, BEARER);
    const start = 'a: is over, and can fire again only with a later start';
    expect([fired.status, await fired.json()]).toEqual([200, { stored: 0, ignored: [start] }]);
    expect(logged).toContain(start);
    receive = async () => ({ repeated: false, ignored: [{ fingerprint: 'f', firing: false }] });
    const over = await post('/hooks/alertmanager', GROUP, BEARER);
    expect(await over.json()).toEqual({ stored: 0, ignored: ['f: ended before it last began'] });
  });

  test('that could not be stored is answered 503, without a word about the database', async () => {
    receive = () => Promise.reject(new Error('connect ECONNREFUSED postgres://bot:secret@db'));
    const answer = await post('/hooks/alertmanager', GROUP, BEARER);
    expect([answer.status, await answer.json()]).toEqual([503, { error: 'not stored, send it again' }]);
  });

  test('some of which cannot be read: the rest is stored, and the sender hears of it', async () => {
    const body = JSON.stringify({ alerts: [5, ...JSON.parse(GROUP).alerts] });
    const answer = await post('/hooks/alertmanager', body, BEARER);
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { stored: 1, refused: ['alerts[0]: expected an object'] },
    ]);
    expect(got).toHaveLength(1);
  });

  test('of a group that was cut is logged', async () => {
    await post('/hooks/alertmanager', JSON.stringify({ ...JSON.parse(GROUP), truncatedAlerts: 4 }), BEARER);
    expect(got).toMatchObject([{ leftOut: 4 }]);
    expect(logged).toContain('"leftOut":4');
  });
});

describe('who may push', () => {
  test.each<[string, string, Record<string, string>]>([
    ['nobody', '/hooks/alertmanager', {}],
    ['a wrong token', '/hooks/alertmanager', { authorization: 'Bearer a-token-of-the-hookz' }],
    ['a shorter token', '/hooks/alertmanager', { authorization: 'Bearer a' }],
    ['an empty token', '/hooks/alertmanager', { authorization: 'Bearer ' }],
    ['the token as a password', '/hooks/alertmanager', { authorization: `Basic ${btoa(`bot:${TOKEN}`)}` }],
    ['the token in the address', `/hooks/alertmanager?token=${TOKEN}`, {}],
    ['a signature where the token is needed', '/hooks/alertmanager', signed(GROUP)],
    ['the token at Sentry’s hook', '/hooks/sentry', BEARER],
    ['Sentry’s secret as a token', '/hooks/alert', { authorization: `Bearer ${SENTRY}` }],
    ['a signature by another key', '/hooks/alert', signed(GROUP, { token: 'another-token-of-hooks' })],
    ['a signature of another body', '/hooks/alert', signed(OWN)],
    ['an old signature', '/hooks/alert', signed(GROUP, { at: NOW - 301 })],
    ['a signature ahead of its time', '/hooks/alert', signed(GROUP, { at: NOW + 301 })],
    [
      'a signature with a new time',
      '/hooks/alert',
      { ...signed(GROUP, { at: NOW - 301 }), 'x-rollout-timestamp': `${NOW}` },
    ],
    [
      'a signature without its time',
      '/hooks/alert',
      { 'x-rollout-signature': signed(GROUP)['x-rollout-signature'] ?? '' },
    ],
    ['a time that is none', '/hooks/alert', { ...signed(GROUP), 'x-rollout-timestamp': 'NaN' }],
    ['a broken signature beside the token', '/hooks/alert', { ...BEARER, ...signed(OWN) }],
    ['another secret of Sentry', '/hooks/sentry', sentry(GROUP, 'another-secret-of-sentry')],
    ['no signature of Sentry', '/hooks/sentry', {}],
  ])('not %s', async (_name, path, headers) => {
    const answer = await post(path, GROUP, headers);
    expect([answer.status, await answer.json()]).toEqual([401, { error: 'not authorised' }]);
    expect(got).toEqual([]);
    expect(logged).not.toContain(TOKEN);
  });

  test('is decided before the body is read, wherever that is possible', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(http.port, '127.0.0.1').on('error', reject).setEncoding('utf8');
      // Of the body that is announced nothing ever comes.
      socket.write(
        `POST /hooks/alert HTTP/1.1\r\nhost: bot\r\ncontent-type: application/json\r\ncontent-length: 900000\r\n\r\n`,
      );
      let text = '';
      socket.on('data', (part) => {
        text += part;
      });
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 401 /);
    expect(answer).toMatch(/connection: close/i);
  });

  test.each([
    [{ token: undefined }, ['/hooks/alertmanager', '/hooks/alert'], ['/hooks/sentry']],
    [{ sentrySecret: undefined }, ['/hooks/sentry'], ['/hooks/alertmanager', '/hooks/alert']],
    [{ token: undefined, sentrySecret: undefined }, ['/hooks/alertmanager', '/hooks/sentry', '/hooks/alert'], []],
  ])('hooks that are off are not there: %j', async (options, off, on) => {
    await http.close();
    await open(options);
    for (const path of off) expect((await post(path, GROUP, BEARER)).status).toBe(404);
    for (const path of on) expect((await post(path, GROUP)).status).toBe(401);
  });

  test('only POST is there', async () => {
    for (const method of ['GET', 'PUT', 'DELETE'])
      expect((await fetch(`http://127.0.0.1:${http.port}/hooks/alert`, { method, headers: BEARER })).status).toBe(404);
  });
});

describe('bodies', () => {
  test.each([
    ['', 'not JSON'],
    ['{', 'not JSON'],
    ['null', 'expected a JSON object with a list of alerts'],
    ['[]', 'expected a JSON object with a list of alerts'],
    ['{"alerts": "none"}', 'expected a JSON object with a list of alerts'],
    [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'expected a JSON object with a list of alerts'],
  ])('%.40s', async (body, error) => {
    const answer = await post('/hooks/alertmanager', body, BEARER);
    expect([answer.status, await answer.json()]).toEqual([400, { error }]);
    expect(got).toEqual([]);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', ''])(
    'of the type %j',
    async (type) => {
      expect((await post('/hooks/alertmanager', GROUP, { ...BEARER, 'content-type': type })).status).toBe(415);
    },
  );

  test('a type with its charset is JSON too', async () => {
    const headers = { ...BEARER, 'content-type': 'application/json; charset=utf-8' };
    expect((await post('/hooks/alertmanager', GROUP, headers)).status).toBe(200);
  });

  test('are read up to their limit and not beyond, announced or not', async () => {
    const fits = `${GROUP}${' '.repeat(HOOK_BODY_BYTES - GROUP.length)}`;
    expect((await post('/hooks/alertmanager', fits, BEARER)).status).toBe(200);
    expect((await post('/hooks/alertmanager', `${fits} `, BEARER)).status).toBe(413);
    const unannounced = await new Promise<number>((resolve, reject) => {
      const headers = { ...JSON_TYPE, ...BEARER, 'transfer-encoding': 'chunked' };
      const sent = httpRequest({
        host: '127.0.0.1',
        port: http.port,
        path: '/hooks/alertmanager',
        method: 'POST',
        headers,
      });
      sent.on('response', (answer) => resolve(answer.statusCode ?? 0)).on('error', reject);
      sent.write(fits);
      sent.write(' ');
    });
    expect(unannounced).toBe(413);
  });
});
