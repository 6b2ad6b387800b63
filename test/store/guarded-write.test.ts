import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { write } from '../../src/store/write.js';
import { LEAD, LENA, OLGA, PLAN } from '../rollout/fixture.js';
import { checkLaws } from '../support/laws.js';
import {
  baking,
  breach,
  decided,
  extend,
  hears,
  load,
  newKey,
  openStore,
  planNamed,
  rehearsed,
  rollback,
  type Store,
  started,
} from './store.js';

let store: Store;
beforeEach(async () => {
  store = await openStore();
});
afterEach(() => store.close());

/** Everything one write may touch. */
async function everything(): Promise<unknown> {
  return store.rows(`select
    (select jsonb_agg(to_jsonb(r) order by id) from rollouts r) as rollouts,
    (select jsonb_agg(to_jsonb(e) order by rollout_id, seq) from events e) as events,
    (select jsonb_agg(to_jsonb(f) order by id) from effects f) as effects,
    (select jsonb_agg(to_jsonb(i) order by key) from inbox i) as inbox,
    (select jsonb_agg(to_jsonb(w) order by rollout_id) from watches w) as watches,
    (select jsonb_agg(to_jsonb(l) order by target_key) from target_locks l) as locks,
    (select jsonb_agg(to_jsonb(q) order by id) from approval_requests q) as requests,
    (select jsonb_agg(to_jsonb(a) order by request_id, user_id) from approvals a) as approvals`);
}

/** Effects of a rollout as `kind:state`, in order. */
async function effects(id: number, lane = 'target'): Promise<string[]> {
  const rows = await store.rows<{ kind: string; state: string }>(
    'select kind, state from effects where rollout_id = $1 and lane = $2 order by id',
    [id, lane],
  );
  return rows.map(({ kind, state }) => `${kind}:${state}`);
}

describe('one write', () => {
  test('of 60 decisions made on the same state exactly one is written, and the losers leave nothing', async () => {
    const { id, seq } = await baking(store);
    const all = await Promise.all(Array.from({ length: 60 }, () => decided(store, id, { asked: extend(60_000) })));
    const answers = await Promise.all(all.map((each) => write(store.db, each)));
    expect(answers.filter(({ applied }) => applied)).toHaveLength(1);
    const winner = all[answers.findIndex(({ applied }) => applied)];
    const keys = all.map(({ key }) => key);
    expect(await store.rows('select key from inbox where key = any($1)', [keys])).toEqual([{ key: winner?.key }]);
    expect((await load(store, id)).rollout.seq).toBe(seq + 1);
    await checkLaws(store.db);
  });

  test('a key that was written before adds no event, no effect and moves no row, though the state fits', async () => {
    const { id } = await baking(store);
    const key = newKey();
    expect((await write(store.db, await decided(store, id, { asked: rollback() }, { key }))).applied).toBe(true);
    const before = await everything();
    const again = await decided(store, id, { asked: { command: { type: 'have', subject: '' }, ...OLGA } }, { key });
    expect(await write(store.db, again)).toEqual({ applied: false });
    expect(await everything()).toEqual(before);
  });

  test('the same decision delivered 20 times at once is one event with its effects once', async () => {
    const { id } = await baking(store);
    const one = await decided(store, id, { asked: rollback() });
    const answers = await Promise.all(Array.from({ length: 20 }, () => write(store.db, one)));
    expect(answers.filter(({ applied }) => applied)).toHaveLength(1);
    expect((await effects(id)).filter((effect) => effect === 'lower:pending')).toHaveLength(1);
    expect(await store.rows(`select 1 from events where type = 'rollback_ordered'`)).toHaveLength(1);
  });

  test('a decision on an older state changes nothing at all', async () => {
    const { id } = await baking(store);
    const stale = await decided(store, id, { fact: breach((await load(store, id)).rollout) });
    await store.dispatch.command({ key: newKey(), params: 1 }, id, extend(60_000));
    const before = await everything();
    expect(await write(store.db, stale)).toEqual({ applied: false });
    expect(await everything()).toEqual(before);
  });
});

