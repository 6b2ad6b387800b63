/**
 * When a limit counts as broken. One bad number is often the metric's fault, so a limit asks for more than one. Numbers that
 * share their data say the same thing twice: those that count towards a limit are at least one window apart.
 */

import type { Limit } from '../plan/plan.js';
import type { LimitInForce } from '../plan/verdict.js';
import type { JudgedCheck } from './in-force.js';

/** What one limit remembers of the numbers before. Absent where it remembers nothing bad. */
export interface Memory {
  /** `1` for each of the last numbers that counted and broke it, `0` for one that did not. */
  readonly last?: string;
  /** When the last of them was taken. */
  readonly at?: Date;
  /** The last number was a hard breach, whether it counted or not. */
  readonly hard?: boolean;
  /** With `for`: the numbers of its span, oldest first. */
  readonly span?: readonly SpanSlice[];
}

/** Some numbers of a span that follow each other: when the first was taken (ms since 1970), how many, how many of them bad. */
export type SpanSlice = readonly [from: number, count: number, bad: number];

/** One number as one limit sees it. */
export interface Look {
  readonly check: Pick<JudgedCheck, 'windowMs' | 'share' | 'settled'>;
  readonly value: number;
  readonly bad: boolean;
  /** When the number was taken. */
  readonly at: Date;
}

/** So many numbers of a span at least, and such a part of them bad: `for` is not fooled by one good number, nor by three bad ones. */
const SPAN_READINGS = 5;
const SPAN_BAD = 0.8;
/** A span is kept in so many slices, however many numbers it has. */
const SLICES = 60;
/** The clock looks once a second. */
const LEAST_RHYTHM_MS = 1_000;

/** How many numbers have to break a limit, of how many. */
export function looksNeeded(limit: Pick<Limit, 'fail'>, settled: boolean | undefined): NonNullable<Limit['fail']> {
  if (limit.fail) return limit.fail;
  // A source that has made sure already is believed at once.
  return settled ? { count: 1, of: 1 } : { count: 2, of: 2 };
}

/** What the limit remembers after this number. */
export function remembered({ limit }: LimitInForce, before: Memory | undefined, look: Look): Memory | undefined {
  if (limit.forMs !== undefined) return spanWith(limit.forMs, before?.span ?? [], look);
  const { count, of } = looksNeeded(limit, look.check.settled);
  // In a row: one good number ends it, at whatever time.
  if (count === of && !look.bad) return undefined;
  const hard = look.bad && isHard(limit, look);
  const last = before?.last ?? '';
  const apart = before?.at ? look.at.getTime() - before.at.getTime() : Number.POSITIVE_INFINITY;
  const counts = last === '' || apart >= look.check.windowMs || (hard && before?.hard === true);
  if (!counts) return { last, ...(before?.at && { at: before.at }), hard };
  const now = `${last}${look.bad ? '1' : '0'}`.slice(-of);
  return now.includes('1') ? { last: now, at: look.at, hard } : undefined;
}

/** Whether a limit counts as broken, by what it remembers with this number in it. */
export function isBroken({ limit }: LimitInForce, memory: Memory | undefined, look: Look): boolean {
  if (limit.forMs !== undefined) return look.bad && memory?.span !== undefined && lasts(limit.forMs, memory.span, look);
  const { count, of } = looksNeeded(limit, look.check.settled);
  const bad = (memory?.last ?? '').split('1').length - 1;
  return bad >= count && (count < of || look.bad);
}

/**
 * At least half-way from the limit to where everything fails. Two such looks in a row need no window between them: chance does not
 * make them where there is any traffic. Only of a share, where it is known what everything is.
 */
function isHard({ op, value }: Pick<Limit, 'op' | 'value'>, look: Pick<Look, 'check' | 'value'>): boolean {
  if (look.check.share !== true) return false;
  switch (op) {
    case 'above':
    case 'at_least':
      return value < 100 && look.value >= (value + 100) / 2;
    case 'below':
    case 'at_most':
      return value > 0 && look.value <= value / 2;
    default:
      return op satisfies never;
  }
}

/** What a limit remembers after a time without numbers, ms: `for` counts only time that was seen. */
export function paused(memory: Memory, ms: number): Memory {
  if (!memory.span) return memory;
  return { ...memory, span: memory.span.map(([from, count, bad]): SpanSlice => [from + ms, count, bad]) };
}

/** When the next number can count towards this limit, if not at once. */
export function countsFrom({ last = '', at }: Memory, windowMs: number): Date | null {
  return last.includes('1') && at ? new Date(at.getTime() + windowMs) : null;
}

function spanWith(forMs: number, span: readonly SpanSlice[], { bad, at }: Look): Memory | undefined {
  const now = at.getTime();
  const newest = span.at(-1);
  const [count, worse] = [1, bad ? 1 : 0];
  const slices: readonly SpanSlice[] =
    newest && now < newest[0] + forMs / SLICES
      ? [...span.slice(0, -1), [newest[0], newest[1] + count, newest[2] + worse]]
      : [...span, [now, count, worse]];
  // What covers the beginning of the span is kept, too.
  const kept = slices.filter((_, index) => (slices[index + 1]?.[0] ?? now) > now - forMs);
  // A span begins with a bad number.
  const first = kept.findIndex((slice) => slice[2] > 0);
  return first === -1 ? undefined : { span: kept.slice(first) };
}

/** The span has been seen whole, from a bad number on, and most of it was bad. */
function lasts(forMs: number, span: readonly SpanSlice[], { at }: Look): boolean {
  const begun = at.getTime() - forMs;
  const [first] = span;
  if (!first || first[0] > begun) return false;
  const count = span.reduce((sum, slice) => sum + slice[1], 0);
  // Slice by slice: looks come faster after a bad number, and many of them in one slice are no more than one.
  const bad = span.reduce((sum, slice) => sum + slice[2] / slice[1], 0);
  return count >= SPAN_READINGS && bad >= span.length * SPAN_BAD;
}

/**
 * How often a limit with `for` is looked at while its span has a bad number, ms: often enough for the numbers it needs, and as
 * often after a good number as after a bad one, so that neither weighs more.
 */
export function spanRhythmMs(forMs: number, fastMs: number): number {
  return Math.max(forMs / SLICES, Math.min(fastMs, forMs / SPAN_READINGS), LEAST_RHYTHM_MS);
}
