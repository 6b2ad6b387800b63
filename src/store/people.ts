import type { Db } from './connect.js';

export type PeopleKind = 'user' | 'group' | 'handles' | 'email' | 'channel' | 'members' | 'direct' | 'self';

/** Something Slack said about people, and how old it is by the database's clock. */
export interface Known<T> {
  readonly value: T;
  readonly ageMs: number;
}

export async function recallPeople<T>(db: Db, teamId: string, kind: PeopleKind, key: string): Promise<Known<T> | null> {
  const { rows } = await db.query<{ value: T; age_ms: number }>(
    `select value, (extract(epoch from steady_now() - fetched_at) * 1000)::float8 as age_ms from people where team_id = $1 and kind = $2 and key = $3`,
    [teamId, kind, key],
  );
  const [row] = rows;
  return row ? { value: row.value, ageMs: row.age_ms } : null;
}

export async function rememberPeople(
  db: Db,
  teamId: string,
  kind: PeopleKind,
  key: string,
  value: unknown,
): Promise<void> {
  await db.query(
    `insert into people (team_id, kind, key, value) values ($1, $2, $3, $4)
     on conflict (team_id, kind, key) do update set value = excluded.value, fetched_at = steady_now()`,
    [teamId, kind, key, JSON.stringify(value)],
  );
}
