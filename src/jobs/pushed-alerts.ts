import type { Logger } from 'pino';
import type { Db } from '../store/connect.js';
import { type PushedAlertDelivery, type Stored, storeAlerts } from '../store/pushed-alerts.js';

/** As many alerts that nothing reads are named in the log, of one delivery. */
const MOST_NAMED = 20;
/** Of checks, begun by alerts and under way at once. */
const MOST_ROUNDS = 3;

/**
 * Takes alerts that were pushed: stores them, and then has the checks they concern read at once, not when those would be
 * due. Resolves when they are stored, and does not wait for the checks. Should this process end before, any other finds
 * the checks due.
 */
export function createReceive(options: {
  readonly db: Db;
  readonly log: Logger;
  /** Reads the checks of these rollouts. */
  readonly checks: (rolloutIds: readonly number[]) => Promise<unknown>;
}): (delivery: PushedAlertDelivery) => Promise<Pick<Stored, 'repeated' | 'ignored'>> {
  const { db, log } = options;
  let rounds = 0;
  const waiting = new Set<number>();

  /** More than a few rounds at once only get into each other's way; the next one reads for all that came meanwhile. */
  function readNow(rolloutIds: readonly number[]): void {
    for (const id of rolloutIds) waiting.add(id);
    if (rounds >= MOST_ROUNDS || waiting.size === 0) return;
    const ids = [...waiting];
    waiting.clear();
    rounds += 1;
    options
      .checks(ids)
      .catch((error: unknown) => log.error({ err: error }, 'checks not read at once; the next tick does'))
      .finally(() => {
        rounds -= 1;
        readNow([]);
      });
  }

  return async (delivery) => {
    if (delivery.alerts.length === 0 && !delivery.group) return { repeated: false, ignored: [] };
    const { repeated, news, rollouts, ignored } = await storeAlerts(db, delivery);
    const unmatched = news.filter(({ matched }) => !matched);
    if (unmatched.length > 0) {
      const alerts = unmatched.slice(0, MOST_NAMED).map(({ fingerprint, title }) => ({ fingerprint, title }));
      log.info(
        { source: delivery.source, count: unmatched.length, alerts },
        'alerts fire that no check under way reads',
      );
    }
    if (rollouts.length > 0) {
      log.info({ source: delivery.source, rollouts }, 'alerts fire; their checks are read now');
      readNow(rollouts);
    }
    return { repeated, ignored };
  };
}
