import type { LookupAddress } from 'node:dns';
import { Socket } from 'node:net';
import pg from 'pg';
import { identifier, plainName, type TableName, whereabouts } from '../../postgres/relations.js';
import { cut, NOTICE_DISCONNECTS, unreadableFile, withOwnPassword, withoutParameters } from '../../postgres/session.js';
import { isAllowedBesideOwn, type NetworkRules, permittedAddresses } from '../../web/network.js';
import { measureWithin, type NotFound } from '../measure-within.js';
import type { Probe } from '../probe.js';
import { explainSqlFailure, MisplacedTable } from './failures.js';
import { numberOf, type SqlAnswer } from './number.js';

/** The longest answer that is read, in bytes. */
const LONGEST_ANSWER_BYTES = 64 * 1024;

/** What to ask. Values are final: no `${NAME}` is left in them. */
export interface SqlProbeOptions {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  readonly query: string;
  readonly timeoutMs: number;
}

/**
 * Reads one number with a query. Each reading makes its own connection to an address that was judged for it, and asks in a
 * transaction that only reads and is never committed. Throws when the URL is not one of Postgres.
 */
export function createSqlProbe(options: SqlProbeOptions, network: NetworkRules): Probe {
  const { measure, close } = createSqlReader<{ readonly value: number }>(options, network, numberOf);
  return { kind: 'sql', measure, close };
}

export interface SqlReader<T> {
  /** Never throws, never takes longer than its timeout or the signal. */
  measure(signal: AbortSignal): Promise<(T | NotFound) & { readonly tookMs: number }>;
  close(): Promise<void>;
}

/** The same for whatever is made of the first two rows. */
export function createSqlReader<T extends object>(
  options: SqlProbeOptions,
  network: NetworkRules,
  toResult: (answer: SqlAnswer) => T | NotFound,
): SqlReader<T> {
  let name = 'the server';
  try {
    name = serverOf(options.url).name;
  } catch (error) {
    // A certificate that is missing now may be there at the next reading.
    if (unreadableFile(error) === undefined) throw error;
  }
  const { database: own, ...elsewhere } = network;
  const open = new Set<Socket>();
  return {
    measure: (caller) =>
      measureWithin<T>({ timeoutMs: options.timeoutMs, signal: caller }, async (signal) => {
        try {
          const server = serverOf(options.url);
          if (server.host.startsWith('/')) return { unknown: 'refused_address', detail: 'a socket has no address' };
          const besideOwn = own !== undefined && isAllowedBesideOwn(network, server.database);
          const permission = await permittedAddresses(server.url, besideOwn ? elsewhere : network);
          if ('refused' in permission) {
            const detail = permission.ownServer ? ownServer(server.database, own?.name) : permission.refused;
            return { unknown: 'refused_address', detail };
          }
          if (signal.aborted) return { unknown: 'timeout', detail: 'the reading was given up' };
          const socket = socketTo(permission.addresses);
          open.add(socket);
          socket.once('close', () => open.delete(socket));
          return await askOver(socket, { ...options, ...(besideOwn && { notIn: own.name }), toResult }, signal);
        } catch (error) {
          return explainSqlFailure(error, name);
        }
      }),
    async close() {
      for (const socket of open) cut(socket);
    },
  };
}

function ownServer(database: string, own: string | undefined): string {
  if (database === own) return "it is the bot's own database, which no plan may read";
  return `it is the same server as the bot's own database; PROBE_DATABASES=${database} in the bot's environment allows this database on it`;
}

interface Reading<T> extends SqlProbeOptions {
  readonly toResult: (answer: SqlAnswer) => T | NotFound;
  /** The database it must not end in, by whatever name a pooler knows it. */
  readonly notIn?: string;
}

