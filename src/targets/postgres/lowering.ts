/**
 * How the postgres target takes rows down, whatever shape the table has.
 *
 * A lowering is one anonymous block, so one round trip. It first writes everything at once. When the database refuses that for
 * good (a constraint, a type, a right, a trigger), it goes row by row and tries smaller writes, the largest first, until the
 * row exposes nobody. A row that is not there is told, a row that is there twice is written twice: only a raise needs the
 * rows to be exactly those of the plan. A timeout, a deadlock or a standby ends the block, because asking again may help.
 *
 * No write raises a row: a percentage that is lower stays, a switch that is off stays off. Every row is written all the same;
 * one that cannot be written and is down already does not count.
 */
import { isNamedUsers } from '../../rollout/plan/exposure.js';
import { tenantsAt } from '../tenants.js';
import { alsoWhere, amountOf, literal, maybeOn, quoted, switchTo } from './columns.js';
import type { PostgresConfig } from './config.js';
import { SQLSTATE_MAY_PASS } from './errors.js';
import { remember, SAY, saidBy } from './said.js';
import { quotedTable } from './sql.js';
import { everyUser, flagNames, ownRows, usersAt } from './writes.js';

/** Codes that the blocks raise themselves. */
export const ROW_KEPT = 'RB002';
export const ROW_CHANGED = 'RB004';
export const TAKEN_BACK = 'RB000';

/** Every refusal. OTHERS alone leaves out ASSERT, by which a trigger may refuse. */
export const ANY_REFUSAL = 'OTHERS OR ASSERT_FAILURE';

/** Names of the writes that take a flag's own row down. `full` writes all columns. */
export type Rung = 'full' | 'no_time' | 'switch' | 'percentage';

export interface Write {
  readonly rung: Rung;
  /** `SET` of an UPDATE. */
  readonly assignments: string;
}

/** The writes that bring a flag's own row to this percentage, largest first. Only off has smaller ones than the whole. */
export function ownWrites(config: PostgresConfig, place: number): readonly Write[] {
  const { columns, tenants } = config;
  const { exposure, updatedAt } = columns;
  const share = isNamedUsers(place) ? 0 : place;
  const stamp = updatedAt === undefined ? [] : [`${quoted(updatedAt)} = now()`];
  const isOff = tenants ? share < 100 : share === 0;
  const off = switchTo(config, false);
  const none = exposure === undefined ? [] : [`${quoted(exposure)} = '0'`];
  // A switch alone has nothing between; told to stay, it is written as it is.
  const least = exposure === undefined ? asItIs(config) : leastOf(quoted(exposure), amountOf(config, share));
  const whole = isOff ? [...off, ...none] : [least];
  return [
    { rung: 'full', assignments: [...whole, ...stamp].join(', ') },
    ...(stamp.length === 0 ? [] : [{ rung: 'no_time', assignments: whole.join(', ') } as const]),
    ...(isOff && none.length > 0 && off.length > 0
      ? [
          { rung: 'switch', assignments: off.join(', ') } as const,
          // Where the switch is reckoned from the percentage, or cannot be written for another reason.
          { rung: 'percentage', assignments: none.join(', ') } as const,
        ]
      : []),
  ];
}

function asItIs({ columns, rows }: PostgresConfig): string {
  const column = quoted(columns.enabled ?? rows.column);
  return `${column} = ${column}`;
}

/** Text of a column that is a plain number. */
const NUMBER = `'^-?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?$'`;
const ZERO = `'^-?0+([.]0+)?([eE][+-]?[0-9]+)?$'`;

/** The lower of the two, in whatever type the column has: the literal takes its type. */
function leastOf(column: string, amount: number): string {
  return `${column} = CASE WHEN ${column} IS NULL THEN NULL WHEN ${atMost(column, amount)} THEN ${column} ELSE '${amount}' END`;
}

function atMost(column: string, amount: number): string {
  return `CASE WHEN ${column}::text ~ ${NUMBER} THEN ${column}::text::numeric <= ${amount} ELSE false END`;
}

/** True for a row that still exposes more than this percentage. */
function isAbove(config: PostgresConfig, place: number): string {
  const { columns, tenants } = config;
  const exposure = columns.exposure && quoted(columns.exposure);
  const share = isNamedUsers(place) ? 0 : place;
  if (tenants) return share < 100 ? maybeOn(config) : 'false';
  if (exposure === undefined) return share === 0 ? maybeOn(config) : 'false';
  const low = share === 0 ? `coalesce(${exposure}::text, '') ~ ${ZERO}` : atMost(exposure, amountOf(config, share));
  return `(${maybeOn(config)} AND NOT ${low})`;
}

