import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkLaws } from '../support/laws.js';
import { openScene, type Scene } from '../support/scene.js';
import { bakingAtHalf } from './on-stage.js';

let scene: Scene;
let db: pg.Pool;

beforeAll(async () => {
  scene = await openScene({ transport: 'http' });
  await bakingAtHalf(scene);
  // One connection, so that a break can be undone with its transaction.
  db = new pg.Pool({ connectionString: scene.config.databaseUrl, max: 1 });
});
afterAll(async () => {
  await db.end();
  await scene.close();
});

const UNLOCKED = 'alter table events disable trigger user;';

const BREAKS: Record<string, [sql: string, says: RegExp]> = {
  'a watch is gone': ['delete from watches', /has a watch exactly while it needs one/],
  'a rollout that is over is still watched': [
    `update rollouts set phase = 'rolled_back', confirmed = 0`,
    /has a watch exactly/,
  ],
  'nothing will wake a rollout': [
    'alter table rollouts drop constraint no_stuck_rollouts; update rollouts set next_wake_at = null',
    /is not stuck/,
  ],
  'the phase is not what happened': [`update rollouts set phase = 'ready'`, /is the sum of its events/],
  'the exposure is not what happened': ['update rollouts set confirmed = 60', /is the sum of its events/],
  'a verdict is not what happened': [
    `update rollouts set state = jsonb_set(state, '{health,verdicts,latency}', '"warning"')`,
    /is the sum of its events/,
  ],
  'an event line was edited': [
    `${UNLOCKED} update events set line = replace(line, 'U0OPAL', 'U0OSCAR') where seq = 1`,
    /sum of its events|is whole/,
  ],
  'an event line was edited in a way that adds up': [
    `${UNLOCKED} update events set line = line || ' ' where seq = 2`,
    /is whole/,
  ],
  'an event is missing in the middle': [
    `${UNLOCKED} delete from events where type = 'verdict_changed' or seq = 5`,
    /sum of its events|is whole/,
  ],
  'the last event is missing': [
    `${UNLOCKED} delete from events where seq = (select max(seq) from events)`,
    /sum of its events/,
  ],
  'the chain ends elsewhere': [`update rollouts set head_hash = repeat('a', 64)`, /is whole/],
  'a raise was never approved': [`update approval_requests set state = 'denied'`, /no raise without a granted request/],
  'an approval is for another try': ['update approval_requests set attempt = 9', /no raise without a granted request/],
  'a delivery was accepted without an event': [
    `insert into inbox (key, params_hash, rollout_id, actor, outcome) select 'k', '', id, '', '{"kind":"accepted","seq":999}' from rollouts`,
    /every accepted delivery has its event/,
  ],
  'an event came without a delivery': [
    `delete from inbox where (outcome->>'seq')::int = (select max(seq) from events)`,
    /came with a delivery/,
  ],
};

test('all laws hold before anything is broken', async () => {
  await expect(checkLaws(db)).resolves.toBeUndefined();
});

test.each(Object.entries(BREAKS))('the laws notice that %s', async (_name, [sql, says]) => {
  await db.query('begin');
  try {
    await db.query(sql);
    await expect(checkLaws(db)).rejects.toThrow(says);
  } finally {
    await db.query('rollback');
  }
});

test('the record itself refuses to be changed', async () => {
  await expect(db.query('delete from events')).rejects.toThrow('append-only');
  await expect(db.query(`update events set line = ''`)).rejects.toThrow('append-only');
  await expect(db.query('truncate events cascade')).rejects.toThrow('append-only');
});
