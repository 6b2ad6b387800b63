import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { alertsHeard, firingAlerts, type PushedAlert, type PushedAlertGroup } from '../../src/store/pushed-alerts.js';
import { forgetAll } from './forget-all.js';
import { newKey, openStore, type Store } from './store.js';
import { alert, at, bakingWith, LABELS, over, type Source, tell as tellIn } from './telling.js';

let store: Store;
beforeEach(async () => {
  store = await openStore();
});
afterEach(() => store.close());

const DAY = 86_400_000;
const fires = (from: number | null) => alert({ startsAt: from === null ? null : at(from) });

const tell = (alerts: readonly PushedAlert[], more: Parameters<typeof tellIn>[2] = {}) => tellIn(store, alerts, more);

const heard = async (match: Record<string, string> = {}, source: Source = 'alertmanager') =>
  (await alertsHeard(store.db, source, match)).firing;

describe('deliveries in any order', () => {
  test.each<[string, PushedAlert[], Source, number]>([
    ['fires', [fires(0)], 'alertmanager', 1],
    ['is over', [fires(0), over(0, 5)], 'alertmanager', 0],
    ['is over before it was heard of', [over(0, 5)], 'alertmanager', 0],
    ['fires again', [fires(0), over(0, 5), fires(9)], 'alertmanager', 1],
    ['the end of an older episode comes late', [fires(9), over(0, 5)], 'alertmanager', 1],
    ['an older episode comes late after a newer end', [fires(9), over(9, 12), fires(0)], 'alertmanager', 0],
    ['ends with an earlier start, of another Prometheus', [fires(1), over(0, 5)], 'alertmanager', 0],
    // Cut off from Prometheus it ended by itself; back again it is the same.
    ['Alertmanager fires again with the old start', [fires(0), over(0, 5), fires(0)], 'alertmanager', 1],
    ['another sender repeats an old firing', [fires(0), over(0, 5), fires(0)], 'alert', 0],
    ['Sentry repeats an old firing', [fires(0), over(0, null), fires(0)], 'sentry', 0],
    ['without any dates what comes last counts', [fires(null), over(null, null), fires(null)], 'alert', 1],
    ['without dates it is over', [fires(0), over(null, null)], 'sentry', 0],
  ])('%s', async (_name, deliveries, source, firing) => {
    for (const each of deliveries) await tell([each], { source });
    expect(await heard({}, source)).toBe(firing);
  });

  test('what is older than what is known is named, and so is which way', async () => {
    const more = { source: 'alert' as const };
    expect((await tell([fires(5), alert({ fingerprint: 'g' })], more)).ignored).toEqual([]);
    expect((await tell([over(0, 4), alert({ fingerprint: 'g' })], more)).ignored).toEqual([
      { fingerprint: 'f', firing: false },
    ]);
    expect((await tell([over(5, 6)], more)).ignored).toEqual([]);
    // The sender opened it again, and says that it began when it first did.
    expect(await tell([fires(5)], more)).toMatchObject({ ignored: [{ fingerprint: 'f', firing: true }], news: [] });
    expect((await tell([fires(7)], more)).ignored).toEqual([]);
  });

  test('one that names its end is firing until then', async () => {
    const [{ now } = { now: new Date() }] = await store.rows<{ now: Date }>('select rollout_now() as now');
    await tell([alert({ endsAt: new Date(now.getTime() + 60_000) })]);
    await store.pass(59_000);
    expect(await heard()).toBe(1);
    await store.pass(1_000);
    expect(await heard()).toBe(0);
  });

  test('told at a time that is still to come, because the clock was put right since, it is no sign of life', async () => {
    await store.pass(3_600_000);
    await tell([alert()]);
    await store.pass(-3_600_000);
    const lastMs = async () => (await alertsHeard(store.db, 'alertmanager', {})).lastMs;
    expect([await heard(), await lastMs()]).toEqual([1, null]);
    await tell([alert()]);
    expect(await lastMs()).toBe(0);
  });

  test('the same again changes nothing but when it was last told', async () => {
    await tell([alert()]);
    const before = await store.rows('select * from alerts');
    await store.pass(60_000);
    expect((await tell([alert()])).news).toEqual([]);
    const after = await store.rows<{ last_seen_at: Date }>('select * from alerts');
    expect(after).toEqual([{ ...before[0], last_seen_at: after[0]?.last_seen_at }]);
    expect(after[0]?.last_seen_at).not.toEqual(before[0]?.last_seen_at);
  });

  test('an end keeps what was said when it fired', async () => {
    await tell([alert()]);
    await tell([over(0, 5, { labels: {}, title: 'Resolved: Errors' })]);
    expect(await store.rows('select labels, title from alerts')).toEqual([{ labels: LABELS, title: 'Errors' }]);
  });

  test('two replicas told the same at once', async () => {
    const many = Array.from({ length: 50 }, (_, i) => alert({ fingerprint: `f${i}` }));
    await Promise.all([tell(many), tell([...many].reverse()), tell(many)]);
    expect(await heard()).toBe(50);
  });

  test('the same delivery again does nothing', async () => {
    const key = newKey();
    expect(await tell([fires(null)], { source: 'alert', key })).toMatchObject({ repeated: false });
    await tell([over(null, null)], { source: 'alert', key: newKey() });
    expect(await tell([fires(null)], { source: 'alert', key })).toMatchObject({
      repeated: true,
      news: [],
      rollouts: [],
      ignored: [],
    });
    expect(await heard({}, 'alert')).toBe(0);
  });

  test('10,000 alerts in one statement', async () => {
    const many = Array.from({ length: 10_000 }, (_, i) =>
      alert({ fingerprint: `f${i}`, labels: { ...LABELS, i: `${i}` } }),
    );
    expect((await tell(many)).news).toHaveLength(10_000);
    expect(await heard(LABELS)).toBe(10_000);
    expect(await heard({ i: '77' })).toBe(1);
  });
});

