import type { Adapters } from '../adapters/index.js';
import type { Deliver } from '../deliver/index.js';
import { plainExposure } from '../rollout/plan/exposure.js';
import type { Rollout } from '../rollout/state/rollout.js';
import type { Db } from '../store/connect.js';
import { openLowering } from '../store/effects.js';
import { loadRollout } from '../store/rollouts.js';

const LOOK_EVERY_MS = 200;

export interface Ordered {
  readonly db: Db;
  readonly deliver: Deliver;
  readonly adapters: Adapters;
  /** The rollout as its rollback was ordered. */
  readonly rollout: Rollout;
  /** How long to wait for the read-back before people are told to do it by hand, ms. */
  readonly waitMs: number;
  readonly print: (line: string) => void;
}

/**
 * Tells the truth as it is read: lowered and read back (true), or not yet, why, and what to do by hand (false). The order is
 * kept, so nothing that fails on the way ends the wait: not even a database that is gone for a moment.
 */
export async function waitForReadBack(ordered: Ordered): Promise<boolean> {
  const { deliver, rollout, print } = ordered;
  const until = performance.now() + ordered.waitMs;
  let last = rollout;
  let told: string | null = null;
  while (performance.now() < until) {
    const seen = await look(ordered);
    last = seen.rollout ?? last;
    if (last.phase !== 'rolling_back') {
      print(`Rolled back to ${plainExposure(last.plan, last.exposure.confirmed)} and read back.`);
      return true;
    }
    if (seen.why !== null && seen.why !== told) {
      told = seen.why;
      print(`${seen.trouble}: ${told}`);
    }
    // What cannot be claimed now is looked for again in a moment; the look says why.
    await deliver.pump(rollout.id).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  print('NOT ROLLED BACK YET. The order is kept and the bot goes on trying. Do this by hand:');
  for (const line of ordered.adapters.byHand(last)) print(`  ${line}`);
  return false;
}

interface Seen {
  /** Null: it could not be looked at. */
  readonly rollout: Rollout | null;
  readonly trouble: string;
  readonly why: string | null;
}

async function look({ db, rollout }: Ordered): Promise<Seen> {
  try {
    const loaded = await loadRollout(db, rollout.id);
    const lowering = await openLowering(db, rollout.id);
    const { attempts = 0, lastError = null } = lowering ?? {};
    const trouble = `NOT YET APPLIED (${attempts} ${attempts === 1 ? 'try' : 'tries'})`;
    return { rollout: loaded?.rollout ?? null, trouble, why: lastError };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { rollout: null, trouble: "NOT SEEN, the bot's database does not answer", why };
  }
}
