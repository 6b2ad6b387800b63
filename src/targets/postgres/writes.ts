/**
 * How the postgres target moves rows that are not all there yet: overrides for named users, rows for tenants.
 *
 * A plain statement sees what was committed when it began. One that waited for a raise would not see the rows which that
 * raise has added, and would leave them on. So each change is one anonymous block: it waits for the flags' own rows, and
 * what comes after sees everything the one before it did. It is still one statement: one timeout of the server ends all
 * of it, no lock outlives it, and all of it happens or nothing.
 */
import { isNamedUsers } from '../../rollout/plan/exposure.js';
import type { Rungs } from '../target.js';
import { tenantsAt } from '../tenants.js';
import { alsoWhere, amountOf, literal, quoted, switchDiffers, switchTo } from './columns.js';
import type { PostgresConfig } from './config.js';
import { groupedByHand, quotedTable } from './sql.js';

/** Codes that the blocks raise themselves. */
export const ROWS_MISSING = 'RB001';
export const ROWS_KEPT = 'RB002';

/** Rows that a flag has one of for each user or tenant. No unique constraint is asked for: the flags' rows are locked. */
interface Pairs {
  readonly table: string;
  readonly flag: string;
  readonly who: string;
  readonly enabled: string;
  readonly updatedAt?: string;
  readonly flags: readonly string[];
}

/** The block that brings everything to this exposure. `guard`: a statement that ends it, after the flags' rows were waited for. */
export function setBlock(config: PostgresConfig, exposure: number, guard = ''): string {
  const [rows, ...rest] = statementsAt(config, exposure);
  return block(config, [guard, ...exactly(config, exposure, rows), ...rest.map(ended), ...leftOver(config, exposure)]);
}

/** The change for a person, the rows of the flags first. */
export function blockByHand(config: PostgresConfig, exposure: number, rungs: Rungs = {}): string {
  const [own, ...rest] = statementsAt(config, exposure);
  if (exposure > 0 || Object.keys(rungs).length === 0) return [own, ...rest].map(ended).join(' ');
  const whole = ownAssignments(config, exposure);
  const tenant = config.tenants ? ` AND ${quoted(config.tenants.column)} IS NULL` : '';
  const owns = groupedByHand(config, exposure, { whole, rungs }).map(
    ({ assignments, where }) => `UPDATE ${quotedTable(config.table)} SET ${assignments} WHERE ${where}${tenant}`,
  );
  return [...owns, ...rest].map(ended).join(' ');
}

/** Everyone who is named by any stage. */
export function everyUser({ users }: PostgresConfig): readonly string[] {
  return users?.steps.at(-1)?.names ?? [];
}

/** The named users who have it at an exposure: those of all stages up to it, and at any percentage all of them. */
export function usersAt(config: PostgresConfig, exposure: number): readonly string[] {
  if (!isNamedUsers(exposure)) return exposure > 0 ? everyUser(config) : [];
  return config.users?.steps.findLast((step) => step.exposure <= exposure)?.names ?? [];
}

/** The rows of the flags first, then what hangs on them. */
export function statementsAt(config: PostgresConfig, exposure: number): [string, ...string[]] {
  const { tenants, users } = config;
  const share = isNamedUsers(exposure) ? 0 : exposure;
  return [
    `UPDATE ${quotedTable(config.table)} SET ${ownAssignments(config, share)} WHERE ${ownRows(config)}`,
    ...(tenants ? tenantStatements(config, { on: tenantsAt(tenants, share), all: share === 100 }) : []),
    ...(users ? userStatements(config, usersAt(config, exposure)) : []),
  ];
}

function ownAssignments(config: PostgresConfig, share: number): string {
  const { columns, tenants } = config;
  const on = tenants ? share === 100 : share > 0;
  // As text, so that a column of whole numbers refuses 12.5 instead of rounding it.
  const amount = columns.exposure === undefined ? [] : [`${quoted(columns.exposure)} = '${amountOf(config, share)}'`];
  return [...switchTo(config, on), ...amount, ...stamp(columns)].join(', ');
}

