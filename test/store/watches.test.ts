import { afterEach, beforeEach, expect, test } from 'vitest';
import { checksOf, type JudgedCheck } from '../../src/rollout/health/in-force.js';
import { type CheckReading, NEW_STREAK, nextStreak } from '../../src/rollout/health/streak.js';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import { loadRollout } from '../../src/store/rollouts.js';
import { claimWatches, type DueWatch, type MeasuredCheck, renewWatches, saveWatches } from '../../src/store/watches.js';
import { OLGA, streaksOf } from '../rollout/fixture.js';
import { baking, hears, load, newKey, openStore, rollback, type Store } from './store.js';

let store: Store;
let rollout: Rollout;
beforeEach(async () => {
  store = await openStore();
  rollout = await baking(store);
});
afterEach(() => store.close());

async function claimOne(worker = 'me'): Promise<DueWatch> {
  const [due] = await claimWatches(store.db, { worker, limit: 10 });
  if (!due) throw new Error('nothing is due');
  return due;
}

const PASS: MeasuredCheck = { check: 'errors', value: 0.4, verdict: 'pass', reason: null, tookMs: 3.6 };

/** What a checker writes after its round: a minute observed, the next look in a minute. */
function checked(due: DueWatch, measured: readonly MeasuredCheck[] = [PASS]) {
  const next = new Date(due.now.getTime() + 60_000);
  const watch = { ...due.watch, observedMs: 60_000, lastCheckAt: due.now, nextCheckAt: next, streaks: streaksOf() };
  return { watch, dueAt: due.dueAt, measured };
}

const watch = async () => (await loadRollout(store.db, rollout.id))?.watch;

test('a due watch is taken by one of many that look at once', async () => {
  const taken = await Promise.all(
    ['a', 'b', 'c', 'd', 'e'].map((worker) => claimWatches(store.db, { worker, limit: 10 })),
  );
  expect(taken.flat()).toHaveLength(1);
  expect(taken.flat()[0]?.rollout.id).toBe(rollout.id);
});

test('a round that outlasts its lease is not begun again by its own process, and its result counts', async () => {
  const due = await claimOne();
  await store.db.query(`update watches set lease_until = now() - interval '1 second'`);
  expect(await claimWatches(store.db, { worker: 'me', limit: 10, inHand: [rollout.id] })).toEqual([]);
  await renewWatches(store.db, [due.watch]);
  expect(await claimWatches(store.db, { worker: 'another', limit: 10 })).toEqual([]);
  expect(await saveWatches(store.db, [checked(due)])).toBe(1);
});

test('a watch that begins again with the next stage is taken beside the round of the stage before', async () => {
  const due = await claimOne();
  await store.db.query('update watches set claimed_by = null, lease_until = null, fence = fence + 1');
  const next = await claimWatches(store.db, { worker: 'me', limit: 10, inHand: [rollout.id] });
  expect(next).toHaveLength(1);
  await renewWatches(store.db, [due.watch]);
  expect(await saveWatches(store.db, [checked(due)])).toBe(0);
});

test('a watch that is not due is left alone until its time has come', async () => {
  await saveWatches(store.db, [checked(await claimOne())]);
  expect(await claimWatches(store.db, { worker: 'me', limit: 10 })).toEqual([]);
  await store.pass(60_000);
  expect(await claimWatches(store.db, { worker: 'me', limit: 10 })).toHaveLength(1);
});

test('what was found is kept with its measurements, and the watch is free again', async () => {
  const due = await claimOne();
  const unknown: MeasuredCheck = { check: 'orders', value: null, verdict: 'unknown', reason: 'timeout', tookMs: 3_000 };
  expect(await saveWatches(store.db, [checked(due, [PASS, unknown])])).toBe(1);
  expect(await watch()).toMatchObject({
    observedMs: 60_000,
    lastCheckAt: due.now,
    streaks: streaksOf(),
    stopped: null,
  });
  expect(await store.rows('select check_name, value, verdict, reason, took_ms from measurements order by 1')).toEqual([
    { check_name: 'errors', value: 0.4, verdict: 'pass', reason: null, took_ms: 4 },
    { check_name: 'orders', value: null, verdict: 'unknown', reason: 'timeout', took_ms: 3_000 },
  ]);
  await store.pass(60_000);
  expect((await claimOne()).watch.observedMs).toBe(60_000);
});

