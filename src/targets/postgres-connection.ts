/**
 * One connection per call. A pool would let a lowering wait for a connection that a hanging raise still holds, and a
 * kept connection may have died unnoticed since the last call.
 *
 * Every wait has an end on both sides. The server stops a statement by itself (statement and lock timeouts), so a call
 * that was given up cannot take effect later than that; this side gives up a little after it, so the server's own
 * words arrive first when it can still speak.
 */
import { Socket } from 'node:net';
import pg from 'pg';
import { cut, NOTICE_DISCONNECTS, withoutParameters } from '../postgres/session.js';
import { TargetError } from './target.js';

/** How much longer than the server's own timeout an answer is waited for. */
const ANSWER_GRACE_MS = 400;

export interface Connections {
  /** Opens a connection, runs `work`, closes it. Rejects by the signal or the deadline even when nothing answers. */
  use<T>(signal: AbortSignal, work: (query: Query) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Of several statements in one text, the answer is that of the last. `limitMs`: how long an answer is waited for, if not as long as ever. */
export type Query = (
  text: string,
  values: readonly unknown[],
  limitMs?: number,
) => Promise<{ rows: unknown[]; rowCount: number }>;

export interface ConnectionOptions {
  /** The target's name, for messages. */
  readonly target: string;
  readonly url: string;
  /** The longest connecting and the longest one statement may take. */
  readonly timeoutMs: number;
}

export function postgresConnections({ target, url, timeoutMs }: ConnectionOptions): Connections {
  const open = new Set<Socket>();
  return {
    async use(signal, work) {
      const call = new Call(signal, target);
      const socket = new Socket();
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      const client = new pg.Client(clientConfig(url, timeoutMs, socket));
      // Without a listener the end of a connection would end the process; the pending call hears of it anyway.
      client.on('error', () => {});
      try {
        // One limit for all that comes before the work, or a slow server could stretch the call beyond its promise.
        await call.within(timeoutMs, async () => {
          await client.connect();
          await client.query(NOTICE_DISCONNECTS);
        });
        const query: Query = async (text, values, limitMs = timeoutMs) => {
          const answers: pg.QueryResult | pg.QueryResult[] = await call.within(limitMs + ANSWER_GRACE_MS, () =>
            client.query(text, [...values]),
          );
          const result = Array.isArray(answers) ? answers.at(-1) : answers;
          if (!result) throw new TargetError('rejected', `target ${target}: nothing was answered`, { retryable: true });
          return { rows: result.rows, rowCount: result.rowCount ?? 0 };
        };
        const answer = await work(query);
        // The answer is there; saying goodbye is not worth waiting for.
        client.end().catch(() => {});
        return answer;
      } catch (error) {
        cut(socket);
        throw error;
      } finally {
        socket.unref();
        call.over();
      }
    },
    async close() {
      const closed = [...open].map((socket) => new Promise((done) => socket.once('close', done)));
      for (const socket of open) cut(socket);
      await Promise.all(closed);
    },
  };
}

/** The URL's own would win over ours, and the bot's promises rest on these. */
const TIMEOUTS = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'query_timeout'];

function clientConfig(url: string, timeoutMs: number, socket: Socket): pg.ClientConfig {
  return {
    connectionString: withoutParameters(url, TIMEOUTS),
    stream: () => socket,
    keepAlive: true,
    application_name: 'rollout-bot target',
    statement_timeout: timeoutMs,
    // Shorter, so that a locked row is told from a slow server.
    lock_timeout: Math.ceil(timeoutMs * 0.8),
    idle_in_transaction_session_timeout: timeoutMs,
  };
}

/** The time a call has, step by step, and the signal that may end it before. */
class Call {
  readonly #signal: AbortSignal;
  readonly #ended: Promise<never>;
  #giveUp: (error: TargetError) => void = () => {};
  readonly #target: string;
  readonly #onAbort = () => this.#giveUp(this.#timeout('the call was given up'));

  constructor(signal: AbortSignal, target: string) {
    this.#signal = signal;
    this.#target = target;
    this.#ended = new Promise((_resolve, reject) => {
      this.#giveUp = reject;
    });
    // It may end while nobody waits: between two steps, or after the last.
    this.#ended.catch(() => {});
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  async within<T>(limitMs: number, step: () => Promise<T>): Promise<T> {
    if (this.#signal.aborted) return this.#ended;
    const timer = setTimeout(() => this.#giveUp(this.#timeout(`no answer within ${limitMs} ms`)), limitMs);
    try {
      return await Promise.race([this.#ended, step()]);
    } finally {
      clearTimeout(timer);
    }
  }

  over(): void {
    this.#signal.removeEventListener('abort', this.#onAbort);
  }

  #timeout(what: string): TargetError {
    return new TargetError('timeout', `target ${this.#target}: ${what}`, { retryable: true });
  }
}
