import { uptime } from 'node:os';

/** A moment by two clocks that nobody sets, ms. Only the difference of two of them means anything. */
export interface Moment {
  /** Stands still while the machine is suspended. */
  readonly awake: number;
  /** Goes on meanwhile; on some systems in whole seconds. */
  readonly up: number;
}

/** More than the second that `up` may be coarse. */
const SUSPENDED_MS = 2_000;

export function thisMoment(): Moment {
  return { awake: performance.now(), up: uptime() * 1_000 };
}

/** How much time passed between two moments, ms, that in which the machine was suspended included. Never negative. */
export function elapsedMs(from: Moment, to: Moment): number {
  const awake = Math.max(0, to.awake - from.awake);
  const up = to.up - from.up;
  return up - awake > SUSPENDED_MS ? up : awake;
}
