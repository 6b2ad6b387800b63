/**
 * What keeps a raise of rows from being late. A raise that was held up (a frozen process, a locked row, a lost answer) may
 * reach the database after the rollout was taken back. So the rows are read together with a state that changes with every
 * write to any of them, and the raise is one block that waits for the rows, compares that state and writes only where it is
 * the same. A lowering writes every row, also one that is off already: whatever it overtook finds another state.
 */

import type { TargetState } from '../target.js';
import { literal, quoted } from './columns.js';
import type { PostgresConfig } from './config.js';
import type { Query } from './connection.js';
import { quotedTable } from './sql.js';
import { everyUser, overridesOf, ownRows, setBlock, tenantRowsOf } from './writes.js';

/** The code that the block raises when the rows are not as they were read. */
export const ROWS_MOVED = 'RB003';

/**
 * How the state of a row is told. `rows`: by its values and by where Postgres keeps it (`tableoid`, `ctid`) and which
 * transaction wrote it (`xmin`): no two writes give the same. `values`: by its values alone, where the other is not to be had.
 */
export type StateBy = TargetState['by'];

/** The columns of a statement that tell the state of everything the target moves, and whether that is a version. */
export function stateColumns(config: PostgresConfig, by: StateBy): string {
  // Foreign tables have no writing transaction: 0 stands there, whoever wrote.
  const tells =
    by === 'rows'
      ? `NOT EXISTS (SELECT 1 FROM (${everyRow(config, 'xmin::text')}) AS s(one) WHERE s.one = '0')`
      : 'false';
  return `${stateOf(config, by)} AS state, ${tells} AS tells`;
}

/** The block that raises to this exposure where the state still is the one that was read. */
export function raiseBlock(config: PostgresConfig, exposure: number, seen: TargetState): string {
  const guard = `IF ${stateOf(config, seen.by)} IS DISTINCT FROM ${literal(seen.text)} THEN RAISE SQLSTATE '${ROWS_MOVED}'; END IF;`;
  return setBlock(config, exposure, guard);
}

/** One text for the state of all rows, whatever order they are found in. */
function stateOf(config: PostgresConfig, by: StateBy): string {
  const all = `SELECT string_agg(s.one, ',' ORDER BY s.one COLLATE "C") FROM (${everyRow(config, rowText(by))}) AS s(one)`;
  return `encode(sha256(convert_to(coalesce((${all}), ''), 'UTF8')), 'hex')`;
}

/** A query of `one` for every row that the target moves: the flags' own, overrides of its users, rows of tenants. */
function everyRow(config: PostgresConfig, one: string | ((columns: readonly string[]) => string)): string {
  const text = (columns: readonly (string | undefined)[]) =>
    typeof one === 'string' ? one : one(columns.flatMap((column) => (column === undefined ? [] : quoted(column))));
  const { table, rows, columns, users, tenants } = config;
  const from = (what: string, where: string, of: string) => `SELECT ${what} FROM ${quotedTable(of)} WHERE ${where}`;
  const parts = [from(text([rows.column, columns.enabled, columns.exposure]), ownRows(config), table)];
  if (users && everyUser(config).length > 0)
    parts.push(from(text([users.flag, users.user, users.enabled]), overridesOf(config), users.table));
  if (tenants) parts.push(from(text([rows.column, tenants.column, columns.enabled]), tenantRowsOf(config), table));
  return parts.join(' UNION ALL ');
}

function rowText(by: StateBy): (columns: readonly string[]) => string {
  const place = by === 'rows' ? ['tableoid', 'ctid', 'xmin'] : [];
  return (columns) => `ROW(${[...place, ...columns].join(', ')})::text`;
}

/**
 * Reads with the state told by rows, or by values once it showed that it cannot be told by rows: a view has no such
 * columns, and a right to single columns does not cover them. `statement` gives the text for either.
 */
export function stateReader(statement: (by: StateBy) => string) {
  let by: StateBy = 'rows';
  return async (query: Query, values: readonly unknown[]): Promise<{ rows: unknown[]; by: StateBy }> => {
    if (by === 'rows') {
      try {
        return { rows: (await query(statement('rows'), values)).rows, by };
      } catch (error) {
        if (!mayBeTheState(error)) throw error;
      }
    }
    const { rows } = await query(statement('values'), values);
    by = 'values';
    return { rows, by };
  };
}

/** Classes of codes for what a statement names and may not, or what cannot be done with it. */
function mayBeTheState(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code.length === 5 && /^(42|0A)/.test(code);
}

/** The state of a reading, as its rows told it. */
export function stateIn(rows: readonly unknown[], by: StateBy): { version: string | null; state: TargetState } {
  const { state, tells }: { state?: unknown; tells?: unknown } = rows[0] ?? {};
  const text = typeof state === 'string' ? state : '';
  return { version: tells === true ? `${by}:${text}` : null, state: { by, text } };
}
