/** The statements of the postgres target, and what may be believed of the rows they answer with. */
import pg from 'pg';
import type { TargetConfig } from '../rollout/plan.js';
import { TargetError, type TargetReading } from './target.js';

export type PostgresConfig = Extract<TargetConfig, { kind: 'postgres' }>;

/** One row as text, so that every kind of column is judged by the same rule. */
export interface FlagRow {
  readonly name: string;
  readonly exposure: string | null;
  readonly enabled: boolean | null;
}

export interface Statements {
  /** `$1`: the named rows. */
  readonly read: string;
  /** `$1`: the named rows, `$2`: enabled, `$3`: exposure where there is a column for it. Changes every named row, or none. */
  readonly set: string;
  /** `$1`: the named rows. Writes what is there back to itself, under the same conditions as `set`. */
  readonly rehearse: string;
}

export const quoted = pg.escapeIdentifier;
export const literal = pg.escapeLiteral;

export function statementsFor({ table, rows, columns }: PostgresConfig): Statements {
  const from = quotedTable(table);
  const name = quoted(rows.column);
  const enabled = quoted(columns.enabled);
  const exposure = columns.exposure === undefined ? undefined : quoted(columns.exposure);
  const updatedAt = columns.updatedAt === undefined ? undefined : quoted(columns.updatedAt);
  // The rows are locked and counted first, and the update runs only when each name has exactly one row: a plan that
  // names a row which is not there (or is there twice) must not move the others. One statement, so no lock outlives it.
  const update = (assignments: readonly string[]) => `
    WITH named AS MATERIALIZED (SELECT ${name} AS name FROM ${from} WHERE ${name} = ANY($1) FOR NO KEY UPDATE)
    UPDATE ${from} SET ${assignments.join(', ')}
    WHERE ${name} = ANY($1)
      AND (SELECT count(*) FROM named) = cardinality($1)
      AND (SELECT count(DISTINCT name) FROM named) = cardinality($1)`;
  return {
    read: `SELECT ${name}::text AS name, ${exposure ?? 'NULL'}::text AS exposure, ${enabled} AS enabled
           FROM ${from} WHERE ${name} = ANY($1) ORDER BY 1`,
    set: update([
      `${enabled} = $2`,
      ...(exposure ? [`${exposure} = $3`] : []),
      ...(updatedAt ? [`${updatedAt} = now()`] : []),
    ]),
    rehearse: update(
      [enabled, exposure, updatedAt].flatMap((column) => (column === undefined ? [] : `${column} = ${column}`)),
    ),
  };
}

/** The change as one statement for a person: values written in, quoted. */
export function statementByHand({ table, rows, columns }: PostgresConfig, exposure: number): string {
  const set = [`${quoted(columns.enabled)} = ${exposure > 0}`];
  if (columns.exposure !== undefined) set.push(`${quoted(columns.exposure)} = ${exposure}`);
  if (columns.updatedAt !== undefined) set.push(`${quoted(columns.updatedAt)} = now()`);
  const names = rows.values.map((value) => pg.escapeLiteral(value)).join(', ');
  return `UPDATE ${quotedTable(table)} SET ${set.join(', ')} WHERE ${quoted(rows.column)} IN (${names});`;
}

/** What users get by these rows. Throws TargetError when they are not exactly the named ones or hold no percentage. */
export function readingOf(
  target: string,
  config: PostgresConfig,
  found: { readonly rows: readonly FlagRow[]; readonly names: readonly string[] },
): TargetReading {
  const { rows, names } = found;
  requireExactly(target, rows, names);
  const parts = rows.map((row) => ({ row, exposure: exposureOf(target, config, row) }));
  const exposures = parts.map((part) => part.exposure);
  return {
    exposure: Math.max(...exposures),
    partial: new Set(exposures).size > 1,
    detail: rows.map((row) => stateOf(config, row)).join(', '),
    version: null,
  };
}

/** `NEW_CHECKOUT 10 % on`, `NEW_CHECKOUT off`. */
export function stateOf({ columns }: PostgresConfig, { name, exposure, enabled }: FlagRow): string {
  const amount = columns.exposure === undefined ? '' : ` ${exposure ?? 'no'} %`;
  return `${name}${amount} ${enabled ? 'on' : 'off'}`;
}

export function requireExactly(target: string, rows: readonly FlagRow[], names: readonly string[]): void {
  const found = rows.map((row) => row.name);
  const missing = names.filter((name) => !found.includes(name));
  if (missing.length > 0) {
    const message = `target ${target}: no row is named ${missing.join(', ')}`;
    throw new TargetError('missing', message, { retryable: false });
  }
  const repeated = found.filter((name, at) => found.indexOf(name) !== at);
  if (repeated.length > 0) {
    const message = `target ${target}: more than one row is named ${[...new Set(repeated)].join(', ')}`;
    throw new TargetError('rejected', message, { retryable: false });
  }
}

const NUMBER = /^\d+(\.\d+)?(e[+-]?\d+)?$/i;

/** What a row says for itself, percent. Throws TargetError `rejected` when it says nonsense. */
export function exposureOf(target: string, { columns }: PostgresConfig, row: FlagRow): number {
  if (typeof row.enabled !== 'boolean') throw nonsense(target, `${row.name} is neither on nor off`);
  if (columns.exposure === undefined) return row.enabled ? 100 : 0;
  // Never set is the natural state of a row nobody has rolled out yet; switched off it exposes nobody.
  if (row.exposure === null && !row.enabled) return 0;
  const exposure = row.exposure !== null && NUMBER.test(row.exposure) ? Number(row.exposure) : Number.NaN;
  if (!(exposure >= 0 && exposure <= 100)) throw nonsense(target, `the exposure of ${row.name} is not a percentage`);
  return row.enabled ? exposure : 0;
}

function nonsense(target: string, what: string): TargetError {
  return new TargetError('rejected', `target ${target}: ${what}`, { retryable: false });
}

/** `schema.table` or `table`; names are taken as they are written, capitals included. */
export function quotedTable(table: string): string {
  return table.split('.').map(quoted).join('.');
}
