/** Asking what time it is costs a look into a table: whoever filters rows by it asks once, and not for each row. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Db } from '../../src/store/connect.js';
import { claimDirect, dueTellings } from '../../src/store/direct.js';
import { whatIsDue } from '../../src/store/due.js';
import { claimEffects } from '../../src/store/effects.js';
import { claimDoubts } from '../../src/store/late-calls.js';
import { claimRedraws } from '../../src/store/messages.js';
import { recallMany } from '../../src/store/people.js';
import { alertsHeard, firingAlerts } from '../../src/store/pushed-alerts.js';
import { claimDue } from '../../src/store/rollouts.js';
import { claimWatches } from '../../src/store/watches.js';
import { forgetAll } from './forget-all.js';
import { baking, openStore, type Store } from './store.js';

const ROWS = 300;
/** What a statement that found little to do may ask. */
const FEW = 25;

let store: Store;
const ids = Array.from({ length: ROWS }, (_none, no) => `U${no}`);

beforeAll(async () => {
  store = await openStore();
  const { id } = await baking(store);
  const many = `from generate_series(1, ${ROWS}) as no`;
  await store.db.query(`
    insert into effects (rollout_id, seq, n, lane, person, place, kind, slot, payload, state, claimed_by, lease_until, retry_at, fence, tell_at)
      select ${id}, 5000 + no, ascii(lane), lane, case when lane = 'direct' then 'U1' end, 'thread', 'show', lane || no, '{"kind": "show", "person": "U1", "message": {"template": "live"}}', 'claimed', 'w',
        now() + interval '1 hour', rollout_now() + interval '1 minute', 1, rollout_now() + interval '1 minute'
      ${many}, unnest(array['message', 'direct', 'target']) as lane;
    insert into messages (rollout_id, slot, channel_id, root, ts, shown_hash, next_edit_at, doubt_at)
      select ${id}, 'slot' || no, 'C', true, no, '', rollout_now() + interval '1 minute', rollout_now() + interval '1 minute' ${many};
    insert into people (team_id, kind, key, value) select 'T', 'user', 'U' || no, '{}' ${many};
    insert into inbox (key, params_hash, actor, outcome) select 'k' || no, '', 'x', '{}' ${many};
    insert into alerts (source, fingerprint, status, labels, title, ends_at, received_at, last_seen_at, left_out)
      select 'alertmanager', 'f' || no, 'firing', '{"a": "b"}', '', rollout_now() + interval '1 hour', rollout_now(), rollout_now(), 0 ${many};
    create sequence asked;
    alter function rollout_now() rename to counted_rollout_now;
    alter function steady_now() rename to counted_steady_now;
    create function rollout_now() returns timestamptz language plpgsql stable as
      $$ begin perform nextval('asked'); return counted_rollout_now(); end $$;
    create function steady_now() returns timestamptz language plpgsql stable as
      $$ begin perform nextval('asked'); return counted_steady_now(); end $$`);
});
afterAll(() => store.close());

const claim = { worker: 'me', limit: 5 };
const STATEMENTS: Readonly<Record<string, (db: Db) => Promise<unknown>>> = {
  'posts are claimed': (db) => claimEffects(db, { ...claim, lane: 'message' }),
  'moves are claimed': (db) => claimEffects(db, { ...claim, lane: 'target' }),
  'direct messages are claimed': (db) => claimDirect(db, { ...claim, inHand: [] }),
  'it is decided who is told': (db) => dueTellings(db, 5),
  'live messages are drawn again': (db) => claimRedraws(db, 1_000, 5),
  'late posts are looked for': (db) => claimDoubts(db, 5),
  'rollouts are woken': (db) => claimDue(db, 5),
  'checks are claimed': (db) => claimWatches(db, { worker: 'me', limit: 5 }),
  'people are remembered': (db) => recallMany(db, 'T', 'user', ids),
  'alerts are counted': (db) => alertsHeard(db, 'alertmanager', { a: 'b' }),
  'alerts are listed': (db) => firingAlerts(db, 5),
  'what is old is forgotten': (db) => forgetAll(db),
  'it is asked what is due': (db) => whatIsDue(db, 'me'),
};

test.for(Object.keys(STATEMENTS))('when %s', async (name) => {
  await store.db.query(`select setval('asked', 1)`);
  await STATEMENTS[name]?.(store.db);
  const [row] = await store.rows<{ n: number }>('select last_value::int as n from asked');
  expect(row?.n).toBeLessThanOrEqual(FEW);
});
