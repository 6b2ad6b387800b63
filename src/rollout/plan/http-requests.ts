/** How a plan writes the requests of a flag service. */
import type { TenantShares } from './tenant-shares.js';

/** JSON as a plan writes it; texts in it may hold `${NAME}` and `{{placeholders}}`. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A request that changes something. Its url and the texts of its body may hold placeholders, such as `{{exposure}}` and `{{tenant}}`. */
export interface HttpWrite {
  readonly method: 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: JsonValue;
  /** The statuses that mean done. Absent: 200 to 299. */
  readonly expect?: readonly number[];
}

/** One request, or several that are sent in this order. */
export type HttpWrites = HttpWrite | readonly HttpWrite[];

export interface HttpRead {
  /** May hold `{{tenant}}`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON path to how many have it, from 0 to `scale`. Absent: on is everybody. */
  readonly value?: string;
  /** JSON path to true or false. Absent: on. One of the two is there. */
  readonly enabled?: string;
  /** What an answer 404 means. Absent: an error. */
  readonly absent?: 'off';
}

export interface HttpTargetConfig {
  readonly kind: 'http';
  readonly set: HttpWrites;
  /** Absent: `set` with exposure 0 and enabled false. */
  readonly off?: HttpWrites;
  readonly read: HttpRead;
  /** The number that means everybody there: 100 for percent, 1 for a share. Absent: no number is written or read. */
  readonly scale?: number;
  /** What is written at the start to try it. Absent: what was read, through `set`. `write`: also `off`, where it reads 0. `read`: nothing. */
  readonly rehearse?: 'write' | 'read';
  /** Each tenant is on or off, by calls of its own, so many at a time. Absent: one call for all. */
  readonly per?: TenantShares & { readonly concurrency: number };
}