describe('matching', () => {
  test('all labels, exactly, of one source', async () => {
    await tell([alert(), alert({ fingerprint: 'g', labels: { service: 'checkout' } })]);
    await tell([alert()], { source: 'sentry' });
    expect(await heard(LABELS)).toBe(1);
    expect(await heard({ service: 'checkout' })).toBe(2);
    expect(await heard({ service: 'check' })).toBe(0);
    expect(await heard({ service: 'Checkout' })).toBe(0);
    expect(await heard({ service: 'checkout', team: 'shop' })).toBe(0);
    expect(await heard(LABELS, 'alert')).toBe(0);
  });

  test('odd labels are compared as they are', async () => {
    const labels = { '"': "'; drop table alerts; --", 'a.b': '%', __proto: '{"x":1}' };
    await tell([alert({ labels })]);
    expect(await heard(labels)).toBe(1);
    expect(await heard({ 'a.b': '_' })).toBe(0);
  });

  test('says how long ago a firing one was last told', async () => {
    await tell([alert()]);
    await store.pass(90_000);
    expect(await alertsHeard(store.db, 'alertmanager', LABELS)).toEqual({ firing: 1, lastMs: 90_000, leftOut: 0 });
    await tell([over(0, 5)]);
    expect(await alertsHeard(store.db, 'alertmanager', LABELS)).toEqual({ firing: 0, lastMs: null, leftOut: 0 });
  });
});

describe('what a source left out of a group', () => {
  const HOUR = 3_600_000;
  const GROUP = { name: 'g', labels: { severity: 'critical' } };
  const cut = (leftOut: number, group: PushedAlertGroup = GROUP) =>
    tell([alert({ labels: { service: 'search' } })], { leftOut, group });
  const leftOut = async (match: Record<string, string> = LABELS, source: Source = 'alertmanager') =>
    (await alertsHeard(store.db, source, match)).leftOut;

  test('may be what is asked for, unless its group has another label', async () => {
    await cut(3);
    await tell([], { leftOut: 4, group: { name: 'h', labels: {} } });
    expect(await leftOut()).toBe(7);
    expect(await leftOut({ service: 'checkout' })).toBe(7);
    expect(await leftOut({ severity: 'warning' })).toBe(4);
    expect(await leftOut(LABELS, 'sentry')).toBe(0);
  });

  test('is known again once the same group is told as a whole', async () => {
    await cut(3);
    await cut(0, { ...GROUP, name: 'another' });
    expect(await leftOut()).toBe(3);
    await cut(2);
    expect(await leftOut()).toBe(2);
    await cut(0);
    expect(await leftOut()).toBe(0);
  });

  test('counts for longer than Alertmanager waits with telling it again, and no longer', async () => {
    await cut(3);
    await store.pass(5 * HOUR - 1);
    expect(await leftOut()).toBe(3);
    await store.pass(1);
    expect(await leftOut()).toBe(0);
    expect(await store.rows('select name from alert_groups')).toHaveLength(1);
    await store.pass(20 * HOUR);
    await forgetAll(store.db);
    expect(await store.rows('select name from alert_groups')).toEqual([]);
  });
});

describe('what is shown', () => {
  test('is what fires, the newest first, with the checks that read it', async () => {
    await bakingWith(store, 'checkout');
    await tell([alert({ fingerprint: 'old', labels: { service: 'search' }, title: 'Slow', startsAt: null })], {
      leftOut: 3,
    });
    await store.pass(60_000);
    await tell([
      alert(),
      alert({ fingerprint: 'w', labels: { alertname: 'Watchdog' } }),
      over(0, 5, { fingerprint: 'over' }),
    ]);
    const { alerts, total } = await firingAlerts(store.db, 10);
    expect(total).toBe(3);
    expect(alerts.map(({ title, leftOut, readBy }) => ({ title, leftOut, readBy }))).toEqual([
      { title: 'Errors', leftOut: 0, readBy: [{ plan: 'checkout', run: 1, check: 'Alerts', heartbeat: false }] },
      { title: 'Errors', leftOut: 0, readBy: [{ plan: 'checkout', run: 1, check: 'Alerts', heartbeat: true }] },
      { title: 'Slow', leftOut: 3, readBy: [] },
    ]);
    expect((await firingAlerts(store.db, 1)).alerts).toHaveLength(1);
    expect((await firingAlerts(store.db, 1)).total).toBe(3);
  });

  test('names the run an alert took back for a day', async () => {
    const id = await bakingWith(store, 'checkout');
    await tell([alert()]);
    await store.db.query(`update rollouts set phase = 'rolled_back', ended_at = rollout_now() where id = $1`, [id]);
    expect((await firingAlerts(store.db, 1)).alerts[0]?.readBy).toHaveLength(1);
    await store.pass(DAY);
    expect((await firingAlerts(store.db, 1)).alerts[0]?.readBy).toEqual([]);
  });
});

test('an alert is forgotten 90 days after it was last told', async () => {
  await tell([alert()]);
  await tell([alert()], { source: 'alert' });
  await store.pass(89 * DAY);
  await tell([alert()], { source: 'alert' });
  await store.pass(DAY + 1);
  await forgetAll(store.db);
  expect(await store.rows('select source from alerts')).toEqual([{ source: 'alert' }]);
});
