import type { Watch } from '../rollout/health.js';
import type { Rollout } from '../rollout/rollout.js';
import type { Verdict } from '../rollout/verdict.js';
import type { Db } from './connect.js';
import { ROLLOUT_COLUMNS, type RolloutRow, toRollout, toWatch } from './rows.js';

/** A watched rollout whose checks are due, claimed by this process until its lease ends. */
export interface DueWatch {
  readonly rollout: Rollout;
  readonly watch: Watch;
  readonly dueAt: Date;
  readonly now: Date;
}

/**
 * Claims watches whose time has come; each is taken by one process, with a higher fence each time. `inHand`: the rollouts
 * whose round this process is at. A round that outlasts its lease is not begun again beside itself: the second would make
 * the first one's result void, and so would the third the second's.
 */
export async function claimWatches(
  db: Db,
  worker: string,
  limit: number,
  inHand: readonly number[] = [],
): Promise<DueWatch[]> {
  const { rows } = await db.query<RolloutRow & { watch: string; now: Date }>(
    `with due as (select rollout_id from watches
       where (next_check_at <= (select rollout_now()) or last_check_at > (select rollout_now())) and (claimed_by is null
         or (lease_until < (select steady_now()) and not (claimed_by = $1 and rollout_id = any($3::int[]))))
       order by next_check_at limit $2 for update skip locked),
     w as (update watches set claimed_by = $1, lease_until = steady_now() + interval '15 seconds', fence = fence + 1, due_again = false
       from due where watches.rollout_id = due.rollout_id returning watches.*)
     select ${ROLLOUT_COLUMNS}, to_jsonb(w)::text as watch, rollout_now() as now from w join rollouts r on r.id = w.rollout_id`,
    [worker, limit, inHand],
  );
  return rows.flatMap((row) => {
    const watch = toWatch(row.watch);
    return watch ? [{ rollout: toRollout(row), watch, dueAt: watch.nextCheckAt, now: row.now }] : [];
  });
}

/** A round that takes longer than its lease keeps it, while the watch is still the one that was claimed. */
export async function renewWatch(db: Db, { rolloutId, fence }: Pick<Watch, 'rolloutId' | 'fence'>): Promise<void> {
  await db.query(
    `update watches set lease_until = steady_now() + interval '15 seconds' where rollout_id = $1 and fence = $2 and claimed_by is not null`,
    [rolloutId, fence],
  );
}

export interface Measured {
  readonly check: string;
  readonly value: number | null;
  readonly verdict: Verdict;
  readonly reason: string | null;
  readonly tookMs: number;
}

export interface WatchResult {
  readonly watch: Watch;
  readonly dueAt: Date;
  readonly measured: readonly Measured[];
}

/**
 * Writes the results of many rounds in one statement. A watch that was reset, removed or taken over meanwhile keeps
 * its new state: only the fence that was claimed may write. What became due again while it was read is due at once.
 */
export async function saveWatches(db: Db, results: readonly WatchResult[]): Promise<number> {
  if (results.length === 0) return 0;
  const parameters = results.map(({ watch, dueAt, measured }) => ({
    ...{
      rollout_id: watch.rolloutId,
      fence: watch.fence,
      stage_no: watch.stageNo,
      attempt: watch.attempt,
      due_at: dueAt,
    },
    ...{ next_check_at: watch.nextCheckAt, last_check_at: watch.lastCheckAt, observed_ms: watch.observedMs },
    ...{ stopped: watch.stopped, streaks: watch.streaks },
    measured: measured.map((entry) => ({
      ...{ check_name: entry.check, value: entry.value, verdict: entry.verdict, reason: entry.reason },
      took_ms: Math.round(entry.tookMs),
    })),
  }));
  const { rowCount } = await db.query(SAVE, [JSON.stringify(parameters)]);
  return rowCount ?? 0;
}

const SAVE = `
with p as (
  select * from jsonb_to_recordset($1::jsonb) as p(rollout_id int, fence int, stage_no int, attempt int, due_at timestamptz,
    next_check_at timestamptz, last_check_at timestamptz, observed_ms float8, stopped jsonb, streaks jsonb, measured jsonb)),
m as (
  insert into measurements (rollout_id, check_name, due_at, stage_no, attempt, value, verdict, reason, took_ms)
  select p.rollout_id, m.check_name, p.due_at, p.stage_no, p.attempt, m.value, m.verdict, m.reason, m.took_ms
  from p, jsonb_to_recordset(p.measured) as m(check_name text, value float8, verdict text, reason text, took_ms int)
  on conflict do nothing)
update watches set last_check_at = p.last_check_at, observed_ms = p.observed_ms,
  next_check_at = case when watches.due_again then least(p.next_check_at, rollout_now()) else p.next_check_at end,
  stopped = nullif(p.stopped, 'null'), streaks = p.streaks, claimed_by = null, lease_until = null
from p where watches.rollout_id = p.rollout_id and watches.fence = p.fence`;

/** Makes one rollout's checks due at once, unless they were read a moment ago or are being read. */
export async function dueNow(db: Db, rolloutId: number): Promise<void> {
  await db.query(
    `update watches set next_check_at = rollout_now() where rollout_id = $1 and claimed_by is null
       and (last_check_at is null or last_check_at < (select rollout_now()) - interval '2 seconds')`,
    [rolloutId],
  );
}
