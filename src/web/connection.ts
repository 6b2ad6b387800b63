/**
 * A connection to an address that was judged for it. It carries one call at a time. One that is kept for a next call is
 * used only where that call's own judgement allows the address it leads to, so it outlives neither a change of DNS nor of the rules.
 */
import type { LookupAddress } from 'node:dns';
import { connect as connectSocket, type LookupFunction, type Socket } from 'node:net';
import { buildConnector, Client } from 'undici';

/** How long a connection may be idle and still be used; servers that say less are believed. */
export const IDLE_MS = 15_000;

export interface Connection {
  readonly client: Client;
  /** Where it leads; undefined while it is not open, or not any more. */
  readonly address: () => string | undefined;
  /** How long the last call over it took, in ms. */
  tookMs: number;
  /** Lets go of it once the answer is there, or will not come. */
  readonly close: () => void;
  /**
   * Ends it so that nothing of it arrives later: a plain close leaves unsent bytes to the kernel, which would deliver a
   * raise minutes after it was given up, when the network is back.
   */
  readonly cut: () => void;
}

export interface WebConnectionOptions {
  readonly url: URL;
  readonly addresses: readonly LookupAddress[];
  /** The longest connecting, and waiting for each part of the answer, may take. */
  readonly timeoutMs: number;
}

export function openConnection({ url, addresses, timeoutMs }: WebConnectionOptions): Connection {
  const lookup = pinnedTo(addresses);
  const connect = buildConnector({ lookup, timeout: timeoutMs });
  let socket: Socket | undefined;
  let isUsed = false;
  const client = new Client(url.origin, {
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
    connect: (options, done) => {
      // The addresses were judged for one connection. Once that is gone, the next call has to ask again.
      if (isUsed) return done(new ConnectionGoneError(), null);
      isUsed = true;
      if (options.protocol !== 'https:') {
        connect(options, (...result) => {
          socket = result[1] ?? undefined;
          done(...result);
        });
        return;
      }
      // The socket under TLS is made here, because only it can be cut.
      const raw = connectSocket({ host: options.hostname, port: Number(options.port) || 443, lookup });
      socket = raw;
      raw.once('error', (error) => done(error, null));
      raw.once('connect', () => {
        raw.removeAllListeners('error').on('error', () => {});
        connect({ ...options, httpSocket: raw }, done);
      });
    },
  });
  return {
    client,
    address: () => (socket && !socket.destroyed && !client.destroyed ? socket.remoteAddress : undefined),
    tookMs: 0,
    close: () => void client.destroy().catch(() => {}),
    cut() {
      // Without a remote address it is not connected yet: there is nothing to reset.
      if (socket?.remoteAddress === undefined) socket?.destroy();
      else socket.resetAndDestroy();
    },
  };
}

/** The one connection there was is over. */
class ConnectionGoneError extends Error {
  readonly code = 'UND_ERR_SOCKET';
}

/** Hands the connection the judged addresses whatever it asks for; Node asks for one or for all. */
function pinnedTo(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, options, done) => {
    const [first] = addresses;
    if (options.all || !first) done(null, [...addresses]);
    else done(null, first.address, first.family);
  };
}
