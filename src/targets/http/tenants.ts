/** Exposure as a share of tenants: what their states add up to, and many calls side by side. */
import type { TenantShares } from '../../rollout/plan/tenant-shares.js';
import { TargetError, type TargetReading } from '../target.js';
import { exposureOfTenants } from '../tenants.js';
import { NoAnswerError } from './calls.js';
import type { FlagState } from './state.js';
import { type Ending, shareOf, type Turns } from './turns.js';

const NAMED = 3;

/** Partial unless exactly the first of the list are on, each of them wholly. */
export function readingOfTenants(shares: TenantShares, states: readonly FlagState[]): TargetReading {
  const { list: tenants } = shares;
  const on = tenants.filter((_, index) => (states[index]?.exposure ?? 0) > 0);
  const halfway = states.some(({ exposure }) => exposure > 0 && exposure < 100);
  const first = on.every((tenant, index) => tenant === tenants[index]);
  const names = on.length === 0 ? '' : `: ${listed(on)}`;
  const order = first ? '' : `; not the first ${on.length} of the list`;
  return {
    exposure: exposureOfTenants(shares, on.length),
    partial: halfway || !first,
    detail: `${on.length} of ${tenants.length} tenants on${names}${order}${halfway ? '; some of them in part' : ''}`,
    version: null,
  };
}

function listed(names: readonly string[]): string {
  const more = names.length - NAMED;
  return more > 0 ? `${names.slice(0, NAMED).join(', ')} and ${more} more` : names.join(', ');
}

export interface Batch<T> {
  readonly target: string;
  /** In words, for messages: `told`, `asked`. */
  readonly verb: string;
  readonly concurrency: number;
  /** In the order of their turns. */
  readonly tenants: readonly string[];
  readonly turns: Turns;
  /** Those for whom it is done already, who are tried all the same; kept up to date. */
  readonly done: Set<string>;
  readonly time: Pick<CallTime, 'signal' | 'endsAt'> & { readonly leastMs: number; readonly mostMs: number };
  readonly call: (tenant: string, limitMs: number) => Promise<T>;
}

/** The time of one whole call. */
export interface CallTime {
  readonly signal: AbortSignal;
  /** By `performance.now()`. */
  readonly endsAt: number;
}

export interface Together<T> {
  readonly results: ReadonlyMap<string, T>;
  /** Everything that failed; absent when it is done for everybody. */
  readonly error?: TargetError;
}

/**
 * One call per tenant, in this order, so many at a time. Neither a failure nor silence holds another tenant up: who does
 * not answer in a fair share of the time has another turn after all others. Once the signal says so, no call begins.
 */
export async function eachTenant<T>(batch: Batch<T>): Promise<Together<T>> {
  const { target, verb, tenants, done, time } = batch;
  const results = new Map<string, T>();
  const errors = new Map<string, unknown>();
  const waiting = [...tenants];
  const work = async () => {
    for (let tenant = waiting.shift(); tenant !== undefined; tenant = waiting.shift()) {
      if (time.signal.aborted) return;
      const again = await oneTurn(batch, { tenant, results, errors, rounds: roundsOf(batch, waiting.length + 1) });
      if (again) waiting.push(tenant);
    }
  };
  await Promise.all(Array.from({ length: Math.min(batch.concurrency, tenants.length) }, work));
  const missed = tenants.filter((tenant) => !done.has(tenant));
  if (missed.length === 0) return { results };
  const failures = [...errors].flatMap(([tenant, error]) => (done.has(tenant) ? [] : [{ tenant, error }]));
  const what = `${missed.length} of ${tenants.length} tenants could not be ${verb}`;
  return { results, error: togetherFailed({ target, what }, failures, time.signal) };
}

function roundsOf({ concurrency }: Pick<Batch<unknown>, 'concurrency'>, waiting: number): number {
  return Math.ceil(waiting / concurrency);
}

interface Turn<T> {
  readonly tenant: string;
  readonly rounds: number;
  readonly results: Map<string, T>;
  readonly errors: Map<string, unknown>;
}

/** True when this tenant is to have another turn in this call. */
async function oneTurn<T>(batch: Batch<T>, { tenant, rounds, results, errors }: Turn<T>): Promise<boolean> {
  const { turns, done, time, call } = batch;
  const { leastMs, mostMs, endsAt, signal } = time;
  const leftMs = endsAt - performance.now();
  const limitMs = shareOf({ leftMs, rounds, leastMs, mostMs, unanswered: turns.unanswered(tenant) });
  try {
    results.set(tenant, await call(tenant, limitMs));
    turns.note(tenant, 'done');
    done.add(tenant);
    return false;
  } catch (error) {
    errors.set(tenant, error);
    const ending = endingOf(error, { over: signal.aborted, done: done.has(tenant) });
    turns.note(tenant, ending);
    // Silence says nothing against what was answered before.
    if (ending === 'failed') done.delete(tenant);
    return ending === 'unanswered' && limitMs < mostMs && !done.has(tenant);
  }
}

function endingOf(error: unknown, { over, done }: { over: boolean; done: boolean }): Ending {
  if (!(error instanceof NoAnswerError)) return 'failed';
  if (!over) return 'unanswered';
  return done ? 'done' : 'cut';
}

/** What could be read says at least how many have it. */
export function readInPart(
  shares: TenantShares,
  states: ReadonlyMap<string, FlagState>,
  error: TargetError,
): TargetError {
  const { code, detail, retryable } = error;
  const target = error.target === undefined ? {} : { target: error.target };
  const on = shares.list.filter((tenant) => (states.get(tenant)?.exposure ?? 0) > 0);
  if (on.length === 0) return new TargetError(code, detail, { ...target, retryable });
  const atLeast = exposureOfTenants(shares, on.length);
  const told = `${detail}; of the others ${on.length} on: ${listed(on)}`;
  return new TargetError(code, told, { ...target, retryable, atLeast });
}

function togetherFailed(
  { target, what }: { target: string; what: string },
  failures: readonly { readonly tenant: string; readonly error: unknown }[],
  signal: AbortSignal,
): TargetError {
  const errors = failures.flatMap(({ error }) => (error instanceof TargetError ? error : []));
  // A fault of ours is not dressed up as one of the target.
  const bug = failures.find(({ error }) => !(error instanceof TargetError));
  if (bug) throw bug.error;
  const last = errors.find(({ retryable }) => !retryable) ?? errors[0];
  const named = failures.slice(0, NAMED).map(({ tenant, error }) => `${tenant} (${reason(error)})`);
  const more = failures.length > NAMED ? ` and ${failures.length - NAMED} more` : '';
  const late = signal.aborted ? '; the time was up' : '';
  const message = `${what}${named.length > 0 ? `: ${named.join(', ')}${more}` : ''}${late}`;
  if (signal.aborted) return new TargetError('timeout', message, { target, retryable: true });
  const retryable = errors.every((error) => error.retryable);
  return new TargetError(last?.code ?? 'rejected', message, {
    target,
    retryable,
    final: errors.every(({ final }) => final),
  });
}

function reason(error: unknown): string {
  return error instanceof TargetError ? error.detail : '';
}
