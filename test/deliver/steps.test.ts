import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createAdapters } from '../../src/adapters/index.js';
import { createDeliver } from '../../src/deliver/index.js';
import { StepFailedError, type StepRunner, type Verified } from '../../src/deliver/step-lane.js';
import type { Step } from '../../src/rollout/state/steps.js';
import { claimEffects, freeDead } from '../../src/store/effects.js';
import { startWorker } from '../../src/store/workers.js';
import { OLGA } from '../rollout/fixture.js';
import { baking, load, newKey, openStore, type Store } from '../store/store.js';

let store: Store;
beforeAll(async () => {
  store = await openStore();
});
afterAll(() => store.close());

const log = pino({ level: 'silent' });
const names = new Set<string>();

/** What steps change in the world, with what was asked of it in order. */
class Shop implements StepRunner {
  readonly asked: string[] = [];
  /** How the next `do` of a step goes; it is done where nothing is said. */
  readonly doing = new Map<number, () => Promise<void>>();
  readonly undoing = new Map<number, () => Promise<void>>();
  verified: Verified = 'unknown';
  whileVerifying: () => Promise<void> = async () => undefined;

  async do({ no }: Step): Promise<void> {
    this.asked.push(`do ${no}`);
    await this.doing.get(no)?.();
  }

  async verify({ no }: Step): Promise<Verified> {
    this.asked.push(`verify ${no}`);
    await this.whileVerifying();
    return this.verified;
  }

  async undo({ no }: Step): Promise<void> {
    this.asked.push(`undo ${no}`);
    await this.undoing.get(no)?.();
  }
}

/** A rollout in stage 1 whose next stage has steps, and processes that carry them out. */
async function openWorld() {
  const name = `steps-${names.size}`;
  names.add(name);
  const { id } = await baking(store, name);
  await store.db.query(
    `update effects set state = 'done', done_at = steady_now() where state in ('pending', 'claimed')`,
  );
  const shop = new Shop();

  async function bot() {
    const worker = await startWorker(store.url, { wake: () => undefined, error: () => undefined });
    onTestFinished(() => worker.close());
    const deliver = createDeliver({
      db: store.db,
      worker: worker.id,
      dispatch: store.another({ worker: worker.id }),
      adapters: createAdapters({ fill: (text) => text, network: {} }),
      sender: null,
      steps: shop,
      log,
    });
    const begin = async () => {
      await freeDead(store.db, worker.id);
      await deliver.pump(id);
    };
    const run = async () => {
      await begin();
      await deliver.idle();
    };
    return { id: worker.id, begin, run, deliver, kill: () => worker.close() };
  }

  let seq = 5_000;
  /** Orders a step as a move will. */
  async function order(no: number): Promise<number> {
    seq += 1;
    const step: Step = { stageNo: 2, attempt: 1, no, name: `step-${no}` };
    const [row] = await store.rows<{ id: number }>(
      `insert into effects (rollout_id, seq, n, lane, kind, payload) values ($1, $2, 0, 'step', 'step', $3) returning id`,
      [id, seq, JSON.stringify({ kind: 'step', way: 'do', step })],
    );
    return row?.id ?? 0;
  }

  return {
    id,
    shop,
    bot,
    order,
    effect: async (effectId: number) =>
      (
        await store.rows<{ state: string; fence: number }>('select state, fence from effects where id = $1', [effectId])
      )[0],
    steps: async () => (await load(store, id)).rollout.steps.map(({ step: { no }, state }) => `${no} ${state}`),
    events: async () =>
      (
        await store.rows<{ type: string }>(
          `select type from events where rollout_id = $1 and type like 'step%' order by seq`,
          [id],
        )
      ).map(({ type }) => type),
    rollsBack: () =>
      store.dispatch.command({ key: newKey(), params: 'rollback' }, id, {
        ...OLGA,
        command: { type: 'rollback', to: null, reason: '' },
      }),
  };
}

