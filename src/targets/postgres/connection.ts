/**
 * Connections to the database of a target. What may happen twice (readings, lowerings) goes over one that is kept idle
 * between calls, with a new one beside it as soon as it is silent; see `kept/first-answer`. What may not (a raise), and
 * what must not wait for another (rows taken down side by side), has a connection of its own: a pool would let a lowering
 * wait for a connection that a hanging raise still holds.
 *
 * Every wait has an end on both sides. The server stops a statement by itself (statement and lock timeouts), so a call
 * that was given up cannot take effect later than that; this side gives up a little after it, so the server's own
 * words arrive first when it can still speak.
 */
import { lookup } from 'node:dns/promises';
import { isIP, Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { firstAnswer, patienceMs, TARGET_PATIENCE } from '../../kept/first-answer.js';
import { Shelf } from '../../kept/shelf.js';
import {
  CLEAN_SESSION,
  cut,
  isConnectionLost,
  NOTICE_DISCONNECTS,
  withOwnPassword,
  withoutParameters,
} from '../../postgres/session.js';
import { TargetError } from '../target.js';

/** How much longer than the server's own timeout an answer is waited for. */
const ANSWER_GRACE_MS = 400;
/** Between tries where the role has no connection to spare. */
const PAUSES_MS = [20, 60, 150];

/** Of all targets of the process together. Long enough for the reading of one check to warm the lowering after the next. */
const idle = new Shelf<Session>({ most: 20, mostEach: 1, idleMs: 30_000 });

export interface Connections {
  /** Opens a connection, runs `work`, closes it. Rejects by the signal or the deadline even when nothing answers. */
  use<T>(signal: AbortSignal, work: (query: Query) => Promise<T>): Promise<T>;
  /** The same over the kept connection where there is one. `work` may run twice, side by side; the first answer counts. */
  useKept<T>(signal: AbortSignal, work: (query: Query) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Of several statements in one text, the answer is that of the last. `limitMs`: how long an answer is waited for, if not as long as ever. */
export type Query = (
  text: string,
  values: readonly unknown[],
  limitMs?: number,
) => Promise<{ rows: unknown[]; rowCount: number }>;

export interface TargetConnectionOptions {
  /** The target's name, for messages. */
  readonly target: string;
  readonly url: string;
  /** The longest connecting and the longest one statement may take. */
  readonly timeoutMs: number;
  /** How the server's name becomes addresses; the operating system's way when absent. */
  readonly resolve?: Resolve;
}

type Resolve = (host: string) => Promise<readonly { readonly address: string }[]>;

const systemResolve: Resolve = (host) => lookup(host, { all: true });

/** One connection that is open. */
interface Session {
  readonly client: pg.Client;
  readonly socket: Socket;
  /** How long the last call over it took. */
  tookMs: number;
  close(): void;
}

export function postgresConnections({
  target,
  url,
  timeoutMs,
  resolve = systemResolve,
}: TargetConnectionOptions): Connections {
  const open = new Set<Socket>();
  const owner = {};
  let closed = false;

  async function connect(call: Call, limitMs: number): Promise<Session> {
    const socket = new Socket();
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    const client = withOwnPassword(new pg.Client(clientConfig(url, timeoutMs, socket)), url);
    const session: Session = { client, socket, tookMs: 0, close: () => void client.end().catch(() => {}) };
    // Without a listener the end of a connection would end the process; the pending call hears of it anyway.
    client.on('error', () => idle.drop(session));
    client.on('end', () => idle.drop(session));
    try {
      // One limit for all that comes before the work, or a slow server could stretch the call beyond its promise.
      const greet = async () => {
        await client.connect();
        await client.query(NOTICE_DISCONNECTS);
      };
      await call.within(limitMs, greet, timeoutMs);
      return session;
    } catch (error) {
      cut(socket);
      socket.unref();
      throw error;
    }
  }

  /**
   * A role may have few connections: those that are only kept give way, and the server needs a moment to notice.
   * Nothing was asked yet, so connecting again is safe.
   */
  async function connected(call: Call, before: number): Promise<Session> {
    for (const pauseMs of [...PAUSES_MS, null]) {
      try {
        return await connect(call, Math.max(1, Math.ceil(timeoutMs - (performance.now() - before))));
      } catch (error) {
        if (pauseMs === null || !(error instanceof pg.DatabaseError) || error.code !== '53300') throw error;
        idle.clear();
        await call.within(timeoutMs, () => setTimeout(pauseMs));
      }
    }
    throw new TargetError('unreachable', 'no connection is free', { target, retryable: true });
  }

  async function over<T>(session: Session, call: Call, work: (query: Query) => Promise<T>): Promise<T> {
    const before = performance.now();
    const query: Query = async (text, values, limitMs = timeoutMs) => {
      const answers: pg.QueryResult | pg.QueryResult[] = await call.within(limitMs + ANSWER_GRACE_MS, () =>
        session.client.query(text, [...values]),
      );
      const result = Array.isArray(answers) ? answers.at(-1) : answers;
      if (!result) throw new TargetError('rejected', 'nothing was answered', { target, retryable: true });
      return { rows: result.rows, rowCount: result.rowCount ?? 0 };
    };
    try {
      const answer = await work(query);
      session.tookMs = performance.now() - before;
      return answer;
    } catch (error) {
      cut(session.socket);
      throw error;
    } finally {
      session.socket.unref();
      call.over();
    }
  }

  /** The next call may use it at once: what is asked then waits until the session is as a new one. */
  function keep(session: Session): void {
    if (closed || session.socket.destroyed) {
      session.close();
      return;
    }
    session.client.query(CLEAN_SESSION).catch(() => {
      idle.drop(session);
      cut(session.socket);
    });
    idle.put(owner, session);
  }

  async function fresh<T>(
    signal: AbortSignal,
    work: (query: Query) => Promise<T>,
    began = performance.now(),
  ): Promise<[T, Session]> {
    const call = new Call(signal, target);
    try {
      const session = await connected(call, began);
      return [await over(session, call, work), session];
    } finally {
      call.over();
    }
  }

  return {
    async use(signal, work) {
      const [answer, session] = await fresh(signal, work);
      // The answer is there; saying goodbye is not worth waiting for.
      session.close();
      return answer;
    },
    async useKept(signal, work) {
      const began = performance.now();
      const kept = idle.take(owner, ({ socket }) => !socket.destroyed && socket.readyState === 'open');
      const [answer, session] = await (kept
        ? firstAnswer(
            {
              kept: async (ends) => {
                kept.socket.ref();
                const call = new Call(ends, target);
                const [found] = await Promise.all([
                  over(kept, call, work),
                  call.within(timeoutMs, () => stillThere(kept, resolve)),
                ]);
                return [found, kept] as const;
              },
              fresh: (ends) => fresh(ends, work, began),
              isLost: isConnectionLost,
              afterMs: patienceMs(kept.tookMs, TARGET_PATIENCE),
            },
            signal,
          )
        : fresh(signal, work));
      keep(session);
      return answer;
    },
    async close() {
      closed = true;
      idle.clear(owner);
      const gone = [...open].map((socket) => new Promise((done) => socket.once('close', done)));
      for (const socket of open) cut(socket);
      await Promise.all(gone);
    },
  };
}

/**
 * After a failover the name leads to another server, and what the old one says is not believed. A name that cannot be
 * resolved just now says nothing against a connection that answers.
 */
async function stillThere({ client, socket }: Session, resolve: Resolve): Promise<void> {
  const { host } = client;
  const at = plainAddress(socket.remoteAddress);
  if (at === undefined || host.startsWith('/') || isIP(host) !== 0) return;
  const found = await resolve(host).catch(() => undefined);
  if (!found || found.some(({ address }) => plainAddress(address) === at)) return;
  cut(socket);
  throw Object.assign(new Error(`${host} leads to another server now`), { code: 'ECONNRESET' });
}

function plainAddress(address: string | undefined): string | undefined {
  return address?.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
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

  /** `saidMs`: the whole time this is the rest of, which people know. */
  async within<T>(limitMs: number, step: () => Promise<T>, saidMs = limitMs): Promise<T> {
    if (this.#signal.aborted) return this.#ended;
    const timer = globalThis.setTimeout(() => this.#giveUp(this.#timeout(`no answer within ${saidMs} ms`)), limitMs);
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
    return new TargetError('timeout', what, { target: this.#target, retryable: true });
  }
}
