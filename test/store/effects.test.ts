import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  claimEffects,
  type EffectRow,
  endEffect,
  openLowering,
  orderStands,
  renewClaim,
  retryEffect,
} from '../../src/store/effects.js';
import { type Given, given, ids } from './effect-rows.js';
import { openStore, planNamed, type Store, started } from './store.js';

let store: Store;
let a: number;
let b: number;
beforeAll(async () => {
  store = await openStore();
  a = (await started(store, planNamed('a'))).id;
  b = (await started(store, planNamed('b'))).id;
});
afterAll(() => store.close());
beforeEach(async () => {
  await store.db.query('truncate effects');
  await store.db.query('truncate messages');
});

const claim = (worker = 'me', lane: 'target' | 'message' = 'target') =>
  claimEffects(store.db, { worker, lane, limit: 100 });

async function claimOne(worker: string): Promise<EffectRow> {
  const [row] = await claim(worker);
  if (!row) throw new Error('nothing is due');
  return row;
}

describe('what is claimed', () => {
  test('one effect per rollout and lane, the oldest, while the next waits for it', async () => {
    const first = await given(store, a, { kind: 'show' });
    const next = await given(store, a, { kind: 'show' });
    const other = await given(store, b, { kind: 'show' });
    const rows = await claim('me', 'message');
    expect(ids(rows)).toEqual([first, other]);
    expect(await claim('me', 'message')).toEqual([]);
    for (const row of rows) await endEffect(store.db, row, 'done');
    expect(ids(await claim('me', 'message'))).toEqual([next]);
  });

  test('the lanes of a rollout do not wait for each other', async () => {
    await given(store, a, { kind: 'raise', by: 'somebody' });
    const post = await given(store, a, { kind: 'show' });
    expect(ids(await claim('me', 'message'))).toEqual([post]);
  });

  test('a lowering overtakes a raise that is under way', async () => {
    await given(store, a, { kind: 'raise', by: 'somebody' });
    const lower = await given(store, a, { kind: 'lower' });
    expect(ids(await claim())).toEqual([lower]);
  });

  test('lowerings come first when there is not room for all', async () => {
    await given(store, a, { kind: 'raise' });
    const lower = await given(store, b, { kind: 'lower' });
    expect(ids(await claimEffects(store.db, { worker: 'me', lane: 'target', limit: 1 }))).toEqual([lower]);
  });

  test('a raise waits for a lowering', async () => {
    await given(store, a, { kind: 'lower', by: 'somebody' });
    await given(store, a, { kind: 'raise' });
    expect(await claim()).toEqual([]);
  });

  test('an open read holds nothing up', async () => {
    await given(store, a, { kind: 'read', by: 'somebody' });
    const raise = await given(store, a, { kind: 'raise' });
    expect(ids(await claim())).toEqual([raise]);
  });

  test('what is not due yet is not taken and holds nothing up', async () => {
    const later = await given(store, a, { kind: 'show', notBefore: 2_000 });
    const now = await given(store, a, { kind: 'show' });
    const rows = await claim('me', 'message');
    expect(ids(rows)).toEqual([now]);
    for (const row of rows) await endEffect(store.db, row, 'done');
    await store.pass(2_000);
    expect(ids(await claim('me', 'message'))).toEqual([later]);
  });

  test('a post that is tried again later holds nothing up, and then comes first again', async () => {
    const failed = await given(store, a, { kind: 'show', slot: 'live', retryAt: 5_000 });
    const next = await given(store, a, { kind: 'show', slot: 'start:1:1' });
    expect(ids(await claim('me', 'message'))).toEqual([next]);
    await store.db.query(`update effects set state = 'pending', claimed_by = null, lease_until = null`);
    await store.pass(5_000);
    expect(ids(await claim('me', 'message'))).toEqual([failed]);
  });

  test('a lowering that is tried again later holds up the raise behind it', async () => {
    await given(store, a, { kind: 'lower', retryAt: 5_000 });
    await given(store, a, { kind: 'raise' });
    expect(await claim()).toEqual([]);
  });

  test('a post under way holds up the next, but an edit of another post does not', async () => {
    await given(store, a, { kind: 'show', slot: 'live', by: 'somebody' });
    const next = await given(store, a, { kind: 'show', slot: 'start:1:1' });
    expect(await claim('me', 'message')).toEqual([]);
    await store.db.query(
      `insert into messages (rollout_id, slot, channel_id, root, ts, shown_hash) values ($1, 'live', 'C', true, '1.1', '')`,
      [a],
    );
    expect(ids(await claim('me', 'message'))).toEqual([next]);
  });

  test.each<[string, Given[]]>([
    ['a post under way', [{ slot: 'live', by: 'somebody' }]],
    ['a request that is due', [{ slot: 'request:1' }]],
    [
      'everything at once',
      [{ slot: 'live' }, { slot: 'request:1', by: 'somebody' }, { slot: 'alert:errors:1', retryAt: 1_000 }],
    ],
  ])('an incident overtakes %s', async (_what, before) => {
    for (const each of before) await given(store, a, { kind: 'show', ...each });
    const incident = await given(store, a, { kind: 'show', slot: 'incident:1', template: 'incident' });
    const [first] = await claimEffects(store.db, { worker: 'me', lane: 'message', limit: 1 });
    expect(first?.id).toBe(incident);
  });

  test('of one incident one at a time', async () => {
    await given(store, a, { kind: 'show', slot: 'incident:1', template: 'incident', by: 'somebody' });
    await given(store, a, { kind: 'show', slot: 'incident:1', template: 'incident' });
    expect(await claim('me', 'message')).toEqual([]);
  });

  test('an incident is all that is taken of posts when nothing else has room', async () => {
    await given(store, a, { kind: 'show', slot: 'live' });
    const incident = await given(store, b, { kind: 'show', slot: 'incident:1', template: 'incident' });
    const claimed = await claimEffects(store.db, { worker: 'me', lane: 'message', limit: 9, urgentOnly: true });
    expect(ids(claimed)).toEqual([incident]);
  });

  test('only of one rollout when one is named', async () => {
    await given(store, a);
    const mine = await given(store, b);
    expect(ids(await claimEffects(store.db, { worker: 'me', lane: 'target', limit: 100, rolloutId: b }))).toEqual([
      mine,
    ]);
  });
});

