import type pg from 'pg';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDispatch, type Dispatch, type DispatchAnswer } from '../src/dispatch.js';
import type { Rollout } from '../src/rollout/state/rollout.js';
import type { Db, Statement } from '../src/store/connect.js';
import { LEAD, LENA, PLAN, SAM } from './rollout/fixture.js';
import {
  baking,
  breach,
  extend,
  load,
  newKey,
  openStore,
  planNamed,
  rehearsed,
  rollback,
  type Store,
  started,
} from './store/store.js';
import { checkLaws } from './support/laws.js';

let store: Store;
beforeEach(async () => {
  store = await openStore();
});
afterEach(async () => {
  await checkLaws(store.db);
  await store.close();
});

const MINUTE = 60_000;
const count = async (type: string) => (await store.rows('select 1 from events where type = $1', [type])).length;

/** `accepted`, `repeated`, `nothing` or the refusal's reason. */
function said(answer: DispatchAnswer): string {
  if (answer.kind === 'refused') return answer.refusal.reason;
  return answer.kind === 'accepted' && answer.repeated ? 'repeated' : answer.kind;
}

describe('many deliveries at once', () => {
  test('200 of 50 keys on one rollout are 50 events and 150 repeats, without a storm of retries', {
    timeout: 60_000,
  }, async () => {
    const { id } = await baking(store);
    let statements = 0;
    const db: Db = {
      query<R extends pg.QueryResultRow>(text: string, values?: unknown[]) {
        statements += 1;
        return store.db.query<R>(text, values);
      },
    };
    const process = createDispatch({ db, worker: null, log: pino({ level: 'silent' }) });
    const keys = Array.from({ length: 200 }, (_, n) => `slash:${n % 50}`);
    const answers = await Promise.all(
      keys.map((key) => process.command({ key, params: 'extend' }, id, extend(MINUTE))),
    );
    expect(answers.filter((answer) => said(answer) === 'accepted')).toHaveLength(50);
    expect(answers.filter((answer) => said(answer) === 'repeated')).toHaveLength(150);
    expect(await count('bake_extended')).toBe(50);
    expect((await load(store, id)).rollout.bake.extraMs).toBe(50 * MINUTE);
    // Read and write for each, and for a repeat two more to learn that it is one; not one lost race among them.
    expect(statements).toBeLessThanOrEqual(50 * 2 + 150 * 4);
  });

  test('200 of 50 keys over four processes: every key once, none lost, whoever gets busy is told so', {
    timeout: 60_000,
  }, async () => {
    const { id } = await baking(store);
    const processes = [1, 2, 3, 4].map(() => store.another());
    const all = processes.flatMap((each) =>
      Array.from(
        { length: 50 },
        (_, n) => () => each.command({ key: `slash:${n}`, params: 'extend' }, id, extend(MINUTE)),
      ),
    );
    const answers = (await Promise.all(all.map((deliver) => deliver()))).map(said);
    expect(answers.filter((answer) => !['accepted', 'repeated', 'busy'].includes(answer))).toEqual([]);
    const accepted = answers.filter((answer) => answer === 'accepted').length;
    expect(await count('bake_extended')).toBe(accepted);
    expect(accepted).toBeLessThanOrEqual(50);
    expect(accepted).toBeGreaterThan(0);
    // Busy promised nothing: asked again, each key that was not written is.
    for (let n = 0; n < 50; n += 1)
      await store.dispatch.command({ key: `slash:${n}`, params: 'extend' }, id, extend(MINUTE));
    expect(await count('bake_extended')).toBe(50);
  });

  test('a fact that others were always faster than is an error, and no refusal: whoever knows it tells it again', async () => {
    const rollout = await baking(store);
    let others = true;
    const db: Db = {
      async query<R extends pg.QueryResultRow>(statement: Statement, values?: unknown[]) {
        if (others && typeof statement !== 'string' && statement.name === 'guarded update')
          await store.dispatch.command({ key: newKey(), params: 1 }, rollout.id, extend(MINUTE));
        return store.db.query<R>(statement, values);
      },
    };
    const process = createDispatch({ db, worker: null, log: pino({ level: 'silent' }) });
    await expect(process.fact('breach', rollout.id, breach(rollout))).rejects.toThrow('not recorded');
    others = false;
    expect(said(await process.fact('breach', rollout.id, breach(rollout)))).toBe('accepted');
  });

  test('rollouts do not wait for each other', async () => {
    const [a, b] = [await baking(store, 'a'), await baking(store, 'b')];
    const { held, release } = latch();
    const { held: reached, release: arrived } = latch();
    let first = true;
    const process = store.another({
      onCrashPoint: async () => {
        const mine = first;
        first = false;
        if (mine) arrived();
        if (mine) await held;
      },
    });
    const slow = process.command({ key: newKey(), params: 1 }, a.id, extend(MINUTE));
    await reached;
    expect(said(await process.command({ key: newKey(), params: 1 }, b.id, extend(MINUTE)))).toBe('accepted');
    release();
    expect(said(await slow)).toBe('accepted');
  });
});