/** Rows that hang on the flags: overrides of users, rows of tenants. */
interface Hanging {
  readonly kind: 'users' | 'tenants';
  readonly table: string;
  readonly who: string;
  readonly enabled: string;
  /** Those who lose it, those who keep it: conditions. */
  readonly lose: string | null;
  readonly keep: string | null;
  readonly stamp: string;
}

function hanging(config: PostgresConfig, place: number, names: readonly string[]): Hanging[] {
  const share = isNamedUsers(place) ? 0 : place;
  const parts: Hanging[] = [];
  const { users, tenants, columns } = config;
  const of = (column: string, list: readonly string[]) => `${quoted(column)} IN (${literals(list)})`;
  if (tenants) {
    const keep = tenantsAt(tenants, share);
    const flag = `${of(config.rows.column, names)} AND ${quoted(tenants.column)} IS NOT NULL`;
    const others = keep.length === 0 ? flag : `${flag} AND NOT ${of(tenants.column, keep)}`;
    parts.push({
      kind: 'tenants',
      table: quotedTable(config.table),
      who: quoted(tenants.column),
      enabled: quoted(columns.enabled ?? ''),
      lose: share === 100 ? null : others,
      keep: keep.length === 0 ? null : `${flag} AND ${of(tenants.column, keep)}`,
      stamp: columns.updatedAt === undefined ? '' : `, ${quoted(columns.updatedAt)} = now()`,
    });
  }
  if (users) {
    const keep = usersAt(config, place);
    const others = everyUser(config).filter((name) => !keep.includes(name));
    const flag = of(users.flag, names);
    parts.push({
      kind: 'users',
      table: quotedTable(users.table),
      who: quoted(users.user),
      enabled: quoted(users.enabled),
      lose: others.length === 0 ? null : `${flag} AND ${of(users.user, others)}`,
      keep: keep.length === 0 ? null : `${flag} AND ${of(users.user, keep)}`,
      stamp: '',
    });
  }
  return parts;
}

function hangingWrites(parts: readonly Hanging[]): string[] {
  return parts.flatMap(({ table, enabled, lose, keep, stamp }) => [
    ...(lose === null ? [] : [`UPDATE ${table} SET ${enabled} = false${stamp} WHERE ${lose}`]),
    ...(keep === null ? [] : [`UPDATE ${table} SET ${enabled} = ${enabled} WHERE ${keep}`]),
  ]);
}

/** What one block writes: flags' own rows, or what hangs on them, or both. */
export interface LoweringPart {
  readonly names: readonly string[];
  readonly own: boolean;
  readonly hanging: boolean;
}

/** All at once, and the parts to go on with when something of it is locked or hangs. */
export function partsOf(config: PostgresConfig): {
  readonly whole: LoweringPart;
  readonly own: readonly LoweringPart[];
  readonly hanging: readonly LoweringPart[];
} {
  const peopled = config.users !== undefined || config.tenants !== undefined;
  const names = flagNames(config);
  return {
    whole: { names, own: true, hanging: peopled },
    own: names.map((name) => ({ names: [name], own: true, hanging: false })),
    hanging: peopled ? names.map((name) => ({ names: [name], own: false, hanging: true })) : [],
  };
}

/** The declarations that `lowerSteps` needs. */
export const LOWER_VARIABLES = `rb_said jsonb := '[]'; rb_done boolean; rb_on boolean; rb_name text; rb_rung text; rb_at int; rb_wait int; rb_touched bigint; rb_rows bigint;
rb_above bigint; rb_error jsonb; rb_from timestamptz := clock_timestamp(); rb_text text; rb_column text; rb_constraint text; rb_counts jsonb;`;

/** The statement that takes these rows down and says what became of each. `lockMs`: how long it waits for one that is locked. */
export function lowerBlock(config: PostgresConfig, place: number, part: LoweringPart, lockMs: number): string {
  const body = `
#variable_conflict use_column
DECLARE ${LOWER_VARIABLES}
BEGIN
PERFORM set_config('lock_timeout', '${lockMs}', true);
${lowerSteps(config, place, part)}
${saidBy('rb_said')}
END`;
  return `DO ${literal(body)}; ${SAY}`;
}

/** The steps inside of a block: all at once, and where that is refused for good, one after the other. */
export function lowerSteps(config: PostgresConfig, place: number, part: LoweringPart): string {
  const hung = part.hanging ? hanging(config, place, part.names) : [];
  return `rb_done := false; rb_error := NULL;
${part.own ? allOwnAtOnce(config, place, part.names, hung) : allHangingAtOnce(config, part.names, hung)}
IF NOT rb_done THEN
${part.own ? eachOwn(config, place, part.names) : ''}
${hung.map(eachHanging).join('\n')}
END IF;`;
}

