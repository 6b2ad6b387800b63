import type { Watch } from '../rollout/health/assess.js';
import type { Verdict } from '../rollout/plan/verdict.js';
import { type Db, NO_WAIT_FOR_DISK } from './connect.js';
import { toStored } from './json.js';
import { type Loaded, type Row, toLoaded } from './rollouts.js';
import { ROLLOUT_COLUMNS } from './rows.js';

/** A watched rollout whose checks are due, claimed by this process until its lease ends. */
export interface DueWatch extends Loaded {
  readonly watch: Watch;
  readonly dueAt: Date;
}

export interface WatchClaim {
  readonly worker: string;
  readonly limit: number;
  /** The rollouts whose round this process is at. */
  readonly inHand?: readonly number[];
  /** Only these rollouts, whatever else is due. */
  readonly only?: readonly number[];
}

/**
 * What may be claimed, each part read from an index of its own so that neither what is not due nor what is under way costs
 * anything: what is due and free; what was checked at a time that is still to come, because the clock went back; and what
 * somebody claimed whose lease is over, or this process, which lost track of it.
 */
const FREE = `select rollout_id, next_check_at from watches
  where claimed_by is null and next_check_at <= (select rollout_now())`;
const AHEAD = `select rollout_id, next_check_at from watches
  where claimed_by is null and last_check_at > (select rollout_now())`;
const LEFT = `select rollout_id, next_check_at from watches
  where claimed_by is not null and lease_until < (select steady_now()) + interval '14 seconds'
    and (lease_until < (select steady_now()) or claimed_by = $1)`;

/** Whether `claimWatches` would find one; `$1`: who asks. What this process is at may count. */
export const WATCH_IS_DUE = [FREE, AHEAD, LEFT].map((part) => `exists (${part})`).join(' or ');

const CLAIM = `
with free as (${FREE} and ($4::int[] is null or rollout_id = any($4)) order by next_check_at limit $2 for update skip locked),
ahead as (${AHEAD} and ($4::int[] is null or rollout_id = any($4)) limit $2 for update skip locked),
abandoned as (${LEFT} and not (claimed_by = $1 and rollout_id = any($3::int[])) and ($4::int[] is null or rollout_id = any($4))
  limit $2 for update skip locked),
due as (select rollout_id from (select * from free union select * from ahead union select * from abandoned) as each
  order by next_check_at limit $2),
w as (update watches set claimed_by = $1, lease_until = steady_now() + interval '15 seconds', fence = fence + 1, due_again = false
  from due where watches.rollout_id = due.rollout_id returning watches.*)
select ${ROLLOUT_COLUMNS}, to_jsonb(w)::text as watch, rollout_now() as now,
  ${NO_WAIT_FOR_DISK} from w join rollouts r on r.id = w.rollout_id
order by w.next_check_at`;

/**
 * Claims watches whose time has come, those that have waited longest first, so that no rollout waits behind another for ever.
 * Each is taken by one process, with a higher fence each time. A round that outlasts its lease is not begun again beside
 * itself: the second would make the first one's result void, and so would the third the second's.
 */
export async function claimWatches(db: Db, { worker, limit, inHand = [], only }: WatchClaim): Promise<DueWatch[]> {
  const askedAt = performance.now();
  const statement = { name: 'claim watches', text: CLAIM };
  const { rows } = await db.query<Row>(statement, [worker, limit, inHand, only ?? null]);
  return rows.flatMap((row) => {
    const loaded = toLoaded(row, askedAt);
    const { watch } = loaded;
    return watch ? [{ ...loaded, watch, dueAt: watch.nextCheckAt }] : [];
  });
}

type Claimed = Pick<Watch, 'rolloutId' | 'fence'>;

/** The watches of these claims, while they are still the ones that were claimed. */
const CLAIMED = `from unnest($1::int[], $2::int[]) as mine(rollout_id, fence)
  where watches.rollout_id = mine.rollout_id and watches.fence = mine.fence and watches.claimed_by is not null`;

/** Rounds that take longer than their lease keep it. */
export async function renewWatches(db: Db, claims: readonly Claimed[]): Promise<void> {
  if (claims.length === 0) return;
  await db.query(`update watches set lease_until = steady_now() + interval '15 seconds' ${CLAIMED}`, columnsOf(claims));
}

