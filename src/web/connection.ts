/**
 * A connection of one call, to an address that was judged for it. A kept connection would outlive a change of DNS and
 * of the rules, and would let one call wait for another.
 */
import type { LookupAddress } from 'node:dns';
import { connect as connectSocket, type LookupFunction, type Socket } from 'node:net';
import { buildConnector, Client } from 'undici';

export interface Connection {
  readonly client: Client;
  /** Lets go of it once the answer is there, or will not come. */
  readonly close: () => void;
  /**
   * Ends it so that nothing of it arrives later: a plain close leaves unsent bytes to the kernel, which would deliver a
   * raise minutes after it was given up, when the network is back.
   */
  readonly cut: () => void;
}

export interface ConnectionOptions {
  readonly url: URL;
  readonly addresses: readonly LookupAddress[];
  /** The longest connecting, and waiting for each part of the answer, may take. */
  readonly timeoutMs: number;
}

export function openConnection({ url, addresses, timeoutMs }: ConnectionOptions): Connection {
  const lookup = pinnedTo(addresses);
  const connect = buildConnector({ lookup, timeout: timeoutMs });
  let socket: Socket | undefined;
  const client = new Client(url.origin, {
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: (options, done) => {
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
    close: () => void client.destroy().catch(() => {}),
    cut() {
      // Without a remote address it is not connected yet: there is nothing to reset.
      if (socket?.remoteAddress === undefined) socket?.destroy();
      else socket.resetAndDestroy();
    },
  };
}

/** Hands the connection the judged addresses whatever it asks for; Node asks for one or for all. */
function pinnedTo(addresses: readonly LookupAddress[]): LookupFunction {
  return (_host, options, done) => {
    const [first] = addresses;
    if (options.all || !first) done(null, [...addresses]);
    else done(null, first.address, first.family);
  };
}
