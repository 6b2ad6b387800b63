import { setTimeout as delay } from 'node:timers/promises';

const LOOK_EVERY_MS = 100;
/** Far more than any step takes, since the machine may be busy with something else. */
const PATIENCE_MS = 180_000;

/** The first answer that is not undefined; rejects when `what` does not come about in time. */
export async function waitFor<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`waited ${PATIENCE_MS / 1_000} s in vain: ${what}`);
    await delay(LOOK_EVERY_MS);
  }
}
