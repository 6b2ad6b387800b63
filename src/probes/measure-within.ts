import type { FoundNumber } from './json-path.js';

/** Why nothing was read. */
export type NotFound = Extract<FoundNumber, { unknown: unknown }>;

/**
 * Runs one reading so that it keeps the contract whatever `read` does: it never throws, and it is over when the
 * timeout or the caller's signal says so, even when `read` ignores the signal it is given.
 */
export async function measureWithin<T extends object>(
  limits: { readonly timeoutMs: number; readonly signal: AbortSignal },
  read: (signal: AbortSignal) => Promise<T | NotFound>,
): Promise<(T | NotFound) & { readonly tookMs: number }> {
  const started = performance.now();
  const giveUp = new AbortController();
  const stopped = new Promise<NotFound>((resolve) => {
    giveUp.signal.addEventListener('abort', () =>
      resolve({ unknown: 'timeout', detail: String(giveUp.signal.reason) }),
    );
  });
  const onAbort = () => giveUp.abort('the reading was given up');
  const timer = setTimeout(() => giveUp.abort(`no answer within ${limits.timeoutMs} ms`), limits.timeoutMs);
  limits.signal.addEventListener('abort', onAbort, { once: true });
  if (limits.signal.aborted) onAbort();
  try {
    const found = await Promise.race([stopped, giveUp.signal.aborted ? stopped : read(giveUp.signal)]);
    return { ...found, tookMs: performance.now() - started };
  } catch (error) {
    // Only the error's name: its message may quote an address or a header that holds a secret.
    const detail = error instanceof Error ? error.name : 'an unknown fault';
    return { unknown: 'internal', detail, tookMs: performance.now() - started };
  } finally {
    clearTimeout(timer);
    limits.signal.removeEventListener('abort', onAbort);
  }
}
