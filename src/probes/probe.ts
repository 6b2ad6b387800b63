/**
 * The contract every probe keeps: one finite number, or a reason why there is none.
 * A probe never throws: what it cannot read is `unknown`, which is neither healthy nor a breach.
 */
export type UnknownReason =
  | 'unreachable'
  | 'timeout'
  | 'bad_status' // answered with an error status, exited with one, or refused the query
  | 'too_large'
  | 'not_json'
  | 'no_value' // the path leads nowhere, or to null
  | 'not_a_number' // text, a numeric string, true, NaN, Infinity
  | 'incomplete' // the source says itself that its answer is not the whole, or cannot say what was asked
  | 'refused_address' // the network rules forbid this address
  | 'refused_role' // the database role may do more than a probe must
  | 'internal'; // a fault of the probe itself

export type Reading =
  | { readonly value: number; readonly tookMs: number }
  | { readonly unknown: UnknownReason; readonly detail: string; readonly tookMs: number };

export interface Probe {
  readonly kind: string;
  /** Never throws, never takes longer than its own timeout (default 3 s) or the signal. `detail` holds no secrets. */
  measure(signal: AbortSignal): Promise<Reading>;
  close(): Promise<void>;
}

/** The default timeout of a probe. */
export const PROBE_TIMEOUT_MS = 3_000;
