import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createAdapters } from '../../src/adapters/index.js';
import { createInHand } from '../../src/deliver/in-hand.js';
import { createDeliver } from '../../src/deliver/index.js';
import { memoryGauge } from '../../src/probes/memory.js';
import { type Db, openPool } from '../../src/store/connect.js';
import { claimEffects, type EffectRow, endEffect, retryEffect } from '../../src/store/effects.js';
import { CHECKS, numberFor, OPEN_PLAN } from '../rollout/fixture.js';
import { given } from '../store/effect-rows.js';
import { load, openStore, planNamed, rehearsed, type Store, started } from '../store/store.js';
import { configFor, startFlagService, TOKEN } from '../targets/flag-service.js';

let store: Store;
let rolloutId: number;
beforeAll(async () => {
  store = await openStore();
  rolloutId = (await started(store, planNamed('in-hand'))).id;
});
afterAll(() => store.close());

/** A second of the lease is over: the process that holds it may ask for it once more. */
const aSecondLater = () => store.db.query(`update effects set lease_until = lease_until - interval '2 seconds'`);

async function claimed(inHand: number[] = []): Promise<EffectRow> {
  const [row] = await claimEffects(store.db, { worker: 'me', lane: 'target', limit: 1, rolloutId, inHand });
  if (!row) throw new Error('nothing is due');
  return row;
}

async function oneClaim(): Promise<EffectRow> {
  await store.db.query('truncate effects');
  await given(store, rolloutId, { kind: 'lower' });
  return await claimed();
}

/** Work that ends when told. */
function workUntilTold() {
  let finish: () => void = () => undefined;
  const told = new Promise<void>((done) => {
    finish = done;
  });
  const work = vi.fn(() => told);
  return { work, finish };
}

describe('one effect', () => {
  test('whose claim is handed out twice is carried out once, and both wait for its end', async () => {
    const hand = createInHand(store.db);
    const row = await oneClaim();
    await aSecondLater();
    const again = await claimed();
    expect(again).toMatchObject({ id: row.id, fence: row.fence });
    const { work, finish } = workUntilTold();
    const both = [hand.carryOut(row, work), hand.carryOut(again, work)];
    expect(hand.ids()).toEqual([row.id]);
    await expect.poll(() => work.mock.calls.length).toBeGreaterThan(0);
    finish();
    await Promise.all(both);
    expect(work).toHaveBeenCalledTimes(1);
    expect(hand.ids()).toEqual([]);
  });

  test('that was done while a claim of it was on its way is not done again', async () => {
    const hand = createInHand(store.db);
    const row = await oneClaim();
    await aSecondLater();
    const late = await claimed();
    await hand.carryOut(row, async () => void (await endEffect(store.db, row, 'done')));
    const work = vi.fn(async () => undefined);
    await hand.carryOut(late, work);
    expect(work).not.toHaveBeenCalled();
  });

  test('that failed in between, or was given back, is carried out again', async () => {
    const hand = createInHand(store.db);
    const row = await oneClaim();
    await expect(hand.carryOut(row, () => Promise.reject(new Error('a fault')))).rejects.toThrow('a fault');
    await aSecondLater();
    const second = await claimed(hand.ids());
    await hand.carryOut(second, async () => void (await retryEffect(store.db, second, 0, 'not yet')));
    const third = await claimed(hand.ids());
    expect(third.fence).toBeGreaterThan(second.fence);
    const work = vi.fn(async () => undefined);
    await hand.carryOut(third, work);
    expect(work).toHaveBeenCalledTimes(1);
  });

  test('that somebody else took or superseded while its claim was on its way is left alone', async () => {
    const row = { ...(await oneClaim()), askedAt: performance.now() - 20_000 };
    await store.db.query(`update effects set state = 'superseded'`);
    const work = vi.fn(async () => undefined);
    await createInHand(store.db).carryOut(row, work);
    expect(work).not.toHaveBeenCalled();
  });
});