describe('a claim', () => {
  test('whose lease runs belongs to its holder; one whose lease is over to whoever comes, with a higher fence', async () => {
    await given(store, a, { by: 'slow', lease: 10_000 });
    expect(await claim()).toEqual([]);
    const over = await given(store, b, { by: 'slow', lease: -1 });
    const [row] = await claim();
    expect(row).toMatchObject({ id: over, fence: 2, attempts: 1 });
  });

  test('that was taken over can neither be ended nor given back by the first holder', async () => {
    await given(store, a);
    const mine = await claimOne('slow');
    await store.db.query(`update effects set lease_until = now() - interval '1 second'`);
    const theirs = await claimOne('next');
    expect(await renewClaim(store.db, mine)).toBe(false);
    expect(await endEffect(store.db, mine, 'done')).toBe(false);
    expect(await retryEffect(store.db, mine, 1_000, 'slow')).toBe(false);
    expect(await endEffect(store.db, theirs, 'failed', 'no')).toBe(true);
    expect(await store.rows('select state, last_error, claimed_by from effects')).toEqual([
      { state: 'failed', last_error: 'no', claimed_by: null },
    ]);
  });

  test('that was superseded cannot be ended any more', async () => {
    await given(store, a, { kind: 'raise' });
    const raise = await claimOne('me');
    await store.db.query(`update effects set state = 'superseded'`);
    expect(await endEffect(store.db, raise, 'done')).toBe(false);
    expect(await renewClaim(store.db, raise)).toBe(false);
  });

  test('of a raise stands until it is taken back, taken over or expired', async () => {
    await given(store, a, { kind: 'raise' });
    const raise = await claimOne('me');
    const stands = () => orderStands(store.db, raise);
    expect(await stands()).toBe(true);
    expect(await orderStands(store.db, { ...raise, fence: raise.fence - 1 })).toBe(false);
    await store.pass(10 * 60_000);
    expect(await stands()).toBe(false);
    await store.db.query(`update effects set not_after = rollout_now() + interval '1 minute'`);
    expect(await stands()).toBe(true);
    await store.db.query(`update effects set state = 'superseded'`);
    expect(await stands()).toBe(false);
  });

  test('is renewed for one more call by its holder, and by nobody else', async () => {
    await given(store, a, { kind: 'raise' });
    const raise = await claimOne('me');
    await store.db.query(`update effects set lease_until = now() + interval '1 second'`);
    expect(await renewClaim(store.db, raise)).toBe(true);
    expect(await store.rows(`select lease_until > now() + interval '12 seconds' as long from effects`)).toEqual([
      { long: true },
    ]);
    expect(await renewClaim(store.db, { ...raise, fence: raise.fence - 1 })).toBe(false);
  });

  test('that its own holder lost track of is taken again after a moment, but not what it has in hand', async () => {
    await given(store, a, { kind: 'lower' });
    const lost = await claimOne('me');
    const again = (inHand: number[]) => claimEffects(store.db, { worker: 'me', lane: 'target', limit: 9, inHand });
    expect(ids(await again([]))).toEqual([]);
    await store.db.query(`update effects set lease_until = now() + interval '13 seconds'`);
    expect(ids(await again([lost.id]))).toEqual([]);
    expect(ids(await again([]))).toEqual([lost.id]);
  });

  test('that its holder asks for again keeps its fence: the first answer and the second are one claim', async () => {
    await given(store, a, { kind: 'raise' });
    const first = await claimOne('me');
    await store.db.query(`update effects set lease_until = now() - interval '1 second'`);
    const again = await claimOne('me');
    expect(again).toMatchObject({ id: first.id, fence: first.fence, attempts: 2 });
    expect(await endEffect(store.db, first, 'done')).toBe(true);
    expect(await endEffect(store.db, again, 'done')).toBe(false);
  });

  test('that its holder has in hand is not taken again, also when its lease is over or it was freed', async () => {
    await given(store, a, { kind: 'raise' });
    const { id } = await claimOne('me');
    const again = () => claimEffects(store.db, { worker: 'me', lane: 'target', limit: 9, inHand: [id] });
    await store.db.query(`update effects set lease_until = now() - interval '1 minute'`);
    expect(await again()).toEqual([]);
    await store.db.query(
      `update effects set state = 'pending', claimed_by = null, lease_until = null, fence = fence + 1`,
    );
    expect(await again()).toEqual([]);
    expect(ids(await claim('another'))).toEqual([id]);
  });

  test('is all that is taken when nothing else has room, if it is a lowering', async () => {
    await given(store, a, { kind: 'raise' });
    const lower = await given(store, b, { kind: 'lower' });
    const claimed = await claimEffects(store.db, { worker: 'me', lane: 'target', limit: 9, urgentOnly: true });
    expect(ids(claimed)).toEqual([lower]);
  });

  test('whose time lies far ahead, because the database clock went back, is due', async () => {
    const lower = await given(store, a, { kind: 'lower' });
    await store.db.query(`update effects set retry_at = rollout_now() + interval '1 hour'`);
    expect(ids(await claim())).toEqual([lower]);
  });

  test('given back is due again after its pause, with what went wrong', async () => {
    await given(store, a, { kind: 'lower' });
    expect(await retryEffect(store.db, await claimOne('me'), 250, 'refused')).toBe(true);
    expect(await claim()).toEqual([]);
    expect(await openLowering(store.db, a)).toEqual({ attempts: 1, lastError: 'refused' });
    await store.pass(250);
    expect(await claimOne('me')).toMatchObject({ attempts: 2, lastError: 'refused' });
  });
});