/** Below everybody, tenants who are on without being listed are switched off too: somebody did that by hand. */
function tenantStatements(config: PostgresConfig, { on, all }: { on: readonly string[]; all: boolean }): string[] {
  const rows = tenantRows(config);
  const column = quoted(rows.who);
  const others = on.length === 0 ? `${column} IS NOT NULL` : `${column} NOT IN (${literals(on)})`;
  return [...added(rows, on), ...(all ? [] : [off(rows, `${flagsOf(rows)} AND ${others}`)])];
}

function userStatements(config: PostgresConfig, on: readonly string[]): string[] {
  const rows = overrides(config);
  const others = everyUser(config).filter((name) => !on.includes(name));
  return [...added(rows, on), ...(others.length === 0 ? [] : [off(rows, those(rows, others))])];
}

/** Ends the block with an error when some of the rows did not take the change. */
export function leftOver(config: PostgresConfig, exposure: number): string[] {
  const users = config.users ? usersAt(config, exposure) : [];
  const tenants = config.tenants && !isNamedUsers(exposure) ? tenantsAt(config.tenants, exposure) : [];
  const others = everyUser(config).filter((name) => !users.includes(name));
  const wrong = [
    ...(users.length > 0 ? [missing(overrides(config), users)] : []),
    ...(others.length > 0
      ? [
          `SELECT 1 FROM ${quotedTable(overrides(config).table)} WHERE ${those(overrides(config), others)} AND ${quoted(overrides(config).enabled)}`,
        ]
      : []),
    ...(tenants.length > 0 ? [missing(tenantRows(config), tenants)] : []),
  ];
  return wrong.map((found) => `IF EXISTS (${found}) THEN RAISE SQLSTATE '${ROWS_KEPT}'; END IF;`);
}

function added(rows: Pairs, who: readonly string[]): string[] {
  if (who.length === 0) return [];
  const assignments = [`${quoted(rows.enabled)} = true`, ...stamp(rows)];
  const update = `UPDATE ${quotedTable(rows.table)} SET ${assignments.join(', ')} WHERE ${those(rows, who)} AND ${quoted(rows.enabled)} IS NOT TRUE`;
  return [update, insert(rows, who, true)];
}

function off(rows: Pairs, where: string): string {
  const assignments = [`${quoted(rows.enabled)} = false`, ...stamp(rows)];
  return `UPDATE ${quotedTable(rows.table)} SET ${assignments.join(', ')} WHERE ${where} AND ${quoted(rows.enabled)}`;
}

/** Adds what is not there. `jsonb_populate_recordset` makes names into whatever type their column has. */
function insert(rows: Pairs, who: readonly string[], enabled: boolean): string {
  const columns = [rows.flag, rows.who, rows.enabled, ...(rows.updatedAt === undefined ? [] : [rows.updatedAt])].map(
    quoted,
  );
  const values = [
    `f.${quoted(rows.flag)}`,
    `w.${quoted(rows.who)}`,
    enabled,
    ...(rows.updatedAt === undefined ? [] : ['now()']),
  ];
  return `INSERT INTO ${quotedTable(rows.table)} (${columns.join(', ')}) SELECT ${values.join(', ')} ${absent(rows, who, '')}`;
}

function missing(rows: Pairs, who: readonly string[]): string {
  return `SELECT 1 ${absent(rows, who, ` AND o.${quoted(rows.enabled)}`)}`;
}

/** Every flag with everybody named, where the table has no such row. */
function absent(rows: Pairs, who: readonly string[], and: string): string {
  const table = quotedTable(rows.table);
  const records = (column: string, values: readonly string[]) =>
    `jsonb_populate_recordset(NULL::${table}, ${literal(JSON.stringify(values.map((value) => ({ [column]: value }))))})`;
  const same = [rows.flag, rows.who].map(quoted);
  return `FROM ${records(rows.flag, rows.flags)} AS f, ${records(rows.who, who)} AS w WHERE NOT EXISTS (SELECT 1 FROM ${table} AS o WHERE o.${same[0]} = f.${same[0]} AND o.${same[1]} = w.${same[1]}${and})`;
}

function overrides({ users, rows }: PostgresConfig): Pairs {
  if (!users) throw new Error('no table of overrides');
  return {
    table: users.table,
    flag: users.flag,
    who: users.user,
    enabled: users.enabled,
    flags: names(rows.values),
  };
}

