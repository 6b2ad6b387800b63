/** The statements of the postgres target, and what may be believed of the rows they answer with. */
import pg from 'pg';
import type { TargetConfig } from '../rollout/plan.js';
import { type Remaining, type Rungs, TargetError, type TargetErrorCode, type TargetReading } from './target.js';

export type PostgresConfig = Extract<TargetConfig, { kind: 'postgres' }>;

/** One row as text, so that every kind of column is judged by the same rule. */
export interface FlagRow {
  readonly name: string;
  readonly exposure: string | null;
  readonly enabled: boolean | null;
}

export const quoted = pg.escapeIdentifier;
export const literal = pg.escapeLiteral;

/** `$1`: the named rows. */
export function readingStatement({ table, rows, columns }: PostgresConfig): string {
  const name = quoted(rows.column);
  const exposure = columns.exposure === undefined ? 'NULL' : quoted(columns.exposure);
  return `SELECT ${name}::text AS name, ${exposure}::text AS exposure, ${quoted(columns.enabled)} AS enabled
          FROM ${quotedTable(table)} WHERE ${name} = ANY($1) ORDER BY 1`;
}

/** The change as one statement for a person: values written in, quoted, so that they take the type of their column. */
export function statementByHand({ table, rows, columns }: PostgresConfig, exposure: number, rungs: Rungs = {}): string {
  const set = [`${quoted(columns.enabled)} = ${exposure > 0}`];
  if (columns.exposure !== undefined) set.push(`${quoted(columns.exposure)} = '${exposure}'`);
  if (columns.updatedAt !== undefined) set.push(`${quoted(columns.updatedAt)} = now()`);
  const groups = groupedByHand({ rows, columns }, exposure, { whole: set.join(', '), rungs });
  return groups
    .map(({ assignments, where }) => `UPDATE ${quotedTable(table)} SET ${assignments} WHERE ${where};`)
    .join(' ');
}

/** The rows that take the whole write, and those for which a smaller one was proven to switch them off. */
export function groupedByHand(
  { rows, columns }: Pick<PostgresConfig, 'rows' | 'columns'>,
  exposure: number,
  { whole, rungs }: { readonly whole: string; readonly rungs: Rungs },
): { readonly assignments: string; readonly where: string }[] {
  const { enabled, exposure: percentage } = columns;
  const off = `${quoted(enabled)} = false`;
  const none = percentage === undefined ? [] : [`${quoted(percentage)} = '0'`];
  const smaller: Readonly<Record<string, string>> = {
    no_time: [off, ...none].join(', '),
    switch: off,
    percentage: none[0] ?? off,
  };
  const groups = new Map<string, string[]>();
  for (const name of rows.values) {
    const rung = exposure === 0 ? rungs[name] : undefined;
    const assignments = (rung === undefined ? undefined : smaller[rung]) ?? whole;
    groups.set(assignments, [...(groups.get(assignments) ?? []), name]);
  }
  return [...groups].map(([assignments, names]) => ({
    assignments,
    where: `${quoted(rows.column)} IN (${names.map((name) => literal(name)).join(', ')})`,
  }));
}

/** What users get by these rows. Throws TargetError when they are not exactly the named ones or hold no percentage. */
export function readingOf(
  target: string,
  config: PostgresConfig,
  found: { readonly rows: readonly FlagRow[]; readonly names: readonly string[] },
): TargetReading {
  const { rows, names } = found;
  const exposures = () => rows.map((row) => exposureOf(target, config, row));
  const detail = rows.map((row) => stateOf(config, row)).join(', ');
  requireExactly(target, rows, names, () => ({ exposure: Math.max(0, ...exposures()), detail }));
  return {
    exposure: Math.max(...exposures()),
    partial: new Set(exposures()).size > 1,
    detail,
    version: null,
  };
}

/** `NEW_CHECKOUT 10 % on`, `NEW_CHECKOUT off`. */
export function stateOf({ columns }: PostgresConfig, { name, exposure, enabled }: FlagRow): string {
  const amount = columns.exposure === undefined ? '' : ` ${exposure ?? 'no'} %`;
  return `${name}${amount} ${enabled ? 'on' : 'off'}`;
}

/** Throws TargetError `missing` or `rejected` when the rows are not exactly the named ones, with what those say that are there. */
export function requireExactly(
  target: string,
  rows: readonly FlagRow[],
  names: readonly string[],
  rest: () => Remaining,
): void {
  const found = rows.map((row) => row.name);
  const missing = names.filter((name) => !found.includes(name));
  if (missing.length > 0) {
    throw inexact(target, 'missing', `no row is named ${missing.join(', ')}`, rest);
  }
  const repeated = found.filter((name, at) => found.indexOf(name) !== at);
  if (repeated.length > 0) {
    throw inexact(target, 'rejected', `more than one row is named ${[...new Set(repeated)].join(', ')}`, rest);
  }
}

function inexact(target: string, code: TargetErrorCode, what: string, rest: () => Remaining): TargetError {
  const message = `target ${target}: ${what}`;
  let remaining: Remaining;
  try {
    const { exposure, detail } = rest();
    remaining = { exposure, detail: [detail, what].filter((part) => part !== '').join('; ') };
  } catch {
    // What is there says nothing either.
    return new TargetError(code, message, { retryable: false });
  }
  const { exposure } = remaining;
  return new TargetError(code, message, { retryable: false, remaining, ...(exposure > 0 && { atLeast: exposure }) });
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
