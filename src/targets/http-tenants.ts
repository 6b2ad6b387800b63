/** Exposure as a share of tenants: what their states add up to, and many calls side by side. */
import type { TenantShares } from '../rollout/plan.js';
import type { FlagState } from './http-state.js';
import { TargetError, type TargetReading } from './target.js';
import { exposureOfTenants } from './tenants.js';

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
  readonly tenants: readonly string[];
  readonly call: (tenant: string) => Promise<T>;
}

/**
 * One call per tenant, in this order, so many at a time. A failure holds no other tenant up; what failed is told at the
 * end, in one TargetError. Once the signal says so, no further call begins.
 */
export async function eachTenant<T>(
  { target, verb, concurrency, tenants, call }: Batch<T>,
  signal: AbortSignal,
): Promise<T[]> {
  const results = new Map<string, T>();
  const failures: { readonly tenant: string; readonly error: unknown }[] = [];
  const waiting = [...tenants];
  const work = async () => {
    for (let tenant = waiting.shift(); tenant !== undefined; tenant = waiting.shift()) {
      if (signal.aborted) return;
      try {
        results.set(tenant, await call(tenant));
      } catch (error) {
        failures.push({ tenant, error });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, tenants.length) }, work));
  const missed = tenants.filter((tenant) => !results.has(tenant));
  if (missed.length === 0) return tenants.flatMap((tenant) => results.get(tenant) ?? []);
  throw togetherFailed(
    { target, what: `${missed.length} of ${tenants.length} tenants could not be ${verb}` },
    failures,
    signal,
  );
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
  const named = failures.slice(0, NAMED).map(({ tenant, error }) => `${tenant} (${reason(error, target)})`);
  const more = failures.length > NAMED ? ` and ${failures.length - NAMED} more` : '';
  const late = signal.aborted ? '; the time was up' : '';
  const message = `target ${target}: ${what}${named.length > 0 ? `: ${named.join(', ')}${more}` : ''}${late}`;
  if (signal.aborted) return new TargetError('timeout', message, { retryable: true });
  return new TargetError(last?.code ?? 'rejected', message, { retryable: errors.every(({ retryable }) => retryable) });
}

function reason(error: unknown, target: string): string {
  return error instanceof Error ? error.message.replace(`target ${target}: `, '') : '';
}
