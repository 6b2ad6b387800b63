import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import { baking, openStore, type Store } from './store.js';

let store: Store;
let rollout: Rollout;
beforeAll(async () => {
  store = await openStore();
  rollout = await baking(store);
});
afterAll(() => store.close());

/** Runs a statement that must be refused, by this constraint or with these words. */
async function refused(why: string, text: string): Promise<void> {
  const statement = store.db.query(text.replaceAll('$id', String(rollout.id)));
  await expect(statement).rejects.toThrow(new RegExp(why));
}

describe('the record', () => {
  test.each([
    ['update', `update events set line = 'nothing happened'`],
    ['delete', 'delete from events where seq = 1'],
    ['truncate', 'truncate events cascade'],
  ])('refuses %s', async (_what, text) => {
    await refused('the record is append-only', text);
  });
});

describe('rows that must not exist are refused', () => {
  const effect = (columns: string, values: string) =>
    `insert into effects (rollout_id, seq, n, lane, payload, ${columns}) values ($id, 999, 0, 'target', '{}', ${values})`;

  test.each([
    ['a phase nobody knows', 'phase_is_known', `update rollouts set phase = 'paused' where id = $id`],
    [
      'a rollout under way that nothing wakes',
      'no_stuck_rollouts',
      'update rollouts set next_wake_at = null where id = $id',
    ],
    ['more than everybody', 'exposure_is_percent', 'update rollouts set confirmed = 101 where id = $id'],
    ['a second clock', 'one_clock', 'insert into clock (one) values (false)'],
    ['half a look at the clock', 'both_or_neither', 'update clock set server_at = now(), steady_at = null'],
    ['a clock that stands', 'a_clock_goes_on', 'update clock set rate = 0'],
    ['less than nobody', 'exposure_is_percent', 'update rollouts set wanted = -1 where id = $id'],
    ['a raise without an end', 'a_raise_expires', effect('kind', `'raise'`)],
    ['a lowering that waits for others', 'a_lowering_is_urgent', effect('kind', `'lower'`)],
    ['a read that others wait for', 'a_read_holds_up_nothing', effect('kind', `'read'`)],
    ['a message without a place', 'a_message_has_its_place', effect('kind', `'show'`)],
    [
      'a message to one person in the order of the channel',
      'direct_is_to_a_person',
      effect('kind, place, person', `'show', 'person', 'U1'`),
    ],
    ['an effect of an unknown kind', 'effects_kind_check', effect('kind', `'pray'`)],
    ['an effect in an unknown state', 'effects_state_check', effect('kind, holds_up, state', `'read', false, 'lost'`)],
    [
      'a reading without a value that is not unknown',
      'no_value_is_unknown',
      `insert into measurements (rollout_id, check_name, due_at, stage_no, attempt, verdict, took_ms)
         values ($id, 'errors', now(), 1, 1, 'pass', 3)`,
    ],
    [
      'an event at a place that is taken',
      'events_pkey',
      `insert into events select rollout_id, 1, at, type, actor, line, prev_hash, hash from events where seq = 2`,
    ],
    [
      'the same run of a plan twice',
      'one_run_number_once',
      `insert into rollouts select (jsonb_populate_record(r, '{"id": 4711}')).* from rollouts r where id = $id`,
    ],
  ])('%s', async (_what, constraint, text) => {
    await refused(constraint, text);
  });

  test('a second open raise', async () => {
    const raise = (seq: number) =>
      effect('kind, not_after', `'raise', now() + interval '10 minutes'`).replace('999', String(seq));
    await store.db.query(raise(900).replaceAll('$id', String(rollout.id)));
    await refused('one_open_raise', raise(901));
    await store.db.query(`update effects set state = 'superseded' where seq = 900`);
    await store.db.query(raise(901).replaceAll('$id', String(rollout.id)));
  });

  test('a second open request', async () => {
    const request = (id: string) =>
      `insert into approval_requests values ('${id}', $id, 2, 1, 10, 25, 'hash', '{}', '{}', 'somebody', now(), 'open')`;
    await store.db.query(request('a').replaceAll('$id', String(rollout.id)));
    await refused('one_open_request', request('b'));
  });

  test('an ended rollout needs no wake', async () => {
    await store.db.query(`update rollouts set phase = 'completed', next_wake_at = null where id = $1`, [rollout.id]);
  });
});