/** Connects, asks and leaves, whatever happens in between. */
async function askOver<T>(socket: Socket, options: Reading<T>, signal: AbortSignal): Promise<T | NotFound> {
  const config = { ...clientConfig(options), stream: () => socket };
  const client = withOwnPassword(new pg.Client(config), options.url);
  // Without a listener the end of a connection would end the process; the pending question hears of it anyway.
  client.on('error', () => {});
  const giveUp = () => cut(socket);
  signal.addEventListener('abort', giveUp, { once: true });
  const answer = { size: 0 };
  try {
    await client.connect();
    client.connection.stream.on('data', (chunk: Buffer) => {
      answer.size += chunk.length;
      if (answer.size > LONGEST_ANSWER_BYTES) cut(socket);
    });
    const found = (await isIn(client, options.notIn))
      ? { unknown: 'refused_address' as const, detail: "it is the bot's own database, which no plan may read" }
      : await ask(client, options);
    client.end().catch(() => {});
    return answer.size > LONGEST_ANSWER_BYTES ? tooLarge() : found;
  } catch (error) {
    cut(socket);
    if (answer.size > LONGEST_ANSWER_BYTES) return tooLarge();
    throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
    socket.unref();
  }
}

/**
 * A pooler may know this database, or that of the bot's own address, by another name: so what it calls itself is looked at, and whether a
 * bot keeps its record there.
 */
async function isIn(client: pg.Client, database: string | undefined): Promise<boolean> {
  if (database === undefined) return false;
  const { rows } = await client.query<{ own: boolean }>(IS_OWN, [database]);
  return rows[0]?.own !== false;
}

const IS_OWN = `SELECT pg_catalog.current_database() = $1
  OR EXISTS (SELECT FROM pg_catalog.pg_proc WHERE proname = 'rollout_now') AS own`;

function tooLarge(): NotFound {
  return { unknown: 'too_large', detail: `the answer is longer than ${LONGEST_ANSWER_BYTES / 1024} KB` };
}

/**
 * The rights of a role that a transaction which only reads does not hold back: everything (superuser), the server's files
 * and programs, other people's sessions. Membership counts, because a query can take on a role its own role is a member of.
 */
const BEGIN = `BEGIN READ ONLY;
  ${NOTICE_DISCONNECTS};
  SELECT rolname FROM pg_catalog.pg_roles
  WHERE pg_catalog.pg_has_role(session_user, oid, 'MEMBER') AND (rolsuper OR rolname IN
    ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program', 'pg_signal_backend'))
  ORDER BY rolname LIMIT 1`;

const DECLARE = 'DECLARE reading CURSOR FOR ';
/** Not found, its schema not found, and its schema not open to the role. */
const LOOKS_FOR_A_TABLE = ['42P01', '3F000', '42501'];
const NAME = /^("(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*)(?:\s*\.\s*("(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*))?/u;

async function ask<T>(client: pg.Client, { query, toResult }: Reading<T>): Promise<T | NotFound> {
  const begun: unknown = await client.query(BEGIN);
  const mighty = firstRowOf(begun);
  if (mighty !== undefined) {
    const detail = `its role can act as ${mighty}, which a probe must not: give it a role that may only read`;
    return { unknown: 'refused_role', detail };
  }
  // A cursor takes a query and nothing else, and fetches no more than was asked for. The extended protocol takes one
  // statement only: what stands behind a `;` is refused.
  const declare: pg.QueryConfig & Extended = { text: `${DECLARE}${query}`, queryMode: 'extended' };
  await client.query(declare).catch((error: unknown) => saidWhereItIs(client, query, error));
  const fetch: pg.QueryArrayConfig & Extended = {
    text: 'FETCH 2 FROM reading',
    queryMode: 'extended',
    rowMode: 'array',
    types: AS_TEXT,
  };
  const { rows, fields }: SqlAnswer = await client.query<(string | null)[]>(fetch);
  return toResult({ rows, fields });
}

