/**
 * The contract every target keeps. A target is told what to be and believed only when read.
 * `raise` and `lower` may be repeated at any time: they state the wanted end, never a step.
 */
export interface TargetReading {
  /** Percent that users really get: 0 when disabled. When rows differ, the highest. */
  readonly exposure: number;
  /** True when the parts of this target (its rows) do not agree. */
  readonly partial: boolean;
  /** One line for people: what was read, part by part. No secrets. */
  readonly detail: string;
  /** Opaque. Changes whenever anything this target moves is written by anybody, also when the value stays the same. Null: this target cannot tell. */
  readonly version: string | null;
  /** Opaque: what a raise compares, where the target keeps more to compare than exposure and parts. The version, or what was read. */
  readonly state?: string;
}

/** What a raise needs to be safe from being late. */
export interface RaiseOrder {
  readonly signal: AbortSignal;
  /** The reading the raise was decided on: the write happens only where the target still is exactly there (values, and version where there is one). */
  readonly seen: TargetReading;
  /** Asked in the same turn of the event loop in which the write goes out, by each of its requests. False: it is not written, NotRaisedError. */
  readonly mayWrite: () => boolean;
}

/** What a lowering did: every part that is there was taken down. Parts that were not throw TargetError, after the others were tried. */
export interface Lowered {
  /** One line for people when it was not done in the plain way: parts that are not there, what stays in them. Null: nothing to tell. */
  readonly note: string | null;
}

/** What trying the writes beforehand showed: all of them can be made. One that cannot throws TargetError, which names the place. */
export interface Rehearsal {
  readonly reading: TargetReading;
  /** For people, a line each: what a rollback would do otherwise than plainly, and what could not be tried. */
  readonly notes: readonly string[];
}

export interface Target {
  readonly name: string;
  readonly kind: string;
  /** Non-secret names of everything this target moves; part of the plan hash and unique among active rollouts. */
  readonly keys: readonly string[];
  /**
   * Makes exposure this percent, for more users than now, where the target still is as the order has seen it. Throws
   * NotRaisedError when it wrote nothing because it came too late, and TargetError.
   */
  raise(exposure: number, order: RaiseOrder): Promise<void>;
  /**
   * Takes exposure down to this percent; 0 means off: zero and disabled. Reaches every part it can and writes each of them, also
   * one that is there already, but never raises one. Throws TargetError when a part could not be taken down.
   */
  lower(exposure: number, signal: AbortSignal): Promise<Lowered>;
  /** Reads the truth afresh, never from a cache or from the write's own answer. Throws TargetError. */
  read(signal: AbortSignal): Promise<TargetReading>;
  /** Tries the writes that bring exposure to each of these percentages, changing nothing. Throws TargetError. */
  rehearse(places: readonly number[], signal: AbortSignal): Promise<Rehearsal>;
  /** What a person can do without the bot to bring exposure to this percent, e.g. one SQL statement. No secrets. */
  byHand(exposure: number): string;
  close(): Promise<void>;
}

/** The longest a single call to any target can still take effect after it was given up: server-side timeouts included. */
export const LONGEST_TARGET_CALL_MS = 10_000;

export type TargetErrorCode =
  | 'unreachable' // no connection, refused, reset
  | 'timeout'
  | 'denied' // credentials or rights
  | 'missing' // table, column or rows are not there
  | 'rejected'; // the target answered and said no, or answered nonsense

interface TargetErrorOptions {
  readonly retryable: boolean;
  readonly cause?: unknown;
  readonly atLeast?: number;
}

/**
 * The one error a target throws. `retryable`: asking again the same way may work. `atLeast`: percent that users really get
 * by the parts that could be read; absent when that is nothing or not known.
 */
export class TargetError extends Error {
  readonly code: TargetErrorCode;
  readonly retryable: boolean;
  readonly atLeast: number | undefined;
  constructor(code: TargetErrorCode, message: string, options: TargetErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TargetError';
    this.code = code;
    this.retryable = options.retryable;
    this.atLeast = options.atLeast;
  }
}

/** Why a raise wrote nothing. `moved`: the target is not where it was seen. `over`: the order does not stand any more, or nobody knows. */
export type NotRaised = 'moved' | 'over';

/** A raise that wrote nothing. Asking again after a fresh look may work. */
export class NotRaisedError extends TargetError {
  readonly why: NotRaised;
  constructor(target: string, why: NotRaised, detail: string = WORDS[why]) {
    super('rejected', `target ${target}: ${detail}`, { retryable: true });
    this.name = 'NotRaisedError';
    this.why = why;
  }
}

const WORDS: Readonly<Record<NotRaised, string>> = {
  moved: 'it was written since it was read; not raised',
  over: 'the raise is over; not raised',
};

/** What every target compares before a raise, by its newest reading. Throws NotRaisedError. */
export function requireAsSeen(target: string, seen: TargetReading, now: TargetReading): void {
  const same = seen.version === null || now.version === null || seen.version === now.version;
  if (same && seen.exposure === now.exposure && seen.partial === now.partial) return;
  throw new NotRaisedError(target, 'moved', `expected ${seen.detail}, read ${now.detail}; not raised`);
}
