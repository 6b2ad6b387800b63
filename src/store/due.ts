import { LANES, type Lane } from '../rollout/state/audience.js';
import type { Db } from './connect.js';
import { TELLING_IS_DUE } from './direct.js';
import { EFFECT_IS_DUE } from './effects.js';
import { DOUBT_IS_DUE } from './late-calls.js';
import { REDRAW_IS_DUE } from './messages.js';
import { WAKE_IS_DUE } from './rollouts.js';
import { WATCH_IS_DUE } from './watches.js';

/** What of the table of effects is due. */
export interface DueEffects extends Readonly<Record<Lane, boolean>> {
  /** It is to be decided who else is shown a post. */
  readonly tellings: boolean;
}

/**
 * What there is to do. What says no is not there to be claimed; what says yes may be held up by something before it, or be
 * claimed by somebody else meanwhile.
 */
export interface DueWork extends DueEffects {
  /** Another process holds something; it may not live any more. */
  readonly others: boolean;
  readonly checks: boolean;
  readonly wakes: boolean;
  readonly redraws: boolean;
  readonly doubts: boolean;
}

/** For when nobody can tell. */
export const ALL_MAY_BE_DUE: DueWork = {
  target: true,
  message: true,
  direct: true,
  step: true,
  tellings: true,
  others: true,
  checks: true,
  wakes: true,
  redraws: true,
  doubts: true,
};

const OPEN = (which: string): string => `with open as (
  select array_agg(distinct e.lane) as lanes from effects e where ${EFFECT_IS_DUE} ${which})`;
const EFFECTS = LANES.map((lane) => `coalesce((select '${lane}' = any(lanes) from open), false) as ${lane}`).join(', ');

const DUE = `${OPEN('')}
select ${EFFECTS}, exists (${TELLING_IS_DUE}) as tellings, exists (${WAKE_IS_DUE}) as wakes, exists (${REDRAW_IS_DUE}) as redraws,
  exists (${DOUBT_IS_DUE}) as doubts, ${WATCH_IS_DUE} as checks,
  exists (select from effects where state = 'claimed' and claimed_by <> $1)
    or exists (select from watches where claimed_by is not null and claimed_by <> $1) as others`;

const DUE_OF_ONE = `${OPEN('and e.rollout_id = $2')}
select ${EFFECTS}, exists (${TELLING_IS_DUE}) as tellings`;

/** Everything the clock may have to do, in one statement: a tick with nothing due asks nothing else. */
export async function whatIsDue(db: Db, worker: string): Promise<DueWork> {
  const { rows } = await db.query<DueWork>({ name: 'what is due', text: DUE }, [worker]);
  return rows[0] ?? ALL_MAY_BE_DUE;
}

/** What of one rollout is due; of tellings those of all. */
export async function dueEffectsOf(db: Db, worker: string, rolloutId: number): Promise<DueEffects> {
  const { rows } = await db.query<DueEffects>({ name: 'what is due of one', text: DUE_OF_ONE }, [worker, rolloutId]);
  return rows[0] ?? ALL_MAY_BE_DUE;
}

/**
 * The first of all times that are stored: the next check, wake, try, redraw, telling, second look, the end of an order or of a
 * pause. A claimed effect or round is somebody's work, so its own time is over.
 */
export const NEXT_DUE = `select case when at is not null then greatest(0, extract(epoch from at - rollout_now()) * 1000)::float8 end as ms from (select least(
    (select min(next_check_at) from watches where claimed_by is null),
    (select min(r.next_wake_at) from rollouts r where r.next_wake_at is not null),
    (select min(coalesce(greatest(not_before, retry_at), rollout_now())) from effects where state = 'pending'),
    (select min(not_after) from effects where state in ('pending', 'claimed') and not_after > (select rollout_now())),
    (select min(tell_at) from effects where tell_at < 'infinity'),
    (select min(next_edit_at) from messages where root),
    (select min(doubt_at) from messages),
    (select min(paused_until) from slack_limits where paused_until > (select rollout_now()))
  ) as at) first`;

/**
 * How long the clock has nothing to do, ms of domain time, as long as nobody asks for anything; 0: something is due, or waits for
 * something that is. Null: nothing is to come.
 */
export async function msUntilDue(db: Db): Promise<number | null> {
  const { rows } = await db.query<{ ms: number | null }>({ name: 'until due', text: NEXT_DUE });
  return rows[0]?.ms ?? null;
}
