/** How long targets are read again after they were lowered, and why. */

import { later } from '../plan/waits.js';
import type { Overtaken, Rollout } from './rollout.js';

/** Reads after every lowering: at once (by the lowering itself), then at these distances, ms. */
const AFTER_MS = [1_000, 5_000, 30_000] as const;
/** Reads between those and the last one, where a raise may still be under way. */
const WHILE_A_RAISE_MAY_LAND_MS = [120_000, 300_000] as const;
/**
 * What may pass between the expiry of a raise and its last effect: the look that found it unexpired, the longest call to a
 * target, and the call's answer. Generous: it costs a lock of the targets, and saves what nobody would read.
 */
const LANDS_AFTER_EXPIRY_MS = 60_000;

/** A raise that expires then may reach the targets until then. */
export function overtaken(expiresAt: Date): Overtaken {
  return { endsAt: later(expiresAt, LANDS_AFTER_EXPIRY_MS) };
}

/** The distances at which targets are read again after a lowering that was read back now, ms; the last one settles it. */
export function settleAfterMs(before: Overtaken | null | undefined, now: Date): readonly number[] {
  const leftMs = before ? before.endsAt.getTime() - now.getTime() : 0;
  if (leftMs <= AFTER_MS[2]) return AFTER_MS;
  return [...AFTER_MS, ...WHILE_A_RAISE_MAY_LAND_MS.filter((ms) => ms < leftMs), leftMs];
}

/** Until when it is read again because a raise was under way when it was lowered; null: for no such reason. */
export function readUntil({ exposure: { settled, overtaken: before }, rollback }: Rollout): Date | null {
  if (settled || !before || !rollback?.confirmedAt) return null;
  return before.endsAt > later(rollback.confirmedAt, AFTER_MS[2]) ? before.endsAt : null;
}