describe('beside a flood of commands on the same rollout, one of which is under way', () => {
  test.each<[string, (process: Dispatch, rollout: Rollout) => Promise<DispatchAnswer>]>([
    ['a breach', (process, rollout) => process.fact(newKey(), rollout.id, breach(rollout))],
    ['a rollback', (process, { id }) => process.command({ key: newKey(), params: 'down' }, id, rollback())],
  ])('%s goes before all that have not begun', async (_what, down) => {
    const rollout = await baking(store);
    const { held, release } = latch();
    const { held: reached, release: arrived } = latch();
    const process = store.another({
      onCrashPoint: async () => {
        arrived();
        await held;
      },
    });
    const flood = Array.from({ length: 20 }, (_, no) =>
      process.command({ key: newKey(), params: no }, rollout.id, extend(MINUTE)),
    );
    await reached;
    const answer = down(process, rollout);
    release();
    expect(said(await answer)).toBe('accepted');
    expect((await Promise.all(flood)).filter((one) => said(one) === 'accepted')).toHaveLength(1);
    expect(await count('bake_extended')).toBe(1);
  });
});

/** Something to wait for until it is let go. */
function latch(): { held: Promise<void>; release: () => void } {
  const waiting: (() => void)[] = [];
  const held = new Promise<void>((go) => waiting.push(go));
  return { held, release: () => waiting[0]?.() };
}

describe('the same delivery again', () => {
  test('with other words is refused, and changes nothing', async () => {
    const { id } = await baking(store);
    const key = newKey();
    await store.dispatch.command({ key, params: { minutes: 1 } }, id, extend(MINUTE));
    const answer = await store.dispatch.command({ key, params: { minutes: 9 } }, id, rollback());
    expect(said(answer)).toBe('changed_delivery');
    expect((await load(store, id)).rollout.phase).toBe('baking');
  });

  test('gets the refusal it got, even when it would be accepted by now', async () => {
    const { id } = await started(store);
    const key = newKey();
    const first = await store.dispatch.command({ key, params: 1 }, id, extend(MINUTE));
    expect(first.kind).toBe('refused');
    await store.dispatch.command({ key: newKey(), params: 2 }, id, rollback());
    expect(await store.dispatch.command({ key, params: 1 }, id, rollback())).toMatchObject({
      kind: 'refused',
      refusal: first.kind === 'refused' ? { reason: first.refusal.reason } : {},
    });
    expect(await count('rollback_ordered')).toBe(1);
  });

  test('of a start is one rollout, and the repeat is told which', async () => {
    const delivery = { key: newKey(), params: 'start' };
    const answers = [];
    for (let n = 0; n < 3; n += 1) answers.push(await store.dispatch.start(delivery, planNamed('checkout')));
    expect(answers.map(said)).toEqual(['accepted', 'repeated', 'repeated']);
    expect(await store.rows('select 1 from rollouts')).toHaveLength(1);
  });

  test('of a start, three at once over processes, is one rollout', async () => {
    const delivery = { key: newKey(), params: 'start' };
    const answers = await Promise.all([1, 2, 3].map(() => store.another().start(delivery, planNamed('checkout'))));
    expect(answers.map(said).sort()).toEqual(['accepted', 'repeated', 'repeated']);
    expect(await store.rows('select 1 from rollouts')).toHaveLength(1);
  });
});

