import type { Db } from './connect.js';
import { msUntilDue } from './due.js';

/** What waits at this moment, of all processes together. Ages and times in seconds; 0 where nothing waits. */
export interface Workload {
  readonly active: number;
  /** Rollouts whose checks are due, and since when the first of them is. */
  readonly checksDue: number;
  readonly checksLate: number;
  readonly lowerings: number;
  readonly loweringAge: number;
  /** Incidents that no channel shows yet. */
  readonly incidents: number;
  readonly incidentAge: number;
  /** Until something is due; 0: something is. Null: nothing is to come. */
  readonly nextDue: number | null;
}

const AGE = (of: string): string =>
  `coalesce(greatest(0, extract(epoch from (select rollout_now()) - min(${of}))), 0)::float8`;

const WORKLOAD = `
with due as (select count(*)::int as n, ${AGE('next_check_at')} as age from watches where next_check_at <= (select rollout_now())),
open as (
  select e.lane, ev.at from effects e left join events ev on ev.rollout_id = e.rollout_id and ev.seq = e.seq
  where e.state in ('pending', 'claimed') and e.urgent and e.lane <> 'direct'
    and (e.not_before is null or e.not_before <= (select rollout_now()))),
lowerings as (select count(*)::int as n, ${AGE('at')} as age from open where lane = 'target'),
incidents as (select count(*)::int as n, ${AGE('at')} as age from open where lane = 'message')
select (select count(*)::int from rollouts where phase not in ('rolled_back', 'completed', 'not_started')) as active,
  due.n as "checksDue", due.age as "checksLate", lowerings.n as lowerings, lowerings.age as "loweringAge",
  incidents.n as incidents, incidents.age as "incidentAge"
from due, lowerings, incidents`;

export async function workloadOf(db: Db): Promise<Workload> {
  const [{ rows }, untilDue] = await Promise.all([db.query<Omit<Workload, 'nextDue'>>(WORKLOAD), msUntilDue(db)]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  return Object.assign(row, { nextDue: untilDue === null ? null : untilDue / 1_000 });
}
