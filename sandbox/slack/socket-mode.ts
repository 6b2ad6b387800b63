import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { NOT_DELIVERED, type Outcome, type Parcel, type Transport } from './deliver.js';
import { isRecord, type Json, parseJson } from './values.js';

const MOST_CONNECTIONS = 10;
/** A client that hears no ping for 30 s gives the connection up. */
const PING_EVERY_MS = 10_000;

interface Line {
  socket: WebSocket;
  /** Was told to reconnect: still acknowledges, gets nothing new. */
  leaving: boolean;
}

interface Pending {
  envelopeId: string;
  socket: WebSocket;
  settle: (outcome: Outcome) => void;
}

function takesResponse({ kind, body }: Parcel): boolean {
  return kind === 'slash_commands' || (kind === 'interactive' && body.type === 'view_submission');
}

/**
 * The WebSocket side. Every envelope goes to one connection only, in turn; whoever does not acknowledge in time, or
 * hangs up before, has not got it.
 */
export class SocketMode implements Transport {
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #appId: string;
  readonly #answerWithinMs: number;
  readonly #changed: (sockets: number) => void;
  readonly #tickets = new Set<string>();
  readonly #pinger: NodeJS.Timeout;
  #lines: Line[] = [];
  #pending: Pending[] = [];
  #waiting: { count: number; go: () => void }[] = [];
  #turn = 0;

  constructor(
    { appId, answerWithinMs }: { appId: string; answerWithinMs: number },
    changed: (sockets: number) => void,
  ) {
    this.#appId = appId;
    this.#answerWithinMs = answerWithinMs;
    this.#changed = changed;
    this.#pinger = setInterval(() => {
      for (const { socket } of this.#lines) socket.ping();
    }, PING_EVERY_MS);
    this.#pinger.unref();
  }

  /** Connections that receive envelopes. */
  get open(): number {
    return this.#receiving().length;
  }

  /** The path and query of a new connection; good for one. */
  issueTicket(): string {
    const ticket = randomUUID();
    this.#tickets.add(ticket);
    return `/link/?ticket=${ticket}&app_id=${this.#appId}`;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://local');
    if (url.pathname !== '/link/' || !this.#tickets.delete(url.searchParams.get('ticket') ?? '')) {
      socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (client) => this.#welcome(client));
  }

  prepare(parcel: Parcel, retry?: number): () => Promise<Outcome> {
    const envelopeId = randomUUID();
    const envelope: Json = {
      type: parcel.kind,
      envelope_id: envelopeId,
      payload: parcel.body,
      accepts_response_payload: takesResponse(parcel),
    };
    if (retry !== undefined) Object.assign(envelope, { retry_attempt: retry, retry_reason: 'timeout' });
    const text = JSON.stringify(envelope);
    return () => this.#send(envelopeId, text);
  }

  /** Tells every connection to reconnect. Closing is the client's part. */
  refresh(): void {
    for (const line of this.#receiving()) {
      line.leaving = true;
      line.socket.send(
        JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: { host: 'local-slack' } }),
      );
    }
    this.#changed(this.open);
  }

  /** Cuts every connection without a word. */
  cut(): void {
    for (const socket of this.#server.clients) socket.terminate();
  }

  connected(count: number): Promise<void> {
    if (this.open >= count) return Promise.resolve();
    return new Promise((go) => this.#waiting.push({ count, go }));
  }

  close(): void {
    clearInterval(this.#pinger);
    this.cut();
    this.#server.close();
  }

  #receiving(): Line[] {
    return this.#lines.filter(({ socket, leaving }) => !leaving && socket.readyState === socket.OPEN);
  }

  #welcome(socket: WebSocket): void {
    if (this.open >= MOST_CONNECTIONS) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets' }));
      return;
    }
    const line: Line = { socket, leaving: false };
    this.#lines.push(line);
    socket.on('message', (data) => this.#receive(data));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.#forget(line));
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.open,
        connection_info: { app_id: this.#appId },
        debug_info: { host: 'local-slack', approximate_connection_time: 18_060 },
      }),
    );
    this.#changed(this.open);
    const ready = this.#waiting.filter(({ count }) => count <= this.open);
    this.#waiting = this.#waiting.filter((waiter) => !ready.includes(waiter));
    for (const { go } of ready) go();
  }

  #forget(line: Line): void {
    this.#lines = this.#lines.filter((other) => other !== line);
    for (const pending of this.#pending.filter(({ socket }) => socket === line.socket)) pending.settle(NOT_DELIVERED);
    this.#changed(this.open);
  }

  #receive(data: RawData): void {
    const message = parseJson(data.toString());
    if (!isRecord(message)) return;
    const pending = this.#pending.find(({ envelopeId }) => envelopeId === message.envelope_id);
    const payload = isRecord(message.payload) && Object.keys(message.payload).length > 0 ? message.payload : undefined;
    pending?.settle({ acked: true, response: payload });
  }

  #send(envelopeId: string, text: string): Promise<Outcome> {
    const lines = this.#receiving();
    this.#turn += 1;
    const socket = lines[this.#turn % Math.max(lines.length, 1)]?.socket;
    if (!socket) return Promise.resolve(NOT_DELIVERED);
    return new Promise((resolve) => {
      const settle = (outcome: Outcome) => {
        clearTimeout(timer);
        this.#pending = this.#pending.filter((other) => other !== pending);
        resolve(outcome);
      };
      const timer = setTimeout(() => settle(NOT_DELIVERED), this.#answerWithinMs);
      const pending: Pending = { envelopeId, socket, settle };
      this.#pending.push(pending);
      socket.send(text);
    });
  }
}
