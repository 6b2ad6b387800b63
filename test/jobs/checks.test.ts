import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { createAdapters } from '../../src/adapters/index.js';
import { createDeliver } from '../../src/deliver/index.js';
import { createDispatch } from '../../src/dispatch.js';
import { createChecks } from '../../src/jobs/checks.js';
import { memoryGauge } from '../../src/probes/memory.js';
import type { Db, Statement } from '../../src/store/connect.js';
import { memoryStore } from '../../src/targets/memory.js';
import { OPEN_PLAN } from '../rollout/fixture.js';
import { hears, load, openStore, planNamed, rehearsed, started } from '../store/store.js';

const MINUTE = 60_000;

/** 10 % of users have it, and what checks decide is written over a connection that may be lost. */
async function world() {
  const store = await openStore();
  onTestFinished(() => store.close());
  const name = randomUUID();
  const [errors] = OPEN_PLAN.checks;
  if (!errors) throw new Error('no check');
  const plan = {
    ...OPEN_PLAN,
    targets: [{ name: 'flag', config: { kind: 'memory', name } } as const],
    checks: [{ ...errors, probe: { kind: 'memory', name } as const }],
  };
  const { id } = await started(store, planNamed('checkout', { plan, targetKey: `memory:${name}` }));
  await rehearsed(store, id);
  const { movedSeq } = (await load(store, id)).rollout.exposure;
  await hears(store, id, { type: 'raised', movedSeq, exposure: 10 });
  await store.db.query(`update effects set state = 'done', done_at = now()`);
  memoryStore(name).exposure = 10;
  let losing = 0;
  const db: Db = {
    async query<R extends pg.QueryResultRow>(statement: Statement, values?: unknown[]) {
      const answer = await store.db.query<R>(statement, values);
      if (losing === 0 || typeof statement === 'string' || statement.name !== 'guarded update') return answer;
      losing -= 1;
      throw new Error('Connection terminated unexpectedly');
    },
  };
  const log = pino({ level: 'silent' });
  const common = { db: store.db, worker: randomUUID(), log, adapters: createAdapters({ fill: String, network: {} }) };
  const dispatch = createDispatch({ db, worker: common.worker, log });
  const deliver = createDeliver({ ...common, dispatch, sender: null });
  return {
    store,
    gauge: memoryGauge(name),
    phase: async () => (await load(store, id)).rollout.phase,
    readings: () => store.rows('select value, verdict from measurements order by due_at'),
    checks: createChecks({ ...common, dispatch, deliver }),
    loseAnswers(times: number) {
      losing = times;
    },
  };
}

const OVER = { value: 9, verdict: 'critical' };

test('a decision that was written is not taken for lost with its answer: its readings are kept', async () => {
  const { store, gauge, checks, loseAnswers, phase, readings } = await world();
  gauge.set(9);
  await checks.due();
  expect(await phase()).toBe('baking');
  await store.pass(MINUTE);
  loseAnswers(1);
  await checks.due();
  expect(await phase()).toBe('rolling_back');
  expect(await readings()).toEqual([OVER, OVER]);
});
