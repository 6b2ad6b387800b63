import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** A time stamp this far from ours is too old, or comes from a clock that must be set right; seconds. */
const FRESH_SECONDS = 300;

/**
 * Whether a request may be listened to. `refused` is decided by its headers alone, before its body is read; `holds` needs
 * the body. `key` is what tells this very delivery from every other, for senders that sign.
 */
export type Proof =
  | { readonly refused: true }
  | { readonly refused: false; readonly holds: (body: string) => boolean; readonly key: string | null };

const REFUSED: Proof = { refused: true };

/** `Authorization: Bearer <token>`. */
export function bearer(headers: IncomingHttpHeaders, token: string): Proof {
  const [, given] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
  return given !== undefined && same(given, token) ? { refused: false, holds: () => true, key: null } : REFUSED;
}

/** `X-Rollout-Signature: sha256=<hex>` over `<X-Rollout-Timestamp>.<body>`; a fresh one, and each only once. */
export function signature(headers: IncomingHttpHeaders, { token, now }: { token: string; now: number }): Proof {
  const [, given] = /^sha256=([0-9a-f]{64})$/i.exec(String(headers['x-rollout-signature'] ?? '')) ?? [];
  const at = String(headers['x-rollout-timestamp'] ?? '');
  if (given === undefined || !/^\d{1,12}$/.test(at) || Math.abs(now / 1000 - Number(at)) > FRESH_SECONDS)
    return REFUSED;
  const hex = given.toLowerCase();
  const holds = (body: string): boolean => same(hex, hmac(token, `${at}.${body}`));
  return { refused: false, holds, key: `hook:${hex}` };
}

/** `Sentry-Hook-Signature: <hex>` over the body. It signs no time: repeats are told by what they say. */
export function sentrySignature(headers: IncomingHttpHeaders, secret: string): Proof {
  const [given] = /^[0-9a-f]{64}$/i.exec(String(headers['sentry-hook-signature'] ?? '')) ?? [];
  if (given === undefined) return REFUSED;
  const hex = given.toLowerCase();
  return { refused: false, holds: (body) => same(hex, hmac(secret, body)), key: null };
}

function hmac(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('hex');
}

/** In a time that tells nothing, not even a length. */
function same(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
