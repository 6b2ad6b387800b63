/**
 * The contract every target keeps. A target is told what to be and believed only when read.
 * `set` may be repeated at any time: it states the wanted end, never a step.
 */
export interface TargetReading {
  /** Percent that users really get: 0 when disabled. When rows differ, the highest. */
  readonly exposure: number;
  /** True when the parts of this target (its rows) do not agree. */
  readonly partial: boolean;
  /** One line for people: what was read, part by part. No secrets. */
  readonly detail: string;
}

export interface Target {
  readonly name: string;
  readonly kind: string;
  /** Non-secret names of everything this target moves; part of the plan hash and unique among active rollouts. */
  readonly keys: readonly string[];
  /** Makes exposure this percent; 0 means off: zero and disabled. Throws TargetError. */
  set(exposure: number, signal: AbortSignal): Promise<void>;
  /** Reads the truth afresh, never from a cache or from the write's own answer. Throws TargetError. */
  read(signal: AbortSignal): Promise<TargetReading>;
  /** Writes the value that is there back to itself through the same path as `set`, proving rights and network. Throws TargetError. */
  rehearse(signal: AbortSignal): Promise<TargetReading>;
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