describe('somebody was faster', () => {
  /** A process that loses the race so often: right before its write, somebody else moves the rollout. */
  function unlucky(id: number, times: number) {
    let left = times;
    return store.another({
      onCrashPoint: async () => {
        left -= 1;
        if (left >= 0) await store.dispatch.command({ key: newKey(), params: left }, id, extend(MINUTE));
      },
    });
  }

  test('a breach is decided again on the new state, with the same readings, until it is written', async () => {
    const rollout = await baking(store);
    const answer = await unlucky(rollout.id, 12).fact(newKey(), rollout.id, breach(rollout));
    expect(said(answer)).toBe('accepted');
    expect((await load(store, rollout.id)).rollout).toMatchObject({ phase: 'rolling_back', exposure: { wanted: 0 } });
    expect(await count('bake_extended')).toBe(12);
    expect(await count('rollback_ordered')).toBe(1);
  });

  test('a person who loses four times is decided a fifth time', async () => {
    const { id } = await baking(store);
    expect(said(await unlucky(id, 4).command({ key: newKey(), params: 1 }, id, rollback()))).toBe('accepted');
  });

  test('a person who loses five times is told that it is busy, and may ask again with the same delivery', async () => {
    const { id } = await baking(store);
    const delivery = { key: newKey(), params: 1 };
    expect(said(await unlucky(id, 5).command(delivery, id, extend(MINUTE)))).toBe('busy');
    expect(said(await store.dispatch.command(delivery, id, extend(MINUTE)))).toBe('accepted');
  });

  test('what is decided again is judged by the new state', async () => {
    const { id } = await baking(store);
    let once = true;
    const process = store.another({
      onCrashPoint: async () => {
        if (once) await store.dispatch.command({ key: newKey(), params: 1 }, id, rollback());
        once = false;
      },
    });
    expect(said(await process.command({ key: newKey(), params: 2 }, id, extend(MINUTE)))).toBe('wrong_phase');
  });
});

describe('facts', () => {
  test('that change nothing are not kept, and the same fact later may', async () => {
    const rollout = await baking(store);
    const key = newKey();
    expect(said(await store.dispatch.fact(key, rollout.id, { type: 'woke' }))).toBe('nothing');
    expect(await store.rows('select 1 from inbox where key = $1', [key])).toEqual([]);
    expect(said(await store.dispatch.fact(key, rollout.id, breach(rollout)))).toBe('accepted');
  });

  test('told twice are one event', async () => {
    const rollout = await baking(store);
    const key = newKey();
    const facts = [store.another(), store.another(), store.dispatch].map((each) =>
      each.fact(key, rollout.id, breach(rollout)),
    );
    await Promise.all(facts);
    expect(await count('rollback_ordered')).toBe(1);
  });
});

test('an approval passes its fault point once it is recorded; a refused one and other writes do not', async () => {
  const stages = PLAN.stages.map((stage) => ({ ...stage, approve: LEAD }));
  const { id } = await started(store, planNamed('approved', { plan: { ...PLAN, stages } }));
  const { request } = await rehearsed(store, id);
  const seen: string[] = [];
  const process = store.another({
    onCrashPoint: async (step) => {
      if (step === 'FP15') seen.push(`${await count('approval_recorded')} recorded`);
    },
  });
  const approve = { type: 'approve', requestId: request?.id ?? '', messageTs: '17.1' } as const;
  await process.command({ key: newKey(), params: 1 }, id, { command: approve, ...SAM });
  expect(seen).toEqual([]);
  await process.command({ key: newKey(), params: 2 }, id, { command: approve, ...LENA });
  expect(seen).toEqual(['1 recorded']);
  await process.command({ key: newKey(), params: 3 }, id, rollback());
  expect(seen).toEqual(['1 recorded']);
});

describe('a request that nobody waits for any more', () => {
  test('raises nothing, however long it waited for its turn, and still rolls back', async () => {
    const { id } = await baking(store);
    let late = false;
    const tooLate = () => late;
    // The first holds up the queue of the rollout until the second is too late.
    const first = store.dispatch.command({ key: newKey(), params: 1, tooLate }, id, extend(MINUTE));
    const second = store.dispatch.command({ key: newKey(), params: 2, tooLate }, id, extend(MINUTE));
    const third = store.dispatch.command({ key: newKey(), params: 3, tooLate }, id, rollback());
    expect(said(await first)).toBe('accepted');
    late = true;
    expect(said(await second)).toBe('stale_delivery');
    expect(said(await third)).toBe('accepted');
    expect(await count('bake_extended')).toBe(1);
  });

  test('is answered as it was when it was in time', async () => {
    const { id } = await baking(store);
    const key = newKey();
    expect(said(await store.dispatch.command({ key, params: 1, tooLate: () => false }, id, extend(MINUTE)))).toBe(
      'accepted',
    );
    expect(said(await store.dispatch.command({ key, params: 1, tooLate: () => true }, id, extend(MINUTE)))).toBe(
      'repeated',
    );
  });
});
