/** A team's own database: its tables, and a role that may do no more than the plan's documentation asks for. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createDatabase } from './database.js';

export interface TeamDatabase {
  /** The role's address. */
  readonly url: string;
  /** Runs a statement as the owner. */
  sql<Row extends pg.QueryResultRow>(text: string): Promise<Row[]>;
  /** The one column of a query, as texts. */
  lines(query: string): Promise<string[]>;
  close(): Promise<void>;
}

/** `$ROLE` in the statements is the role's name. */
export async function createTeamDatabase(statements: string): Promise<TeamDatabase> {
  const database = await createDatabase({ template: false });
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  const role = `team_${randomUUID().slice(0, 8)}`;
  await owner.query(`create role ${role} login password 'team'`);
  await owner.query(statements.replaceAll('$ROLE', role));
  const url = new URL(database.url);
  Object.assign(url, { username: role, password: 'team' });
  const sql = async <Row extends pg.QueryResultRow>(text: string) => (await owner.query<Row>(text)).rows;
  return {
    url: url.href,
    sql,
    lines: async (query) => (await sql<Record<string, unknown>>(query)).map((row) => String(Object.values(row)[0])),
    async close() {
      await owner.query(`drop owned by ${role}; drop role ${role}`);
      await owner.end();
      await database.giveBack();
    },
  };
}
