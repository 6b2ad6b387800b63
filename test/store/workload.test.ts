import { afterEach, beforeEach, expect, test } from 'vitest';
import { workloadOf } from '../../src/store/workload.js';
import { baking, openStore, type Store } from './store.js';

let store: Store;
beforeEach(async () => {
  store = await openStore();
  await baking(store);
  await store.db.query(`update watches set next_check_at = rollout_now() + interval '10 seconds'`);
});
afterEach(() => store.close());

/** The first check. */
const NEXT = { nextDue: 10 };
const NOTHING = { checksDue: 0, checksLate: 0, lowerings: 0, loweringAge: 0, incidents: 0, incidentAge: 0 };

test('with nothing due nothing waits', async () => {
  expect(await workloadOf(store.db)).toEqual({ active: 1, ...NOTHING, ...NEXT });
});

test('checks that are due, under way or not, and since when', async () => {
  await store.pass(25_000);
  expect(await workloadOf(store.db)).toEqual({ active: 1, ...NOTHING, checksDue: 1, checksLate: 15, nextDue: 0 });
  await store.db.query(`update watches set claimed_by = 'me', lease_until = now()`);
  expect((await workloadOf(store.db)).checksDue).toBe(1);
});

test.each([
  ['a lowering', `'target', 'lower', null, null, true`, { lowerings: 1, loweringAge: 40 }],
  ['an incident', `'message', 'show', 'channel', null, true`, { incidents: 1, incidentAge: 40 }],
  ['another post', `'message', 'show', 'root', null, false`, {}],
  ['a copy of an incident', `'direct', 'show', 'person', 'U1', true`, {}],
])('%s that is open, since it was decided', async (_name, values, expected) => {
  await store.db.query(`update watches set next_check_at = rollout_now() + interval '1 hour'`);
  await store.pass(40_000);
  await store.db.query(
    `insert into effects (rollout_id, seq, n, payload, lane, kind, place, person, urgent) select id, seq, 90, '{}', ${values} from rollouts`,
  );
  expect(await workloadOf(store.db)).toEqual({ active: 1, ...NOTHING, ...expected, nextDue: 0 });
  await store.db.query(`update effects set state = 'done', done_at = now()`);
  expect(await workloadOf(store.db)).toMatchObject({ active: 1, ...NOTHING });
});