/** A table that was not found may be in another schema, or be spelled otherwise. */
async function saidWhereItIs(client: pg.Client, query: string, error: unknown): Promise<never> {
  const named = error instanceof pg.DatabaseError ? namedAt(query, error) : undefined;
  if (!named) throw error;
  const ask = (text: string, values: string[]) => client.query<object>(text, values);
  const place = await client
    .query('ROLLBACK')
    .then(() => whereabouts(ask, named, spelledInSql))
    .catch(() => undefined);
  if (place === undefined) throw error;
  const { grant, instead } = place;
  const words = [
    ...(instead.length > 0 ? [`there is ${instead.join(', ')}`] : []),
    ...(grant === undefined ? [] : [`its role lacks a right that this gives: GRANT ${grant}`]),
  ];
  throw words.length === 0 ? error : new MisplacedTable(error, words.join('; '));
}

/** The table that the query names where the server stopped. */
function namedAt(query: string, { code = '', position }: pg.DatabaseError): TableName | undefined {
  if (!LOOKS_FOR_A_TABLE.includes(code) || position === undefined) return undefined;
  // The server counts characters, from 1.
  const rest = [...query].slice(Number(position) - 1 - DECLARE.length).join('');
  const [, first, second] = NAME.exec(rest) ?? [];
  if (first === undefined) return undefined;
  return second === undefined ? { name: plainName(first) } : { schema: plainName(first), name: plainName(second) };
}

function spelledInSql(name: string, schema?: string): string {
  return [...(schema === undefined ? [] : [schema]), name].map(identifier).join('.');
}

interface Extended {
  readonly queryMode: 'extended';
}

/** Values as the server writes them: what is a number is judged in one place. */
const AS_TEXT: pg.CustomTypesConfig = { getTypeParser: () => (text: string) => text };

/** The first value of the last of several results. */
function firstRowOf(results: unknown): string | undefined {
  const last: unknown = Array.isArray(results) ? results.at(-1) : undefined;
  const rows: unknown = last instanceof pg.Result ? last.rows : undefined;
  if (!Array.isArray(rows)) throw new Error('the role could not be judged');
  return rows.length === 0 ? undefined : String(rows[0]?.rolname);
}

/** Parameters of an address that would win over ours. */
const OURS = [
  'options',
  'replication',
  'application_name',
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'query_timeout',
];

function clientConfig({ url, timeoutMs }: SqlProbeOptions): pg.ClientConfig {
  return {
    connectionString: withoutParameters(url, OURS),
    application_name: 'rollout-bot probe',
    // Also outside of our transaction nothing is written. A cursor is planned for all its rows, as a plain query is.
    options: '-c default_transaction_read_only=on -c cursor_tuple_fraction=1',
    statement_timeout: timeoutMs,
    lock_timeout: timeoutMs,
    idle_in_transaction_session_timeout: timeoutMs,
  };
}

/** Where the connection will go, as the client reads the address, and that as an address that can be judged. */
function serverOf(text: string): {
  readonly host: string;
  readonly name: string;
  readonly database: string;
  readonly url: URL;
} {
  const protocol = URL.canParse(text) ? new URL(text).protocol : '';
  if (protocol !== 'postgres:' && protocol !== 'postgresql:')
    throw new Error('sql probe: url is not a postgres address');
  const { host, port, database = '' } = new pg.Client({ connectionString: text });
  const bracketed = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const name = `${bracketed}:${port}`;
  if (host.startsWith('/')) return { host, name: 'the socket', database, url: new URL('postgres://localhost') };
  if (!URL.canParse(`http://${name}/`)) throw new Error('sql probe: url has no host');
  return { host, name, database, url: new URL(`http://${name}/`) };
}

/** A socket that connects to the judged addresses whatever it is told. */
function socketTo(addresses: readonly LookupAddress[]): Socket {
  const socket = new Socket();
  const connect = socket.connect.bind(socket);
  const dial = (port: number, host: string) =>
    connect({
      port,
      host,
      lookup: (_host, { all }, done) => {
        const [first] = addresses;
        if (all || !first) done(null, [...addresses]);
        else done(null, first.address, first.family);
      },
    });
  return Object.assign(socket, { connect: dial });
}
