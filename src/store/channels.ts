import type { Db } from './connect.js';

/** What waits to be posted in this channel is due now, and not when it would have been tried again. */
const DUE_NOW = `update effects e set retry_at = null from rollouts r
  where r.id = e.rollout_id and r.channel_id = $1 and e.lane = 'message' and e.state = 'pending' and e.retry_at is not null`;

/** The channel takes posts again: what is known to the contrary is forgotten. */
export async function openChannel(db: Db, channelId: string): Promise<void> {
  await db.query(
    `delete from slack_limits where key in ('channel:' || $1, 'channel:post:' || $1, 'pause:post:' || $1)`,
    [channelId],
  );
  await db.query(DUE_NOW, [channelId]);
}

/** Slack says that the channel takes no posts: nothing is sent there for so long, and each post that waits learns why. */
export async function closeChannel(db: Db, channelId: string, code: string, forMs: number): Promise<void> {
  await db.query(
    `insert into slack_limits (key, at, paused_until, code) values ('channel:' || $1, rollout_now(), rollout_now() + $3 * interval '1 millisecond', $2)
     on conflict (key) do update set at = excluded.at, paused_until = excluded.paused_until, code = excluded.code, soft = false`,
    [channelId, code, forMs],
  );
  await db.query(DUE_NOW, [channelId]);
}

/** Names and members of channels are asked for again when they are needed. */
export async function forgetChannels(db: Db, teamId: string): Promise<void> {
  await db.query(`delete from people where team_id = $1 and kind in ('channel', 'members')`, [teamId]);
}

/** Messages stand under the new id; where both are known the new one counts. The rollouts of the old id, to be moved too. */
export async function moveMessages(db: Db, from: string, to: string): Promise<number[]> {
  await db.query(
    `delete from messages o where channel_id = $1 and exists (select 1 from messages n
       where n.rollout_id = o.rollout_id and n.slot = o.slot and n.channel_id = $2 and n.ts is not null)`,
    [from, to],
  );
  await db.query(
    `delete from messages n where channel_id = $2 and ts is null and exists (select 1 from messages o
       where o.rollout_id = n.rollout_id and o.slot = n.slot and o.channel_id = $1)`,
    [from, to],
  );
  await db.query(`update messages set channel_id = $2 where channel_id = $1`, [from, to]);
  const { rows } = await db.query<{ id: number }>('select id from rollouts where channel_id = $1 order by id', [from]);
  return rows.map(({ id }) => id);
}
