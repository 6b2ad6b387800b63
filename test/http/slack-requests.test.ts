import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Http, startHttp } from '../../src/http/index.js';
import { createSlackRequests, type ProcessEvent } from '../../src/http/slack-requests.js';

const SECRET = 'a-signing-secret';
const NOW = 1_795_000_000;

let http: Http;
let isReady: () => Promise<true | string>;
let ages: { firedMs: number; finishedMs: number | null };
let process_: ProcessEvent;
let seen: Parameters<ProcessEvent>[0][];

beforeEach(async () => {
  seen = [];
  isReady = async () => true;
  ages = { firedMs: 320, finishedMs: 412.4 };
  process_ = async (event) => {
    seen.push(event);
    await event.ack({ text: 'done' });
  };
  const slack = createSlackRequests({
    signingSecret: SECRET,
    process: (event) => process_(event),
    unreadMs: () => 7,
    now: () => NOW * 1000,
  });
  http = await startHttp({
    port: 0,
    slack,
    ready: () => isReady(),
    ages: () => ages,
    log: pino({ level: 'silent' }),
    metrics: async () => [{ name: 'rollout_more', help: 'More.', value: -3 }],
  });
});
afterEach(() => http.close());

interface Sent {
  readonly at?: number;
  readonly secret?: string;
  readonly type?: string;
  readonly headers?: Record<string, string>;
}

function signed(
  body: string,
  { at = NOW, secret = SECRET, type = 'application/x-www-form-urlencoded', headers = {} }: Sent,
) {
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex')}`;
  return {
    method: 'POST',
    headers: {
      'content-type': type,
      'x-slack-request-timestamp': String(at),
      'x-slack-signature': signature,
      ...headers,
    },
    body,
  };
}

const url = (path = '/slack/events') => `http://127.0.0.1:${http.port}${path}`;
const COMMAND = new URLSearchParams({ command: '/rollout', text: 'status' }).toString();
const send = (body: string, how: Sent = {}) => fetch(url(), signed(body, how));

describe('a request from Slack', () => {
  test('with the right signature is handled, and answered with what it was acknowledged with', async () => {
    const answer = await send(COMMAND);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ text: 'done' });
    expect(seen.map(({ body }) => body)).toEqual([{ command: '/rollout', text: 'status' }]);
  });

  test.each([
    ['signed with another secret', { secret: 'guessed' }],
    ['six minutes old', { at: NOW - 360 }],
    ['61 seconds ahead of the clock', { at: NOW + 61 }],
    ['of no readable time', { headers: { 'x-slack-request-timestamp': 'soon' } }],
    ['of another time than it was signed for', { headers: { 'x-slack-request-timestamp': String(NOW - 1) } }],
    ['without a signature', { headers: { 'x-slack-signature': '' } }],
    ['with half a signature', { headers: { 'x-slack-signature': 'v0=00' } }],
  ] as const)('%s is refused and nothing is done', async (_how, sent) => {
    expect((await send(COMMAND, sent)).status).toBe(401);
    expect(seen).toEqual([]);
  });

  test.each([0, -299, 59])('%d seconds beside the clock is taken', async (beside) => {
    expect((await send(COMMAND, { at: NOW + beside })).status).toBe(200);
  });

  test('whose body was changed after it was signed is refused', async () => {
    const { body: _body, ...rest } = signed(COMMAND, {});
    expect((await fetch(url(), { ...rest, body: COMMAND.replace('status', 'rollback') })).status).toBe(401);
    expect(seen).toEqual([]);
  });

  test('larger than 256 KB is refused, however it is sent', async () => {
    const large = `text=${'x'.repeat(257 * 1024)}`;
    expect((await send(large)).status).toBe(413);
    expect(await sendInPieces(large)).toBe(413);
    expect(seen).toEqual([]);
  });

  test.each([
    ['not JSON', '{', 'application/json'],
    ['a list', '[]', 'application/json'],
    ['a form whose payload is not JSON', 'payload=%7B', 'application/x-www-form-urlencoded'],
    ['a form whose payload is text', 'payload=%22x%22', 'application/x-www-form-urlencoded'],
    ['empty', '', 'application/x-www-form-urlencoded'],
    ['an object that does not say what it is', '{"user":{"id":"U1"}}', 'application/json'],
    ['a payload that does not say what it is', 'payload=%7B%7D', 'application/x-www-form-urlencoded'],
  ])('that is %s is refused', async (_what, body, type) => {
    expect((await send(body, { type })).status).toBe(400);
    expect(seen).toEqual([]);
  });

  test('for the address check is answered with its challenge, when it is signed', async () => {
    const body = JSON.stringify({ type: 'url_verification', challenge: 'c-1' });
    const json = { type: 'application/json' };
    expect(await (await send(body, json)).json()).toEqual({ challenge: 'c-1' });
    expect((await send(body, { ...json, secret: 'guessed' })).status).toBe(401);
    expect(seen).toEqual([]);
  });

  test('sent again by Slack says which try it is', async () => {
    await send(COMMAND, { headers: { 'x-slack-retry-num': '2', 'x-slack-retry-reason': 'http_timeout' } });
    expect(seen[0]).toMatchObject({ retryNum: 2, retryReason: 'http_timeout' });
  });

  test('that nobody acknowledged, or that broke, is an error for Slack', async () => {
    process_ = async () => undefined;
    expect((await send(COMMAND)).status).toBe(500);
    process_ = async () => Promise.reject(new Error('broken'));
    expect((await send(COMMAND)).status).toBe(500);
  });

  test('brings along when it was sent, how long it may have lain unread, and whether somebody still waits', async () => {
    await send(COMMAND);
    const arrival = seen[0]?.customProperties.arrival;
    expect(arrival).toMatchObject({ sentAt: NOW * 1000, unreadMs: 7 });
    // Answered in time it stays wanted, also when the connection is closed afterwards.
    expect(arrival?.isOpen()).toBe(true);
  });

  test('whose connection is closed before it is answered is wanted by nobody', async () => {
    const giveUp = new AbortController();
    let closed: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      closed = resolve;
    });
    process_ = async (event) => {
      seen.push(event);
      giveUp.abort();
      await expect.poll(() => event.customProperties.arrival.isOpen()).toBe(false);
      closed();
    };
    await expect(fetch(url(), { ...signed(COMMAND, {}), signal: giveUp.signal })).rejects.toThrow();
    await over;
    expect(seen[0]?.customProperties.arrival.isOpen()).toBe(false);
  });

  test('is answered once, though it may be acknowledged twice', async () => {
    process_ = async ({ ack }) => {
      await ack('first');
      await ack('second');
    };
    expect(await (await send(COMMAND)).text()).toBe('first');
  });
});

