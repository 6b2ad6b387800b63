import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { NOT_DELIVERED, type Outcome, type Parcel, type Transport } from './deliver.js';
import { parseJson } from './values.js';

function encode({ kind, body }: Parcel): { type: string; bytes: string } {
  const form = 'application/x-www-form-urlencoded';
  if (kind === 'events_api') return { type: 'application/json', bytes: JSON.stringify(body) };
  if (kind === 'interactive') {
    return { type: form, bytes: new URLSearchParams({ payload: JSON.stringify(body) }).toString() };
  }
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(body)) fields.set(name, String(value));
  return { type: form, bytes: fields.toString() };
}

/** The v0 signature over these bytes. `timestamp` in seconds. */
function sign(secret: string, timestamp: string, bytes: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${bytes}`).digest('hex')}`;
}

function retryHeaders(retry: number | undefined): Record<string, string> {
  if (retry === undefined) return {};
  return { 'x-slack-retry-num': String(retry), 'x-slack-retry-reason': 'http_timeout' };
}

/** An empty body is no response; JSON is parsed; anything else stays text. */
function readResponse(text: string): unknown {
  if (text === '') return undefined;
  const parsed = parseJson(text);
  return typeof parsed === 'object' && parsed !== null ? parsed : text;
}

/** Where an app listens, and how long it is waited for. */
interface Address {
  readonly url: string;
  readonly answerWithinMs: number;
}

function send({ url, answerWithinMs }: Address, headers: Record<string, string>, bytes: string): Promise<Outcome> {
  return new Promise((resolve) => {
    // No connection is reused: a bot that was killed in between must not cost a delivery.
    const call = request(url, { method: 'POST', headers, agent: false, signal: AbortSignal.timeout(answerWithinMs) });
    call.on('error', () => resolve(NOT_DELIVERED));
    call.on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', () => resolve(NOT_DELIVERED));
      answer.on('end', () => {
        const status = answer.statusCode ?? 0;
        const response = readResponse(Buffer.concat(chunks).toString());
        resolve({ acked: status === 200, response, status });
      });
    });
    call.end(bytes);
  });
}

/** Delivers by signed POST to the app's request URL. The signature carries real time: the app checks it against its own clock. */
export function httpMode(address: Address, signingSecret: string): Transport {
  return {
    prepare(parcel: Parcel, retry?: number) {
      const { type, bytes } = encode(parcel);
      const timestamp = String(Math.floor(Date.now() / 1000));
      const headers = {
        'content-type': type,
        'content-length': String(Buffer.byteLength(bytes)),
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': sign(signingSecret, timestamp, bytes),
        ...retryHeaders(retry),
      };
      return () => send(address, headers, bytes);
    },
  };
}
