import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Rollout } from '../../src/rollout/rollout.js';
import { claimRedraws, forgetMessage, placedMessage, placeMessage } from '../../src/store/messages.js';
import { rolloutOfMessage } from '../../src/store/rollouts.js';
import { baking, openStore, type Store } from './store.js';

let store: Store;
let rollout: Rollout;
beforeEach(async () => {
  store = await openStore();
  rollout = await baking(store);
});
afterEach(() => store.close());

type Entry = Parameters<typeof placeMessage>[1];

function live(changes: Partial<Entry> = {}): Entry {
  const where = { rolloutId: rollout.id, slot: 'live', channelId: 'C1', ts: '17.1', threadTs: null };
  return { ...where, shownHash: 'one', redrawAfterMs: 60_000, ...changes };
}

describe('a slot', () => {
  test('remembers where it was posted and what it shows, and the latest of it', async () => {
    expect(await placedMessage(store.db, rollout.id, 'live')).toBeNull();
    await placeMessage(store.db, live());
    await placeMessage(store.db, live({ shownHash: 'two' }));
    expect(await placedMessage(store.db, rollout.id, 'live')).toEqual({
      ...{ channelId: 'C1', ts: '17.1', threadTs: null, shownHash: 'two' },
    });
    expect(await store.rows('select 1 from messages')).toHaveLength(1);
  });

  test('whose message was deleted is free again', async () => {
    await placeMessage(store.db, live());
    await forgetMessage(store.db, rollout.id, 'live');
    expect(await placedMessage(store.db, rollout.id, 'live')).toBeNull();
  });

  test('tells the rollout of a message and of everything in its thread', async () => {
    await placeMessage(store.db, live());
    await placeMessage(store.db, live({ slot: 'incident:1', ts: '17.2', threadTs: '17.1', redrawAfterMs: null }));
    expect(await rolloutOfMessage(store.db, 'C1', '17.1')).toBe(rollout.id);
    expect(await rolloutOfMessage(store.db, 'C1', '17.2')).toBe(rollout.id);
    expect(await rolloutOfMessage(store.db, 'C2', '17.1')).toBeNull();
    expect(await rolloutOfMessage(store.db, 'C1', '99.9')).toBeNull();
  });
});

describe('a live message', () => {
  const claim = () => claimRedraws(store.db, 60_000, 10);

  test('is due again after its time, once over all processes, and then after a minute more', async () => {
    await placeMessage(store.db, live());
    expect(await claim()).toEqual([]);
    await store.pass(60_000);
    const taken = await Promise.all([claim(), claim(), claim()]);
    expect(taken.flat()).toEqual([rollout.id]);
    await store.pass(59_000);
    expect(await claim()).toEqual([]);
    await store.pass(1_000);
    expect(await claim()).toEqual([rollout.id]);
  });

  test('of a rollout that ended is left as it is, and other posts always are', async () => {
    await placeMessage(store.db, live());
    await placeMessage(store.db, live({ slot: 'start:1:1', ts: '17.3', redrawAfterMs: null }));
    await store.db.query(`update rollouts set phase = 'completed'`);
    await store.pass(3_600_000);
    expect(await claim()).toEqual([]);
    await store.db.query(`update rollouts set phase = 'held'`);
    expect(await claim()).toEqual([rollout.id]);
  });
});
