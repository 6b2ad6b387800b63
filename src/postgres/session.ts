/** What every connection to somebody else's Postgres needs, for targets and probes alike. */
import type { Socket } from 'node:net';

/**
 * Ends a connection so that nothing of it arrives later: a plain close leaves unsent bytes to the kernel, which would
 * deliver a raise minutes after it was given up, when the network is back.
 */
export function cut(socket: Socket): void {
  // Without a remote address it is not connected yet, or no TCP: neither has anything to reset.
  if (socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
}

/** How soon the server notices that a call was given up; it then stops the statement and frees its row locks. */
const SERVER_NOTICES_MS = 250;

/**
 * A statement that makes the server look for that. Through pg_settings because servers older than 14 do not have it, and
 * would refuse a connection that names it.
 */
export const NOTICE_DISCONNECTS = `SELECT pg_catalog.set_config(name, '${SERVER_NOTICES_MS}', false)
  FROM pg_catalog.pg_settings WHERE name = 'client_connection_check_interval'`;

/** The address without these of its parameters. Throws when it is no address. */
export function withoutParameters(url: string, names: readonly string[]): string {
  const stripped = new URL(url);
  for (const name of names) {
    if (stripped.searchParams.has(name)) stripped.searchParams.delete(name);
  }
  return stripped.href;
}
