/** What the blocks of the postgres target said, judged: what people are told, and what is an error. Pure. */
import { isNamedUsers, plainPercent } from '../../rollout/plan/exposure.js';
import { type Lowered, type Rungs, TargetError, type TargetErrorCode } from '../target.js';
import { amountOf } from './columns.js';
import type { PostgresConfig } from './config.js';
import { verdictOnCode } from './errors.js';
import { type LoweringPart, ownWrites, ROW_CHANGED, ROW_KEPT, type Rung } from './lowering.js';
import type { TriedWrite } from './rehearsal.js';
import type { PartOutcome, SqlRefusal } from './said.js';

const NAMED = 3;

export interface JudgedTarget {
  readonly target: string;
  readonly config: PostgresConfig;
  /** Takes secrets out of what the server said. */
  readonly mask: (text: string) => string;
}

/** Parts that could not even be tried, or not in time. */
export interface PartFailure {
  readonly part: LoweringPart;
  readonly error: TargetError;
}

interface Left {
  readonly what: string;
  readonly why: string;
  readonly code: TargetErrorCode;
  readonly retryable: boolean;
}

/** Throws TargetError when something is left: `final` when all of that was refused for good. */
export function judgeLowering(
  by: JudgedTarget,
  place: number,
  outcomes: readonly PartOutcome[],
  failures: readonly PartFailure[] = [],
): Lowered {
  const { target, config } = by;
  const left = [
    ...outcomes.flatMap((outcome): Left[] => (outcome.rung === null ? [leftOf(by, place, outcome)] : [])),
    ...failures.map(({ part, error }) => failureOf(part, error)),
  ];
  if (left.length === 0) return { note: outcomes.flatMap((outcome) => noteOf(by, place, outcome)).join('; ') || null };
  const rows = config.rows.values.length;
  const all = new Set(left.map(({ what }) => what));
  const onlyOwn =
    outcomes.every(({ kind, rung }) => kind === 'own' || rung !== null) && failures.every(({ part }) => part.own);
  const named = left.slice(0, NAMED).map(({ what, why }) => `${what} (${why})`);
  const more = left.length > NAMED ? ` and ${left.length - NAMED} more` : '';
  const others = outcomes.some(({ rung }) => rung !== null) ? '; the others are down' : '';
  const ofRows = onlyOwn && rows > 1 ? `${all.size} of ${rows} rows are not down` : 'not down';
  const worst = left.find(({ retryable }) => !retryable) ?? left[0];
  throw new TargetError(worst?.code ?? 'rejected', `${ofRows}: ${named.join(', ')}${more}${others}`, {
    target,
    retryable: left.some(({ retryable }) => retryable),
    final: left.every(({ retryable }) => !retryable),
  });
}

function leftOf(by: JudgedTarget, place: number, { name, kind, error }: PartOutcome): Left {
  const [code, retryable] = verdictOnCode(error?.code ?? '');
  return { what: whoWords(kind, name), why: whyWords(by, place, error), code, retryable };
}

function whoWords(kind: PartOutcome['kind'], name: string): string {
  switch (kind) {
    case 'own':
      return name;
    case 'users':
      return name === '' ? 'every named user' : `user ${name}`;
    case 'tenants':
      return name === '' ? 'every tenant' : `tenant ${name}`;
    default:
      return kind satisfies never;
  }
}

function failureOf(part: LoweringPart, { code, detail, retryable }: TargetError): Left {
  const what = part.own ? part.names.join(', ') : `what hangs on ${part.names.join(', ')}`;
  return { what, why: detail, code, retryable };
}

function noteOf(by: JudgedTarget, place: number, { name, kind, rows, rung, error }: PartOutcome): string[] {
  if (kind !== 'own' || rung === null) return [];
  if (rows === 0) return [`no row is named ${name} any more, so nobody has it by that row`];
  const smaller =
    rung > 0 ? [`${name}: ${rungWords(by.config, rungAt(by.config, place, rung))}, ${whyWords(by, place, error)}`] : [];
  return rows !== null && rows > 1 ? [`${rows} rows are named ${name}, all of them are down`, ...smaller] : smaller;
}

