/** What Postgres leaves out when it refuses: which columns of a table a role may not use, or where the table is. */
import { type Ask, whereabouts } from '../../postgres/relations.js';
import { TargetError } from '../target.js';
import { quoted } from './columns.js';
import type { PostgresConfig } from './config.js';

const RIGHTS = `SELECT current_user::text AS role, k.need, k.of FROM unnest($2::text[], $3::text[]) AS k(need, of)
  WHERE NOT pg_catalog.has_column_privilege($1::oid, k.of, k.need)`;

/**
 * No such table, schema, or type: a block that declares a row of a table it cannot see is refused for its type, or, where the
 * statement before it is looked at first, for the table.
 */
const UNSEEN: readonly string[] = ['42P01', '3F000', '42704'];

type Need = 'SELECT' | 'INSERT' | 'UPDATE';
const NEEDS = ['SELECT', 'INSERT', 'UPDATE'] as const satisfies readonly Need[];

interface Table {
  readonly table: string;
  readonly columns: Readonly<Record<Need, readonly string[]>>;
}

/** Throws the error with what the catalog says about the tables: the GRANT that is missing, or the name that would have been right. */
export async function withRights(ask: Ask, config: PostgresConfig, error: TargetError): Promise<never> {
  const { code }: { code?: unknown } = Object(error.cause);
  const unseen = typeof code === 'string' && UNSEEN.includes(code);
  if ((error.code !== 'denied' && !unseen) || error instanceof RightsError) throw error;
  for (const of of tablesOf(config)) {
    const words = await whatHelps(ask, of).catch(() => undefined);
    if (words !== undefined) throw saying(error, words);
  }
  throw error;
}

async function whatHelps(ask: Ask, { table, columns }: Table): Promise<string | undefined> {
  const [first = '', ...rest] = table.split('.');
  const named = rest.length === 0 ? { name: first } : { schema: first, name: rest.join('.') };
  const place = await whereabouts(ask, named, (name, schema) => (schema === undefined ? name : `${schema}.${name}`));
  const grants = place.grant === undefined ? [] : [place.grant];
  if (place.table) {
    const lacking = await lackingOf(ask, place.table.oid, columns);
    if (lacking) grants.push(`${lacking.of} ON ${place.table.name} TO ${lacking.role}`);
  }
  const lacks = `its role lacks a right that this gives: ${grants.map((grant) => `GRANT ${grant}`).join('; ')}`;
  const said = [
    ...(place.instead.length > 0
      ? [`there is ${place.instead.join(', ')}; the plan spells it as the database does, with its schema`]
      : []),
    ...(grants.length > 0 ? [lacks] : []),
  ];
  return said.length === 0 ? undefined : said.join('; ');
}

async function lackingOf(ask: Ask, oid: string, columns: Table['columns']) {
  const needs = NEEDS.flatMap((need) => columns[need].map((of) => ({ need, of })));
  const list = (values: readonly string[]) => `{${values.map((value) => JSON.stringify(value)).join(',')}}`;
  const answer = await ask(RIGHTS, [oid, list(needs.map(({ need }) => need)), list(needs.map(({ of }) => of))]);
  const lacking: { role?: unknown; need?: unknown; of?: unknown }[] = answer.rows.map(Object);
  const [first] = lacking;
  if (!first) return undefined;
  const grants = NEEDS.flatMap((need) => {
    const of = lacking.filter((one) => one.need === need).map((one) => quoted(String(one.of)));
    return of.length === 0 ? [] : [`${need} (${of.join(', ')})`];
  });
  return { of: grants.join(', '), role: quoted(String(first.role)) };
}

function tablesOf({ table, columns, rows, users, tenants }: PostgresConfig): Table[] {
  const given = (...names: readonly (string | undefined)[]) => names.filter((name) => name !== undefined);
  const moved = given(columns.exposure, columns.enabled);
  const stamp = given(columns.updatedAt);
  const named = [rows.column, ...(rows.where ?? []).map(({ column }) => column)];
  const tenant = given(tenants?.column);
  const own: Table = {
    table,
    columns: {
      SELECT: [...named, ...tenant, ...moved],
      INSERT: tenants ? [...named, ...tenant, ...moved, ...stamp] : [],
      UPDATE: [...moved, ...stamp],
    },
  };
  if (!users) return [own];
  const override = [users.flag, users.user, users.enabled];
  return [own, { table: users.table, columns: { SELECT: override, INSERT: override, UPDATE: [users.enabled] } }];
}

/** What helps is said already: a reading inside a rehearsal is asked about once. */
class RightsError extends TargetError {}

function saying(error: TargetError, words: string): RightsError {
  const { code, target, detail, retryable, final, atLeast, remaining, place, cause } = error;
  return new RightsError(code, `${detail}; ${words}`, {
    ...(target === undefined ? {} : { target }),
    retryable,
    cause,
    ...(atLeast === undefined ? {} : { atLeast }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(place === undefined ? {} : { place }),
    final,
  });
}
