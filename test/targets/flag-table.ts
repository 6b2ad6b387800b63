import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import pg from 'pg';
import type { PostgresConfig } from '../../src/targets/postgres/config.js';
import { createPostgresTarget } from '../../src/targets/postgres/index.js';
import type { Target } from '../../src/targets/target.js';
import { createDatabase } from '../support/database.js';

export const PASSWORD = 'canary-5d2e';

/** A database with a table of flags, a role that may move them, and a wire between that can be cut. */
export interface FlagTable {
  /** A target that reaches the table over the wire, as the role. */
  target(changes?: Partial<PostgresConfig>, timeoutMs?: number): Target;
  /** The role's address over the wire. */
  readonly url: string;
  readonly role: string;
  /** Runs a statement as the owner, past the wire. */
  sql<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** A second session of the owner, for locks; ended by `close`. */
  session(): Promise<pg.Client>;
  readonly wire: Wire;
  close(): Promise<void>;
}

export interface Wire {
  readonly port: number;
  /** The next connection is taken and then nothing is carried. */
  hangNext(): void;
  /** The next connection is dropped at once. */
  dropNext(): void;
  /** From now on nothing is carried over the connections that exist: half-open, as after a pulled cable. */
  freeze(): void;
  close(): Promise<void>;
}

const FLAGS = `
  CREATE TABLE feature_flags (
    name text PRIMARY KEY,
    rollout_percentage numeric NOT NULL DEFAULT 0,
    enabled boolean NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL DEFAULT '2020-01-01T00:00:00Z'
  );
  INSERT INTO feature_flags (name) VALUES ('NEW_CHECKOUT'), ('NEW_CART'), ('UNRELATED');`;

export async function createFlagTable(): Promise<FlagTable> {
  const database = await createDatabase({ template: false });
  const owner = new pg.Client({ connectionString: database.url });
  await owner.connect();
  const role = `flag_mover_${new URL(database.url).pathname.slice(-12)}`;
  await owner.query(`${FLAGS}
    CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}';
    GRANT SELECT, UPDATE ON feature_flags TO ${role};`);
  const wire = await layWire(new URL(database.url));
  const url = new URL(database.url);
  Object.assign(url, { username: role, password: PASSWORD, hostname: '127.0.0.1', port: String(wire.port) });
  const sessions: pg.Client[] = [];
  const targets: Target[] = [];
  return {
    url: url.href,
    role,
    wire,
    target(changes = {}, timeoutMs = 20_000) {
      const target = createPostgresTarget('flag', { ...configFor(url.href), ...changes }, timeoutMs);
      targets.push(target);
      return target;
    },
    async sql<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) {
      return (await owner.query<Row>(text, [...values])).rows;
    },
    async session() {
      const session = new pg.Client({ connectionString: database.url });
      sessions.push(session);
      await session.connect();
      return session;
    },
    async close() {
      await Promise.all([...targets.map((target) => target.close()), ...sessions.map((session) => session.end())]);
      await wire.close();
      await owner.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
      await owner.end();
      await database.giveBack();
    },
  };
}

export function configFor(url: string): PostgresConfig {
  return {
    kind: 'postgres',
    url,
    table: 'feature_flags',
    rows: { column: 'name', values: ['NEW_CHECKOUT', 'NEW_CART'] },
    columns: { exposure: 'rollout_percentage', enabled: 'enabled', updatedAt: 'updated_at' },
  };
}

/** A TCP relay to Postgres. */
export async function layWire(to: URL): Promise<Wire> {
  const next: ('hang' | 'drop')[] = [];
  const ends = new Set<Socket>();
  const keep = (socket: Socket) => {
    ends.add(socket);
    // A wire that is cut is what these tests are about; the ends hear of it in their own way.
    socket.on('error', () => {}).once('close', () => ends.delete(socket));
  };
  const server = createServer((near) => {
    keep(near);
    const fault = next.shift();
    if (fault === 'drop') near.destroy();
    if (fault !== undefined) return;
    const far = dial(Number(to.port), to.hostname);
    keep(far);
    near.pipe(far).pipe(near);
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
  });
  return {
    port: await listening(server),
    hangNext: () => next.push('hang'),
    dropNext: () => next.push('drop'),
    freeze() {
      for (const socket of ends) socket.unpipe().pause();
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of ends) socket.destroy();
      }),
  };
}

export async function listening(server: Server): Promise<number> {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
