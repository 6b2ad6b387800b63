import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/store/chain.js';
import type { Db, Statement } from '../../src/store/connect.js';
import { remember } from '../../src/store/inbox.js';
import { forgetSlice } from '../../src/store/retention.js';
import { keepDailyHead, startWorker } from '../../src/store/workers.js';
import { given } from './effect-rows.js';
import { forgetAll } from './forget-all.js';
import { baking, extend, newKey, openStore, type Store } from './store.js';

let store: Store;
beforeEach(async () => {
  store = await openStore();
});
afterEach(() => store.close());

const count = async (table: string) =>
  (await store.rows<{ n: number }>(`select count(*)::int as n from ${table}`))[0]?.n ?? -1;

const seen = (key: string) => {
  const outcome = { kind: 'nothing', because: 'no_change' } as const;
  return { key, paramsHash: '', rolloutId: null, actor: 'bot', outcome };
};

describe('what is forgotten', () => {
  test('deliveries after seven days, not before', async () => {
    await remember(store.db, seen('old'));
    await remember(store.db, seen('young'));
    await store.db.query(`update inbox set at = now() - interval '7 days 1 minute' where key = 'old'`);
    await store.db.query(`update inbox set at = now() - interval '6 days 23 hours' where key = 'young'`);
    await forgetAll(store.db);
    expect(await store.rows('select key from inbox')).toEqual([{ key: 'young' }]);
  });

  test('effects seven days after they ended; open ones never', async () => {
    const { id } = await baking(store);
    await store.db.query('truncate effects');
    const [done, fresh, open] = [await given(store, id), await given(store, id), await given(store, id)];
    await store.db.query(
      `update effects set state = 'done', done_at = now() - case id when $1 then interval '8 days' else interval '1 day' end
       where id <> $2`,
      [done, open],
    );
    await store.db.query(`update effects set not_before = now() - interval '30 days' where id = $1`, [open]);
    await forgetAll(store.db);
    const left = await store.rows<{ id: number }>('select id from effects order by id');
    expect(left.map((row) => row.id)).toEqual([fresh, open]);
  });

  test('measurements 90 days after the end of their rollout, not while it runs', async () => {
    const [ended, running] = [await baking(store, 'ended'), await baking(store, 'running')];
    await store.db.query(
      `insert into measurements (rollout_id, check_name, due_at, stage_no, attempt, value, verdict, took_ms)
       select id, 'errors', rollout_now() - interval '400 days', 1, 1, 0.3, 'pass', 3 from rollouts`,
    );
    await store.db.query(`update rollouts set ended_at = rollout_now(), phase = 'completed' where id = $1`, [ended.id]);
    await store.pass(89 * 86_400_000);
    await forgetAll(store.db);
    expect(await count('measurements')).toBe(2);
    await store.pass(2 * 86_400_000);
    await forgetAll(store.db);
    expect(await store.rows('select rollout_id from measurements')).toEqual([{ rollout_id: running.id }]);
  });

  /** Measurements of rollouts that ended long ago, and a snapshot from before, so that nothing of them is cleaned up. */
  async function oldMeasurements(rollouts: number, each: number) {
    for (let no = 0; no < rollouts; no += 1) await baking(store, `old-${no}`);
    await store.db.query(`update rollouts set ended_at = rollout_now() - interval '100 days', phase = 'completed'`);
    await store.db.query(
      `insert into measurements (rollout_id, check_name, due_at, stage_no, attempt, value, verdict, took_ms)
       select r.id, name, now() - interval '200 days' + n * interval '1 second', 1, 1, 0.3, 'pass', 3
       from rollouts r, unnest(array['errors', 'latency']) name, generate_series(1, $1::int) n`,
      [each],
    );
    const holder = await store.db.connect();
    await holder.query('begin isolation level repeatable read; select from measurements limit 1');
    return holder;
  }

  test('in slices that come to the end, each row by one of them', async () => {
    const holder = await oldMeasurements(3, 400);
    try {
      let [behind, removed] = ['', 0];
      for (let more = true, slices = 0; more; slices += 1) {
        expect(slices).toBeLessThan(50);
        const slice = await forgetSlice(store.db, 'measurements', { limit: 70, behind });
        removed += slice.removed;
        ({ behind, more } = slice);
      }
      expect([removed, await count('measurements')]).toEqual([2_400, 0]);
    } finally {
      holder.release(true);
    }
  });

  test('and a slice late in a long rollout reads no more than the first', async () => {
    const holder = await oldMeasurements(1, 5_000);
    try {
      await store.db.query('analyze measurements');
      const blocks: number[] = [];
      const measuring: Db = {
        async query<R extends pg.QueryResultRow>(text: Statement, values?: unknown[]) {
          const client = await store.db.connect();
          try {
            await client.query('begin');
            const { rows } = await client.query(`explain (analyze, buffers, format json) ${String(text)}`, values);
            const [{ Plan }] = rows[0]['QUERY PLAN'];
            blocks.push(Plan['Shared Hit Blocks'] + Plan['Shared Read Blocks']);
            await client.query('rollback');
            return await client.query<R>(String(text), values);
          } finally {
            client.release();
          }
        },
      };
      let behind = '';
      for (let slices = 0; slices < 16; slices += 1)
        ({ behind } = await forgetSlice(measuring, 'measurements', { limit: 500, behind }));
      expect(await count('measurements')).toBe(2_000);
      expect(blocks[15]).toBeLessThan(1.5 * (blocks[1] ?? 0));
    } finally {
      holder.release(true);
    }
  });

  test('events never', async () => {
    await baking(store);
    const before = await count('events');
    await store.db.query(`update rollouts set ended_at = rollout_now() - interval '10 years', phase = 'completed'`);
    await forgetAll(store.db);
    expect(await count('events')).toBe(before);
  });

  test('processes that are gone for a day, never a living one', async () => {
    const quiet = { wake: () => undefined, error: () => undefined };
    const [living, gone] = [await startWorker(store.url, quiet), await startWorker(store.url, quiet)];
    await gone.close();
    await store.db.query(`update workers set started_at = now() - interval '3 days'`);
    await forgetAll(store.db);
    expect(await store.rows('select id from workers')).toEqual([{ id: living.id }]);
    await living.close();
  });
});

