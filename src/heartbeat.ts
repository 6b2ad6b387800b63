import type { Logger } from 'pino';
import { isGood, webRequest } from './web/request.js';

export interface HeartbeatOptions {
  /** Asked with GET; undefined: nobody waits for signs of life. */
  readonly url: string | undefined;
  readonly log: Logger;
}

const EVERY_MS = 60_000;
const TIMEOUT_MS = 10_000;

/**
 * A sign of life to somebody else, who says when none comes: a bot that is gone says nothing itself. Called when a tick
 * has ended that the database took part in, at any pace; goes out once a minute. Waits for nothing and never fails.
 */
export function createHeartbeat({ url, log }: HeartbeatOptions): () => void {
  if (url === undefined) return () => undefined;
  const address = new URL(url);
  let sentAt = Number.NEGATIVE_INFINITY;
  let failing = false;

  async function send(): Promise<void> {
    const request = { method: 'GET', url: address, headers: {}, timeoutMs: TIMEOUT_MS } as const;
    const answer = await webRequest(request, {}, new AbortController().signal);
    const why = 'failure' in answer ? answer.failure : isGood(answer.status) ? null : `status ${answer.status}`;
    // Neither the address nor what it answered: they are as good as a password.
    if (why !== null && !failing)
      log.warn({ host: address.host, why }, 'heartbeat not taken; tried again every minute');
    if (why === null && failing) log.info({ host: address.host }, 'heartbeat taken again');
    failing = why !== null;
  }

  return () => {
    if (performance.now() - sentAt < EVERY_MS) return;
    sentAt = performance.now();
    void send();
  };
}
