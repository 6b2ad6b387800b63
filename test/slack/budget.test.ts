import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TryLater } from '../../src/slack/connection/failures.js';
import { type Budget, createBudget, type Urgency } from '../../src/slack/posting/budget.js';
import { openStore, type Store } from '../store/store.js';

const START = Date.UTC(2026, 0, 1);
const at = (ms: number) => new Date(START + ms);

let store: Store;
let budget: Budget;
beforeEach(async () => {
  store = await openStore();
  budget = createBudget(store.db);
});
afterEach(() => store.close());

const post = (channel: string, ms: number, urgency: Urgency = 'normal') =>
  budget.take('post', channel, at(ms), urgency);
const edit = (ms: number, urgency: Urgency = 'normal') => budget.take('edit', 'C1', at(ms), urgency);

/** How many may go before the budget says no, and how long it then says to wait. */
async function drain(take: () => Promise<void>): Promise<{ taken: number; waitMs: number; code: string | null }> {
  for (let taken = 0; ; taken += 1) {
    try {
      await take();
    } catch (error) {
      if (!(error instanceof TryLater)) throw error;
      return { taken, waitMs: error.afterMs, code: error.code };
    }
  }
}

describe('posts', () => {
  test('ten at once, then one a second, per channel', async () => {
    expect(await drain(() => post('C1', 0))).toMatchObject({ taken: 10, waitMs: 1_000 });
    expect(await drain(() => post('C2', 0))).toMatchObject({ taken: 10 });
    expect(await drain(() => post('C1', 3_000))).toMatchObject({ taken: 3 });
  });

  test('what was not used is not saved up beyond the burst', async () => {
    await post('C1', 0);
    expect(await drain(() => post('C1', 3_600_000))).toMatchObject({ taken: 10 });
  });

  test('an incident goes out though the budget is used up, but not without an end', async () => {
    await drain(() => post('C1', 0));
    expect(await drain(() => post('C1', 0, 'urgent'))).toMatchObject({ taken: 5 });
  });
});

describe('edits', () => {
  test('of live messages leave the last five to what may not wait', async () => {
    expect(await drain(() => edit(0, 'spare'))).toMatchObject({ taken: 15, waitMs: 1_500 });
    expect(await drain(() => edit(0))).toMatchObject({ taken: 5 });
    expect(await drain(() => edit(0, 'urgent'))).toMatchObject({ taken: 5 });
  });

  test('at most forty a minute of all replicas together, once the burst is used', async () => {
    const others = [budget, createBudget(store.db), createBudget(store.db)];
    await drain(() => edit(0));
    let taken = 0;
    for (let second = 1; second <= 60; second += 1) {
      const all = others.map((one) => drain(() => one.take('edit', 'C9', at(second * 1_000), 'normal')));
      for (const { taken: n } of await Promise.all(all)) taken += n;
    }
    expect(taken).toBeLessThanOrEqual(40);
    expect(taken).toBeGreaterThanOrEqual(39);
  });

  test('many at the same moment take no more than there are', async () => {
    const all = Array.from({ length: 60 }, () =>
      edit(0)
        .then(() => 1)
        .catch(() => 0),
    );
    expect((await Promise.all(all)).reduce<number>((sum, n) => sum + n, 0)).toBe(20);
  });

  test('do not use up the budget of posts', async () => {
    await drain(() => edit(0));
    expect(await drain(() => post('C1', 0))).toMatchObject({ taken: 10 });
  });
});

describe('a pause', () => {
  test('that Slack asked for is kept by every replica, for that channel, and for posts alone', async () => {
    await createBudget(store.db).pause('post', 'C1', { now: at(0), ms: 30_000, soft: false });
    expect(await drain(() => post('C1', 0, 'urgent'))).toMatchObject({ taken: 0, waitMs: 30_000 });
    expect(await drain(() => post('C2', 0))).toMatchObject({ taken: 10 });
    await edit(0);
    expect(await drain(() => post('C1', 30_000))).toMatchObject({ taken: 10 });
  });

  test('of edits holds up no post', async () => {
    await budget.pause('edit', 'C1', { now: at(0), ms: 30_000, soft: false });
    expect(await drain(() => edit(10_000))).toMatchObject({ taken: 0, waitMs: 20_000 });
    await post('C1', 10_000);
  });

  test('of our own is not kept by an incident', async () => {
    await budget.pause('post', 'C1', { now: at(0), ms: 2_000, soft: true });
    expect(await drain(() => post('C1', 0))).toMatchObject({ taken: 0, waitMs: 2_000 });
    await post('C1', 0, 'urgent');
  });

  test('of a channel that takes no posts says why, until it is over', async () => {
    await budget.close('C1', 'is_archived', { now: at(0), ms: 30_000 });
    expect(await drain(() => post('C1', 5_000, 'urgent'))).toEqual({ taken: 0, waitMs: 25_000, code: 'is_archived' });
    expect(await drain(() => edit(5_000))).toMatchObject({ taken: 0, code: 'is_archived' });
    await post('C1', 30_000);
  });

  test('that lies far ahead, because the clock went back, is not kept', async () => {
    await budget.pause('post', 'C1', { now: at(3_600_000), ms: 30_000, soft: false });
    await post('C1', 0);
  });
});

describe('a clock that steps back', () => {
  test('gives nothing away', async () => {
    await drain(() => post('C1', 0));
    expect(await drain(() => post('C1', -60_000))).toMatchObject({ taken: 0 });
  });

  test('does not stop the filling up until it is where it was', async () => {
    await drain(() => post('C1', 0));
    await drain(() => post('C1', -3_600_000));
    await drain(() => post('C1', -3_600_000 + 1_000, 'urgent'));
    expect(await drain(() => post('C1', -3_600_000 + 60_000))).toMatchObject({ taken: 10 });
  });

  test('does not stop it for what may wait, when nothing else is sent either', async () => {
    await drain(() => post('C1', 0));
    await drain(() => post('C1', -3_600_000));
    expect(await drain(() => post('C1', -3_600_000 + 5_000))).toMatchObject({ taken: 5 });
  });

  test('does not leave live messages as they were for as long as it stepped back', async () => {
    await store.pass(3_600_000);
    const { rows } = await store.db.query<{ now: Date }>('select rollout_now() as now');
    await drain(() => budget.take('edit', 'C1', rows[0]?.now ?? new Date(0), 'normal'));
    expect(await budget.editsToSpare()).toBe(0);
    await store.pass(-3_600_000);
    expect(await budget.editsToSpare()).toBeGreaterThan(0);
  });
});
