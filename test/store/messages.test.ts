import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import { earlierLink, keepEarlierLink, repliesIn } from '../../src/store/earlier-threads.js';
import {
  alreadyShows,
  claimRedraws,
  holdSlot,
  keepHold,
  type MessagePlace,
  markDeleted,
  placeMessage,
  postedAt,
  releaseSlot,
} from '../../src/store/messages.js';
import { rolloutOfMessage } from '../../src/store/rollouts.js';
import { startWorker } from '../../src/store/workers.js';
import { baking, openStore, type Store } from './store.js';

let store: Store;
let rollout: Rollout;
beforeEach(async () => {
  store = await openStore();
  rollout = await baking(store);
});
afterEach(() => store.close());

const ME = { worker: null, hold: 'me' };
const OTHER = { worker: null, hold: 'other' };
const at = (slot = 'live', more: Partial<MessagePlace> = {}): MessagePlace => ({
  rolloutId: rollout.id,
  slot,
  channelId: 'C1',
  root: slot === 'live',
  ...more,
});
const drawing = { hash: 'one', seq: 3, effect: 0 };

/** Posts it the way the sender does. */
async function place(where = at(), shown: { ts?: string; threadTs?: string; redrawAfterMs?: number } = {}) {
  const { ts = '17.1', threadTs = null, redrawAfterMs = null } = shown;
  await holdSlot(store.db, where, ME);
  await placeMessage(store.db, where, ME, { ...drawing, ts, threadTs, redrawAfterMs });
}

describe('a slot', () => {
  test('remembers where it was posted, and what it shows with how new that is', async () => {
    expect(await postedAt(store.db, at())).toBeNull();
    await place();
    expect(await postedAt(store.db, at())).toBe('17.1');
    expect(await holdSlot(store.db, at(), ME)).toMatchObject({ ts: '17.1', shownSeq: 3, shownEffect: 0, deletions: 0 });
    expect(await store.rows('select 1 from messages')).toHaveLength(1);
  });

  test('stands in the channel and in direct messages at the same time, each by itself', async () => {
    await place(at('request:1.1'));
    await place(at('request:1.1', { channelId: 'D1', person: 'U1' }), { ts: '18.1' });
    expect(await postedAt(store.db, at('request:1.1'))).toBe('17.1');
    expect(await postedAt(store.db, at('request:1.1', { channelId: 'D1' }))).toBe('18.1');
    expect(await rolloutOfMessage(store.db, 'D1', '18.1')).toBe(rollout.id);
  });

  test('is known to show something already, and notes that newer events say the same', async () => {
    await place();
    expect(await alreadyShows(store.db, at(), { hash: 'two', seq: 9, effect: 0 })).toBe(false);
    expect(await alreadyShows(store.db, at(), { hash: 'one', seq: 9, effect: 0 })).toBe(true);
    expect(await alreadyShows(store.db, at(), { hash: 'one', seq: 4, effect: 0 })).toBe(true);
    expect(await holdSlot(store.db, at(), ME)).toMatchObject({ shownSeq: 9 });
    expect(await alreadyShows(store.db, at(), { hash: 'one', seq: 9, effect: 0 })).toBe(false);
  });

  test('tells the rollout of a message and of everything in its thread', async () => {
    await place();
    await place(at('incident:1'), { ts: '17.2', threadTs: '17.1' });
    expect(await rolloutOfMessage(store.db, 'C1', '17.1')).toBe(rollout.id);
    expect(await rolloutOfMessage(store.db, 'C1', '17.2')).toBe(rollout.id);
    expect(await rolloutOfMessage(store.db, 'C2', '17.1')).toBeNull();
    expect(await rolloutOfMessage(store.db, 'C1', '99.9')).toBeNull();
  });
});

