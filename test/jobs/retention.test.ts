import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRetention } from '../../src/jobs/retention.js';
import type { Db } from '../../src/store/connect.js';
import { FORGOTTEN } from '../../src/store/retention.js';
import { baking, openStore, type Store } from '../store/store.js';

let store: Store;
beforeEach(async () => {
  store = await openStore();
});
afterEach(() => store.close());

const count = async (table: string) =>
  (await store.rows<{ n: number }>(`select count(*)::int as n from ${table}`))[0]?.n ?? -1;

/** Old deliveries, and old measurements of three rollouts that ended long ago. */
async function old(rows: number): Promise<void> {
  await store.db.query(
    `insert into inbox (key, params_hash, actor, outcome, at) select 'k' || n, '', 'bot', '{}', now() - interval '8 days' - n * interval '1 second' from generate_series(1, $1::int) n`,
    [rows],
  );
  for (const name of ['a', 'b', 'c']) {
    const { id } = await baking(store, name);
    await store.db.query(
      `insert into measurements (rollout_id, check_name, due_at, stage_no, attempt, value, verdict, took_ms)
       select $1, 'errors', now() - interval '200 days' + n * interval '1 second', 1, 1, 0.3, 'pass', 3 from generate_series(1, $2::int) n`,
      [id, rows],
    );
  }
  await store.db.query(
    `update rollouts set ended_at = now() - interval '100 days', phase = 'completed' where plan <> 'c'`,
  );
}

test('takes away what is old in slices, goes on with the next call, and leaves what is not', async () => {
  await old(5_000);
  const asked: unknown[][] = [];
  const db: Db = {
    query(statement, values) {
      asked.push(values ?? []);
      return store.db.query(statement as string, values);
    },
  };
  const retention = createRetention(db, pino({ level: 'silent' }));
  await retention.slice();
  expect(await count('inbox')).toBeGreaterThan(0);
  // One slice of each table, so that the database has the rest of the second to itself.
  expect(asked).toHaveLength(FORGOTTEN.length);
  for (let calls = 0; calls < 12; calls += 1) await retention.slice();
  expect(await count(`measurements where rollout_id = (select id from rollouts where plan = 'c')`)).toBe(5_000);
  expect(await count('measurements')).toBe(5_000);
  expect(await count(`inbox where at < now() - interval '7 days'`)).toBe(0);
  expect(Math.max(...asked.map(([limit]) => Number(limit)))).toBeLessThanOrEqual(10_000);
  asked.length = 0;
  await retention.slice();
  expect(asked).toEqual([]);
});

test('a table that cannot be made smaller holds no other up, and fewer of its rows are tried', async () => {
  await old(100);
  const lines: { table: string; rows: number }[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const db: Db = {
    query(statement, values) {
      if (String(statement).includes('from inbox'))
        return Promise.reject(new Error('canceling statement due to statement timeout'));
      return store.db.query(statement as string, values);
    },
  };
  const retention = createRetention(db, log);
  await retention.slice();
  await retention.slice();
  expect(await count('measurements')).toBe(100);
  expect(lines).toMatchObject([{ table: 'inbox', rows: 500 }]);
});