function tenantRows({ table, rows, columns, tenants }: PostgresConfig): Pairs {
  if (!tenants) throw new Error('no tenants');
  const { enabled, updatedAt } = columns;
  if (enabled === undefined) throw new Error('tenants without a switch');
  return {
    table,
    flag: rows.column,
    who: tenants.column,
    enabled,
    flags: names(rows.values),
    ...(updatedAt !== undefined && { updatedAt }),
  };
}

/** Waits for the flags' rows, then goes on if each name has exactly one. */
function block(config: PostgresConfig, steps: readonly string[]): string {
  const [from, name, count] = [quotedTable(config.table), quoted(config.rows.column), names(config.rows.values).length];
  const body = `
#variable_conflict use_column
DECLARE touched bigint;
BEGIN
PERFORM 1 FROM ${from} WHERE ${ownRows(config)} ORDER BY ${name} FOR NO KEY UPDATE;
IF (SELECT count(*) <> ${count} OR count(DISTINCT ${name}) <> ${count} FROM ${from} WHERE ${ownRows(config)}) THEN
RAISE SQLSTATE '${ROWS_MISSING}'; END IF;
${steps.join('\n')}
END`;
  return `DO ${literal(body)}`;
}

/** A row that is not written does no harm where it holds the same already: some tables write only what changes. */
function exactly(config: PostgresConfig, exposure: number, statement: string): string[] {
  const count = names(config.rows.values).length;
  return [
    ended(statement),
    `GET DIAGNOSTICS touched = ROW_COUNT; IF touched <> ${count} AND ${someOther(config, exposure)} THEN RAISE SQLSTATE '${ROWS_KEPT}'; END IF;`,
  ];
}

/** True when one of the flags' own rows is not what was written: kept, rounded, or changed by a trigger. */
export function someOther(config: PostgresConfig, place: number): string {
  return `EXISTS (SELECT 1 FROM ${quotedTable(config.table)} WHERE ${ownRows(config)} AND ${isOther(config, place)})`;
}

function isOther(config: PostgresConfig, place: number): string {
  const { columns, tenants } = config;
  const share = isNamedUsers(place) ? 0 : place;
  const on = tenants ? share === 100 : share > 0;
  const other = switchDiffers(config, on);
  // Switched off, the number says nothing; without a switch it says all.
  if (columns.exposure === undefined || (share === 0 && columns.enabled !== undefined)) return `(${other})`;
  const text = `${quoted(columns.exposure)}::text`;
  return `(${other} OR CASE WHEN ${text} ~ '^[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?$' THEN ${text}::numeric <> ${amountOf(config, share)} ELSE true END)`;
}

/** Which overrides the plan's are. */
export function overridesOf(config: PostgresConfig): string {
  return those(overrides(config), everyUser(config));
}

/** Which rows are tenants', listed or not. */
export function tenantRowsOf(config: PostgresConfig): string {
  const rows = tenantRows(config);
  return `${flagsOf(rows)} AND ${quoted(rows.who)} IS NOT NULL`;
}

/** The rows of the flags themselves; where tenants have rows too, those without one. Never `= NULL`: that is no row. */
export function ownRows(config: PostgresConfig, only: readonly string[] = names(config.rows.values)): string {
  const { rows, tenants } = config;
  const named = `${quoted(rows.column)} IN (${literals(only)})${alsoWhere(config)}`;
  return tenants ? `${named} AND ${quoted(tenants.column)} IS NULL` : named;
}

function those(rows: Pairs, who: readonly string[]): string {
  return `${flagsOf(rows)} AND ${quoted(rows.who)} IN (${literals(who)})`;
}

function flagsOf(rows: Pairs): string {
  return `${quoted(rows.flag)} IN (${literals(rows.flags)})`;
}

function stamp({ updatedAt }: { readonly updatedAt?: string }): string[] {
  return updatedAt === undefined ? [] : [`${quoted(updatedAt)} = now()`];
}

function literals(values: readonly string[]): string {
  return values.map((value) => literal(value).trim()).join(', ');
}

/** The flags, each once. */
export function flagNames({ rows }: PostgresConfig): readonly string[] {
  return names(rows.values);
}

function names(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}

function ended(statement: string): string {
  return `${statement};`;
}
