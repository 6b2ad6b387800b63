/** Taking rows down, and trying it beforehand: what is asked of the database, in which time, and over how many connections. */
import { isNamedUsers, plainPercent } from '../../rollout/plan/exposure.js';
import { withoutSecrets } from '../../web/secrets.js';
import { scaleDoubt } from '../scale.js';
import { type Lowered, type Rehearsal, TargetError, type TargetReading } from '../target.js';
import type { PostgresConfig } from './config.js';
import { requireHoldable } from './config.js';
import type { Connections, Query } from './connection.js';
import { targetErrorFrom } from './errors.js';
import { type LoweringPart, lowerBlock, partsOf } from './lowering.js';
import { rehearsalBlock, triedIn } from './rehearsal.js';
import { outcomesIn, type PartOutcome } from './said.js';
import { type JudgedTarget, judgeLowering, judgeRehearsal, type PartFailure } from './verdicts.js';
import { ROWS_MISSING } from './writes.js';

/** Of the time a statement has: everything at once gets a part of it, so that some is left for going row by row. */
const FIRST_SHARE = 0.4;
/** How long everything at once waits for a row that somebody else has locked. */
const FIRST_LOCK_SHARE = 0.1;
/** Of the rest: for the overrides and tenants, where there are some. */
const HANGING_SHARE = 0.4;
/** Of the time of a part: for a row that somebody else has locked. */
const LOCK_SHARE = 0.8;
/** Rows that are taken down side by side, each over a connection of its own. */
const SIDE_BY_SIDE = 8;
/** A timer of Node may end up to a millisecond before its time, as `performance.now` counts it. */
const TIMER_EARLY_MS = 2;
/** A rehearsal does not stand in the way of others for longer. */
const REHEARSAL_LOCK_MS = 1_000;

export interface Rows {
  readonly target: string;
  readonly config: PostgresConfig;
  readonly connections: Connections;
  /** The longest connecting, and the longest all statements after it, may take. */
  readonly timeoutMs: number;
  readonly secrets: readonly string[];
}

/**
 * Takes down every row it can reach. Everything at once first; when something of it is locked or hangs, row by row, side by
 * side, so that the others are down without waiting for it. Throws TargetError with what is left.
 */
export async function lowerRows(rows: Rows, place: number, signal: AbortSignal): Promise<Lowered> {
  const { config, timeoutMs } = rows;
  const by = judgedBy(rows);
  const { whole, own, hanging } = partsOf(config);
  const alone = own.length === 1 && hanging.length === 0;
  const started = performance.now();
  try {
    const limitMs = alone ? timeoutMs : timeoutMs * FIRST_SHARE;
    const lockMs = alone ? timeoutMs * 0.8 : timeoutMs * FIRST_LOCK_SHARE;
    return judgeLowering(by, place, await lowerPart(rows, place, whole, { limitMs, lockMs, signal, use: 'useKept' }));
  } catch (error) {
    // Nobody to talk to, or no time left: the next try does it.
    const late = performance.now() - started > timeoutMs - TIMER_EARLY_MS;
    if (alone || late || !(error instanceof TargetError) || !error.retryable || error.code === 'unreachable')
      throw error;
  }
  const rest = timeoutMs * (1 - FIRST_SHARE);
  const hangingMs = hanging.length === 0 ? 0 : rest * HANGING_SHARE;
  const done: Done = { outcomes: [], failures: [] };
  // The flags' own rows first: what hangs on one waits for it, and while it does the flag's row could not be written.
  await sideBySide(rows, place, own, { limitMs: rest - hangingMs, signal, done });
  await sideBySide(rows, place, hanging, { limitMs: hangingMs, signal, done });
  return judgeLowering(by, place, done.outcomes, done.failures);
}

interface Done {
  readonly outcomes: PartOutcome[];
  readonly failures: PartFailure[];
}

