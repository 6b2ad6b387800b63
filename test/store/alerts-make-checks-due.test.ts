import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { assess, type Watch } from '../../src/rollout/health/assess.js';
import { checksOf } from '../../src/rollout/health/in-force.js';
import { bakingSince } from '../../src/rollout/state/rollout.js';
import type { PushedAlert } from '../../src/store/pushed-alerts.js';
import { claimWatches, type DueWatch, saveWatches } from '../../src/store/watches.js';
import { openStore, type Store } from './store.js';
import { alert, bakingWith, LABELS, over, type Source, tell as tellIn } from './telling.js';

let store: Store;
beforeEach(async () => {
  store = await openStore();
});
afterEach(() => store.close());

const tell = (alerts: readonly PushedAlert[], more: { source?: Source } = {}) => tellIn(store, alerts, more);

const dueOf = async () =>
  (await claimWatches(store.db, { worker: 'anybody', limit: 10 })).map(({ rollout }) => rollout.id);

/** A round that found nothing, to be followed in an hour. */
function quietRound({ watch, dueAt, now }: DueWatch) {
  const nextCheckAt = new Date(now.getTime() + 3_600_000);
  return { watch: { ...watch, observedMs: watch.observedMs + 1_000, nextCheckAt }, dueAt, measured: [] };
}

/** What a round with these numbers makes of the watch. */
function assessed({ rollout, watch, now }: DueWatch, numbers: Record<string, number>): Watch {
  const [stage] = rollout.plan.stages;
  if (!stage) throw new Error('no stage');
  const readings = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, { value, tookMs: 1 }]));
  const target = { exposure: 10, partial: false, detail: '' };
  const when = { bakingSince: bakingSince(rollout), expected: 10, capture: null, now };
  return assess({ checks: checksOf(rollout), stage, watch, readings, target, ...when }).watch;
}

describe('what fires makes the checks that read it due', () => {
  test('of the rollouts under way that match, and of no other', async () => {
    const [id] = [await bakingWith(store, 'checkout'), await bakingWith(store, 'search', [])];
    expect(await tell([alert()])).toMatchObject({
      repeated: false,
      news: [{ title: 'Errors', matched: true }],
      rollouts: [id],
    });
    expect(await dueOf()).toEqual([id]);
  });

  test.each<[string, PushedAlert, boolean]>([
    ['with other labels', alert({ labels: { service: 'search' } }), false],
    ['that is over', over(0, 5), false],
    ['that is only the heartbeat', alert({ labels: { alertname: 'Watchdog' } }), true],
  ])('not one %s', async (_name, said, matched) => {
    await bakingWith(store, 'checkout');
    const { news, rollouts } = await tell([said]);
    expect(rollouts).toEqual([]);
    expect(news).toEqual(said.firing ? [expect.objectContaining({ matched })] : []);
    expect(await dueOf()).toEqual([]);
  });

  test('not one of another source, and not a rollout that is over', async () => {
    const id = await bakingWith(store, 'checkout');
    expect((await tell([alert()], { source: 'sentry' })).rollouts).toEqual([]);
    await store.db.query(`update rollouts set phase = 'rolled_back', ended_at = rollout_now() where id = $1`, [id]);
    expect(await tell([alert()])).toMatchObject({ rollouts: [], news: [{ matched: false }] });
  });

  test('a repeat does not, another level of the same alert does', async () => {
    const id = await bakingWith(store, 'checkout');
    await tell([alert()]);
    await dueOf();
    expect((await tell([alert()])).rollouts).toEqual([]);
    expect((await tell([alert({ labels: { ...LABELS, severity: 'warning' } })])).rollouts).toEqual([id]);
  });

  test('also while they are being read: that round keeps what it found, and another follows it', async () => {
    const id = await bakingWith(store, 'checkout');
    await store.pass(3_600_000);
    const [underWay] = await claimWatches(store.db, { worker: 'slow', limit: 10 });
    if (!underWay) throw new Error('nothing was due');
    await tell([alert()]);
    expect(await dueOf()).toEqual([]);
    expect(await saveWatches(store.db, [quietRound(underWay)])).toBe(1);
    const [next] = await claimWatches(store.db, { worker: 'next', limit: 10 });
    if (!next) throw new Error('nothing is due again');
    expect(next).toMatchObject({ rollout: { id }, watch: { observedMs: 1_000 } });
    await saveWatches(store.db, [quietRound(next)]);
    expect(await dueOf()).toEqual([]);
  });

  test('also when the round under way is written before the alert is', async () => {
    const id = await bakingWith(store, 'checkout');
    await store.pass(3_600_000);
    const [underWay] = await claimWatches(store.db, { worker: 'slow', limit: 10 });
    if (!underWay) throw new Error('nothing was due');
    await saveWatches(store.db, [quietRound(underWay)]);
    await tell([alert()]);
    expect(await dueOf()).toEqual([id]);
  });

  test('and however fast they come, other checks still count: the first bad number a window later is the second', async () => {
    await bakingWith(store, 'checkout');
    const verdicts: unknown[] = [];
    for (let round = 0; round < 5; round += 1) {
      await tell([alert({ fingerprint: `before ${round}` })]);
      const [due] = await claimWatches(store.db, { worker: 'me', limit: 10 });
      if (!due) throw new Error('nothing is due');
      await tell([alert({ fingerprint: `while ${round}` })]);
      await store.pass(3_000);
      const watch = assessed(due, { errors: 99, latency: 100, orders: 80, alerts: 0 });
      await saveWatches(store.db, [{ watch, dueAt: due.dueAt, measured: [] }]);
      verdicts.push(watch.streaks.errors?.verdict);
    }
    expect(verdicts).toEqual(['pass', 'pass', 'pass', 'pass', 'critical']);
  });
});
