import type { Db } from './connect.js';

/** How messages get through, over all rollouts and replicas. */
export interface Unheard {
  /** Posts that wait although they are due. */
  readonly waiting: number;
  /** Incidents among them. */
  readonly incidents: number;
  /** Posts that their channel refuses. */
  readonly refused: number;
  /** Posts that had to be heard, which neither the channel nor anybody directly could be told. */
  readonly unheard: number;
}

/** One look at the posts that are open; those that are over do not count. */
export async function countUnheard(db: Db): Promise<Unheard> {
  const { rows } = await db.query<Unheard>(
    `select count(*)::int as waiting, count(*) filter (where payload->'message'->>'template' = 'incident')::int as incidents,
       count(*) filter (where refused is not null)::int as refused,
       count(*) filter (where tell_at = 'infinity' and refused is not null and not exists (
         select 1 from effects d where d.rollout_id = e.rollout_id and d.lane = 'direct' and d.slot = e.slot and d.state <> 'failed'))::int as unheard
     from effects e where lane = 'message' and state in ('pending', 'claimed') and (not_before is null or not_before <= rollout_now())`,
  );
  return rows[0] ?? { waiting: 0, incidents: 0, refused: 0, unheard: 0 };
}
