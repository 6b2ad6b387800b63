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
  readonly state?: TargetState;
}

/** What a raise compares: how it is told, and what was read. */
export interface TargetState {
  readonly by: 'rows' | 'values';
  readonly text: string;
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

/**
 * How each part of a target is switched off when it does not take the whole write: the part's name and the name of the smaller
 * write that was proven for it. A part that is not named takes the whole write. The names are the target's own.
 */
export type Rungs = Readonly<Record<string, string>>;

/** What trying the writes beforehand showed: all of them can be made. One that cannot throws TargetError, which names the place. */
export interface Rehearsal {
  readonly reading: TargetReading;
  /** For people, a line each: what a rollback would do otherwise than plainly, and what was not tried. */
  readonly notes: readonly string[];
  readonly rungs?: Rungs;
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
  /**
   * Tries the very writes that bring exposure to each of these percentages and from there to off, and back to where it is now,
   * changing nothing. Where a write cannot be tried without effect, the notes say so. Throws TargetError with the place that cannot be written.
   */
  rehearse(places: readonly number[], signal: AbortSignal): Promise<Rehearsal>;
  /** What a person can do without the bot to bring exposure to this percent, e.g. one SQL statement. No secrets. `rungs`: what a rehearsal proved. */
  byHand(exposure: number, rungs?: Rungs): string;
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

/** What the parts that are there say, where the other parts are certainly gone: nobody gets it by a part that is not there. */
export interface Remaining {
  readonly exposure: number;
  /** One line for people, with what is gone. No secrets. */
  readonly detail: string;
}

interface TargetErrorOptions {
  /** The target's name; absent where the error is of several. */
  readonly target?: string;
  readonly retryable: boolean;
  readonly cause?: unknown;
  readonly atLeast?: number;
  readonly remaining?: Remaining;
  readonly place?: number;
  readonly final?: boolean;
}

/**
 * The one error a target throws. `detail`: what is wrong, for where the target's name stands beside it; the message begins with that name. `retryable`: asking again the same way may work. `atLeast`: percent that users really get
 * by the parts that could be read; absent when that is nothing or not known. `remaining`: of a read that is no whole one, because
 * parts are gone or there twice. `place`: of a rehearsal, the percentage that cannot be written. `final`: of a lowering, what is
 * moved said no to this percentage itself, so another one may be taken.
 */
export class TargetError extends Error {
  readonly code: TargetErrorCode;
  readonly target: string | undefined;
  readonly detail: string;
  readonly retryable: boolean;
  readonly atLeast: number | undefined;
  readonly remaining: Remaining | undefined;
  readonly place: number | undefined;
  readonly final: boolean;
  constructor(code: TargetErrorCode, detail: string, options: TargetErrorOptions) {
    const message = options.target === undefined ? detail : `target ${options.target}: ${detail}`;
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TargetError';
    this.code = code;
    this.target = options.target;
    this.detail = detail;
    this.retryable = options.retryable;
    this.atLeast = options.atLeast;
    this.remaining = options.remaining;
    this.place = options.place;
    this.final = options.final ?? (code === 'rejected' && !options.retryable);
  }
}

/** Why a raise wrote nothing. `moved`: the target is not where it was seen. `over`: the order does not stand any more, or nobody knows. */
export type NotRaised = 'moved' | 'over';

/** A raise that wrote nothing. Asking again after a fresh look may work. */
export class NotRaisedError extends TargetError {
  readonly why: NotRaised;
  constructor(target: string, why: NotRaised, detail: string = WORDS[why]) {
    super('rejected', detail, { target, retryable: true });
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