describe('the daily head', () => {
  test('is one hash a day over the heads of all rollouts, the first of the day', async () => {
    await keepDailyHead(store.db);
    expect(await count('daily_heads')).toBe(0);
    const rollout = await baking(store, 'a');
    await baking(store, 'b');
    const heads = await store.rows<{ id: number; head_hash: string }>('select id, head_hash from rollouts order by id');
    await keepDailyHead(store.db);
    const expected = sha256(heads.map(({ id, head_hash }) => `${id}:${head_hash}`).join('\n'));
    const kept = () => store.rows('select rollouts, head from daily_heads');
    expect(await kept()).toEqual([{ rollouts: 2, head: expected }]);
    await store.dispatch.command({ key: newKey(), params: 1 }, rollout.id, extend(60_000));
    await keepDailyHead(store.db);
    expect(await kept()).toEqual([{ rollouts: 2, head: expected }]);
  });

  test.each(['UTC', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Australia/Lord_Howe'])(
    'is of the day in UTC, though the session has the zone %s',
    async (zone) => {
      await baking(store);
      const client = await store.db.connect();
      try {
        await client.query(`set timezone = '${zone}'`);
        for (const at of [
          '2026-10-24T23:59:59Z',
          '2026-10-25T00:00:00Z',
          '2026-10-25T23:59:59Z',
          '2026-10-26T00:00:00Z',
        ]) {
          await client.query(
            `create or replace function steady_now() returns timestamptz language plpgsql stable as $$ begin return '${at}'::timestamptz; end $$`,
          );
          await keepDailyHead(client);
        }
      } finally {
        client.release();
      }
      const days = await store.rows<{ day: string }>('select day::text as day from daily_heads order by day');
      expect(days.map(({ day }) => day)).toEqual(['2026-10-24', '2026-10-25', '2026-10-26']);
    },
  );

  test('kept by several processes at once is kept once', async () => {
    await baking(store);
    await Promise.all([1, 2, 3].map(() => keepDailyHead(store.db)));
    expect(await count('daily_heads')).toBe(1);
  });
});
