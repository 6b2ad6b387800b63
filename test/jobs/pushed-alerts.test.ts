import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createReceive } from '../../src/jobs/pushed-alerts.js';
import { openStore, type Store } from '../store/store.js';
import { alert, bakingWith } from '../store/telling.js';

let store: Store;
beforeEach(async () => {
  store = await openStore();
});
afterEach(() => store.close());

test('a flood of alerts begins a few rounds of checks, and one more for all that came meanwhile', async () => {
  const [one, other] = [await bakingWith(store, 'checkout'), await bakingWith(store, 'search')];
  const begun: (readonly number[])[] = [];
  const ends: (() => void)[] = [];
  const receive = createReceive({
    db: store.db,
    log: pino({ level: 'silent' }),
    checks(rolloutIds) {
      begun.push([...rolloutIds].sort((a, b) => a - b));
      return new Promise((end) => ends.push(() => end(null)));
    },
  });
  for (let no = 0; no < 30; no += 1) {
    const alerts = [alert({ fingerprint: `f${no}`, labels: { service: 'checkout', no: `${no}` } })];
    await receive({ source: 'alertmanager', key: null, leftOut: 0, group: null, alerts });
  }
  const both = [one, other];
  expect(begun).toEqual([both, both, both]);
  ends[0]?.();
  await expect.poll(() => begun).toEqual([both, both, both, both]);
  for (const end of ends.slice(1)) end();
  // Nothing came since, so nothing is left to read.
  await expect.poll(() => ends.length).toBe(4);
});
