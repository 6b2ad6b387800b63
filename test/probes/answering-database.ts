import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createDatabase } from '../support/database.js';
import { layWire, type Wire } from '../targets/flag-table.js';

export const PASSWORD = 'canary-91d7';

/** A database with one table, a role that may read it, and a wire between that can be cut. */
export interface AnsweringDatabase {
  /** The role's address over the wire. */
  readonly url: string;
  readonly role: string;
  readonly wire: Wire;
  /** Runs statements as the owner, past the wire. */
  sql(text: string): Promise<pg.QueryResult['rows']>;
  close(): Promise<void>;
}

export async function createAnsweringDatabase(): Promise<AnsweringDatabase> {
  const database = await createDatabase({ template: false });
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  const role = `metrics_reader_${randomUUID().slice(0, 8)}`;
  await owner.query(`CREATE TABLE orders (id int PRIMARY KEY, failed boolean NOT NULL, note text);
    INSERT INTO orders SELECT n, n % 4 = 0, 'x' FROM generate_series(1, 8) n;
    CREATE SEQUENCE numbers; CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}';
    GRANT SELECT ON orders TO ${role}; GRANT ALL ON SEQUENCE numbers TO ${role}; GRANT CREATE ON SCHEMA public TO ${role}`);
  const wire = await layWire(new URL(database.url));
  const url = new URL(database.url);
  Object.assign(url, { username: role, password: PASSWORD, hostname: '127.0.0.1', port: String(wire.port) });
  return {
    url: url.href,
    role,
    wire,
    sql: async (text) => (await owner.query(text)).rows,
    async close() {
      await wire.close();
      await owner.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      await owner.end();
      await database.giveBack();
    },
  };
}