function rungAt(config: PostgresConfig, place: number, index: number): Rung {
  return ownWrites(config, place)[index]?.rung ?? 'full';
}

/** What a smaller write does, and what it leaves. */
function rungWords({ columns }: PostgresConfig, rung: Rung): string {
  switch (rung) {
    case 'full':
      return 'written as a whole';
    case 'no_time':
      return `${columns.updatedAt} is not set`;
    case 'switch':
      return `only switched off, ${columns.exposure} keeps its number`;
    case 'percentage':
      return `only ${columns.exposure} is set to 0, ${columns.enabled} stays as it is`;
    default:
      return rung satisfies never;
  }
}

/** Throws TargetError for the first place that cannot be written; else tells how off is done where it is not written as a whole. */
export function judgeRehearsal(by: JudgedTarget, tried: readonly TriedWrite[]): { notes: string[]; rungs: Rungs } {
  for (const one of tried) {
    if (one.way === 'up' && one.error) throw cannot(by, one.place, 'cannot be written', one.error);
    const kept = one.way === 'down' ? one.outcomes.find(({ rung }) => rung === null) : undefined;
    if (one.way === 'down' && kept) {
      const from = one.from > 0 ? ` from ${plainPercent(one.from)}` : '';
      throw cannot(by, one.place, `cannot be written${from} for ${whoWords(kept.kind, kept.name)}`, kept.error);
    }
  }
  return smallerWrites(by, tried);
}

/** The smallest write any place needed, row by row. */
function smallerWrites(by: JudgedTarget, tried: readonly TriedWrite[]): { notes: string[]; rungs: Rungs } {
  const off = tried.flatMap((one) => (one.way === 'down' && one.place === 0 ? one.outcomes : []));
  const worst = new Map<string, PartOutcome>();
  for (const outcome of off) {
    const { name, kind, rung } = outcome;
    if (kind === 'own' && rung !== null && rung > (worst.get(name)?.rung ?? 0)) worst.set(name, outcome);
  }
  const rungs = Object.fromEntries([...worst].map(([name, { rung }]) => [name, rungAt(by.config, 0, rung ?? 0)]));
  const notes = [...worst].map(([name, { rung, error }]) => {
    const words = rungWords(by.config, rungAt(by.config, 0, rung ?? 0));
    return `off can be written for ${name} in part alone: ${words}, ${whyWords(by, 0, error)}`;
  });
  return { notes, rungs };
}

function cannot(by: JudgedTarget, place: number, what: string, error: SqlRefusal | null): TargetError {
  const [code, retryable] = verdictOnCode(error?.code ?? '');
  const where = place === 0 ? 'off' : plainPercent(place);
  return new TargetError(code, `${where} ${what}: ${whyWords(by, place, error)}`, {
    target: by.target,
    retryable,
    place,
  });
}

/** Why the database does not take it, in words for people. */
function whyWords({ config, mask }: JudgedTarget, place: number, error: SqlRefusal | null): string {
  if (!error) return 'nobody said why';
  const share = isNamedUsers(place) ? 0 : place;
  const said = mask(error.message.split('\n', 1)[0] ?? '');
  switch (error.code) {
    case ROW_KEPT:
      return 'row security or a trigger keeps the row as it is';
    case ROW_CHANGED:
      return 'something else is there afterwards: the column or a trigger changes what is written';
    case '22P02':
    case '22003':
      return config.columns.exposure === undefined
        ? said
        : `column ${config.columns.exposure} cannot hold ${amountOf(config, share)} (${said})`;
    case '23514':
      return error.constraint === '' ? said : `it violates the check ${error.constraint}`;
    case '23502':
      return error.column === '' ? said : `column ${error.column} would be empty`;
    default:
      return said;
  }
}
