/** Who gets the new checkout: the same people every time, and raising the percentage only ever adds people. */
import { createHash } from 'node:crypto';

export interface Flag {
  readonly enabled: boolean;
  /** 0 to 100. */
  readonly percentage: number;
}

/** Percent of users that really get it. */
export function exposureOf(flag: Flag): number {
  return flag.enabled ? flag.percentage : 0;
}

export function isExposed(flag: Flag, flagName: string, user: string): boolean {
  return bucketOf(flagName, user) < exposureOf(flag) * 100;
}

/** 0 to 9999: one bucket is a hundredth of a percent. */
function bucketOf(flagName: string, user: string): number {
  return createHash('sha256').update(`${flagName}:${user}`).digest().readUInt32BE(0) % 10_000;
}
