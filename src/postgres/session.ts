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

/**
 * Gives a client the password of its address and nothing else: without one the library would take the bot's own, from
 * PGPASSWORD or a password file, and a plan would act as the bot.
 */
export function withOwnPassword<T extends { password?: string | undefined }>(client: T, url: string): T {
  const { searchParams, password } = new URL(url);
  if (password === '' && !searchParams.get('password')) client.password = '';
  return client;
}

/** Which file, such as a certificate, the address names and nobody can read; undefined when an error is about something else. */
export function unreadableFile(error: unknown): string | undefined {
  const { code, path }: { code?: unknown; path?: unknown } = Object(error);
  return typeof path === 'string' ? `the file ${path} that its url names cannot be read (${String(code)})` : undefined;
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

/**
 * Makes a session as it was when it was opened: a function or trigger of the other side may have left settings, locks or
 * temporary tables behind. What `DISCARD ALL` does, in one round trip, and then the above once more.
 */
export const CLEAN_SESSION = `CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ROLE; RESET ALL; DEALLOCATE ALL; UNLISTEN *;
  SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD PLANS; DISCARD TEMP; DISCARD SEQUENCES; ${NOTICE_DISCONNECTS}`;

/** Codes after which another connection may do better at once: the server goes down, or only reads, as after a failover. */
const LOST = /^(?:08...|57P0.|25006)$/;

/** True when an error is about the connection or the server behind it, not about what was asked. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (/^[0-9A-Z]{5}$/.test(code) && 'severity' in error) return LOST.test(code);
  return /^E[A-Z]+$/.test(code) || (code === '' && /connection|stream|socket|not queryable/i.test(error.message));
}

/** ` (Perhaps you meant to reference the column "Enabled".)`: what the server suggests where a name or a type is wrong. */
export function hintOf(error: unknown): string {
  const { code, hint }: { code?: unknown; hint?: unknown } = Object(error);
  const suggests = typeof code === 'string' && code.startsWith('42') && typeof hint === 'string' && hint !== '';
  return suggests ? ` (${hint.replace(/\s+/g, ' ')})` : '';
}
