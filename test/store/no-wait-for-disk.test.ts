import { afterEach, beforeEach, expect, test } from 'vitest';
import { createClock } from '../../src/store/clock.js';
import { claimWatches } from '../../src/store/watches.js';
import { baking, breach, hears, openStore, type Store } from './store.js';

let store: Store;
beforeEach(async () => {
  store = await openStore();
});
afterEach(() => store.close());

/** Notes with what setting each transaction that writes one of these tables ends: that is when Postgres waits for the disk, or does not. */
async function noteCommits(...tables: string[]): Promise<void> {
  await store.db.query(`create table commits (of text, waits text);
    create function note_commit() returns trigger language plpgsql as $$ begin
      insert into commits values (tg_table_name, current_setting('synchronous_commit')); return null; end $$`);
  for (const table of tables)
    await store.db.query(`create constraint trigger note_commit after insert or update on ${table}
      deferrable initially deferred for each row execute function note_commit()`);
}

const commits = () => store.rows('select distinct of, waits from commits order by of');

test('the look at the clock ends without waiting for the disk', async () => {
  await noteCommits('clock');
  await createClock({ db: store.db }).look();
  expect(await commits()).toEqual([{ of: 'clock', waits: 'off' }]);
});

test('the claim of a check does too, and the decision that follows over the same connections waits', async () => {
  const rollout = await baking(store);
  await noteCommits('watches', 'rollouts', 'effects');
  await store.db.query('update watches set next_check_at = rollout_now()');
  await store.db.query('truncate commits');
  expect(await claimWatches(store.db, { worker: 'me', limit: 1 })).toHaveLength(1);
  expect(await commits()).toEqual([{ of: 'watches', waits: 'off' }]);
  await store.db.query('truncate commits');
  await hears(store, rollout.id, breach(rollout));
  expect(await commits()).toEqual([
    { of: 'effects', waits: 'on' },
    { of: 'rollouts', waits: 'on' },
  ]);
});