function allOwnAtOnce(
  config: PostgresConfig,
  place: number,
  names: readonly string[],
  hung: readonly Hanging[],
): string {
  const [table, own] = [quotedTable(config.table), ownRows(config, names)];
  const [name, above] = [quoted(config.rows.column), isAbove(config, place)];
  const [whole] = ownWrites(config, place);
  return `BEGIN
PERFORM 1 FROM ${table} WHERE ${own} ORDER BY ${name} FOR NO KEY UPDATE;
UPDATE ${table} SET ${whole?.assignments} WHERE ${own};
GET DIAGNOSTICS rb_touched = ROW_COUNT;
${hangingWrites(hung).map(ended).join('\n')}
SET CONSTRAINTS ALL IMMEDIATE;
SELECT count(*), count(*) FILTER (WHERE ${above}) INTO rb_rows, rb_above FROM ${table} WHERE ${own};
${keptOrChanged()}
${stillOn(hung)}
SELECT jsonb_object_agg(f.name, f.rows) INTO rb_counts FROM (SELECT ${name}::text AS name, count(*) AS rows FROM ${table} WHERE ${own} GROUP BY 1) f;
SELECT rb_said || jsonb_agg(jsonb_build_object('name', n.name, 'kind', 'own', 'rows', coalesce((rb_counts->>n.name)::int, 0), 'rung', 0, 'error', NULL))
INTO rb_said FROM unnest(ARRAY[${literals(names)}]::text[]) AS n(name);
rb_done := true;
${whenRefused()}
END;`;
}

function allHangingAtOnce(config: PostgresConfig, names: readonly string[], hung: readonly Hanging[]): string {
  const [table, own] = [quotedTable(config.table), ownRows(config, names)];
  // Behind a raise that has added rows they are seen; who else holds the flag's row is no reason to wait.
  return `PERFORM set_config('lock_timeout', '${HANGING_LOCK_MS}', true);
BEGIN
PERFORM 1 FROM ${table} WHERE ${own} FOR NO KEY UPDATE;
EXCEPTION WHEN lock_not_available THEN NULL;
END;
BEGIN
${hangingWrites(hung).map(ended).join('\n')}
SET CONSTRAINTS ALL IMMEDIATE;
${stillOn(hung)}
rb_done := true;
EXCEPTION WHEN ${ANY_REFUSAL} THEN NULL;
END;`;
}

function eachOwn(config: PostgresConfig, place: number, names: readonly string[]): string {
  const table = quotedTable(config.table);
  // The name is filled in as a literal without a type, which takes that of the column.
  const own = `${percents(quoted(config.rows.column))} = %L${percents(alsoWhere(config))}${config.tenants ? ` AND ${percents(quoted(config.tenants.column))} IS NULL` : ''}`;
  const update = literal(`UPDATE ${percents(table)} SET %s WHERE ${own}`).trim();
  const counted = (above: string) =>
    literal(`SELECT count(*), count(*) FILTER (WHERE ${percents(above)}) FROM ${percents(table)} WHERE ${own}`).trim();
  // Where the percentage cannot be read any more, a row that is off is down all the same.
  const count = `BEGIN
EXECUTE format(${counted(isAbove(config, place))}, rb_name) INTO rb_rows, rb_above;
EXCEPTION WHEN insufficient_privilege OR undefined_column THEN
EXECUTE format(${counted(maybeOn(config))}, rb_name) INTO rb_rows, rb_above;
END;`;
  const writes = ownWrites(config, place).map(({ assignments }) => assignments);
  return `FOREACH rb_name IN ARRAY ARRAY[${literals(names)}]::text[] LOOP
rb_done := false; rb_error := NULL; rb_at := -1;
FOREACH rb_rung IN ARRAY ARRAY[${literals(writes)}]::text[] LOOP
rb_at := rb_at + 1;
BEGIN
EXECUTE format(${update}, rb_rung, rb_name);
GET DIAGNOSTICS rb_touched = ROW_COUNT;
SET CONSTRAINTS ALL IMMEDIATE;
${count}
${keptOrChanged()}
rb_done := true; EXIT;
${whenRefused()}
END;
END LOOP;
IF NOT rb_done THEN
BEGIN
${count}
IF rb_rows > 0 AND rb_above = 0 THEN rb_done := true; rb_at := 0; rb_error := NULL; END IF;
${whenRefused()}
rb_rows := NULL;
END;
END IF;
rb_said := rb_said || jsonb_build_object('name', rb_name, 'kind', 'own', 'rows', rb_rows, 'rung', CASE WHEN rb_done THEN rb_at END, 'error', rb_error);
END LOOP;`;
}

/** How long one user or tenant is waited for. */
const HANGING_LOCK_MS = 200;
const NO_WAIT_MS = 1;
/** Of the time of a statement: when going one by one has to end. */
const HANGING_SHARE = 0.6;

