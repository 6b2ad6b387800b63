import type { Db } from './connect.js';
import { toStored } from './json.js';

export type PeopleKind = 'user' | 'group' | 'handles' | 'email' | 'channel' | 'members' | 'direct' | 'self' | 'pause';

/**
 * How old a row is, ms. Endless where it was written at a time that is still to come: the clock was ahead and was put right
 * since, and nobody knows when that was.
 */
const AGE_MS = `case when fetched_at > (select steady_now()) + interval '5 seconds' then 'infinity'
  else (extract(epoch from (select steady_now()) - fetched_at) * 1000) end::float8 as age_ms`;

/** Something Slack said about people, and how old it is by the database's clock. */
export interface RememberedAnswer<T> {
  readonly value: T;
  readonly ageMs: number;
}

export async function recallPeople<T>(
  db: Db,
  teamId: string,
  kind: PeopleKind,
  key: string,
): Promise<RememberedAnswer<T> | null> {
  const { rows } = await db.query<{ value: T; age_ms: number }>(
    {
      name: 'recall people',
      text: `select value, ${AGE_MS} from people where team_id = $1 and kind = $2 and key = $3`,
    },
    [teamId, kind, key],
  );
  const [row] = rows;
  return row ? { value: row.value, ageMs: row.age_ms } : null;
}

/** What is asked of Slack, and by which method. */
export interface PeopleAsked {
  readonly teamId: string;
  readonly kind: PeopleKind;
  readonly key: string;
  readonly method: string;
}

/** What is known, and how long Slack still wants the method left alone (ms; 0: not at all), whichever process was told. */
export interface Recalled {
  readonly known: RememberedAnswer<unknown> | null;
  readonly pausedMs: number;
}

/** Several at once, with pauses, in the order in which they were asked. */
export async function recallWithPauses(db: Db, asked: readonly PeopleAsked[]): Promise<readonly Recalled[]> {
  const { rows } = await db.query<{ team_id: string; kind: string; key: string; value: unknown; age_ms: number }>(
    {
      name: 'recall people with pauses',
      text: `select team_id, kind, key, value, ${AGE_MS} from people
     where (team_id, kind, key) in (select * from unnest($1::text[], $2::text[], $3::text[]))
       or (team_id = '' and kind = 'pause' and key = any($4))`,
    },
    [
      asked.map(({ teamId }) => teamId),
      asked.map(({ kind }) => kind),
      asked.map(({ key }) => key),
      asked.map(({ method }) => method),
    ],
  );
  const found = new Map(rows.map((row) => [JSON.stringify([row.team_id, row.kind, row.key]), row]));
  return asked.map(({ teamId, kind, key, method }) => {
    const row = found.get(JSON.stringify([teamId, kind, key]));
    const pause = found.get(JSON.stringify(['', 'pause', method]));
    return {
      known: row ? { value: row.value, ageMs: row.age_ms } : null,
      pausedMs: pause ? Math.max(0, (pause.value as { ms: number }).ms - pause.age_ms) : 0,
    };
  });
}

/** What is known of several at once, by key. */
export async function recallMany<T>(
  db: Db,
  teamId: string,
  kind: PeopleKind,
  keys: readonly string[],
): Promise<Map<string, RememberedAnswer<T>>> {
  const { rows } = await db.query<{ key: string; value: T; age_ms: number }>(
    {
      name: 'recall many people',
      text: `select key, value, ${AGE_MS}
     from people where team_id = $1 and kind = $2 and key = any($3)`,
    },
    [teamId, kind, keys],
  );
  return new Map(rows.map(({ key, value, age_ms }) => [key, { value, ageMs: age_ms }]));
}

export async function rememberPeople(
  db: Db,
  teamId: string,
  kind: PeopleKind,
  key: string,
  value: unknown,
): Promise<void> {
  await db.query(
    {
      name: 'remember people',
      text: `insert into people (team_id, kind, key, value) values ($1, $2, $3, $4)
     on conflict (team_id, kind, key) do update set value = excluded.value, fetched_at = steady_now()`,
    },
    [teamId, kind, key, toStored(value)],
  );
}
