import type { Logger } from 'pino';
import type { Adapters } from '../adapters.js';
import type { Dispatch } from '../dispatch.js';
import { describe } from '../measure.js';
import type { Db } from '../store/connect.js';
import { activeRollouts } from '../store/rollouts.js';

/**
 * When the bot starts: a rollout whose `${NAME}` now points at other targets than it began with is held, because what
 * was approved and rehearsed is not what would be moved.
 */
export async function holdChangedTargets(options: {
  db: Db;
  dispatch: Dispatch;
  adapters: Adapters;
  log: Logger;
}): Promise<void> {
  for (const { rollout } of await activeRollouts(options.db)) {
    const detail = changeOf(rollout.targetKeys, () =>
      options.adapters.targetsOf(rollout.plan).flatMap((target) => target.keys),
    );
    if (!detail) continue;
    options.log.error({ rolloutId: rollout.id, why: detail }, 'targets changed');
    await options.dispatch.fact(`targets:${rollout.id}:${rollout.seq}`, rollout.id, { type: 'target_changed', detail });
  }
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
