/**
 * Trying beforehand what a rollout and its rollback will write, in one anonymous block that takes everything back: up to each
 * place one after the other, from each of them to off, and from the highest down to every other. Constraints that are checked
 * at the end of a transaction are checked at once. What triggers do outside of the database is not taken back.
 */

import { literal, quoted } from './columns.js';
import type { PostgresConfig } from './config.js';
import { ANY_REFUSAL, LOWER_VARIABLES, lowerSteps, partsOf, ROW_CHANGED, ROW_KEPT, TAKEN_BACK } from './lowering.js';
import { outcomeOf, type PartOutcome, refusedOf, remember, SAY, type SqlRefusal, saidBy } from './said.js';
import { quotedTable } from './sql.js';
import { flagNames, leftOver, ownRows, ROWS_MISSING, someOther, statementsAt } from './writes.js';

/** One write that was tried. */
export type TriedWrite =
  | { readonly way: 'up'; readonly place: number; readonly error: SqlRefusal | null }
  /** Down to `place`, coming from `from`. */
  | { readonly way: 'down'; readonly from: number; readonly place: number; readonly outcomes: readonly PartOutcome[] };

/** `places`: percent. `lockMs`: how long it waits for a row that somebody else has locked. */
export function rehearsalBlock(config: PostgresConfig, places: readonly number[], lockMs: number): string {
  const up = [...new Set(places)].filter((place) => place > 0).sort((a, b) => a - b);
  const top = up.at(-1);
  const between = up.slice(0, -1).reverse();
  const count = flagNames(config).length;
  const [table, own, name] = [quotedTable(config.table), ownRows(config), quoted(config.rows.column)];
  const body = `
#variable_conflict use_column
DECLARE rb_tried jsonb := '[]'; ${LOWER_VARIABLES}
BEGIN
PERFORM set_config('lock_timeout', '${lockMs}', true);
BEGIN
PERFORM 1 FROM ${table} WHERE ${own} ORDER BY ${name} FOR NO KEY UPDATE;
IF (SELECT count(*) <> ${count} OR count(DISTINCT ${name}) <> ${count} FROM ${table} WHERE ${own}) THEN
RAISE SQLSTATE '${ROWS_MISSING}'; END IF;
${up.map((place) => `${upTo(config, place)}\n${downTo(config, place, 0)}`).join('\n')}
${top === undefined ? downTo(config, 0, 0) : between.map((place) => downTo(config, top, place)).join('\n')}
RAISE SQLSTATE '${TAKEN_BACK}';
EXCEPTION WHEN SQLSTATE '${TAKEN_BACK}' THEN NULL;
END;
${saidBy('rb_tried')}
END`;
  return `DO ${literal(body)}; ${SAY}`;
}

/** Stays there for the next one; where it is refused, the next one begins where this one did. */
function upTo(config: PostgresConfig, place: number): string {
  const [rows, ...rest] = statementsAt(config, place);
  const other = someOther(config, place);
  return `rb_error := NULL;
BEGIN
${rows};
GET DIAGNOSTICS rb_touched = ROW_COUNT;
IF rb_touched <> ${flagNames(config).length} AND ${other} THEN RAISE SQLSTATE '${ROW_KEPT}'; END IF;
${rest.map((statement) => `${statement};`).join('\n')}
SET CONSTRAINTS ALL IMMEDIATE;
${leftOver(config, place).join('\n')}
IF ${other} THEN RAISE SQLSTATE '${ROW_CHANGED}'; END IF;
EXCEPTION WHEN ${ANY_REFUSAL} THEN
${remember()}
END;
rb_tried := rb_tried || jsonb_build_object('way', 'up', 'place', ${place}, 'error', rb_error);`;
}

/** The very lowering, taken back at once. */
function downTo(config: PostgresConfig, from: number, place: number): string {
  return `rb_said := '[]';
BEGIN
${lowerSteps(config, place, partsOf(config).whole)}
RAISE SQLSTATE '${TAKEN_BACK}';
EXCEPTION WHEN SQLSTATE '${TAKEN_BACK}' THEN NULL;
END;
rb_tried := rb_tried || jsonb_build_object('way', 'down', 'from', ${from}, 'place', ${place}, 'outcomes', rb_said);`;
}

/** Throws when it is not what the block says. */
export function triedIn(said: unknown): TriedWrite[] {
  const list: unknown = typeof said === 'string' ? JSON.parse(said) : said;
  return Array.isArray(list) ? list.map(triedOf) : [];
}

function triedOf(entry: unknown): TriedWrite {
  const { way, from, place, outcomes, error }: Record<string, unknown> = Object(entry);
  if (way === 'up') return { way, place: Number(place), error: refusedOf(error) };
  const list = Array.isArray(outcomes) ? outcomes.map(outcomeOf) : [];
  return { way: 'down', from: Number(from), place: Number(place), outcomes: list };
}
