/** What users and tenants have, read from overrides and from rows of their own. */
import { isNamedUsers, LEAST_PERCENT } from '../../rollout/plan/exposure.js';
import type { TargetReading } from '../target.js';
import { exposureOfTenants } from '../tenants.js';
import { quoted } from './columns.js';
import type { PostgresConfig } from './config.js';
import { exposureOf, type FlagRow, quotedTable, requireExactly, stateOf } from './sql.js';
import { everyUser } from './writes.js';

const NAMES_SHOWN = 3;

/** A flag's own row and what hangs on it. Positions count from 1, in the lists the statement was given. */
export interface RowWithUsers extends FlagRow {
  readonly users: readonly number[];
  readonly tenants: readonly number[];
  /** Tenants who have it and are not listed. */
  readonly others: number;
}

/** `$1`: the named rows; then, where the configuration has them, every user and every tenant as a JSON list. */
export function readStatement(config: PostgresConfig): { text: string; lists: readonly string[] } {
  const { table, rows, columns, users, tenants } = config;
  const [from, name, enabled] = [quotedTable(table), quoted(rows.column), quoted(columns.enabled ?? '')];
  const lists: string[] = [];
  const known: string[] = [];
  /** A list of names, each made into the type of its column. */
  const listed = (as: string, of: { table: string; column: string; names: readonly string[] }) => {
    lists.push(JSON.stringify(of.names));
    const record = `jsonb_populate_record(NULL::${quotedTable(of.table)}, jsonb_build_object('${of.column.replaceAll("'", "''")}', t.value))`;
    known.push(`${as} AS MATERIALIZED (SELECT t.no::int AS no, (${record}).${quoted(of.column)} AS who
      FROM jsonb_array_elements_text($${lists.length + 1}::jsonb) WITH ORDINALITY AS t(value, no))`);
  };
  const parts = [`f.${name}::text AS name`, `f.${enabled} AS enabled`];
  parts.push(`${columns.exposure === undefined ? 'NULL' : `f.${quoted(columns.exposure)}`}::text AS exposure`);
  if (users) {
    listed('users', { table: users.table, column: users.user, names: everyUser(config) });
    const has = `o.${quoted(users.flag)} = f.${name} AND o.${quoted(users.user)} = w.who AND o.${quoted(users.enabled)}`;
    parts.push(
      `ARRAY(SELECT w.no FROM users w WHERE EXISTS (SELECT 1 FROM ${quotedTable(users.table)} o WHERE ${has})) AS users`,
    );
  }
  if (tenants) {
    listed('tenants', { table, column: tenants.column, names: tenants.list });
    const on = `t.${name} = f.${name} AND t.${enabled}`;
    const tenant = `t.${quoted(tenants.column)}`;
    parts.push(
      `ARRAY(SELECT w.no FROM tenants w WHERE EXISTS (SELECT 1 FROM ${from} t WHERE ${on} AND ${tenant} = w.who)) AS tenants`,
      `(SELECT count(DISTINCT ${tenant})::int FROM ${from} t WHERE ${on} AND NOT EXISTS (SELECT 1 FROM tenants w WHERE w.who = ${tenant})) AS others`,
    );
  }
  const own = tenants ? ` AND f.${quoted(tenants.column)} IS NULL` : '';
  const text = `WITH ${known.join(', ')} SELECT ${parts.join(', ')} FROM ${from} f WHERE f.${name} = ANY($1)${own} ORDER BY 1`;
  return { text, lists };
}

export function asPeopledRow(row: unknown, flag: FlagRow): RowWithUsers {
  const { users, tenants, others }: { users?: unknown; tenants?: unknown; others?: unknown } = row ?? {};
  return { ...flag, users: numbers(users), tenants: numbers(tenants), others: typeof others === 'number' ? others : 0 };
}

function numbers(list: unknown): number[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === 'number') : [];
}

interface Part {
  readonly exposure: number;
  readonly partial: boolean;
  readonly detail: string;
}

/** Throws TargetError when the rows are not exactly the named ones or hold no percentage. */
export function peopledReading(
  target: string,
  config: PostgresConfig,
  found: { readonly rows: readonly RowWithUsers[]; readonly names: readonly string[] },
): TargetReading {
  const read = () => found.rows.map((row) => withUsers(config, row, ownPart(target, config, row)));
  requireExactly({ target, config }, found.rows, found.names, () => {
    const there = read();
    const exposure = Math.max(0, ...there.map((part) => part.exposure));
    return { exposure, detail: there.map(({ detail }) => detail).join('; ') };
  });
  const parts = read();
  const exposures = parts.map(({ exposure }) => exposure);
  return {
    exposure: Math.max(...exposures),
    partial: new Set(exposures).size > 1 || parts.some(({ partial }) => partial),
    detail: parts.map(({ detail }) => detail).join('; '),
    version: null,
  };
}

function ownPart(target: string, config: PostgresConfig, row: RowWithUsers): Part {
  const own = exposureOf(target, config, row);
  const detail = stateOf(config, row);
  if (config.tenants) return tenantPart(config.tenants, row, { everybody: own > 0, detail });
  // Named users have places below the least percentage: a lower one would be taken for them.
  return { exposure: isNamedUsers(own) ? LEAST_PERCENT : own, partial: false, detail };
}

/** Below everybody: so many tenants, in part where they are not the first of the list, or where others have it too. */
function tenantPart(
  tenants: NonNullable<PostgresConfig['tenants']>,
  row: RowWithUsers,
  { everybody, detail }: { everybody: boolean; detail: string },
): Part {
  const on = row.tenants.map((no) => tenants.list[no - 1] ?? '');
  const others = row.others === 0 ? '' : ` and ${row.others} not listed`;
  const said = `${detail} for everybody, ${on.length} of ${tenants.list.length} tenants on${some(on)}${others}`;
  if (everybody) return { exposure: 100, partial: on.length < tenants.list.length, detail: said };
  const count = on.length + row.others;
  const inOrder = row.tenants.every((no) => no <= on.length);
  // Only the row for everybody makes it all of them.
  const exposure = Math.min(exposureOfTenants(tenants, count), 100 - LEAST_PERCENT);
  return { exposure, partial: row.others > 0 || !inOrder, detail: said };
}

/** Who is named stays in at every percentage; below them all, the highest stage that anybody has it from counts. */
function withUsers(config: PostgresConfig, row: RowWithUsers, own: Part): Part {
  if (!config.users) return own;
  const all = everyUser(config);
  const on = new Set(row.users.map((no) => all[no - 1]));
  const reached = config.users.steps.findLast(({ names }, index) => {
    const before = config.users?.steps[index - 1]?.names ?? [];
    return names.some((name) => on.has(name) && !before.includes(name));
  });
  const due = own.exposure > 0 ? all : (reached?.names ?? []);
  const without = due.filter((name) => !on.has(name));
  const lacking = without.length === 0 ? '' : ` without${some(without)}`;
  return {
    exposure: own.exposure > 0 ? own.exposure : (reached?.exposure ?? 0),
    partial: own.partial || without.length > 0,
    detail: `${own.detail}, ${on.size} of ${all.length} named users on${lacking}`,
  };
}

function some(names: readonly string[]): string {
  if (names.length === 0) return '';
  const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : '';
  return ` (${names.slice(0, NAMES_SHOWN).join(', ')}${more})`;
}
