import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { replay } from '../../src/rollout/state/evolve.js';
import { activeRollouts, claimDue, eventsOf, findRollouts, loadRollout, wakeLater } from '../../src/store/rollouts.js';
import { baking, extend, hears, load, newKey, openStore, rollback, type Store } from './store.js';

let store: Store;
beforeEach(async () => {
  store = await openStore();
});
afterEach(() => store.close());

const names = (found: Awaited<ReturnType<typeof findRollouts>>) => found.map(({ rollout }) => rollout.plan.name);

async function rolledBack(name: string): Promise<number> {
  const { id } = await baking(store, name);
  await store.dispatch.command({ key: newKey(), params: 1 }, id, rollback());
  const {
    exposure: { movedSeq },
  } = (await load(store, id)).rollout;
  await hears(store, id, { type: 'lowered', movedSeq, exposure: 0 });
  return id;
}

test('a rollout read back is the sum of its events, times and all', async () => {
  const { id } = await baking(store);
  await store.dispatch.command({ key: newKey(), params: 1 }, id, rollback('too slow'));
  const { rollout } = await load(store, id);
  const { events, total } = await eventsOf(store.db, id);
  expect(total).toBe(rollout.seq);
  expect(rollout.rollback?.orderedAt).toBeInstanceOf(Date);
  expect({ ...replay(events), nextWakeAt: null }).toEqual({ ...rollout, nextWakeAt: null });
});

test('the last events of a rollout come in order, with how many there are', async () => {
  const { id, seq } = await baking(store);
  const { events, total } = await eventsOf(store.db, id, { last: 2 });
  expect(events.map((recorded) => recorded.seq)).toEqual([seq - 1, seq]);
  expect(total).toBe(seq);
});

describe('a wake', () => {
  test('is taken by one of many, and comes again soon if that one dies', async () => {
    const { id, nextWakeAt } = await baking(store);
    expect(await claimDue(store.db, 10)).toEqual([]);
    await store.db.query('update rollouts set next_wake_at = rollout_now()');
    const taken = await Promise.all([claimDue(store.db, 10), claimDue(store.db, 10), claimDue(store.db, 10)]);
    expect(taken.flat().map((due) => due.id)).toEqual([id]);
    expect(nextWakeAt).toBeInstanceOf(Date);
    await store.pass(5_000);
    expect((await claimDue(store.db, 10)).map((due) => due.id)).toEqual([id]);
  });

  test('that found nothing due is put off, unless the rollout moved meanwhile', async () => {
    const { id, seq } = await baking(store);
    await wakeLater(store.db, [{ id, seq, at: null, afterMs: 60_000 }]);
    const later = (await load(store, id)).rollout.nextWakeAt;
    expect(later?.getTime()).toBe((await load(store, id)).now.getTime() + 60_000);
    await wakeLater(store.db, [{ id, seq: seq - 1, at: null, afterMs: 1 }]);
    expect((await load(store, id)).rollout.nextWakeAt).toEqual(later);
  });

  test('that found nothing due comes again when something is, not later', async () => {
    const { id, seq } = await baking(store);
    const { now } = await load(store, id);
    const wakeAt = async (ms: number) => {
      await wakeLater(store.db, [{ id, seq, at: new Date(now.getTime() + ms), afterMs: 60_000 }]);
      return (await load(store, id)).rollout.nextWakeAt?.getTime();
    };
    expect(await wakeAt(7_000)).toBe(now.getTime() + 7_000);
    expect(await wakeAt(70_000)).toBe(now.getTime() + 60_000);
    expect(await wakeAt(-7_000)).toBe(now.getTime() + 60_000);
  });

  test('comes to a rollout that ended only where its lists have something to do', async () => {
    const id = await rolledBack('a');
    expect((await load(store, id)).rollout.nextWakeAt).toBeNull();
    expect(await claimDue(store.db, 10)).toEqual([]);
    await store.db.query('update rollouts set next_wake_at = rollout_now()');
    expect(await claimDue(store.db, 10)).toMatchObject([{ id }]);
  });
});

describe('finding rollouts', () => {
  test('by channel, by plan and by run; the active ones first', async () => {
    await rolledBack('ended');
    const { id } = await baking(store, 'running');
    expect(names(await findRollouts(store.db, { channelId: 'C1', ended: true }))).toEqual(['running', 'ended']);
    expect(names(await findRollouts(store.db, { channelId: 'C1', ended: false }))).toEqual(['running']);
    expect(names(await findRollouts(store.db, { channelId: 'C9', ended: true }))).toEqual([]);
    expect(names(await findRollouts(store.db, { plan: 'ended', run: 1, ended: true }))).toEqual(['ended']);
    expect(names(await findRollouts(store.db, { plan: 'running', run: 2, ended: true }))).toEqual([]);
    const { rollouts, total } = await activeRollouts(store.db, 10);
    expect(rollouts.map(({ rollout }) => rollout.id)).toEqual([id]);
    expect(total).toBe(1);
  });

  test('one that ended a week ago is found only by its run', async () => {
    await rolledBack('ended');
    await store.pass(7 * 86_400_000);
    expect(names(await findRollouts(store.db, { channelId: 'C1', ended: true }))).toEqual([]);
    expect(names(await findRollouts(store.db, { plan: 'ended', run: 1, ended: true }))).toEqual(['ended']);
  });

  test('one that is not there is nothing', async () => {
    expect(await loadRollout(store.db, 4711)).toBeNull();
  });

  test('the moment it was read is domain time', async () => {
    const { id } = await baking(store);
    const before = (await load(store, id)).now;
    await store.pass(90_000);
    await store.dispatch.command({ key: newKey(), params: 1 }, id, extend(60_000));
    const { now } = await load(store, id);
    expect(now.getTime() - before.getTime()).toBe(90_000);
    const { events } = await eventsOf(store.db, id, { last: 1 });
    expect(events[0]?.at).toEqual(now);
  });
});