/** Rounds that came to nothing: they are due again in a second, for this process or another. The rounds after them follow from that. */
export async function giveWatchesBack(db: Db, claims: readonly Claimed[]): Promise<void> {
  if (claims.length === 0) return;
  await db.query(
    `update watches set claimed_by = null, lease_until = null,
       next_check_at = greatest(next_check_at, rollout_now() + interval '1 second') ${CLAIMED}`,
    columnsOf(claims),
  );
}

function columnsOf(claims: readonly Claimed[]): [number[], number[]] {
  return [claims.map(({ rolloutId }) => rolloutId), claims.map(({ fence }) => fence)];
}

export interface MeasuredCheck {
  readonly check: string;
  readonly value: number | null;
  readonly verdict: Verdict;
  readonly reason: string | null;
  readonly tookMs: number;
}

export interface WatchResult {
  readonly watch: Watch;
  readonly dueAt: Date;
  readonly measured: readonly MeasuredCheck[];
}

/**
 * Writes the results of many rounds in one statement. A watch that was reset, removed or taken over meanwhile keeps
 * its new state: only the fence that was claimed may write. What became due again while it was read is due at once.
 */
export async function saveWatches(db: Db, results: readonly WatchResult[]): Promise<number> {
  if (results.length === 0) return 0;
  const { rowCount } = await db.query({ name: 'save watches', text: SAVE }, [parametersOf(results)]);
  return rowCount ?? 0;
}

/** The same without the readings: nothing that concerns those can keep it from being written. */
export async function saveWatchesAlone(db: Db, results: readonly WatchResult[]): Promise<void> {
  await db.query(SAVE_ALONE, [parametersOf(results)]);
}

/** Writes only the readings, each once. */
export async function keepReadings(db: Db, results: readonly WatchResult[]): Promise<void> {
  await db.query(KEEP, [parametersOf(results)]);
}

function parametersOf(results: readonly WatchResult[]): string {
  return toStored(
    results.map(({ watch, dueAt, measured }) => ({
      rollout_id: watch.rolloutId,
      fence: watch.fence,
      stage_no: watch.stageNo,
      attempt: watch.attempt,
      due_at: dueAt,
      next_check_at: watch.nextCheckAt,
      last_check_at: watch.lastCheckAt,
      observed_ms: watch.observedMs,
      stopped: watch.stopped,
      streaks: watch.streaks,
      measured: measured.map((entry) => ({
        check_name: entry.check,
        value: entry.value,
        verdict: entry.verdict,
        reason: entry.reason,
        took_ms: Math.round(entry.tookMs),
      })),
    })),
  );
}

const ROUNDS = `p as (
  select * from jsonb_to_recordset($1::jsonb) as p(rollout_id int, fence int, stage_no int, attempt int, due_at timestamptz,
    next_check_at timestamptz, last_check_at timestamptz, observed_ms float8, stopped jsonb, streaks jsonb, measured jsonb))`;

const READINGS = `insert into measurements (rollout_id, check_name, due_at, stage_no, attempt, value, verdict, reason, took_ms)
  select p.rollout_id, m.check_name, p.due_at, p.stage_no, p.attempt, m.value, m.verdict, m.reason, m.took_ms
  from p, jsonb_to_recordset(p.measured) as m(check_name text, value float8, verdict text, reason text, took_ms int)
  on conflict do nothing`;

const WATCHES = `update watches set last_check_at = p.last_check_at, observed_ms = p.observed_ms,
  next_check_at = case when watches.due_again then least(p.next_check_at, rollout_now()) else p.next_check_at end,
  stopped = nullif(p.stopped, 'null'), streaks = p.streaks, claimed_by = null, lease_until = null
from p where watches.rollout_id = p.rollout_id and watches.fence = p.fence`;

const SAVE = `with ${ROUNDS}, m as (${READINGS}) ${WATCHES}`;
const SAVE_ALONE = `with ${ROUNDS} ${WATCHES}`;
const KEEP = `with ${ROUNDS} ${READINGS}`;

/** Makes one rollout's checks due at once, unless they were read a moment ago or are being read. */
export async function dueNow(db: Db, rolloutId: number): Promise<void> {
  await db.query(
    `update watches set next_check_at = rollout_now() where rollout_id = $1 and claimed_by is null
       and (last_check_at is null or last_check_at < (select rollout_now()) - interval '2 seconds')`,
    [rolloutId],
  );
}
