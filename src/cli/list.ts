import { plainExposure } from '../rollout/plan/exposure.js';
import { rolloutName } from '../rollout/state/rollout.js';
import { activeRollouts } from '../store/rollouts.js';
import { print } from './terminal.js';
import { withStore } from './with-store.js';

/** More than these are only counted. */
const MOST = 500;

/** `rollout list`: every rollout under way. */
export function list(): Promise<number> {
  return withStore(async ({ db }) => {
    const { rollouts, total } = await activeRollouts(db, MOST);
    for (const { rollout } of rollouts)
      print(`${rolloutName(rollout)}  ${rollout.phase}  ${plainExposure(rollout.plan, rollout.exposure.confirmed)}`);
    if (total === 0) print('No rollout is under way.');
    if (total > rollouts.length) print(`and ${total - rollouts.length} more`);
    return 0;
  });
}
