import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Adapters } from '../adapters/index.js';
import type { Dispatch } from '../dispatch.js';
import { describe } from '../read-outside.js';
import type { Db } from '../store/connect.js';
import { type Moving, movingRollouts } from '../store/rollouts.js';

export interface ChangedTargetsOptions {
  readonly db: Db;
  readonly dispatch: Pick<Dispatch, 'fact'>;
  readonly adapters: Pick<Adapters, 'targetsOf'>;
  readonly log: Logger;
  /** Ends it: the process ends. */
  readonly signal: AbortSignal;
}

const PAGE = 200;
const AGAIN_MS = 1_000;
const SAY_AGAIN_MS = 60_000;

/**
 * When the bot starts: a rollout whose `${NAME}` now points at other targets than it began with is held, because what
 * was approved and rehearsed is not what would be moved. Until it is, its effects see the same and move nothing. Page by
 * page beside everything else, and again where the database did not answer. Never rejects.
 */
export async function holdChangedTargets(options: ChangedTargetsOptions): Promise<void> {
  const { db, log, signal } = options;
  const changes = new Map<string, string | null>();
  let saidAt = Number.NEGATIVE_INFINITY;
  for (let last = 0; !signal.aborted; ) {
    try {
      const page = await movingRollouts(db, { after: last, limit: PAGE });
      for (const rollout of page) {
        await holdOne(rollout, changes, options);
        last = rollout.id;
      }
      if (page.length < PAGE) return;
    } catch (error) {
      if (performance.now() - saidAt > SAY_AGAIN_MS)
        log.error({ err: error, after: last }, 'not yet seen whether targets changed; tried again');
      saidAt = performance.now();
      await delay(AGAIN_MS, undefined, { ref: false });
    }
  }
}

async function holdOne(
  { id, seq, planHash, plan, targetKeys }: Moving,
  changes: Map<string, string | null>,
  { adapters, dispatch, log }: ChangedTargetsOptions,
): Promise<void> {
  // The hash covers the keys of the targets: what is true of one rollout of a plan is true of all with the same hash.
  const known = changes.get(planHash);
  const detail =
    known === undefined ? changeOf(targetKeys, () => adapters.targetsOf(plan()).flatMap(({ keys }) => keys)) : known;
  changes.set(planHash, detail);
  if (!detail) return;
  log.error({ rolloutId: id, why: detail }, 'targets changed');
  await dispatch.fact(`targets:${id}:${seq}`, id, { type: 'target_changed', detail });
}

function changeOf(before: readonly string[], read: () => string[]): string | null {
  try {
    const now = read();
    const gone = before.filter((key) => !now.includes(key));
    return gone.length === 0 ? null : `started with ${gone.join(', ')}; the environment now says ${now.join(', ')}`;
  } catch (error) {
    return describe(error);
  }
}
