/** Databases of their own for tests: emptied ones that other tests gave back, else copies of a migrated template. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { type KeptConnections, keepConnections } from './kept-connections.js';

/** `migrated`: as a bot leaves it. `stopped`: the same, and its domain time is what the table `test_clock` says. */
export const TEMPLATES = { migrated: 'rollout_template', stopped: 'rollout_template_stopped' } as const;
export type Template = keyof typeof TEMPLATES;
/** What a database without a template begins as. */
export const BARE = 'template1';

export interface TestDatabase {
  /** Connection URL with an account that may do everything in it. */
  readonly url: string;
  /** For pools: their connections are kept with the database. */
  readonly Client: typeof pg.Client;
  /** Removes it, cutting whoever is still connected. The run's end removes what was not dropped. */
  drop(): Promise<void>;
  /** Ends all other connections and leaves it to the next test, empty; drops it when its schema was changed. */
  giveBack(): Promise<void>;
}

/** Emptied databases of this process, by what they were made from. */
const FREE = new Map<string, Made[]>();

interface Made {
  readonly name: string;
  readonly uses: number;
  readonly connections: KeptConnections;
}

/** What is deleted stays in the files of a table: so a database is used so often at most. */
const MOST_USES = 40;

/** A database with nothing in it but what its template has: a migrated one, or no table at all with `template: false`. */
export async function createDatabase(options: { template?: Template | false } = {}): Promise<TestDatabase> {
  const template = options.template === false ? BARE : TEMPLATES[options.template ?? 'migrated'];
  const { name, uses, connections } = FREE.get(template)?.pop() ?? (await made(template));
  const { Client } = connections;
  const url = new URL(adminUrl());
  url.pathname = name;
  const drop = async () => {
    await connections.end();
    await asAdmin(`drop database if exists ${name} with (force)`);
  };
  return {
    url: url.href,
    Client,
    drop,
    async giveBack() {
      if (uses >= MOST_USES || !(await emptied(url.href, template, connections))) return drop();
      FREE.set(template, [...(FREE.get(template) ?? []), { name, uses: uses + 1, connections }]);
    },
  };
}

async function made(template: string): Promise<Made> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  // Copied file by file it costs half of what it does by way of the log.
  await asAdmin(`create database ${name} template ${template} strategy file_copy`);
  return { name, uses: 0, connections: keepConnections() };
}

/** Administrator's URL of the run's Postgres. */
export function adminUrl(): string {
  return inject('postgresUrl');
}

/**
 * One text for everything that was created or changed in a database: which transaction wrote each row of the catalogue. Whoever changes the schema
 * and changes it back changes this.
 */
export const SCHEMA = `select string_agg(part, ' ') as schema from (
  ${[
    'pg_class',
    'pg_attribute',
    'pg_attrdef',
    'pg_proc',
    'pg_trigger',
    'pg_constraint',
    'pg_type',
    'pg_namespace',
    'pg_policy',
    'pg_extension',
    'pg_sequence',
    'pg_rewrite',
    'pg_description',
    'pg_default_acl',
  ]
    .map((table) => `select '${table} ' || count(*) || ' ' || sum(xmin::text::bigint) as part from ${table}`)
    .join(' union all ')}
  union all select 'settings ' || count(*) from pg_db_role_setting
    where setdatabase = (select oid from pg_database where datname = current_database())) parts`;

/** What of the server's own catalogue was changed, and what is left beside the schema `public`. */
export const BARE_SCHEMA = `select string_agg(part, ' ') as schema from (
  ${[
    'pg_class',
    'pg_proc',
    'pg_type',
    'pg_namespace',
    'pg_extension',
    'pg_cast',
    'pg_operator',
    'pg_event_trigger',
    'pg_publication',
    'pg_default_acl',
  ]
    .map(
      (table) => `select '${table} ' || count(*) || ' ' || coalesce(sum(xmin::text::bigint), 0) as part from ${table}
      ${table === 'pg_namespace' ? "where nspname not like 'pg\\_t%' and nspname <> 'public'" : ''}`,
    )
    .join(' union all ')}
  union all select 'settings ' || count(*) from pg_db_role_setting
    where setdatabase = (select oid from pg_database where datname = current_database())
  union all select 'rights ' || coalesce(datacl::text, '') from pg_database where datname = current_database()) parts`;

/** Whether everything that was written is gone. False: something else than rows was changed, or nobody may connect any more. */
async function emptied(url: string, template: string, connections: KeptConnections): Promise<boolean> {
  const client = new connections.Client({ connectionString: url });
  const isAsMade = async (schema: string) =>
    (await client.query<{ schema: string }>(schema)).rows[0]?.schema === inject('schemas')[template];
  try {
    await client.connect();
    await client.query(`select set_config('test.kept', $1, false)`, [connections.processes().join(',')]);
    if (template === BARE) {
      await client.query(CUT_OFF);
      await client.query(CLEAR);
      return await isAsMade(BARE_SCHEMA);
    }
    if (!(await isAsMade(SCHEMA))) return false;
    await client.query(CUT_OFF);
    await client.query(EMPTY);
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}

/** Whoever is connected, but for this connection and those whose connections are kept. */
const OTHERS = `pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
  and pid <> all (string_to_array(current_setting('test.kept'), ',')::int[])`;

/** Nobody else is connected while something goes: who is cut off may just be writing. */
const CUT_OFF = `do $$
  declare
    rounds int := 0;
  begin
    while exists (select 1 from ${OTHERS}) loop
      rounds := rounds + 1;
      if rounds > 1000 then raise 'somebody comes back again and again'; end if;
      perform pg_terminate_backend(pid) from ${OTHERS};
      perform pg_sleep(0.002);
      perform pg_stat_clear_snapshot();
    end loop;
  end $$`;

/** As `template1` has it. */
const CLEAR = `set client_min_messages = warning;
  drop schema public cascade;
  create schema public authorization pg_database_owner;
  grant usage on schema public to public;
  reset client_min_messages`;

/** Back to what the template has. */
const EMPTY = `set session_replication_role = replica;
  do $$
  declare
    name text;
    filled boolean;
  begin
    for name in select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' loop
      execute format('select exists (select 1 from public.%I)', name) into filled;
      if filled then execute format('delete from public.%I', name); end if;
      if exists (select 1 from pg_class where relnamespace = 'pristine'::regnamespace and relname = name) then
        execute format('insert into public.%1$I overriding system value select * from pristine.%1$I', name);
      end if;
    end loop;
    perform setval(format('public.%I', sequencename)::regclass, start_value, false)
      from pg_sequences where schemaname = 'public' and last_value is not null;
  end $$;
  reset session_replication_role`;

/** Keeps the rows that a migrated database begins with, for `EMPTY`. */
export const KEEP = `create schema pristine;
  do $$
  declare
    name text;
    filled boolean;
  begin
    for name in select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' loop
      execute format('select exists (select 1 from public.%I)', name) into filled;
      if filled then execute format('create table pristine.%1$I as table public.%1$I', name); end if;
    end loop;
  end $$`;

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
