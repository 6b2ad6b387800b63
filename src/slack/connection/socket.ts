import { setTimeout as delay } from 'node:timers/promises';
import type { SocketModeReceiver } from '@slack/bolt';
import type { Logger } from 'pino';
import { classify } from './failures.js';

/**
 * The library's own reconnecting ends the process when Slack is away for some seconds (its retry throws where nobody can
 * catch it), so its clients are made with `autoReconnectEnabled: false` and live for one connection each. A lost
 * connection is replaced here, with retries that never give up: an outage of Slack must not stop the checks.
 */
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 15_000;
/** From asking for an address to Slack's hello. The library sets no limit to the WebSocket's handshake. */
const CONNECT_MS = 6_000;
/** A connection that lasted this long was a good one: the next is made at once. */
const GOOD_MS = 5_000;
const CLOSE_MS = 2_000;

/** How one connection ended. */
interface End {
  readonly livedMs: number;
  /** What was thrown, or a few words. */
  readonly cause: unknown;
}

interface Line {
  /** Never rejects. */
  readonly ended: Promise<End>;
  close(): Promise<void>;
}

/**
 * Keeps one Socket Mode connection from `afterMs` on, however often it is lost and however long Slack is away. `open`
 * makes a receiver that does not reconnect by itself.
 */
export function keepConnected(
  open: () => SocketModeReceiver,
  { log, afterMs }: { log: Logger; afterMs: number },
): { close(): Promise<void> } {
  const closing = new AbortController();
  const { signal } = closing;
  let line: Line | undefined;

  async function keep(): Promise<void> {
    let waitMs = FIRST_WAIT_MS;
    for (let pauseMs = afterMs; await passed(pauseMs, signal); ) {
      line = openLine(open(), log);
      const { livedMs, cause } = await line.ended;
      if (signal.aborted) return;
      if (livedMs >= GOOD_MS) waitMs = FIRST_WAIT_MS;
      pauseMs = Math.max(waitMs, rateLimitMs(cause));
      waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
      if (livedMs > 0) log.info({ cause, retryMs: pauseMs }, 'connection to Slack ended; connecting again');
      else log.warn({ err: cause, retryMs: pauseMs }, 'Slack is not reachable; trying again');
    }
  }

  const kept = keep();
  return {
    async close() {
      closing.abort();
      const enough = new AbortController();
      // The library's goodbye waits for Slack's, which may never come.
      await Promise.race([Promise.all([line?.close(), kept]), passed(CLOSE_MS, enough.signal)]);
      enough.abort();
    },
  };
}

function openLine(receiver: SocketModeReceiver, log: Logger): Line {
  const { client } = receiver;
  let connectedAt: number | undefined;
  let over = false;
  const ended = new Promise<End>((resolve) => {
    const end = (cause: unknown): void => {
      clearTimeout(limit);
      over = true;
      resolve({ livedMs: connectedAt === undefined ? 0 : Math.max(1, performance.now() - connectedAt), cause });
    };
    const limit = setTimeout(() => {
      end('no hello');
      void client.disconnect();
    }, CONNECT_MS);
    client.on('connecting', () => {
      // Given up while Slack was asked for the address: the library would go on and connect.
      if (over) queueMicrotask(() => void client.disconnect());
    });
    client.on('connected', () => {
      clearTimeout(limit);
      connectedAt = performance.now();
      log.info('connected to Slack');
    });
    client.on('ws_message', (data: unknown) => {
      const reason = goodbye(data);
      if (reason) end(reason);
    });
    client.on('disconnected', () => end('closed'));
    receiver.start().catch((error: unknown) => end(error ?? 'closed'));
  });
  return {
    ended,
    async close() {
      await client.disconnect();
    },
  };
}

/** Why Slack ends this connection, if this message says so. The library tells only once both sides have closed it. */
function goodbye(data: unknown): string | null {
  if (typeof data !== 'string' || !data.includes('disconnect')) return null;
  try {
    const message: { type?: unknown; reason?: unknown } | null = JSON.parse(data);
    return message?.type === 'disconnect' ? String(message.reason) : null;
  } catch {
    return null;
  }
}

function rateLimitMs(cause: unknown): number {
  const { rateLimited, afterMs } = classify(cause);
  return rateLimited ? afterMs : 0;
}

/** True after this time, false as soon as it is called off. */
async function passed(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