/** One user or tenant after the other; what is locked or refused for one of them holds no other up. */
function eachHanging({ kind, table, who, enabled, lose, stamp }: Hanging): string {
  if (lose === null) return '';
  const update = (more: string) =>
    literal(
      `UPDATE ${percents(table)} SET ${percents(enabled)} = false${percents(more)} WHERE ${percents(`${lose} AND ${who}`)} = %L`,
    ).trim();
  const count = literal(
    `SELECT count(*) FILTER (WHERE ${percents(enabled)}), count(*) FROM ${percents(table)} WHERE ${percents(`${lose} AND ${who}`)} = %L`,
  ).trim();
  const writes = stamp === '' ? [update('')] : [update(stamp), update('')];
  return `rb_error := NULL;
BEGIN
-- Who is free first, without waiting for anybody; then who was not.
FOREACH rb_wait IN ARRAY ARRAY[${NO_WAIT_MS}, ${HANGING_LOCK_MS}] LOOP
PERFORM set_config('lock_timeout', rb_wait::text, true);
-- Those who have it first.
FOR rb_name, rb_on IN SELECT ${who}::text, bool_or(${enabled}) FROM ${table} WHERE ${lose} GROUP BY 1
HAVING rb_wait = ${NO_WAIT_MS} OR bool_or(${enabled}) ORDER BY 2 DESC LOOP
-- What is done so far counts only when the block ends in its time.
IF clock_timestamp() > rb_from + current_setting('statement_timeout')::interval * ${HANGING_SHARE} THEN
IF rb_on AND rb_wait > ${NO_WAIT_MS} THEN
rb_said := rb_said || jsonb_build_object('name', rb_name || ' and others', 'kind', '${kind}', 'rows', NULL, 'rung', NULL,
'error', jsonb_build_object('code', '57014', 'message', 'no time was left'));
END IF;
EXIT;
END IF;
rb_done := false; rb_error := NULL;
FOREACH rb_rung IN ARRAY ARRAY[${writes.join(', ')}]::text[] LOOP
BEGIN
EXECUTE format(rb_rung, rb_name);
SET CONSTRAINTS ALL IMMEDIATE;
EXECUTE format(${count}, rb_name) INTO rb_above, rb_rows;
IF rb_above > 0 THEN RAISE SQLSTATE '${ROW_CHANGED}'; END IF;
rb_done := true; EXIT;
EXCEPTION WHEN ${ANY_REFUSAL} THEN
${remember()}
-- Not refused for good: no smaller write is tried.
IF ${SQLSTATE_MAY_PASS} THEN EXIT; END IF;
END;
END LOOP;
EXECUTE format(${count}, rb_name) INTO rb_above, rb_rows;
IF NOT rb_done AND rb_above > 0 AND rb_wait > ${NO_WAIT_MS} THEN
rb_said := rb_said || jsonb_build_object('name', rb_name, 'kind', '${kind}', 'rows', rb_rows, 'rung', NULL, 'error', rb_error);
END IF;
END LOOP;
END LOOP;
-- Nothing of it can be asked for, as when the table is gone: no reason to take back what was done for the flags' own rows.
EXCEPTION WHEN ${ANY_REFUSAL} THEN
IF ${SQLSTATE_MAY_PASS} THEN RAISE; END IF;
rb_error := NULL;
${remember()}
rb_said := rb_said || jsonb_build_object('name', '', 'kind', '${kind}', 'rows', NULL, 'rung', NULL, 'error', rb_error);
END;`;
}

function keptOrChanged(): string {
  return `IF rb_touched < rb_rows THEN RAISE SQLSTATE '${ROW_KEPT}'; END IF;
IF rb_above > 0 THEN RAISE SQLSTATE '${ROW_CHANGED}'; END IF;`;
}

function stillOn(hung: readonly Hanging[]): string {
  return hung
    .flatMap(({ table, enabled, lose }) =>
      lose === null
        ? []
        : [
            `IF EXISTS (SELECT 1 FROM ${table} WHERE ${lose} AND ${enabled}) THEN RAISE SQLSTATE '${ROW_CHANGED}'; END IF;`,
          ],
    )
    .join('\n');
}

function whenRefused(): string {
  return `EXCEPTION WHEN ${ANY_REFUSAL} THEN
IF ${SQLSTATE_MAY_PASS} THEN RAISE; END IF;
${remember()}`;
}

function literals(values: readonly string[]): string {
  return values.map((value) => literal(value).trim()).join(', ');
}

/** Inside `format`, a percent sign stands twice. */
function percents(text: string): string {
  return text.replaceAll('%', '%%');
}

function ended(statement: string): string {
  return `${statement};`;
}
