/** Which versions made a database: what was made before 0.2.0 has other tables and other records, and is only recognised. */

/** The first migration of every version before 0.2.0. No later one has this name. */
const FIRST_BEFORE = '001-rollouts.sql';

export const EARLIER_DATABASE = {
  found: 'the database was made by a version of rollout-bot before 0.2.0, which this version does not read',
  fix: 'end what is under way with the version that made it (or by hand, docs/how-to/roll-back-by-hand.md), keep its record with pg_dump or with that version’s `rollout history`, and begin again by letting DATABASE_URL lead to a new database',
} as const;

/** Its message is the whole sentence for people. */
export class EarlierDatabaseError extends Error {
  constructor() {
    super(`${EARLIER_DATABASE.found}: ${EARLIER_DATABASE.fix}`);
    this.name = 'EarlierDatabaseError';
  }
}

/** By the names in its table `migrations`. */
export function isEarlier(applied: Iterable<string>): boolean {
  return [...applied].includes(FIRST_BEFORE);
}

interface Asked {
  query(text: string): Promise<{ readonly rows: { readonly name: string }[] }>;
}

/** The same, of a database that may have no tables yet. Throws as pg does. */
export async function isEarlierDatabase(db: Asked): Promise<boolean> {
  const { rows } = await db.query(`select tablename::text as name from pg_tables
    where tablename = 'migrations' and schemaname = any(current_schemas(false))`);
  return rows.length > 0 && isEarlier((await db.query('select name from migrations')).rows.map(({ name }) => name));
}
