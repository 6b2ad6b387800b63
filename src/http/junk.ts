/** Requests that nobody should make: one line for each kind a minute, however many come. */
import type { Logger } from 'pino';

const SAY_AGAIN_MS = 60_000;

/** Says it when it was not said for a minute; `more` then counts those in between. */
export type Junk = (kind: string, facts: object, message: string) => void;

export function createJunk(log: Pick<Logger, 'warn'>, nowMs: () => number = () => performance.now()): Junk {
  const kinds = new Map<string, { saidMs: number; more: number }>();
  return (kind, facts, message) => {
    const known = kinds.get(kind);
    if (known && nowMs() - known.saidMs < SAY_AGAIN_MS) {
      known.more += 1;
      return;
    }
    log.warn(known && known.more > 0 ? { ...facts, more: known.more } : facts, message);
    kinds.set(kind, { saidMs: nowMs(), more: 0 });
  };
}
