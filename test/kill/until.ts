import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 25;
const PATIENCE_MS = 120_000;

/** Resolves with the first answer that is neither false nor null; throws what was waited for, with `seen`, when none comes. */
export async function until<T>(
  what: string,
  look: () => Promise<T | false | null> | T | false | null,
  seen: () => Promise<string> | string = () => '',
): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== false && found !== null) return found;
    if (performance.now() > end) throw new Error(`waited in vain: ${what}\n${await seen()}`);
    await pause(LOOK_EVERY_MS);
  }
}

/** Tells whether so much real time has passed since this call, ms at least; on a busy machine it may be more. */
export function atLeast(ms: number): () => boolean {
  let over = false;
  setTimeout(() => {
    over = true;
  }, ms).unref();
  return () => over;
}