describe('four processes at once', () => {
  test('take every effect exactly once, and those of a rollout in their order', async () => {
    for (const rollout of [a, b]) for (let n = 0; n < 20; n += 1) await given(store, rollout, { kind: 'show' });
    for (let n = 0; n < 10; n += 1) {
      const { id } = await started(store, planNamed(`busy-${n}`));
      for (let k = 0; k < 6; k += 1) await given(store, id, { kind: 'show' });
    }
    await store.db.query(`delete from effects where slot is not null`);
    const taken: EffectRow[] = [];
    const work = async (worker: string) => {
      for (let idle = 0; idle < 3; ) {
        const rows = await claimEffects(store.db, { worker, lane: 'message', limit: 4 });
        taken.push(...rows);
        await Promise.all(rows.map((row) => endEffect(store.db, row, 'done')));
        idle = rows.length === 0 ? idle + 1 : 0;
      }
    };
    await Promise.all(['one', 'two', 'three', 'four'].map(work));
    expect(await store.rows(`select 1 from effects where lane = 'message' and state <> 'done'`)).toEqual([]);
    expect(taken).toHaveLength(100);
    expect(new Set(ids(taken)).size).toBe(100);
    for (const rollout of [a, b]) {
      const order = taken.filter((row) => row.rolloutId === rollout).map((row) => row.id);
      expect(order).toEqual([...order].sort((x, y) => x - y));
    }
  });
});
