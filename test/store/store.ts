import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { pino } from 'pino';
import type { OnCrashPoint } from '../../src/crash-points.js';
import { createDispatch, type Dispatch, type StartPlan } from '../../src/dispatch.js';
import { decide, record } from '../../src/rollout/decide.js';
import { actorKey } from '../../src/rollout/plan/actor.js';
import type { Plan } from '../../src/rollout/plan/plan.js';
import type { CommandAsked, Fact } from '../../src/rollout/state/commands.js';
import type { Decision } from '../../src/rollout/state/decision.js';
import type { Rollout } from '../../src/rollout/state/rollout.js';
import { openPool } from '../../src/store/connect.js';
import type { Decided } from '../../src/store/decided.js';
import { type Loaded, loadRollout } from '../../src/store/rollouts.js';
import { CHECKS, numberFor, OLGA, OPEN_PLAN, type Person, startRequest, streaksOf } from '../rollout/fixture.js';
import { createDatabase } from '../support/database.js';

/** A migrated database of its own in which domain time stands still until it is moved. */
export interface Store {
  readonly url: string;
  readonly db: pg.Pool;
  readonly dispatch: Dispatch;
  /** A dispatch as another process has it: its own pool, its own queue. */
  another(options?: { worker?: string; onCrashPoint?: OnCrashPoint }): Dispatch;
  /** Moves domain time, ms. */
  pass(ms: number): Promise<void>;
  rows<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<R[]>;
  close(): Promise<void>;
}

const log = pino({ level: 'silent' });

export async function openStore(): Promise<Store> {
  const database = await createDatabase({ template: 'stopped' });
  const pools: pg.Pool[] = [];
  const pool = () => {
    const made = openPool({ url: database.url, Client: database.Client, onError: () => undefined });
    pools.push(made);
    return made;
  };
  const db = pool();
  await db.query(`update test_clock set at = date_trunc('second', now())`);
  return {
    url: database.url,
    db,
    dispatch: createDispatch({ db, worker: null, log }),
    another: ({ worker, onCrashPoint } = {}) =>
      createDispatch({ db: pool(), worker: worker ?? null, log, ...(onCrashPoint ? { onCrashPoint } : {}) }),
    async pass(ms) {
      await db.query(`update test_clock set at = at + $1 * interval '1 millisecond'`, [ms]);
    },
    async rows<R extends pg.QueryResultRow>(text: string, values?: unknown[]) {
      return (await db.query<R>(text, values)).rows;
    },
    async close() {
      await Promise.all(pools.map((each) => each.end()));
      await database.giveBack();
    },
  };
}

export const newKey = (): string => randomUUID();

/** What a start needs: the plan under this name, moving this target. */
export function planNamed(name: string, changes: { plan?: Plan; targetKey?: string } = {}): StartPlan {
  const plan = { ...(changes.plan ?? OPEN_PLAN), name };
  return { ...startRequest(plan), targetKeys: [changes.targetKey ?? `memory:${name}`], planText: `plan: ${name}` };
}

export async function started(store: Store, plan: StartPlan = planNamed('checkout')): Promise<Rollout> {
  const answer = await store.dispatch.start({ key: newKey(), params: 'start' }, plan);
  if (answer.kind !== 'accepted') throw new Error(JSON.stringify(answer));
  return answer.rollout;
}

/** A rollout that bakes in stage 1 at 10 %; its effects are done. */
export async function baking(store: Store, name = 'checkout'): Promise<Rollout> {
  const { id } = await started(store, planNamed(name));
  await rehearsed(store, id);
  const {
    exposure: { movedSeq },
  } = (await load(store, id)).rollout;
  await hears(store, id, { type: 'raised', movedSeq, exposure: 10 });
  await store.db.query(`update effects set state = 'done', done_at = now() where rollout_id = $1`, [id]);
  return (await load(store, id)).rollout;
}

/** The targets read 0 and every check passes. */
export function rehearsed(store: Store, id: number): Promise<Rollout> {
  const reading = { exposure: 0, partial: false, detail: '0 %' };
  const checks = Object.fromEntries(CHECKS.map(({ name }) => [name, { value: numberFor(name, 'pass'), tookMs: 1 }]));
  return hears(store, id, { type: 'rehearsed', exposures: [{ target: 'flag', reading }], checks });
}

export async function load(store: Store, id: number): Promise<Loaded> {
  const loaded = await loadRollout(store.db, id);
  if (!loaded) throw new Error(`no rollout ${id}`);
  return loaded;
}

/** A fact through dispatch that must change something. */
export async function hears(store: Store, id: number, fact: Fact): Promise<Rollout> {
  const answer = await store.dispatch.fact(newKey(), id, fact);
  if (answer.kind !== 'accepted') throw new Error(`${fact.type}: ${JSON.stringify({ ...answer, rollout: null })}`);
  return answer.rollout;
}

export function extend(byMs: number, person: Person = OLGA): CommandAsked {
  return { command: { type: 'extend', byMs, reason: 'late start' }, ...person };
}

export function rollback(reason = ''): CommandAsked {
  return { command: { type: 'rollback', to: null, reason }, ...OLGA };
}

/** What the checker says when the error rate was critical twice in a row. */
export function breach({ exposure: { movedSeq, wanted }, stage: { no: stageNo, attempt } }: Rollout): Fact {
  const target = { exposure: wanted, partial: false, detail: `${wanted} %` };
  return {
    type: 'assessed',
    movedSeq,
    stageNo,
    attempt,
    observedMs: 0,
    target,
    streaks: streaksOf({ errors: 'critical' }),
  };
}

/** Reads and decides, and stops there: what `write` is given. */
export async function decided(
  store: Store,
  id: number,
  what: { asked: CommandAsked } | { fact: Fact },
  more: { key?: string; worker?: string } = {},
): Promise<Decided> {
  const loaded = await load(store, id);
  const { rollout, headHash } = loaded;
  const decision: Decision = 'asked' in what ? decide(rollout, what.asked, loaded) : record(rollout, what.fact, loaded);
  if (decision.outcome !== 'accepted') throw new Error(JSON.stringify(decision));
  const { before, after, events, effects } = decision;
  return {
    key: more.key ?? newKey(),
    paramsHash: 'params',
    actor: actorKey({ kind: 'bot' }),
    before,
    after,
    events,
    effects,
    headHash,
    planText: '',
    worker: more.worker ?? null,
    outcome: { kind: 'accepted', seq: after.seq },
  };
}
