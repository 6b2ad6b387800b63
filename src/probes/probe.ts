import type { UnknownReason } from '../rollout/health/why-unknown.js';

/**
 * The contract every probe keeps: one finite number, or a reason why there is none.
 * A probe never throws: what it cannot read is `unknown`, which is neither healthy nor a breach.
 */
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