/** A promise that ends when told, and says when somebody waits for it. */
function held() {
  let go: () => void = () => undefined;
  let reached: () => void = () => undefined;
  const at = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const told = new Promise<void>((resolve) => {
    go = resolve;
  });
  return {
    at,
    go,
    wait: async () => {
      reached();
      await told;
    },
  };
}

describe('a step', () => {
  test('is done once, in order, and what came of it is on record', async () => {
    const world = await openWorld();
    const [first, second] = [await world.order(1), await world.order(2)];
    world.shop.doing.set(2, () => Promise.reject(new StepFailedError('exit 1')));
    await (await world.bot()).run();
    expect(world.shop.asked).toEqual(['do 1', 'do 2']);
    expect(await world.steps()).toEqual(['1 done', '2 failed']);
    expect(await world.events()).toEqual(['step_started', 'step_done', 'step_started', 'step_failed']);
    expect(await world.effect(first)).toMatchObject({ state: 'done' });
    expect(await world.effect(second)).toMatchObject({ state: 'failed' });
  });

  test('whose claim is delivered twice is done once', async () => {
    const world = await openWorld();
    await world.order(1);
    const bot = await world.bot();
    const claim = { worker: bot.id, lane: 'step', limit: 1, rolloutId: world.id } as const;
    const rows = await claimEffects(store.db, claim);
    await Promise.all([bot.deliver.run(rows), bot.deliver.run(rows)]);
    await bot.deliver.run(rows);
    expect(world.shop.asked).toEqual(['do 1']);
  });

  test('holds up neither who began it nor a way down, and is not taken from who is slow', async () => {
    const world = await openWorld();
    const effect = await world.order(1);
    const slow = held();
    world.shop.doing.set(1, slow.wait);
    const bot = await world.bot();
    await bot.begin();
    await slow.at;
    await store.db.query(`update effects set lease_until = steady_now() - interval '1 minute' where id = $1`, [effect]);
    await (await world.bot()).run();
    expect(world.shop.asked).toEqual(['do 1']);
    await world.rollsBack();
    await bot.deliver.lowerings();
    const lowerings = await store.rows(
      `select attempts from effects where rollout_id = $1 and kind = 'lower' and attempts > 0`,
      [world.id],
    );
    expect(lowerings).toHaveLength(1);
    slow.go();
    await bot.deliver.idle();
    expect(await world.steps()).toEqual(['1 undone']);
  });
});

