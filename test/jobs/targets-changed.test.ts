import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Adapters } from '../../src/adapters/index.js';
import { type ChangedTargetsOptions, holdChangedTargets } from '../../src/jobs/targets-changed.js';
import type { Fact } from '../../src/rollout/state/commands.js';
import type { Db } from '../../src/store/connect.js';
import { openStore, planNamed, type Store, started } from '../store/store.js';

let store: Store;
beforeEach(async () => {
  store = await openStore();
});
afterEach(() => store.close());

/** What the environment names now, and who is held for it. */
function world(key: (plan: string) => string, db: Db = store.db) {
  const held: { id: number; fact: Fact }[] = [];
  const built: string[] = [];
  const ending = new AbortController();
  const targetsOf = (({ name }: { name: string }) => {
    built.push(name);
    return [{ keys: [key(name)] }];
  }) as unknown as Adapters['targetsOf'];
  const options: ChangedTargetsOptions = {
    db,
    dispatch: {
      async fact(_key, id, fact) {
        held.push({ id, fact });
        return { kind: 'nothing', rollout: null, because: 'no_change' };
      },
    },
    adapters: { targetsOf },
    log: pino({ level: 'silent' }),
    signal: ending.signal,
  };
  return { held, built, ending, options };
}

describe('rollouts whose targets the environment names otherwise', () => {
  test('are held, however many pages there are of them, with one build per plan', async () => {
    const { id } = await started(store, planNamed('one'));
    const other = await started(store, planNamed('other', { targetKey: 'memory:elsewhere' }));
    await store.db.query(`update rollouts set plan_hash = plan`);
    await store.db.query(
      `insert into rollouts (id, team_id, plan, run, note, plan_text, plan_hash, definition, channel_id, started_by, phase, stage_no, attempt,
         seq, head_hash, confirmed, wanted, anchor, state, next_wake_at, created_at)
       select 1000 + n, team_id, plan, run + n, note, plan_text, 'copied', definition, channel_id, started_by, phase, stage_no, attempt,
         seq, head_hash, confirmed, wanted, anchor, state, next_wake_at, created_at from rollouts, generate_series(1, 450) n where id = $1`,
      [other.id],
    );
    const { held, built, options } = world((plan) => `memory:${plan}`);
    await holdChangedTargets(options);
    expect(held.map((one) => one.id)).toEqual([other.id, ...Array.from({ length: 450 }, (_none, n) => 1001 + n)]);
    expect(held.some((one) => one.id === id)).toBe(false);
    expect(held[0]?.fact).toMatchObject({ type: 'target_changed' });
    expect(built.length).toBeLessThanOrEqual(3);
  });

  test('are held later where the database does not answer at first', async () => {
    const { id } = await started(store, planNamed('one'));
    let failures = 2;
    const slow: Db = {
      query(statement, values) {
        failures -= 1;
        const error = Object.assign(new Error('canceling statement due to statement timeout'), { code: '57014' });
        return failures >= 0 ? Promise.reject(error) : store.db.query(statement as string, values);
      },
    };
    const { held, options } = world(() => 'memory:elsewhere', slow);
    await holdChangedTargets(options);
    expect(held.map((one) => one.id)).toEqual([id]);
  });

  test('are left alone once the process ends', async () => {
    const { ending, options } = world(() => 'memory:elsewhere', { query: () => Promise.reject(new Error('away')) });
    ending.abort();
    await holdChangedTargets(options);
  });
});