async function sideBySide(
  rows: Rows,
  place: number,
  parts: readonly LoweringPart[],
  { limitMs, signal, done }: { readonly limitMs: number; readonly signal: AbortSignal; readonly done: Done },
): Promise<void> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(Math.ceil(limitMs * 1.2))]);
  const waiting = [...parts];
  const limits: Limits = { limitMs, lockMs: limitMs * LOCK_SHARE, signal: over, use: 'use' };
  let atWork = Math.min(SIDE_BY_SIDE, parts.length);
  const work = async () => {
    for (let part = waiting.shift(); part; part = waiting.shift()) {
      try {
        done.outcomes.push(...(await lowerPart(rows, place, part, limits)));
      } catch (thrown) {
        const error = targetErrorFrom(rows.target, thrown, rows.secrets);
        // The role may have no connection to spare: who has one goes on with this part, too.
        if (error.code === 'unreachable' && atWork > 1) {
          waiting.push(part);
          break;
        }
        done.failures.push({ part, error });
      }
    }
    atWork -= 1;
  };
  await Promise.all(Array.from({ length: atWork }, work));
}

interface Limits {
  readonly limitMs: number;
  readonly lockMs: number;
  readonly signal: AbortSignal;
  /** Everything at once goes over the kept connection: it may be carried out twice, since it only ever takes down. */
  readonly use: 'use' | 'useKept';
}

async function lowerPart(rows: Rows, place: number, part: LoweringPart, limits: Limits): Promise<PartOutcome[]> {
  const { target, config, connections, secrets } = rows;
  const { limitMs, signal, use } = limits;
  const block = lowerBlock(config, place, part, Math.max(1, Math.ceil(limits.lockMs)));
  const text = `SELECT set_config('statement_timeout', '${Math.ceil(limitMs)}', true); ${block}`;
  try {
    const answer = await connections[use](signal, (query) => query(text, [], limitMs));
    return outcomesIn(said(answer.rows));
  } catch (error) {
    throw targetErrorFrom(target, error, secrets);
  }
}

/** Tries every place over a connection that is open, and the place where it is now. Throws TargetError. */
export async function rehearseRows(
  rows: Rows,
  places: readonly number[],
  on: { readonly query: Query; readonly read: (query: Query) => Promise<TargetReading> },
): Promise<Rehearsal> {
  const { target, config, timeoutMs } = rows;
  for (const place of places) requirePlace(target, config, place);
  const reading = await on.read(on.query);
  const doubt = config.columns.exposure ? scaleDoubt(reading.exposure, config.scale ?? 100, places) : undefined;
  if (doubt !== undefined && !isNamedUsers(reading.exposure))
    throw new TargetError('rejected', doubt, { target, retryable: false });
  const anchor = reading.exposure;
  const isPlace = anchor > 0 && !isNamedUsers(anchor) && anchor < Math.max(...places) && !config.tenants;
  const block = rehearsalBlock(
    config,
    isPlace ? [...places, anchor] : places,
    Math.min(REHEARSAL_LOCK_MS, timeoutMs * 0.8),
  );
  const answer = await on.query(block, []).catch(async (error: unknown) => {
    // Reading says which row is to blame.
    if (error instanceof Error && 'code' in error && error.code === ROWS_MISSING) await on.read(on.query);
    throw error;
  });
  const { notes, rungs } = judgeRehearsal(judgedBy(rows), triedIn(said(answer.rows)));
  return { reading, notes, ...(Object.keys(rungs).length > 0 && { rungs }) };
}

/** Rows that are only on or off have no place between. */
function requirePlace(target: string, config: PostgresConfig, place: number): void {
  try {
    requireHoldable(target, config, place);
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    const message = `${plainPercent(place)} cannot be written: ${error.detail}`;
    throw new TargetError(error.code, message, { target, retryable: false, place });
  }
}

function judgedBy({ target, config, secrets }: Rows): JudgedTarget {
  return { target, config, mask: (text) => withoutSecrets(text, secrets) };
}

function said(rows: readonly unknown[]): unknown {
  const row: { said?: unknown } = rows[0] ?? {};
  return row.said;
}
