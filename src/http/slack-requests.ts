import type { IncomingMessage, ServerResponse } from 'node:http';
import { isValidSlackRequest } from '@slack/bolt';
import type { Arrival } from '../slack/connection/arrival.js';
import { readBody } from './body.js';

/** What a request from Slack becomes: its body, and a way to answer it once. */
export type ProcessEvent = (event: {
  body: Record<string, unknown>;
  ack: (response?: unknown) => Promise<void>;
  retryNum?: number;
  retryReason?: string;
  /** How it reached this process. */
  customProperties: { arrival: Arrival };
}) => Promise<void>;

/** Why a request was not signed by Slack; `aheadSeconds`: signed by Slack, but so far ahead of this machine's clock. */
export type UnsignedRequest = { readonly why: 'signature' } | { readonly why: 'clock'; readonly aheadSeconds: number };

/** Slack's own rule is five minutes back; a time ahead of ours is a forgery or a clock that must be set right. */
const AHEAD_SECONDS = 60;
const BEHIND_SECONDS = 300;
const BODY_LIMIT = 256 * 1024;

/** Answers `POST /slack/events`: commands, clicks, submissions and events, each proven to come from Slack. */
export function createSlackRequests(options: {
  signingSecret: string;
  process: ProcessEvent;
  /** How long what is read now may have lain unread, ms. */
  unreadMs: () => number;
  now?: () => number;
  /** Called for each request that is answered with 401. */
  refused?: (why: UnsignedRequest) => void;
}) {
  const now = options.now ?? Date.now;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const arrival = arrived(request, response, options.unreadMs());
    const body = await readBody(request, BODY_LIMIT);
    if (body === null) return end(response, 413);
    const objection = objectionTo(request, body);
    if (objection !== null) {
      options.refused?.(objection);
      return end(response, 401);
    }
    const parsed = parse(body, String(request.headers['content-type'] ?? ''));
    if (!parsed) return end(response, 400);
    if (parsed.ssl_check) return end(response, 200);
    if (typeof parsed.type !== 'string' && typeof parsed.command !== 'string') return end(response, 400);
    if (parsed.type === 'url_verification') return end(response, 200, { challenge: parsed.challenge });
    const retry = Number(request.headers['x-slack-retry-num']);
    await options.process({
      body: parsed,
      ack: async (answer) => end(response, 200, answer),
      customProperties: { arrival },
      ...(Number.isInteger(retry)
        ? { retryNum: retry, retryReason: String(request.headers['x-slack-retry-reason'] ?? '') }
        : {}),
    });
    // Nobody answered: Slack must hear that, so that the person does not believe it was done.
    if (!response.writableEnded) end(response, 500);
  };

  function objectionTo(request: IncomingMessage, body: string): UnsignedRequest | null {
    const signature = request.headers['x-slack-signature'];
    const timestamp = Number(request.headers['x-slack-request-timestamp']);
    if (typeof signature !== 'string' || !Number.isInteger(timestamp)) return { why: 'signature' };
    const headers = { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp };
    const { signingSecret } = options;
    // First whether it is Slack's at all: only then its time says something about this machine's clock.
    if (!isValidSlackRequest({ signingSecret, body, headers, nowMilliseconds: timestamp * 1_000 }))
      return { why: 'signature' };
    const aheadSeconds = Math.round(timestamp - now() / 1_000);
    return aheadSeconds > AHEAD_SECONDS || aheadSeconds < -BEHIND_SECONDS ? { why: 'clock', aheadSeconds } : null;
  }
}

/** Slack closes the connection when it has told the person that it failed. */
function arrived(request: IncomingMessage, response: ServerResponse, unreadMs: number): Arrival {
  let gone = false;
  response.on('close', () => {
    gone ||= !response.writableFinished;
  });
  const seconds = Number(request.headers['x-slack-request-timestamp']);
  return {
    sentAt: Number.isInteger(seconds) ? seconds * 1000 : null,
    at: performance.now(),
    unreadMs,
    isOpen: () => !gone && (response.writableEnded || !request.socket.destroyed),
  };
}

function parse(body: string, contentType: string): Record<string, unknown> | null {
  try {
    if (contentType.includes('application/json')) return asRecord(JSON.parse(body));
    const form = Object.fromEntries(new URLSearchParams(body));
    return form.payload === undefined ? form : asRecord(JSON.parse(form.payload));
  } catch {
    return null;
  }
}

function asRecord(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function end(response: ServerResponse, status: number, body?: unknown): void {
  if (response.writableEnded) return;
  if (body === undefined || body === null || body === '') {
    response.writeHead(status).end();
  } else if (typeof body === 'string') {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(body);
  } else {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
  }
}
