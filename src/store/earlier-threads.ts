import type { Db } from './connect.js';

/** Replies that stand in this thread, newest first. */
export async function repliesIn(db: Db, rolloutId: number, channelId: string, threadTs: string): Promise<string[]> {
  const { rows } = await db.query<{ ts: string }>(
    `select ts from messages where rollout_id = $1 and channel_id = $2 and thread_ts = $3 and ts is not null order by ts desc`,
    [rolloutId, channelId, threadTs],
  );
  return rows.map((row) => row.ts);
}

/** The link to the thread before this one; null: nothing is left of it that could be linked to. */
export async function keepEarlierLink(
  db: Db,
  rolloutId: number,
  channelId: string,
  link: string | null,
): Promise<void> {
  await db.query(
    `update messages set earlier_link = $3::text, earlier_ts = case when $3::text is null then null else earlier_ts end
     where rollout_id = $1 and root and channel_id = $2`,
    [rolloutId, channelId, link],
  );
}

/** Where the earlier messages of a rollout stand whose live message a person deleted. */
export async function earlierLink(db: Db, rolloutId: number): Promise<string | null> {
  const { rows } = await db.query<{ earlier_link: string }>(
    {
      name: 'earlier link',
      text: `select earlier_link from messages where rollout_id = $1 and root and earlier_link is not null limit 1`,
    },
    [rolloutId],
  );
  return rows[0]?.earlier_link ?? null;
}