describe('a step whose process was killed between doing and recording it', () => {
  async function killedWhileDoing() {
    const world = await openWorld();
    const effect = await world.order(1);
    const doing = held();
    world.shop.doing.set(1, doing.wait);
    const bot = await world.bot();
    await bot.begin();
    await doing.at;
    await bot.kill();
    world.shop.doing.clear();
    return { ...world, effectId: effect, doing, dead: bot, other: await world.bot() };
  }

  test('is done when verify says so, and not done again', async () => {
    const { shop, other, steps, effect, effectId } = await killedWhileDoing();
    shop.verified = 'done';
    await other.run();
    expect(shop.asked).toEqual(['do 1', 'verify 1']);
    expect(await steps()).toEqual(['1 done']);
    expect(await effect(effectId)).toMatchObject({ state: 'done' });
  });

  test('is done again when verify says it was not', async () => {
    const { shop, other, steps } = await killedWhileDoing();
    shop.verified = 'not_done';
    await other.run();
    expect(shop.asked).toEqual(['do 1', 'verify 1', 'do 1']);
    expect(await steps()).toEqual(['1 done']);
  });

  test('waits while verify does not know, and is asked again after ten seconds', async () => {
    const { shop, other, steps, effect, effectId } = await killedWhileDoing();
    await other.run();
    await other.run();
    expect(shop.asked).toEqual(['do 1', 'verify 1']);
    expect(await effect(effectId)).toMatchObject({ state: 'pending' });
    expect(await steps()).toEqual(['1 started']);
    await store.pass(10_000);
    shop.verified = 'done';
    await other.run();
    expect(shop.asked).toEqual(['do 1', 'verify 1', 'verify 1']);
    expect(await steps()).toEqual(['1 done']);
  });

  test('has lost its fence: what it learns later is not recorded, and it does nothing more', async () => {
    const { shop, other, dead, doing, steps, events } = await killedWhileDoing();
    await other.run();
    doing.go();
    await dead.deliver.idle();
    expect(await steps()).toEqual(['1 started']);
    expect(await events()).toEqual(['step_started']);
    expect(shop.asked).toEqual(['do 1', 'verify 1']);
  });

  test('begins nothing where the fence was lost before it was done', async () => {
    const world = await openWorld();
    const effect = await world.order(1);
    const bot = await world.bot();
    const rows = await claimEffects(store.db, { worker: bot.id, lane: 'step', limit: 1, rolloutId: world.id });
    await store.db.query('update effects set fence = fence + 1 where id = $1', [effect]);
    await bot.deliver.run(rows);
    expect(world.shop.asked).toEqual([]);
    expect(await world.events()).toEqual([]);
  });

  test('is not done again where the fence was lost while verify was asked', async () => {
    const { shop, other, effectId } = await killedWhileDoing();
    shop.verified = 'not_done';
    shop.whileVerifying = async () => {
      await store.db.query('update effects set fence = fence + 1 where id = $1', [effectId]);
    };
    await other.begin();
    await expect.poll(() => shop.asked).toContain('verify 1');
    await store.db.query(`update effects set state = 'superseded' where id = $1`, [effectId]);
    await other.deliver.idle();
    expect(shop.asked).toEqual(['do 1', 'verify 1']);
  });
});

describe('a rollback', () => {
  test('undoes what was begun, last first, and begins nothing more', async () => {
    const world = await openWorld();
    const bot = await world.bot();
    await world.order(1);
    await world.order(2);
    await bot.run();
    const third = await world.order(3);
    await world.rollsBack();
    await bot.run();
    expect(world.shop.asked).toEqual(['do 1', 'do 2', 'undo 2', 'undo 1']);
    expect(await world.effect(third)).toMatchObject({ state: 'superseded' });
    expect(await world.steps()).toEqual(['1 undone', '2 undone']);
  });

  test('waits for the step that is under way, and then undoes it', async () => {
    const world = await openWorld();
    await world.order(1);
    const doing = held();
    world.shop.doing.set(1, doing.wait);
    const bot = await world.bot();
    await bot.begin();
    await doing.at;
    await world.rollsBack();
    await bot.begin();
    expect(world.shop.asked).toEqual(['do 1']);
    doing.go();
    await bot.deliver.idle();
    expect(world.shop.asked).toEqual(['do 1', 'undo 1']);
    expect(await world.events()).toEqual(['step_started', 'step_done', 'step_done']);
  });

  test('tries an undo on, says after three times that it does not go, and keeps the order', async () => {
    const world = await openWorld();
    const bot = await world.bot();
    await world.order(1);
    await world.order(2);
    await bot.run();
    const fails = vi.fn(() => Promise.reject(new Error('no answer')));
    world.shop.undoing.set(2, fails);
    await world.rollsBack();
    for (let tries = 1; tries <= 3; tries += 1) {
      expect(await world.steps()).toEqual(['1 undoing', '2 undoing']);
      await bot.run();
      await store.pass(10_000);
    }
    expect(fails).toHaveBeenCalledTimes(3);
    expect(await world.steps()).toEqual(['1 undoing', '2 undo_failed']);
    world.shop.undoing.clear();
    await bot.run();
    expect(world.shop.asked).not.toContain('undo 1');
    await store.pass(5 * 60_000);
    await bot.run();
    expect(world.shop.asked.slice(-2)).toEqual(['undo 2', 'undo 1']);
    expect(await world.steps()).toEqual(['1 undone', '2 undone']);
  });
});