describe('what hangs off an event', () => {
  test('a start takes its targets; they are free again when it never started', async () => {
    const { id } = await started(store);
    expect(await store.rows('select target_key, rollout_id from target_locks')).toEqual([
      { target_key: 'memory:checkout', rollout_id: id },
    ]);
    await hears(store, id, { type: 'rehearsal_failed', reason: 'rehearsal_failed', detail: 'refused' });
    expect(await store.rows('select * from target_locks')).toEqual([]);
  });

  test('after a rollback the targets stay locked until the last settle read', async () => {
    const { id } = await baking(store);
    await store.dispatch.command({ key: newKey(), params: 1 }, id, rollback());
    const ordered = (await load(store, id)).rollout;
    const lowered = await hears(store, id, { type: 'lowered', movedSeq: ordered.exposure.movedSeq, exposure: 0 });
    const locks = () => store.rows<{ settles: boolean }>('select settles_at is not null as settles from target_locks');
    expect(lowered.phase).toBe('rolled_back');
    expect(await locks()).toEqual([{ settles: true }]);
    const refused = await store.dispatch.start({ key: newKey(), params: 2 }, planNamed('checkout'));
    expect(refused).toMatchObject({
      kind: 'refused',
      refusal: { reason: 'target_settling', facts: { kind: 'settles', seconds: 30 } },
    });
    await hears(store, id, { type: 'settle_read', movedSeq: lowered.exposure.movedSeq, exposure: 0, last: true });
    expect(await locks()).toEqual([]);
  });

  test('a lowering supersedes what is open on its lane, claimed or not', async () => {
    const { id } = await started(store);
    expect(await effects(id)).toEqual(['rehearse:pending']);
    await store.db.query(`update effects set state = 'claimed', claimed_by = 'somebody' where kind = 'rehearse'`);
    await store.dispatch.command({ key: newKey(), params: 1 }, id, rollback());
    expect(await effects(id)).toEqual(['rehearse:superseded', 'lower:pending']);
  });

  test('a newer post of a slot replaces the one that waits, not the one under way', async () => {
    const { id } = await baking(store);
    const live = async () => {
      const rows = await store.rows<{ state: string }>(
        `select state from effects where rollout_id = $1 and slot = 'live' order by id desc limit 3`,
        [id],
      );
      return rows.map(({ state }) => state).reverse();
    };
    await store.dispatch.command({ key: newKey(), params: 1 }, id, extend(60_000));
    await store.db.query(`update effects set state = 'claimed' where state = 'pending' and slot = 'live'`);
    await store.dispatch.command({ key: newKey(), params: 2 }, id, extend(60_000));
    await store.dispatch.command({ key: newKey(), params: 3 }, id, extend(60_000));
    expect(await live()).toEqual(['claimed', 'superseded', 'pending']);
  });

  test('a process claims the effects on targets it creates, and no others', async () => {
    const { id } = await baking(store);
    const answer = await write(store.db, await decided(store, id, { asked: rollback() }, { worker: 'me' }));
    if (!answer.applied) throw new Error('not applied');
    expect(answer.claimed.map(({ effect, attempts, fence }) => [effect.kind, attempts, fence])).toEqual([
      ['lower', 1, 1],
    ]);
    const rows = await store.rows<{ kind: string; claimed_by: string; leased: boolean }>(
      `select kind, claimed_by, lease_until > now() + interval '10 seconds' as leased from effects where state = 'claimed'`,
    );
    expect(rows).toEqual([{ kind: 'lower', claimed_by: 'me', leased: true }]);
  });

  test('a vote is kept with its event, and the request closes as what it became', async () => {
    const stages = PLAN.stages.map((stage) => ({ ...stage, approve: LEAD }));
    const { id } = await started(store, planNamed('voted', { plan: { ...PLAN, stages } }));
    const opened = (await rehearsed(store, id)).request?.id ?? '';
    expect(await store.rows('select id, state from approval_requests')).toEqual([{ id: opened, state: 'open' }]);
    const approve = { command: { type: 'approve', requestId: opened, messageTs: '17.1' } as const, ...LENA };
    expect(await store.dispatch.command({ key: newKey(), params: 1 }, id, approve)).toMatchObject({ kind: 'accepted' });
    expect(await store.rows('select id, state from approval_requests')).toEqual([{ id: opened, state: 'granted' }]);
    expect(await store.rows('select user_id, role, vote, message_ts from approvals')).toEqual([
      { user_id: 'ULENA', role: 'engineering-lead', vote: 'approve', message_ts: '17.1' },
    ]);
  });
});

test('a rollback does not wait for readings that are being written', async () => {
  const { id } = await baking(store);
  const client = await store.db.connect();
  await client.query('begin');
  await client.query(
    `insert into measurements (rollout_id, check_name, due_at, stage_no, attempt, verdict, took_ms)
     values ($1, 'errors', now(), 1, 1, 'unknown', 1)`,
    [id],
  );
  try {
    const answer = await store.dispatch.command({ key: newKey(), params: 1 }, id, rollback());
    expect(answer.kind).toBe('accepted');
  } finally {
    await client.query('rollback');
    client.release();
  }
});

describe('two starts in the same moment', () => {
  test('of the same plan: one begins, the other is told that it runs', async () => {
    const answers = await Promise.all(
      [store.another(), store.another(), store.another()].map((process) =>
        process.start({ key: newKey(), params: 1 }, planNamed('same')),
      ),
    );
    const kinds = answers.map((answer) => (answer.kind === 'refused' ? answer.refusal.reason : answer.kind)).sort();
    expect(kinds[0]).toBe('accepted');
    expect(kinds.slice(1).every((kind) => ['already_running', 'target_locked'].includes(kind))).toBe(true);
    expect(await store.rows('select run from rollouts')).toEqual([{ run: 1 }]);
    await checkLaws(store.db);
  });

  test('of two plans with one target: the lock decides, and the loser leaves no trace', async () => {
    const first = { key: 'first', params: 1 };
    const late: { answer?: unknown } = {};
    const racing = store.another({
      onCrashPoint: async () => {
        late.answer = await store.dispatch.start(first, planNamed('one', { targetKey: 'memory:shared' }));
      },
    });
    const answer = await racing.start({ key: 'second', params: 1 }, planNamed('two', { targetKey: 'memory:shared' }));
    expect(late.answer).toMatchObject({ kind: 'accepted' });
    expect(answer).toMatchObject({ kind: 'refused', refusal: { reason: 'target_locked' } });
    expect(await store.rows('select plan from rollouts')).toEqual([{ plan: 'one' }]);
    expect(await store.rows(`select key from inbox where outcome->>'kind' = 'accepted'`)).toEqual([{ key: 'first' }]);
    await checkLaws(store.db);
  });
});