describe('health', () => {
  test.each([
    ['whatever else', { firedMs: 320, finishedMs: 412 }, 200],
    ['before the first tick', { firedMs: 0, finishedMs: null }, 200],
    ['while ticks take long', { firedMs: 900, finishedMs: 3_600_000 }, 200],
    ['just in time', { firedMs: 9_999, finishedMs: 10_000 }, 200],
    ['not when the timer does not fire any more', { firedMs: 10_000, finishedMs: 10_000 }, 503],
  ])('healthz says that the timer fires: %s', async (_what, given, status) => {
    isReady = async () => Promise.reject(new Error('no database'));
    ages = given;
    expect((await fetch(url('/healthz'))).status).toBe(status);
  });

  test('readyz says how long ago a tick ended', async () => {
    const body = async () => (await fetch(url('/readyz'))).json();
    expect(await body()).toEqual({ ready: true, last_tick_seconds: 0.412, timer_seconds: 0.32 });
    ages = { firedMs: 15_000, finishedMs: null };
    isReady = async () => 'the intake is not open';
    const why = 'the intake is not open';
    expect(await body()).toEqual({ ready: false, why, last_tick_seconds: null, timer_seconds: 15 });
  });

  test('metrics are what Prometheus reads, without what is not known yet', async () => {
    const answer = await fetch(url('/metrics'));
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const lines = (await answer.text()).split('\n');
    expect(lines).toContain('# TYPE rollout_tick_age_seconds gauge');
    expect(lines.filter((line) => line && !line.startsWith('#'))).toEqual([
      'rollout_tick_age_seconds 0.412',
      'rollout_timer_age_seconds 0.32',
      'rollout_more -3',
    ]);
    ages = { firedMs: 1, finishedMs: null };
    expect(await (await fetch(url('/metrics'))).text()).not.toContain('rollout_tick_age_seconds');
  });

  test('readyz follows the database and the intake', async () => {
    expect((await fetch(url('/readyz'))).status).toBe(200);
    isReady = async () => 'the intake is not open';
    expect((await fetch(url('/readyz'))).status).toBe(503);
    isReady = async () => Promise.reject(Object.assign(new Error('could not extend file'), { code: '53100' }));
    const answer = await fetch(url('/readyz'));
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ why: 'the disk of the bot’s database is full' });
  });

  test.each([
    ['GET', '/slack/events'],
    ['POST', '/healthz'],
    ['GET', '/'],
    ['POST', '/slack/../slack/eventsx'],
  ])('%s %s is nothing', async (method, path) => {
    expect((await fetch(url(path), { method })).status).toBe(404);
  });

  test('in Socket Mode nothing comes from Slack this way', async () => {
    const socketMode = await startHttp({ port: 0, ready: async () => true, log: pino({ level: 'silent' }) });
    const answer = await fetch(`http://127.0.0.1:${socketMode.port}/slack/events`, signed(COMMAND, {}));
    expect(answer.status).toBe(404);
    await socketMode.close();
  });
});

/** Without a length in front, as a proxy may pass it on. */
function sendInPieces(body: string): Promise<number | undefined> {
  return new Promise((done, failed) => {
    const { method, headers } = signed(body, {});
    const call = request(url(), { method, headers, agent: false }, (answer) => {
      answer.resume();
      done(answer.statusCode);
    });
    call.on('error', failed);
    for (let at = 0; at < body.length; at += 16_384) call.write(body.slice(at, at + 16_384));
    call.end();
  });
}