test('everything a check remembers is the same after it was kept: a restart forgets nothing', async () => {
  const due = await claimOne();
  const [errors] = checksOf(due.rollout);
  if (!errors) throw new Error('no check');
  const lasting = { ...errors, critical: { op: 'above', value: 5, forMs: 300_000 } } as const;
  const readings: CheckReading[] = [
    { value: 0, tookMs: 1, at: due.now },
    { value: 99, tookMs: 1 },
    { unknown: 'timeout', detail: '', tookMs: 1 },
    { value: 99, tookMs: 1 },
  ];
  const after = (check: JudgedCheck) =>
    readings.reduce(
      (streak, reading, i) => nextStreak(streak, check, reading, new Date(due.now.getTime() + i * 3_000)),
      NEW_STREAK,
    );
  const streaks = { errors: after(errors), latency: after(lasting) };
  expect(streaks.errors).toMatchObject({ memory: {}, feared: {}, blind: {}, sum: {} });
  await saveWatches(store.db, [{ ...checked(due), watch: { ...checked(due).watch, streaks } }]);
  expect((await watch())?.streaks).toEqual(streaks);
});

test('the same round saved twice keeps each measurement once', async () => {
  const round = checked(await claimOne());
  await saveWatches(store.db, [round]);
  await saveWatches(store.db, [round]);
  expect(await store.rows('select check_name from measurements')).toHaveLength(1);
});

test('a checker whose lease is over and whose watch was taken over writes nothing into it', async () => {
  const slow = await claimOne('slow');
  await store.db.query(`update watches set lease_until = now() - interval '1 second'`);
  const next = await claimOne('next');
  expect(next.watch.fence).toBe(slow.watch.fence + 1);
  expect(await saveWatches(store.db, [checked(slow)])).toBe(0);
  expect((await watch())?.observedMs).toBe(0);
  expect(await saveWatches(store.db, [checked(next)])).toBe(1);
});

test('a new stage resets the watch, and a checker that was still at the old one writes nothing into it', async () => {
  const old = await claimOne();
  await store.db.query('update watches set observed_ms = 999');
  const {
    exposure: { movedSeq, wanted },
    stage: { no: stageNo, attempt },
  } = rollout;
  const target = { exposure: wanted, partial: false, detail: '10 %' };
  const bake = { movedSeq, stageNo, attempt, target, streaks: streaksOf(), observedMs: 30 * 60_000 };
  await hears(store, rollout.id, { type: 'assessed', ...bake });
  const advance = { command: { type: 'advance', to: null, reason: '' } as const, ...OLGA };
  await store.dispatch.command({ key: newKey(), params: 1 }, rollout.id, advance);
  const raised = (await load(store, rollout.id)).rollout.exposure.movedSeq;
  await hears(store, rollout.id, { type: 'raised', movedSeq: raised, exposure: 25 });
  expect(await watch()).toMatchObject({ stageNo: 2, observedMs: 0, fence: old.watch.fence + 1 });
  expect(await saveWatches(store.db, [checked(old)])).toBe(0);
  expect(await watch()).toMatchObject({ stageNo: 2, observedMs: 0 });
  // Free at once: the new stage does not wait for the lease of a checker of the old one.
  expect((await claimOne('next')).watch.stageNo).toBe(2);
});

test('a rollout that was rolled back has no watch, and a checker under way does not bring it back', async () => {
  const due = await claimOne();
  await store.dispatch.command({ key: newKey(), params: 1 }, rollout.id, rollback());
  const {
    exposure: { movedSeq },
  } = (await load(store, rollout.id)).rollout;
  await hears(store, rollout.id, { type: 'lowered', movedSeq, exposure: 0 });
  expect(await saveWatches(store.db, [checked(due)])).toBe(0);
  expect(await watch()).toBeNull();
});

test('many rounds are written in one statement, each to its own watch', async () => {
  await baking(store, 'another');
  const due = await claimWatches(store.db, { worker: 'me', limit: 10 });
  expect(due).toHaveLength(2);
  const rounds = due.map((each, n) => {
    const round = checked(each);
    return { ...round, watch: { ...round.watch, observedMs: 1_000 * (n + 1) } };
  });
  expect(await saveWatches(store.db, rounds)).toBe(2);
  const rows = await store.rows<{ observed_ms: number }>('select observed_ms from watches order by observed_ms');
  expect(rows.map((row) => row.observed_ms)).toEqual([1_000, 2_000]);
  expect(await saveWatches(store.db, [])).toBe(0);
});

test('words that a database cannot keep are kept as far as they can be, and hold no other result up', async () => {
  const other = await baking(store, 'other');
  const claimed = await claimWatches(store.db, { worker: 'me', limit: 10 });
  expect(claimed).toHaveLength(2);
  const results = claimed.map((due) => {
    const result = checked(due);
    const text = due.rollout.id === other.id ? 'said \u0000 and \ud83d' : 'fine';
    const streaks = { errors: { ...NEW_STREAK, why: { kind: 'said' as const, text } } };
    return { ...result, watch: { ...result.watch, streaks } };
  });
  expect(await saveWatches(store.db, results)).toBe(2);
  expect((await loadRollout(store.db, other.id))?.watch?.streaks.errors?.why).toEqual({
    kind: 'said',
    text: 'said \ufffd and \ufffd',
  });
});
