import type { OnCrashPoint } from '../crash-points.js';
import type { Db } from '../store/connect.js';
import { type EffectRow, orderStands } from '../store/effects.js';

/** A raise under way in this process, and whether it may still write. */
export interface StandingOrder {
  /** Aborted when the order was taken back, ran out of time, or belongs to another process. */
  readonly signal: AbortSignal;
  /** Looks at the order now. False: it does not stand any more. Rejects when the database does not say. */
  look(): Promise<boolean>;
  /** Asked in the turn of the event loop in which a write goes out; it knows nothing newer than the last look. */
  readonly mayWrite: () => boolean;
  /** Did `mayWrite` ever say yes? Then something may have been written. */
  mayHaveWritten(): boolean;
  breakOff(): void;
  end(): void;
}

const LOOK_EVERY_MS = 500;
/**
 * A look is good for so long. A process that was frozen since its last look, at whatever instruction, asks with an older one
 * and is refused. It is the longest answer of the bot's database that a raise puts up with.
 */
const LOOK_HOLDS_MS = 2_000;

/** Time that goes on while this process does not: the monotonic clock, and the machine's where a suspended machine stops the other. */
function clocks(): { readonly steady: number; readonly machine: number } {
  return { steady: performance.now(), machine: Date.now() };
}

function msSince({ steady, machine }: ReturnType<typeof clocks>): number {
  const now = clocks();
  return Math.max(now.steady - steady, now.machine - machine);
}

/** Looks at the order again and again until it ends. */
export function standingOrder(db: Db, row: EffectRow, crashPoint: OnCrashPoint): StandingOrder {
  const over = new AbortController();
  let lookedAt: ReturnType<typeof clocks> | undefined;
  let written = false;

  async function look(): Promise<boolean> {
    // Of the question, not of the answer: what came between is not known.
    const at = clocks();
    const stands = await orderStands(db, row);
    if (!stands) over.abort();
    else if (!lookedAt || at.steady > lookedAt.steady) lookedAt = at;
    return stands;
  }

  const looking = setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS);
  return {
    signal: over.signal,
    look,
    mayWrite() {
      void crashPoint('FP18');
      if (over.signal.aborted || !lookedAt || msSince(lookedAt) > LOOK_HOLDS_MS) return false;
      written = true;
      void crashPoint('FP19');
      return true;
    },
    mayHaveWritten: () => written,
    breakOff: () => over.abort(),
    end: () => clearInterval(looking),
  };
}