describe('a slot that somebody draws', () => {
  test('is held by one of many at once, until it is released', async () => {
    const tried = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => holdSlot(store.db, at(), { worker: null, hold: name })),
    );
    expect(tried.filter((held) => held !== null)).toHaveLength(1);
    await store.db.query('update messages set hold = $1', [ME.hold]);
    await releaseSlot(store.db, at(), OTHER);
    expect(await holdSlot(store.db, at(), OTHER)).toBeNull();
    await releaseSlot(store.db, at(), ME);
    expect(await holdSlot(store.db, at(), OTHER)).not.toBeNull();
  });

  test('is free again with what was placed', async () => {
    await holdSlot(store.db, at(), ME);
    await placeMessage(store.db, at(), ME, { ...drawing, ts: '1', threadTs: null, redrawAfterMs: null });
    expect(await holdSlot(store.db, at(), OTHER)).toMatchObject({ ts: '1' });
  });

  test('is free again when its time is over, and then is not the first one’s any more', async () => {
    await holdSlot(store.db, at(), ME);
    expect(await keepHold(store.db, at(), ME)).toBe(true);
    await store.db.query(`update messages set held_until = now() - interval '1 second'`);
    expect(await holdSlot(store.db, at(), OTHER)).not.toBeNull();
    expect(await keepHold(store.db, at(), ME)).toBe(false);
    expect(await placeMessage(store.db, at(), ME, { ...drawing, ts: '1', threadTs: null, redrawAfterMs: null })).toBe(
      false,
    );
    expect(await postedAt(store.db, at())).toBeNull();
  });

  test('is taken again by the process whose hold it never heard of', async () => {
    const worker = await startWorker(store.url, { wake: () => undefined, error: () => undefined });
    onTestFinished(() => worker.close());
    await holdSlot(store.db, at(), { worker: worker.id, hold: 'lost' });
    expect(await holdSlot(store.db, at(), { worker: worker.id, hold: 'next' })).not.toBeNull();
    expect(await keepHold(store.db, at(), { worker: worker.id, hold: 'lost' })).toBe(false);
  });

  test('is free at once when its process is dead, and not while it lives', async () => {
    const worker = await startWorker(store.url, { wake: () => undefined, error: () => undefined });
    await holdSlot(store.db, at(), { worker: worker.id, hold: '1' });
    expect(await holdSlot(store.db, at(), OTHER)).toBeNull();
    await worker.close();
    expect(await holdSlot(store.db, at(), OTHER)).not.toBeNull();
  });
});

describe('a message that a person deleted', () => {
  const remove = async (where = at()) => {
    await holdSlot(store.db, where, ME);
    await markDeleted(store.db, where, ME);
    await releaseSlot(store.db, where, ME);
  };

  test('is nowhere, and how often it was is known', async () => {
    await place();
    await remove();
    expect(await postedAt(store.db, at())).toBeNull();
    await place(at(), { ts: '17.5' });
    await remove();
    expect(await holdSlot(store.db, at(), ME)).toMatchObject({ ts: null, deletions: 2, earlierTs: null });
  });

  test('at the top of a thread is remembered by its replies, and the link to them is kept', async () => {
    await place();
    await place(at('start:1:1'), { ts: '17.2', threadTs: '17.1' });
    await place(at('alert:1'), { ts: '17.3', threadTs: '17.1' });
    await remove();
    expect(await holdSlot(store.db, at(), ME)).toMatchObject({ earlierTs: '17.1', earlierLink: null });
    expect(await repliesIn(store.db, rollout.id, 'C1', '17.1')).toEqual(['17.3', '17.2']);
    await keepEarlierLink(store.db, rollout.id, 'C1', 'https://example.slack.com/archives/C1/p173');
    expect(await earlierLink(store.db, rollout.id)).toBe('https://example.slack.com/archives/C1/p173');
    await keepEarlierLink(store.db, rollout.id, 'C1', null);
    expect(await earlierLink(store.db, rollout.id)).toBeNull();
  });
});

describe('a live message', () => {
  const claim = () => claimRedraws(store.db, 60_000, 10);

  test('is due again after its time, once over all processes, and then after a minute more', async () => {
    await place(at(), { redrawAfterMs: 60_000 });
    expect(await claim()).toEqual([]);
    await store.pass(60_000);
    const taken = await Promise.all([claim(), claim(), claim()]);
    expect(taken.flat()).toEqual([rollout.id]);
    await store.pass(59_000);
    expect(await claim()).toEqual([]);
    await store.pass(1_000);
    expect(await claim()).toEqual([rollout.id]);
  });

  test('of a rollout that ended has no time, until it is drawn after that went on; other posts never have one', async () => {
    const times = () => store.rows('select slot from messages where next_edit_at is not null');
    await place(at(), { redrawAfterMs: 60_000 });
    await place(at('start:1:1'), { ts: '17.3' });
    await store.db.query(`update rollouts set phase = 'completed'`);
    await store.pass(3_600_000);
    expect(await claim()).toEqual([]);
    expect(await times()).toEqual([]);
    await place(at(), { redrawAfterMs: 60_000 });
    expect(await times()).toEqual([]);
    await store.db.query(`update rollouts set phase = 'held'`);
    await place(at(), { redrawAfterMs: 60_000 });
    expect(await times()).toEqual([{ slot: 'live' }]);
  });
});
