/** The requests that make one change: one, or several in their order. */
import type { HttpTargetConfig, HttpWrite, HttpWrites } from '../../rollout/plan/http-requests.js';
import { NotRaisedError, TargetError } from '../target.js';
import { placeholdersIn } from './templates.js';

export function writesOf(writes: HttpWrites): readonly HttpWrite[] {
  return isList(writes) ? writes : [writes];
}

function isList(writes: HttpWrites): writes is readonly HttpWrite[] {
  return Array.isArray(writes);
}

/** The one whose address names what is moved: the first that says how many. */
export function keyWrite({ set }: Pick<HttpTargetConfig, 'set'>): HttpWrite {
  const writes = writesOf(set);
  const [first] = writes.filter(({ url, body }) => placeholdersIn([url, body]).has('exposure'));
  const found = first ?? writes[0];
  if (!found) throw new TargetError('rejected', 'set has no request', { retryable: false });
  return found;
}

/**
 * A raise: in order, and no further than the first that fails. What was sent until then is found by reading. Throws TargetError,
 * NotRaisedError only while nothing was sent.
 */
export async function untilOneFails<T>(
  target: string,
  each: readonly T[],
  send: (one: T) => Promise<void>,
): Promise<void> {
  for (const [index, one] of each.entries()) {
    try {
      await send(one);
    } catch (error) {
      if (index === 0) throw error;
      throw nthFailed(target, { index, count: each.length }, error);
    }
  }
}

/** A lowering: all of them, whatever becomes of those before. Throws TargetError when one failed. */
export async function allOfThem<T>(target: string, each: readonly T[], send: (one: T) => Promise<void>): Promise<void> {
  const errors: TargetError[] = [];
  for (const [index, one] of each.entries()) {
    try {
      await send(one);
    } catch (error) {
      const named = each.length === 1 ? error : nthFailed(target, { index, count: each.length }, error);
      if (!(named instanceof TargetError)) throw named;
      errors.push(named);
    }
  }
  const [first, ...more] = errors;
  if (!first) return;
  if (more.length === 0) throw first;
  const words = errors.map(({ detail }) => detail).join('; ');
  throw new TargetError(first.code, words, {
    target,
    retryable: errors.some(({ retryable }) => retryable),
    final: errors.every(({ final }) => final),
    cause: first,
  });
}

function nthFailed(target: string, { index, count }: { index: number; count: number }, error: unknown): unknown {
  if (!(error instanceof TargetError)) return error;
  const what = error instanceof NotRaisedError ? 'was not sent, the raise is over' : 'failed';
  const words = error.detail;
  const message = `request ${index + 1} of ${count} ${what} (${words})`;
  const { retryable, final } = error;
  return new TargetError(error.code, message, { target, retryable, final, cause: error });
}
