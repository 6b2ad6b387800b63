/** The statements of the postgres target, and what may be believed of the rows they answer with. */

import { percentOf } from '../scale.js';
import { type Remaining, type Rungs, TargetError, type TargetErrorCode, type TargetReading } from '../target.js';
import { alsoWhere, amountOf, literal, quoted, switchRead, switchTo } from './columns.js';
import type { PostgresConfig } from './config.js';

/** One row as text, so that every kind of column is judged by the same rule. */
export interface FlagRow {
  readonly name: string;
  readonly exposure: string | null;
  readonly enabled: boolean | null;
}

/** `$1`: the named rows. */
export function readingStatement(config: PostgresConfig): string {
  const { table, rows, columns } = config;
  const name = quoted(rows.column);
  const exposure = columns.exposure === undefined ? 'NULL' : quoted(columns.exposure);
  return `SELECT ${name}::text AS name, ${exposure}::text AS exposure, ${switchRead(config)} AS enabled
          FROM ${quotedTable(table)} WHERE ${name} = ANY($1)${alsoWhere(config)} ORDER BY 1`;
}

/** The change as one statement for a person: values written in, quoted, so that they take the type of their column. */
export function statementByHand(config: PostgresConfig, exposure: number, rungs: Rungs = {}): string {
  const { table, columns } = config;
  const set = switchTo(config, exposure > 0);
  if (columns.exposure !== undefined) set.push(`${quoted(columns.exposure)} = '${amountOf(config, exposure)}'`);
  if (columns.updatedAt !== undefined) set.push(`${quoted(columns.updatedAt)} = now()`);
  const groups = groupedByHand(config, exposure, { whole: set.join(', '), rungs });
  return groups
    .map(({ assignments, where }) => `UPDATE ${quotedTable(table)} SET ${assignments} WHERE ${where};`)
    .join(' ');
}

/** The rows that take the whole write, and those for which a smaller one was proven to switch them off. */
export function groupedByHand(
  config: Pick<PostgresConfig, 'rows' | 'columns' | 'switch' | 'scale'>,
  exposure: number,
  { whole, rungs }: { readonly whole: string; readonly rungs: Rungs },
): { readonly assignments: string; readonly where: string }[] {
  const { rows, columns } = config;
  const off = switchTo(config, false);
  const none = columns.exposure === undefined ? [] : [`${quoted(columns.exposure)} = '0'`];
  const smaller: Readonly<Record<string, string | undefined>> = {
    no_time: [...off, ...none].join(', '),
    switch: off[0],
    percentage: none[0] ?? off[0],
  };
  const groups = new Map<string, string[]>();
  for (const name of rows.values) {
    const rung = exposure === 0 ? rungs[name] : undefined;
    const assignments = (rung === undefined ? undefined : smaller[rung]) ?? whole;
    groups.set(assignments, [...(groups.get(assignments) ?? []), name]);
  }
  return [...groups].map(([assignments, names]) => ({
    assignments,
    where: `${quoted(rows.column)} IN (${names.map((name) => literal(name)).join(', ')})${alsoWhere(config)}`,
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
  requireExactly({ target, config }, rows, names, () => ({ exposure: Math.max(0, ...exposures()), detail }));
  return {
    exposure: Math.max(...exposures()),
    partial: new Set(exposures()).size > 1,
    detail,
    version: null,
  };
}

/** `NEW_CHECKOUT 10 % on`, `NEW_CHECKOUT off`. */
export function stateOf({ columns, scale }: PostgresConfig, { name, exposure, enabled }: FlagRow): string {
  const amount = columns.exposure === undefined ? '' : ` ${percentShown(exposure, scale)} %`;
  return `${name}${amount}${columns.enabled === undefined ? '' : enabled ? ' on' : ' off'}`;
}

/** As it stands there, or in percent where the table counts otherwise. */
function percentShown(exposure: string | null, scale: number | undefined): string {
  if (exposure === null) return 'no';
  return scale === undefined || !NUMBER.test(exposure)
    ? exposure
    : String(percentOf(Number(exposure), scale) ?? exposure);
}

/** Throws TargetError `missing` or `rejected` when the rows are not exactly the named ones, with what those say that are there. */
export function requireExactly(
  { target, config }: { readonly target: string; readonly config: PostgresConfig },
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
    const what = `more than one row is named ${[...new Set(repeated)].join(', ')}`;
    throw inexact(
      target,
      'rejected',
      config.rows.where ? what : `${what}; where: in the plan says which of them moves`,
      rest,
    );
  }
}

function inexact(target: string, code: TargetErrorCode, what: string, rest: () => Remaining): TargetError {
  let remaining: Remaining;
  try {
    const { exposure, detail } = rest();
    remaining = { exposure, detail: [detail, what].filter((part) => part !== '').join('; ') };
  } catch {
    // What is there says nothing either.
    return new TargetError(code, what, { target, retryable: false });
  }
  const { exposure } = remaining;
  return new TargetError(code, what, {
    target,
    retryable: false,
    remaining,
    ...(exposure > 0 && { atLeast: exposure }),
  });
}

const NUMBER = /^\d+(\.\d+)?(e[+-]?\d+)?$/i;

/** What a row says for itself, percent. Throws TargetError `rejected` when it says nonsense. */
export function exposureOf(target: string, { columns, scale }: PostgresConfig, row: FlagRow): number {
  if (typeof row.enabled !== 'boolean') throw nonsense(target, `${row.name} is neither on nor off`);
  if (columns.exposure === undefined) return row.enabled ? 100 : 0;
  // Never set is the natural state of a row nobody has rolled out yet; switched off it exposes nobody.
  if (row.exposure === null && !row.enabled) return 0;
  const number = row.exposure !== null && NUMBER.test(row.exposure) ? Number(row.exposure) : Number.NaN;
  const exposure = percentOf(number, scale);
  if (exposure === undefined) {
    const what = scale === undefined ? 'not a percentage' : `not a number from 0 to ${scale}`;
    throw nonsense(target, `the exposure of ${row.name} is ${what}`);
  }
  return row.enabled ? exposure : 0;
}

function nonsense(target: string, what: string): TargetError {
  return new TargetError('rejected', what, { target, retryable: false });
}

/** `schema.table` or `table`; names are taken as they are written, capitals included. */
export function quotedTable(table: string): string {
  return table.split('.').map(quoted).join('.');
}
