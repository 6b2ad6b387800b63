import type { Db } from '../store/connect.js';
import { type EffectRow, renewClaim } from '../store/effects.js';

/** What this process is carrying out: one piece of work per effect, however often it is handed its claim. */
export interface InHand {
  /** The effects under way, for the next claim: they are not to be claimed again. */
  ids(): number[];
  /**
   * Carries it out, unless that is under way or was done since the claim was asked for. Known to `ids` before anything is
   * awaited. Resolves when the work has ended, whoever began it; rejects as the work does.
   */
  carryOut(row: EffectRow, work: () => Promise<void>): Promise<void>;
}

/** The lease is 15 s. */
const BEAT_MS = 5_000;
/** A claim whose answer took longer may have been superseded, or repeated to this process and done, while it was under way. */
const FRESH_MS = 500;
/**
 * A lowering is not looked up: done once more than needed it only takes users down, and the database may be slow or away just now.
 * No answer takes longer than this; a process that was frozen may come back when others have gone on long ago.
 */
const LOWERING_FRESH_MS = 6_000;
/** Claims older than this are always looked up, so that nobody has to remember longer what was done. */
const REMEMBER_MS = 60_000;

/**
 * A claim is handed out twice when the first answer is slow, or when its holder acknowledges a command before it begins:
 * the process cannot tell that from an answer that was lost. So the effect's id decides, not the claim.
 */
export function createInHand(db: Db): InHand {
  const underWay = new Map<number, Promise<void>>();
  const ended = new Map<number, { readonly fence: number; readonly at: number }>();

  async function begin(row: EffectRow, work: () => Promise<void>): Promise<void> {
    const freshMs = row.effect.kind === 'lower' ? LOWERING_FRESH_MS : FRESH_MS;
    if (performance.now() - row.askedAt > freshMs && !(await renewClaim(db, row))) return;
    // Work that takes longer than its lease keeps it: nobody else begins what goes on here. A renewal that failed says
    // nothing; the next one may not.
    const beat = setInterval(() => void renewClaim(db, row).catch(() => undefined), BEAT_MS);
    try {
      await work();
    } finally {
      clearInterval(beat);
    }
  }

  function endedSince({ id, fence, askedAt }: EffectRow): boolean {
    const last = ended.get(id);
    return last !== undefined && last.at >= askedAt && last.fence >= fence;
  }

  function end({ id, fence }: EffectRow): void {
    const at = performance.now();
    underWay.delete(id);
    for (const [old, { at: then }] of ended) if (at - then > REMEMBER_MS) ended.delete(old);
    ended.set(id, { fence, at });
  }

  return {
    ids: () => [...underWay.keys()],
    carryOut(row, work) {
      const known = underWay.get(row.id);
      if (known !== undefined) return known;
      if (endedSince(row)) return Promise.resolve();
      const all = Promise.resolve()
        .then(() => begin(row, work))
        .finally(() => end(row));
      underWay.set(row.id, all);
      return all;
    },
  };
}
