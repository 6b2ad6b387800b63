import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimEffects, freeDead } from '../../src/store/effects.js';
import { claimWatches } from '../../src/store/watches.js';
import { startWorker, type Worker } from '../../src/store/workers.js';
import { until } from '../kill/until.js';
import { built } from '../support/build.js';
import { given } from './effect-rows.js';
import { baking, openStore, type Store } from './store.js';

let store: Store;
let rolloutId: number;
const open: Worker[] = [];
beforeEach(async () => {
  store = await openStore();
  rolloutId = (await baking(store)).id;
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((worker) => worker.close()));
  await store.close();
});

const quiet = { wake: () => undefined, error: () => undefined };

async function worker(on: Parameters<typeof startWorker>[1] = quiet): Promise<Worker> {
  const made = await startWorker(store.url, on);
  open.push(made);
  return made;
}

describe('a process that was killed', () => {
  test('frees what it had claimed at once, long before its lease is over; while it lives nobody may', async () => {
    await given(store, rolloutId);
    const me = await worker();
    const child = spawn(process.execPath, [built('test/store/claimer.js'), store.url], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const [claimed] = await once(child, 'message');
    expect(claimed).toMatchObject({ effects: 1, watches: 1 });
    expect(await freeDead(store.db, me.id)).toBe(0);
    expect(await claimEffects(store.db, { worker: me.id, lane: 'target', limit: 9 })).toEqual([]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await until('its claims are free', async () => (await freeDead(store.db, me.id)) === 2);
    const [effect] = await claimEffects(store.db, { worker: me.id, lane: 'target', limit: 9 });
    const [watch] = await claimWatches(store.db, { worker: me.id, limit: 9 });
    // Claimed, freed, claimed: whoever still held the first claim could write nothing with it.
    expect(effect?.fence).toBe(3);
    expect(watch?.watch.fence).toBe(3);
  });
});

describe('a living process', () => {
  test('keeps its own claims, also when it looks for dead ones itself', async () => {
    await given(store, rolloutId);
    const me = await worker();
    expect(await claimEffects(store.db, { worker: me.id, lane: 'target', limit: 9 })).toHaveLength(1);
    expect(await freeDead(store.db, me.id)).toBe(0);
  });

  test('that closes gives up what it holds', async () => {
    await given(store, rolloutId);
    const [me, other] = [await startWorker(store.url, quiet), await worker()];
    await claimEffects(store.db, { worker: me.id, lane: 'target', limit: 9 });
    await me.close();
    await until('its claim is free', async () => (await freeDead(store.db, other.id)) === 1);
  });

  test('whose connection is cut is alive again after a moment, and hears others again', async () => {
    await given(store, rolloutId);
    const woken: string[] = [];
    const errors: string[] = [];
    const me = await worker({ wake: () => woken.push('up'), error: (error) => errors.push(error.message) });
    const other = await worker();
    await claimEffects(store.db, { worker: me.id, lane: 'target', limit: 9 });
    await store.db.query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database
         where datname = current_database()) and ((classid::bigint << 32) | objid::bigint) = hashtextextended($1, 7)`,
      [me.id],
    );
    await until('it noticed', () => errors.length > 0);
    await until('it holds its lock again', async () => {
      const rows = await store.rows<{ free: boolean }>(
        'select pg_try_advisory_xact_lock(hashtextextended($1, 7)) as free',
        [me.id],
      );
      return rows[0]?.free === false;
    });
    expect(await freeDead(store.db, other.id)).toBe(0);
    await until('it hears a wake-up', async () => {
      await store.db.query(`select pg_notify('rollout', '')`);
      return woken.length > 0;
    });
  });

  test('is woken by what another process decided', async () => {
    const woken: string[] = [];
    await worker({ ...quiet, wake: () => woken.push('up') });
    await baking(store, 'search');
    await until('the wake-up came', () => woken.length > 0);
  });
});