describe('where the database cannot be asked whether a claim still stands', () => {
  /** Claimed so long ago, and carried out over connections that are gone. */
  async function carriedOut(kind: 'lower' | 'raise', agoMs: number): Promise<number> {
    await store.db.query('truncate effects');
    await given(store, rolloutId, { kind });
    const row = { ...(await claimed()), askedAt: performance.now() - agoMs };
    const gone = openPool({ url: store.url, onError: () => undefined });
    await gone.end();
    const work = vi.fn(async () => undefined);
    await createInHand(gone)
      .carryOut(row, work)
      .catch(() => undefined);
    return work.mock.calls.length;
  }

  test('a lowering is carried out, but not by a process that was frozen since', async () => {
    expect(await carriedOut('lower', 3_000)).toBe(1);
    expect(await carriedOut('lower', 20_000)).toBe(0);
  });

  test('a raise is not', async () => {
    expect(await carriedOut('raise', 3_000)).toBe(0);
  });
});

/** A raise of a rollout of its own, whose flag service answers this late. */
async function raiseAgainst(latencyMs: number) {
  const service = await startFlagService();
  const flag = '/flags/checkout';
  service.flags.set(flag, { rollout: 0, enabled: false });
  service.web.answerAfter(latencyMs);
  for (const { name } of CHECKS) memoryGauge(name).set(numberFor(name, 'pass'));
  const target = { name: 'flag', config: configFor() };
  const adapters = createAdapters({
    fill: (text) => text.replace(`\${ADMIN_URL}`, service.url).replace(`\${ADMIN_TOKEN}`, TOKEN),
    network: {},
  });
  const plan = { ...OPEN_PLAN, targets: [target] };
  const [key] = adapters.targetsOf(plan).flatMap(({ keys }) => keys);
  const { id } = await started(
    store,
    planNamed(`raise-${latencyMs}-${service.web.port}`, { plan, targetKey: key ?? '' }),
  );
  await rehearsed(store, id);
  await store.db.query(`update effects set state = 'done' where rollout_id = $1 and kind not in ('raise')`, [id]);
  onTestFinished(async () => {
    await adapters.close();
    await service.close();
  });
  const writes = () => service.seen().filter((request) => request.startsWith('PUT')).length;
  const fence = async () => {
    const [row] = await store.rows<{ fence: number }>(
      `select fence from effects where rollout_id = $1 and kind = 'raise'`,
      [id],
    );
    return row?.fence ?? 0;
  };
  return { id, adapters, writes, fence };
}

/** The bot's database, whose answers to claims can be kept back. */
function slowClaims(db: Db) {
  const kept: (() => void)[] = [];
  let keeps = false;
  const slow: Db = {
    async query(statement, values) {
      const answer = await db.query(statement, values);
      const text = typeof statement === 'string' ? statement : statement.text;
      if (keeps && text.includes('skip locked')) await new Promise<void>((go) => kept.push(go));
      return answer as never;
    },
  };
  return {
    db: slow,
    keep(yes: boolean) {
      keeps = yes;
      if (!yes) for (const go of kept.splice(0)) go();
    },
    kept: () => kept.length,
  };
}

describe.each([20, 200, 400])('a raise at a target that needs %i ms', (latencyMs) => {
  test('is done as often when two claims of it arrive as when one does, and ends', async () => {
    const { id, adapters, writes, fence } = await raiseAgainst(latencyMs);
    const slow = slowClaims(store.db);
    const log = pino({ level: 'silent' });
    const worker = 'me';
    const deliver = createDeliver({
      db: slow.db,
      worker,
      dispatch: store.another({ worker }),
      adapters,
      sender: null,
      log,
    });
    // Two claims are answered late; each of them has it.
    slow.keep(true);
    const pumps = [deliver.pump(id)];
    await expect.poll(() => slow.kept()).toBeGreaterThan(0);
    await aSecondLater();
    pumps.push(deliver.pump(id));
    await expect.poll(() => slow.kept()).toBeGreaterThan(1);
    slow.keep(false);
    // And the clock goes on asking while seconds of the lease go by.
    let over = false;
    const asking = (async () => {
      while (!over) {
        await store.db.query(
          `update effects set lease_until = lease_until - interval '2 seconds' where rollout_id = $1`,
          [id],
        );
        void deliver.pump(id);
        await pause(latencyMs / 2);
      }
    })();
    await vi.waitFor(async () => expect((await load(store, id)).rollout.phase).toBe('baking'), { timeout: 20_000 });
    over = true;
    await asking;
    await Promise.all(pumps);
    await deliver.idle();
    expect(writes()).toBe(1);
    expect(await fence()).toBe(1);
    expect(
      await store.rows(`select 1 from effects where rollout_id = $1 and kind = 'raise' and state <> 'done'`, [id]),
    ).toEqual([]);
  });
});
