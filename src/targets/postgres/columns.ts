/**
 * What the columns of a flag's own row hold, whatever type and scale they have: the one place that knows how a percentage and a
 * switch are written, read and compared in SQL. Everything else speaks of percent and of on and off.
 */
import pg from 'pg';
import { valuesFor } from '../scale.js';
import type { PostgresConfig } from './config.js';

export const quoted = pg.escapeIdentifier;
export const literal = pg.escapeLiteral;

type Columns = Pick<PostgresConfig, 'columns' | 'switch' | 'scale'>;

/** The percentage as the column holds it. */
export function amountOf({ scale }: Columns, percent: number): number {
  return valuesFor(percent, true, scale).exposure;
}

/** The assignment that writes the switch; empty where the table has none. */
export function switchTo({ columns, switch: words }: Columns, on: boolean): string[] {
  if (columns.enabled === undefined) return [];
  const value = words === undefined ? String(on) : literal(on ? words.on : words.off).trim();
  return [`${quoted(columns.enabled)} = ${value}`];
}

/** The switch as true or false, null where it is neither. Without a switch the percentage alone decides. */
export function switchRead({ columns, switch: words }: Columns, prefix = ''): string {
  if (columns.enabled === undefined) return 'true';
  const column = `${prefix}${quoted(columns.enabled)}`;
  if (words === undefined) return column;
  const [on, off] = [words.on, words.off].map((word) => literal(word).trim());
  return `CASE ${column}::text WHEN ${on} THEN true WHEN ${off} THEN false END`;
}

/** True unless the switch surely says off. */
export function maybeOn(config: Columns): string {
  if (config.columns.enabled === undefined) return 'true';
  return config.switch === undefined
    ? `${quoted(config.columns.enabled)} IS NOT FALSE`
    : `(${switchRead(config)}) IS NOT FALSE`;
}

/** True unless the switch surely says this. */
export function switchDiffers(config: Columns, on: boolean): string {
  if (config.columns.enabled === undefined) return 'false';
  return config.switch === undefined
    ? `${quoted(config.columns.enabled)} IS DISTINCT FROM ${on}`
    : `(${switchRead(config)}) IS DISTINCT FROM ${on}`;
}

/** The condition beside the rows' names, with `AND` before it; empty when there is none. */
export function alsoWhere({ rows }: Pick<PostgresConfig, 'rows'>): string {
  return (rows.where ?? []).map(({ column, value }) => ` AND ${quoted(column)} = ${literal(value).trim()}`).join('');
}
